// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_LIMITS_H_
#define ZIRCON_LIMITS_H_

// Sizes that depend on the architecture.

#include <stdint.h>

// Page sizes: the smallest, and the bounds over all systems of this architecture.
#define ZX_PAGE_SIZE ((uintptr_t)0x1000u)
#define ZX_PAGE_MASK ((uintptr_t)0xfffu)
#define ZX_MIN_PAGE_SIZE ((uintptr_t)0x1000u)
#define ZX_MAX_PAGE_SIZE ((uintptr_t)0x200000u)

// Page sizes as powers of two.
#define ZX_PAGE_SHIFT ((uint32_t)0xcu)
#define ZX_MIN_PAGE_SHIFT ((uint32_t)0xcu)
#define ZX_MAX_PAGE_SHIFT ((uint32_t)0x15u)

#endif
