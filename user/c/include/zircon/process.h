// Handles that every process and thread has of itself. They are borrowed: do not close them.

#ifndef ZIRCON_PROCESS_H_
#define ZIRCON_PROCESS_H_

#include <stdint.h>
#include <zircon/types.h>

__BEGIN_CDECLS

// The calling thread.
zx_handle_t zx_thread_self(void);
zx_handle_t _zx_thread_self(void);

// The calling process.
zx_handle_t zx_process_self(void);
zx_handle_t _zx_process_self(void);

// The root of the process's address space.
zx_handle_t zx_vmar_root_self(void);
zx_handle_t _zx_vmar_root_self(void);

// The job in which the process may create others; ZX_HANDLE_INVALID if there is none.
zx_handle_t zx_job_default(void);
zx_handle_t _zx_job_default(void);

// Takes a handle of the bootstrap message by its PA_HND word. Whoever takes it owns it; a second call, or one for a
// handle that was not passed, gives ZX_HANDLE_INVALID.
zx_handle_t zx_take_startup_handle(uint32_t info);

__END_CDECLS

#endif
