// A string and its length.

#include <stddef.h>

typedef struct zx_string_view {
    const char* c_str;
    size_t length;
} zx_string_view_t;
