// PCI, as far as the calls need it.

#include <zircon/syscalls/types.h>
