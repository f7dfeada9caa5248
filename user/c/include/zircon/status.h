// Names of statuses.

#ifndef ZIRCON_STATUS_H_
#define ZIRCON_STATUS_H_

#include <zircon/types.h>

__BEGIN_CDECLS

// The name of a status, such as "ZX_ERR_BAD_HANDLE"; "(UNKNOWN)" if it has none.
const char* zx_status_get_string(zx_status_t status);

__END_CDECLS

#endif
