// Registers of threads.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_thread_state_single_step_t;
typedef uint64_t zx_thread_x86_register_fs_t;
typedef uint64_t zx_thread_x86_register_gs_t;
typedef uint32_t zx_thread_state_topic_t;

@generated@

__END_CDECLS
