// Calls that do nothing but show how arguments arrive.

#ifndef ZIRCON_TESTONLY_SYSCALLS_H_
#define ZIRCON_TESTONLY_SYSCALLS_H_

#include <zircon/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_TESTONLY_SYSCALLS_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
