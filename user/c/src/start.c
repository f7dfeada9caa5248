// From the start code in Rust (startup.rs) to main, and what runs before and after it.

#include <stdlib.h>

#include "internal.h"

typedef void (*initializer_t)(int argc, char** argv, char** envp);

// Functions marked as constructors; the linker makes the array.
extern initializer_t __init_array_start[] __attribute__((weak, visibility("hidden")));
extern initializer_t __init_array_end[] __attribute__((weak, visibility("hidden")));

typedef void (*finisher_t)(void);

// Likewise, those marked as destructors.
extern finisher_t __fini_array_start[] __attribute__((weak, visibility("hidden")));
extern finisher_t __fini_array_end[] __attribute__((weak, visibility("hidden")));

char** environ;

int main(int argc, char** argv, char** envp);
int hafnon_c_main(int argc, char** argv, char** envp);

int hafnon_c_main(int argc, char** argv, char** envp) {
    environ = envp;
    start_first_thread();
    for (initializer_t* first = __init_array_start; first < __init_array_end; first++) (*first)(argc, argv, envp);
    exit(main(argc, argv, envp));
}

void run_finishers(void) {
    for (finisher_t* last = __fini_array_end; last > __fini_array_start;) (*--last)();
}
