// A string and its length.

#ifndef ZIRCON_STRING_VIEW_H_
#define ZIRCON_STRING_VIEW_H_

#include <stddef.h>

typedef struct zx_string_view {
    const char* c_str;
    size_t length;
} zx_string_view_t;

#endif
