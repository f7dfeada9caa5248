// What handles allow.

#include <stdint.h>

typedef uint32_t zx_rights_t;

@rights@
