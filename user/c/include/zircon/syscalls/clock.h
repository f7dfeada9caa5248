// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_CLOCK_H_
#define ZIRCON_SYSCALLS_CLOCK_H_

// Clocks that user code keeps.

#include <zircon/types.h>

__BEGIN_CDECLS

// Options of clocks.
#define ZX_CLOCK_ARGS_VERSION_SHIFT ((uint64_t)0x3au)
#define ZX_CLOCK_ARGS_VERSION_BITS ((uint64_t)0x6u)
#define ZX_CLOCK_ARGS_VERSION_MASK ((uint64_t)0xfc00000000000000ull)
#define ZX_CLOCK_OPT_MONOTONIC ((uint64_t)0x1u)
#define ZX_CLOCK_OPT_CONTINUOUS ((uint64_t)0x2u)
#define ZX_CLOCK_OPT_AUTO_START ((uint64_t)0x4u)
#define ZX_CLOCK_OPTS_ALL ((uint64_t)0x7u)
#define ZX_CLOCK_UPDATE_OPTION_VALUE_VALID ((uint64_t)0x1u)
#define ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID ((uint64_t)0x1u)
#define ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID ((uint64_t)0x2u)
#define ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID ((uint64_t)0x4u)
#define ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID ((uint64_t)0x8u)
#define ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID ((uint64_t)0x9u)
#define ZX_CLOCK_UPDATE_OPTIONS_ALL ((uint64_t)0xfu)
#define ZX_CLOCK_UNKNOWN_ERROR ((uint64_t)0xffffffffffffffffull)

// Bounds of a clock's rate, in parts per million.
#define ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ((int32_t)-1000)
#define ZX_CLOCK_UPDATE_MAX_RATE_ADJUST ((int32_t)0x3e8u)

// So many ticks of a clock for so many of its reference.
typedef struct zx_clock_rate {
    uint32_t synthetic_ticks;
    uint32_t reference_ticks;
} zx_clock_rate_t;

// How a clock follows from its reference.
typedef struct zx_clock_transformation {
    int64_t reference_offset;
    int64_t synthetic_offset;
    zx_clock_rate_t rate;
} zx_clock_transformation_t;

// Arguments of clock_create.
typedef struct zx_clock_create_args_v1 {
    zx_time_t backstop_time;
} zx_clock_create_args_v1_t;

// What clock_get_details tells.
typedef struct zx_clock_details_v1 {
    uint64_t options;
    zx_time_t backstop_time;
    zx_clock_transformation_t ticks_to_synthetic;
    zx_clock_transformation_t mono_to_synthetic;
    uint64_t error_bound;
    zx_ticks_t query_ticks;
    zx_ticks_t last_value_update_ticks;
    zx_ticks_t last_rate_adjust_update_ticks;
    zx_ticks_t last_error_bounds_update_ticks;
    uint32_t generation_counter;
    uint8_t padding1[4];
} zx_clock_details_v1_t;

// Arguments of clock_update, first version.
typedef struct zx_clock_update_args_v1 {
    int32_t rate_adjust;
    uint8_t padding1[4];
    int64_t value;
    uint64_t error_bound;
} zx_clock_update_args_v1_t;

// Arguments of clock_update, second version.
typedef struct zx_clock_update_args_v2 {
    int32_t rate_adjust;
    uint8_t padding1[4];
    int64_t synthetic_value;
    int64_t reference_value;
    uint64_t error_bound;
} zx_clock_update_args_v2_t;

// The version of the structure that an options word goes with.
#define ZX_CLOCK_ARGS_VERSION(version) \
    (((uint64_t)(version) << ZX_CLOCK_ARGS_VERSION_SHIFT) & ZX_CLOCK_ARGS_VERSION_MASK)

__END_CDECLS

#endif
