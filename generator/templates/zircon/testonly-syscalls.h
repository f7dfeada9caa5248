// Calls that do nothing but show how arguments arrive.

#include <zircon/types.h>

__BEGIN_CDECLS

@test-calls@

__END_CDECLS
