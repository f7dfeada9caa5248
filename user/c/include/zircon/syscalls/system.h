// Power and performance of the machine.

#ifndef ZIRCON_SYSCALLS_SYSTEM_H_
#define ZIRCON_SYSCALLS_SYSTEM_H_

#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_SYSTEM_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
