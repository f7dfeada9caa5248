// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_SCHEDULER_H_
#define ZIRCON_SYSCALLS_SCHEDULER_H_

// How deadline threads are scheduled.

#include <zircon/types.h>

__BEGIN_CDECLS

// A thread's promise: so much work within so long, every so often.
typedef struct zx_sched_deadline_params {
    zx_duration_t capacity;
    zx_duration_t relative_deadline;
    zx_duration_t period;
} zx_sched_deadline_params_t;

__END_CDECLS

#endif
