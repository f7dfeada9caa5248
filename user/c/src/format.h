// Where formatted characters go.

#ifndef HAFNON_FORMAT_H_
#define HAFNON_FORMAT_H_

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

// A buffer that stops taking characters when full, or the console, in pieces.
typedef struct {
    char* buffer;
    size_t size;
    size_t length;
    bool console;
    int total;  // what was put, also what did not fit
} sink_t;

void sink_put(sink_t* sink, char character);

// Sends to the console what the buffer holds of it.
void sink_flush(sink_t* sink);

// Puts what printf would write; how many characters that is.
int format_to(sink_t* sink, const char* format, va_list* arguments);

#endif
