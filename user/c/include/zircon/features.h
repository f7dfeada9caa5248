// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_FEATURES_H_
#define ZIRCON_FEATURES_H_

// What zx_system_get_features tells.

#include <stdint.h>

// What system_get_features tells.
#define ZX_FEATURE_KIND_CPU ((uint32_t)0x0u)
#define ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT ((uint32_t)0x1u)
#define ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT ((uint32_t)0x2u)
#define ZX_FEATURE_KIND_ADDRESS_TAGGING ((uint32_t)0x3u)
#define ZX_FEATURE_KIND_VM ((uint32_t)0x4u)
#define ZX_HAS_CPU_FEATURES ((uint32_t)0x1u)
#define ZX_VM_FEATURE_CAN_MAP_XOM ((uint32_t)0x1u)

#endif
