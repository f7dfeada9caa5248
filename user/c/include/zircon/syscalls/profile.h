// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_PROFILE_H_
#define ZIRCON_SYSCALLS_PROFILE_H_

// Profiles: how threads are scheduled.

#include <zircon/syscalls/scheduler.h>
#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

// Priorities, and which fields of a profile count.
#define ZX_PRIORITY_LOWEST (0x0)
#define ZX_PRIORITY_LOW (0x8)
#define ZX_PRIORITY_DEFAULT (0x10)
#define ZX_PRIORITY_HIGH (0x18)
#define ZX_PRIORITY_HIGHEST (0x1f)
#define ZX_PROFILE_INFO_FLAG_PRIORITY (0x1)
#define ZX_PROFILE_INFO_FLAG_CPU_MASK (0x2)
#define ZX_PROFILE_INFO_FLAG_DEADLINE (0x4)

// How threads with a profile are scheduled.
typedef struct zx_profile_info {
    uint32_t flags;
    uint8_t padding1[4];
    union {
        struct {
            int32_t priority;
            uint8_t padding2[20];
        };
        zx_sched_deadline_params_t deadline_params;
    };
    zx_cpu_set_t cpu_affinity_mask;
} zx_profile_info_t;

__END_CDECLS

#endif
