// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_DDK_H_
#define ZIRCON_SYSCALLS_DDK_H_

// The calls for drivers stood in a header of their own. Here they are among the others.

#include <zircon/syscalls.h>

#endif
