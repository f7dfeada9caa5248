// Exceptions and their reports.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_excp_type_t;

@generated@

// Whether the hardware raised it.
#define ZX_EXCP_IS_ARCH(excp) (((excp) & ZX_EXCP_SYNTH) == 0)

__END_CDECLS
