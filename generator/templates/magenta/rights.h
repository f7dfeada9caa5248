// Rights of handles: Zircon's.

#include <stdint.h>

typedef uint32_t mx_rights_t;

@rights@
