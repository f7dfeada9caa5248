// Secure monitor calls, which x86-64 does not have.

#ifndef ZIRCON_SYSCALLS_SMC_H_
#define ZIRCON_SYSCALLS_SMC_H_

#include <zircon/syscalls/types.h>

#endif
