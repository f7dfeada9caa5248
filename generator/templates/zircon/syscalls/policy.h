// Policies of jobs.

#include <zircon/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
