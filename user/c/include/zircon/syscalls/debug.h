// Registers of threads.

#ifndef ZIRCON_SYSCALLS_DEBUG_H_
#define ZIRCON_SYSCALLS_DEBUG_H_

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_thread_state_single_step_t;
typedef uint64_t zx_thread_x86_register_fs_t;
typedef uint64_t zx_thread_x86_register_gs_t;
typedef uint32_t zx_thread_state_topic_t;

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_DEBUG_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
