// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_RESOURCE_H_
#define ZIRCON_SYSCALLS_RESOURCE_H_

// Resources: what a driver may touch.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_rsrc_kind_t;
typedef uint32_t zx_rsrc_flags_t;

// Kinds of resources.
#define ZX_RSRC_KIND_MMIO ((zx_rsrc_kind_t)0x0u)
#define ZX_RSRC_KIND_IRQ ((zx_rsrc_kind_t)0x1u)
#define ZX_RSRC_KIND_IOPORT ((zx_rsrc_kind_t)0x2u)
#define ZX_RSRC_KIND_HYPERVISOR ((zx_rsrc_kind_t)0x3u)
#define ZX_RSRC_KIND_ROOT ((zx_rsrc_kind_t)0x4u)
#define ZX_RSRC_KIND_VMEX ((zx_rsrc_kind_t)0x5u)
#define ZX_RSRC_KIND_SMC ((zx_rsrc_kind_t)0x6u)
#define ZX_RSRC_KIND_COUNT ((zx_rsrc_kind_t)0x7u)

// Flags of resources.
#define ZX_RSRC_FLAG_EXCLUSIVE ((zx_rsrc_flags_t)0x10000u)
#define ZX_RSRC_FLAGS_MASK ((zx_rsrc_flags_t)0x10000u)

#define ZX_RSRC_EXTRACT_KIND(x) ((x) & 0x0000FFFF)
#define ZX_RSRC_EXTRACT_FLAGS(x) ((x) & 0xFFFF0000)

__END_CDECLS

#endif
