// Options of data pipes.

#include <magenta/types.h>

@generated@
