// Clocks that user code keeps.

#ifndef ZIRCON_SYSCALLS_CLOCK_H_
#define ZIRCON_SYSCALLS_CLOCK_H_

#include <zircon/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_CLOCK_H
#include <hafnon/declared.h>

// The version of the structure that an options word goes with.
#define ZX_CLOCK_ARGS_VERSION(version) \
    (((uint64_t)(version) << ZX_CLOCK_ARGS_VERSION_SHIFT) & ZX_CLOCK_ARGS_VERSION_MASK)

__END_CDECLS

#endif
