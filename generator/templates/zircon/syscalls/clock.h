// Clocks that user code keeps.

#include <zircon/types.h>

__BEGIN_CDECLS

@generated@

// The version of the structure that an options word goes with.
#define ZX_CLOCK_ARGS_VERSION(version) \
    (((uint64_t)(version) << ZX_CLOCK_ARGS_VERSION_SHIFT) & ZX_CLOCK_ARGS_VERSION_MASK)

__END_CDECLS
