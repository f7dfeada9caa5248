// Records of the debug log.

#include <zircon/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
