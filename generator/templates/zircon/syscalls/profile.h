// Profiles: how threads are scheduled.

#include <zircon/syscalls/scheduler.h>
#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
