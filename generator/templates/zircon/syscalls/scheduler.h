// How deadline threads are scheduled.

#include <zircon/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
