// Sizes that depend on the architecture.

#include <stdint.h>

@generated@
