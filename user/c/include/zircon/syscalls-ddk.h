// The calls for drivers stood in a header of their own. Here they are among the others.

#ifndef ZIRCON_SYSCALLS_DDK_H_
#define ZIRCON_SYSCALLS_DDK_H_

#include <zircon/syscalls.h>

#endif
