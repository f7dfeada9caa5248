// The calls for drivers stood in a header of their own. Here they are among the others.

#include <zircon/syscalls.h>
