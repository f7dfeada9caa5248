// Secure monitor calls, which x86-64 does not have.

#include <zircon/syscalls/types.h>
