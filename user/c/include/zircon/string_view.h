// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_STRING_VIEW_H_
#define ZIRCON_STRING_VIEW_H_

// A string and its length.

#include <stddef.h>

typedef struct zx_string_view {
    const char* c_str;
    size_t length;
} zx_string_view_t;

#endif
