// PCI, as far as the calls need it.

#ifndef ZIRCON_SYSCALLS_PCI_H_
#define ZIRCON_SYSCALLS_PCI_H_

#include <zircon/syscalls/types.h>

#endif
