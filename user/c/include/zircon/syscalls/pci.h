// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_PCI_H_
#define ZIRCON_SYSCALLS_PCI_H_

// PCI, as far as the calls need it.

#include <zircon/syscalls/types.h>

#endif
