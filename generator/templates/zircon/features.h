// What zx_system_get_features tells.

#include <stdint.h>

@generated@
