// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_SYSTEM_H_
#define ZIRCON_SYSCALLS_SYSTEM_H_

// Power and performance of the machine.

#include <zircon/syscalls/types.h>

__BEGIN_CDECLS

// Commands of system_powerctl, and topics of the performance calls.
#define ZX_SYSTEM_POWERCTL_ENABLE_ALL_CPUS ((uint32_t)0x1u)
#define ZX_SYSTEM_POWERCTL_DISABLE_ALL_CPUS_BUT_PRIMARY ((uint32_t)0x2u)
#define ZX_SYSTEM_POWERCTL_ACPI_TRANSITION_S_STATE ((uint32_t)0x3u)
#define ZX_SYSTEM_POWERCTL_X86_SET_PKG_PL1 ((uint32_t)0x4u)
#define ZX_SYSTEM_POWERCTL_REBOOT ((uint32_t)0x5u)
#define ZX_SYSTEM_POWERCTL_REBOOT_BOOTLOADER ((uint32_t)0x6u)
#define ZX_SYSTEM_POWERCTL_REBOOT_RECOVERY ((uint32_t)0x7u)
#define ZX_SYSTEM_POWERCTL_SHUTDOWN ((uint32_t)0x8u)
#define ZX_SYSTEM_POWERCTL_ACK_KERNEL_INITIATED_REBOOT ((uint32_t)0x9u)
#define ZX_CPU_PERF_SCALE ((uint32_t)0x1u)
#define ZX_CPU_DEFAULT_PERF_SCALE ((uint32_t)0x2u)

// Argument of system_powerctl.
typedef struct zx_system_powerctl_arg {
    union {
        struct {
            uint8_t target_s_state;
            uint8_t sleep_type_a;
            uint8_t sleep_type_b;
        } acpi_transition_s_state;
        struct {
            uint32_t power_limit;
            uint32_t time_window;
            uint8_t clamp;
            uint8_t enable;
            uint8_t padding2[2];
        } x86_power_limit;
    };
} zx_system_powerctl_arg_t;

// A CPU's speed as a fixed-point fraction.
typedef struct zx_cpu_performance_scale {
    uint32_t integral_part;
    uint32_t fractional_part;
} zx_cpu_performance_scale_t;

// A CPU and its speed.
typedef struct zx_cpu_performance_info {
    uint32_t logical_cpu_number;
    zx_cpu_performance_scale_t performance_scale;
} zx_cpu_performance_info_t;

__END_CDECLS

#endif
