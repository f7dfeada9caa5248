// Exceptions and their reports.

#ifndef ZIRCON_SYSCALLS_EXCEPTION_H_
#define ZIRCON_SYSCALLS_EXCEPTION_H_

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_excp_type_t;

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_EXCEPTION_H
#include <hafnon/declared.h>

// Whether the hardware raised it.
#define ZX_EXCP_IS_ARCH(excp) (((excp) & ZX_EXCP_SYNTH) == 0)

__END_CDECLS

#endif
