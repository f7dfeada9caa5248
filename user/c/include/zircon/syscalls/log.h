// Records of the debug log.

#ifndef ZIRCON_SYSCALLS_LOG_H_
#define ZIRCON_SYSCALLS_LOG_H_

#include <zircon/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_LOG_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
