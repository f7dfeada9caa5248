// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_SMC_H_
#define ZIRCON_SYSCALLS_SMC_H_

// Secure monitor calls, which x86-64 does not have.

#include <zircon/syscalls/types.h>

#endif
