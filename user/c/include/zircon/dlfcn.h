// What <dlfcn.h> has beyond POSIX. There is no dynamic linker: see there.

#ifndef ZIRCON_DLFCN_H_
#define ZIRCON_DLFCN_H_

#include <dlfcn.h>
#include <zircon/types.h>

__BEGIN_CDECLS

// Fails, and dlerror says why. The handle stays the caller's.
void* dlopen_vmo(zx_handle_t vmo, int mode);

// There is no service that loads libraries: both give ZX_HANDLE_INVALID, the second with ZX_ERR_UNAVAILABLE. The handle
// that the first is given is closed.
zx_handle_t dl_set_loader_service(zx_handle_t service);
zx_status_t dl_clone_loader_service(zx_handle_t* out);

__END_CDECLS

#endif
