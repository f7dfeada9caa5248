// What the files of the C library tell each other.

#ifndef HAFNON_INTERNAL_H_
#define HAFNON_INTERNAL_H_

#include <zircon/types.h>

// The strings of the bootstrap message, as main gets them.
typedef struct {
    int argc;
    char** argv;
    char** envp;
} startup_t;

// Reads the bootstrap message and closes the channel. Does not return if there is none.
startup_t* read_startup(zx_handle_t bootstrap);

#endif
