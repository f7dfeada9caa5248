// Profiles: how threads are scheduled.

#ifndef ZIRCON_SYSCALLS_PROFILE_H_
#define ZIRCON_SYSCALLS_PROFILE_H_

#include <zircon/syscalls/scheduler.h>
#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_PROFILE_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
