// Packets of IO ports. One that user code queues begins with the header and is as long as it likes.

#ifndef MAGENTA_SYSCALLS_PORT_H_
#define MAGENTA_SYSCALLS_PORT_H_

#include <magenta/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_MAGENTA_SYSCALLS_PORT_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
