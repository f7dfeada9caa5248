// Resources: what a driver may touch.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_rsrc_kind_t;
typedef uint32_t zx_rsrc_flags_t;

@generated@

#define ZX_RSRC_EXTRACT_KIND(x) ((x) & 0x0000FFFF)
#define ZX_RSRC_EXTRACT_FLAGS(x) ((x) & 0xFFFF0000)

__END_CDECLS
