// Magenta's system calls, as C functions. `_mx_NAME` is another name of `mx_NAME`.

#include <magenta/types.h>

__BEGIN_CDECLS

@calls@

__END_CDECLS
