// Power and performance of the machine.

#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
