// Packets of IO ports. One that user code queues begins with the header and is as long as it likes.

#include <magenta/types.h>

__BEGIN_CDECLS

@generated@

__END_CDECLS
