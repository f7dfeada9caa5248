// Types, signals, and what the options of the calls are made of.

#ifndef ZIRCON_TYPES_H_
#define ZIRCON_TYPES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zircon/compiler.h>
#include <zircon/errors.h>
#include <zircon/limits.h>
#include <zircon/rights.h>
#include <zircon/string_view.h>
#include <zircon/time.h>

// C++ has no _Atomic; the kernel cares for the address alone.
#ifdef __cplusplus
typedef int zx_futex_t;
#else
#include <stdatomic.h>
typedef atomic_int zx_futex_t;
#endif
typedef int zx_futex_storage_t;

__BEGIN_CDECLS

typedef uint32_t zx_handle_t;
typedef int32_t zx_status_t;
typedef uint32_t zx_clock_t;
typedef uint32_t zx_signals_t;
typedef uint64_t zx_koid_t;
typedef uint32_t zx_vm_option_t;
typedef uintptr_t zx_vaddr_t;
typedef uintptr_t zx_paddr_t;
typedef uint32_t zx_paddr32_t;
typedef uintptr_t zx_gpaddr_t;
typedef uint64_t zx_off_t;
typedef uint32_t zx_stream_seek_origin_t;
typedef uint32_t zx_obj_type_t;
typedef uint32_t zx_system_event_type_t;
typedef uint32_t zx_handle_op_t;
typedef uint32_t zx_txid_t;

#define HAFNON_DECLARED_ZIRCON_TYPES_H
#include <hafnon/declared.h>

// Older names of the mapping options.
#define ZX_VM_FLAG_PERM_READ ZX_VM_PERM_READ
#define ZX_VM_FLAG_PERM_WRITE ZX_VM_PERM_WRITE
#define ZX_VM_FLAG_PERM_EXECUTE ZX_VM_PERM_EXECUTE
#define ZX_VM_FLAG_COMPACT ZX_VM_COMPACT
#define ZX_VM_FLAG_SPECIFIC ZX_VM_SPECIFIC
#define ZX_VM_FLAG_SPECIFIC_OVERWRITE ZX_VM_SPECIFIC_OVERWRITE
#define ZX_VM_FLAG_CAN_MAP_SPECIFIC ZX_VM_CAN_MAP_SPECIFIC
#define ZX_VM_FLAG_CAN_MAP_READ ZX_VM_CAN_MAP_READ
#define ZX_VM_FLAG_CAN_MAP_WRITE ZX_VM_CAN_MAP_WRITE
#define ZX_VM_FLAG_CAN_MAP_EXECUTE ZX_VM_CAN_MAP_EXECUTE
#define ZX_VM_FLAG_MAP_RANGE ZX_VM_MAP_RANGE
#define ZX_VM_FLAG_REQUIRE_NON_RESIZABLE ZX_VM_REQUIRE_NON_RESIZABLE

__END_CDECLS

#endif
