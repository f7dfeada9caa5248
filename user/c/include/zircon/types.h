// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_TYPES_H_
#define ZIRCON_TYPES_H_

// Types, signals, and what the options of the calls are made of.

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

#define ZX_SIGNAL_NONE ((zx_signals_t)0x0u)
#define ZX_SIGNAL_HANDLE_CLOSED ((zx_signals_t)0x800000u)
#define ZX_USER_SIGNAL_ALL ((zx_signals_t)0xff000000u)
#define ZX_USER_SIGNAL_0 ((zx_signals_t)0x1000000u)
#define ZX_USER_SIGNAL_1 ((zx_signals_t)0x2000000u)
#define ZX_USER_SIGNAL_2 ((zx_signals_t)0x4000000u)
#define ZX_USER_SIGNAL_3 ((zx_signals_t)0x8000000u)
#define ZX_USER_SIGNAL_4 ((zx_signals_t)0x10000000u)
#define ZX_USER_SIGNAL_5 ((zx_signals_t)0x20000000u)
#define ZX_USER_SIGNAL_6 ((zx_signals_t)0x40000000u)
#define ZX_USER_SIGNAL_7 ((zx_signals_t)0x80000000u)
#define ZX_EVENT_SIGNALED ((zx_signals_t)0x8u)
#define ZX_EVENT_SIGNAL_MASK ((zx_signals_t)0xff000008u)
#define ZX_EVENTPAIR_SIGNALED ((zx_signals_t)0x8u)
#define ZX_EVENTPAIR_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_EVENTPAIR_SIGNAL_MASK ((zx_signals_t)0xff00000cu)
#define ZX_CHANNEL_READABLE ((zx_signals_t)0x1u)
#define ZX_CHANNEL_WRITABLE ((zx_signals_t)0x2u)
#define ZX_CHANNEL_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_CLOCK_STARTED ((zx_signals_t)0x10u)
#define ZX_SOCKET_READABLE ((zx_signals_t)0x1u)
#define ZX_SOCKET_WRITABLE ((zx_signals_t)0x2u)
#define ZX_SOCKET_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_SOCKET_PEER_WRITE_DISABLED ((zx_signals_t)0x10u)
#define ZX_SOCKET_WRITE_DISABLED ((zx_signals_t)0x20u)
#define ZX_SOCKET_READ_THRESHOLD ((zx_signals_t)0x400u)
#define ZX_SOCKET_WRITE_THRESHOLD ((zx_signals_t)0x800u)
#define ZX_FIFO_READABLE ((zx_signals_t)0x1u)
#define ZX_FIFO_WRITABLE ((zx_signals_t)0x2u)
#define ZX_FIFO_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_TASK_TERMINATED ((zx_signals_t)0x8u)
#define ZX_JOB_TERMINATED ((zx_signals_t)0x8u)
#define ZX_JOB_NO_JOBS ((zx_signals_t)0x10u)
#define ZX_JOB_NO_PROCESSES ((zx_signals_t)0x20u)
#define ZX_PROCESS_TERMINATED ((zx_signals_t)0x8u)
#define ZX_THREAD_TERMINATED ((zx_signals_t)0x8u)
#define ZX_THREAD_RUNNING ((zx_signals_t)0x10u)
#define ZX_THREAD_SUSPENDED ((zx_signals_t)0x20u)
#define ZX_LOG_READABLE ((zx_signals_t)0x1u)
#define ZX_LOG_WRITABLE ((zx_signals_t)0x2u)
#define ZX_TIMER_SIGNALED ((zx_signals_t)0x8u)
#define ZX_VMO_ZERO_CHILDREN ((zx_signals_t)0x8u)
#define ZX_INTERRUPT_SIGNALED ((zx_signals_t)0x10u)
#define ZX_DATAPIPE_READABLE ((zx_signals_t)0x1u)
#define ZX_DATAPIPE_WRITABLE ((zx_signals_t)0x2u)
#define ZX_DATAPIPE_PEER_CLOSED ((zx_signals_t)0x4u)
#define ZX_DATAPIPE_READ_THRESHOLD ((zx_signals_t)0x10u)
#define ZX_DATAPIPE_WRITE_THRESHOLD ((zx_signals_t)0x20u)

// Handle values.
#define ZX_HANDLE_INVALID ((zx_handle_t)0x0u)
#define ZX_HANDLE_FIXED_BITS_MASK ((zx_handle_t)0x3u)

// What channel_write_etc does with a handle.
#define ZX_HANDLE_OP_MOVE ((zx_handle_op_t)0x0u)
#define ZX_HANDLE_OP_DUPLICATE ((zx_handle_op_t)0x1u)

// Kernel object identifiers that mean something by themselves.
#define ZX_KOID_INVALID ((zx_koid_t)0x0u)
#define ZX_KOID_KERNEL ((zx_koid_t)0x1u)
#define ZX_KOID_FIRST ((zx_koid_t)0x400u)

// Kinds of kernel objects.
#define ZX_OBJ_TYPE_NONE ((zx_obj_type_t)0x0u)
#define ZX_OBJ_TYPE_PROCESS ((zx_obj_type_t)0x1u)
#define ZX_OBJ_TYPE_THREAD ((zx_obj_type_t)0x2u)
#define ZX_OBJ_TYPE_VMO ((zx_obj_type_t)0x3u)
#define ZX_OBJ_TYPE_CHANNEL ((zx_obj_type_t)0x4u)
#define ZX_OBJ_TYPE_EVENT ((zx_obj_type_t)0x5u)
#define ZX_OBJ_TYPE_PORT ((zx_obj_type_t)0x6u)
#define ZX_OBJ_TYPE_INTERRUPT ((zx_obj_type_t)0x9u)
#define ZX_OBJ_TYPE_PCI_DEVICE ((zx_obj_type_t)0xbu)
#define ZX_OBJ_TYPE_DEBUGLOG ((zx_obj_type_t)0xcu)
#define ZX_OBJ_TYPE_LOG ((zx_obj_type_t)0xcu)
#define ZX_OBJ_TYPE_SOCKET ((zx_obj_type_t)0xeu)
#define ZX_OBJ_TYPE_RESOURCE ((zx_obj_type_t)0xfu)
#define ZX_OBJ_TYPE_EVENTPAIR ((zx_obj_type_t)0x10u)
#define ZX_OBJ_TYPE_JOB ((zx_obj_type_t)0x11u)
#define ZX_OBJ_TYPE_VMAR ((zx_obj_type_t)0x12u)
#define ZX_OBJ_TYPE_FIFO ((zx_obj_type_t)0x13u)
#define ZX_OBJ_TYPE_GUEST ((zx_obj_type_t)0x14u)
#define ZX_OBJ_TYPE_VCPU ((zx_obj_type_t)0x15u)
#define ZX_OBJ_TYPE_TIMER ((zx_obj_type_t)0x16u)
#define ZX_OBJ_TYPE_IOMMU ((zx_obj_type_t)0x17u)
#define ZX_OBJ_TYPE_BTI ((zx_obj_type_t)0x18u)
#define ZX_OBJ_TYPE_PROFILE ((zx_obj_type_t)0x19u)
#define ZX_OBJ_TYPE_PMT ((zx_obj_type_t)0x1au)
#define ZX_OBJ_TYPE_SUSPEND_TOKEN ((zx_obj_type_t)0x1bu)
#define ZX_OBJ_TYPE_PAGER ((zx_obj_type_t)0x1cu)
#define ZX_OBJ_TYPE_EXCEPTION ((zx_obj_type_t)0x1du)
#define ZX_OBJ_TYPE_CLOCK ((zx_obj_type_t)0x1eu)
#define ZX_OBJ_TYPE_STREAM ((zx_obj_type_t)0x1fu)
#define ZX_OBJ_TYPE_MSI ((zx_obj_type_t)0x20u)
#define ZX_OBJ_TYPE_UPPER_BOUND ((zx_obj_type_t)0x40u)

// Limits that callers need to know.
#define ZX_WAIT_MANY_MAX_ITEMS ((size_t)0x40u)
#define ZX_MAX_NAME_LEN ((size_t)0x20u)
#define ZX_CPRNG_DRAW_MAX_LEN ((size_t)0x100u)
#define ZX_CPRNG_ADD_ENTROPY_MAX_LEN ((size_t)0x100u)

// Options and limits of channels.
#define ZX_CHANNEL_READ_MAY_DISCARD ((uint32_t)0x1u)
#define ZX_CHANNEL_WRITE_USE_IOVEC ((uint32_t)0x2u)
#define ZX_CHANNEL_MAX_MSG_BYTES ((uint32_t)0x10000u)
#define ZX_CHANNEL_MAX_MSG_HANDLES ((uint32_t)0x40u)
#define ZX_CHANNEL_MAX_MSG_IOVECS ((uint32_t)0x2000u)

// Limits of FIFOs.
#define ZX_FIFO_MAX_SIZE_BYTES ((size_t)0x1000u)

// Options of sockets.
#define ZX_SOCKET_STREAM ((uint32_t)0x0u)
#define ZX_SOCKET_DATAGRAM ((uint32_t)0x1u)
#define ZX_SOCKET_CREATE_MASK ((uint32_t)0x1u)
#define ZX_SOCKET_PEEK ((uint32_t)0x8u)
#define ZX_SOCKET_DISPOSITION_WRITE_DISABLED ((uint32_t)0x1u)
#define ZX_SOCKET_DISPOSITION_WRITE_ENABLED ((uint32_t)0x2u)
#define ZX_SOCKET_SHUTDOWN_WRITE ((uint32_t)0x1u)
#define ZX_SOCKET_SHUTDOWN_READ ((uint32_t)0x2u)
#define ZX_SOCKET_SHUTDOWN_MASK ((uint32_t)0x3u)

// Options of streams.
#define ZX_STREAM_MODE_READ ((uint32_t)0x1u)
#define ZX_STREAM_MODE_WRITE ((uint32_t)0x2u)
#define ZX_STREAM_MODE_APPEND ((uint32_t)0x4u)
#define ZX_STREAM_CREATE_MASK ((uint32_t)0x7u)
#define ZX_STREAM_APPEND ((uint32_t)0x1u)

// Where stream_seek counts from.
#define ZX_STREAM_SEEK_ORIGIN_START ((zx_stream_seek_origin_t)0x0u)
#define ZX_STREAM_SEEK_ORIGIN_CURRENT ((zx_stream_seek_origin_t)0x1u)
#define ZX_STREAM_SEEK_ORIGIN_END ((zx_stream_seek_origin_t)0x2u)

// Clocks that timers run on.
#define ZX_CLOCK_MONOTONIC ((zx_clock_t)0x0u)
#define ZX_CLOCK_UTC ((zx_clock_t)0x1u)
#define ZX_CLOCK_THREAD ((zx_clock_t)0x2u)

// How a timer may use its slack.
#define ZX_TIMER_SLACK_CENTER ((uint32_t)0x0u)
#define ZX_TIMER_SLACK_EARLY ((uint32_t)0x1u)
#define ZX_TIMER_SLACK_LATE ((uint32_t)0x2u)

// Options of vmo_create, vmo_create_child and vmo_op_range.
#define ZX_VMO_RESIZABLE ((uint32_t)0x2u)
#define ZX_VMO_DISCARDABLE ((uint32_t)0x4u)
#define ZX_VMO_OP_COMMIT ((uint32_t)0x1u)
#define ZX_VMO_OP_DECOMMIT ((uint32_t)0x2u)
#define ZX_VMO_OP_LOCK ((uint32_t)0x3u)
#define ZX_VMO_OP_UNLOCK ((uint32_t)0x4u)
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)0x6u)
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)0x7u)
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)0x8u)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)0x9u)
#define ZX_VMO_OP_ZERO ((uint32_t)0xau)
#define ZX_VMO_OP_TRY_LOCK ((uint32_t)0xbu)
#define ZX_VMO_OP_DONT_NEED ((uint32_t)0xcu)
#define ZX_VMO_OP_ALWAYS_NEED ((uint32_t)0xdu)
#define ZX_VMO_CHILD_SNAPSHOT ((uint32_t)0x1u)
#define ZX_VMO_CHILD_RESIZABLE ((uint32_t)0x4u)
#define ZX_VMO_CHILD_SLICE ((uint32_t)0x8u)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)0x10u)
#define ZX_VMO_CHILD_NO_WRITE ((uint32_t)0x20u)

// Operations of vmar_op_range.
#define ZX_VMAR_OP_COMMIT ((uint32_t)0x1u)
#define ZX_VMAR_OP_DECOMMIT ((uint32_t)0x2u)
#define ZX_VMAR_OP_MAP_RANGE ((uint32_t)0x3u)
#define ZX_VMAR_OP_DONT_NEED ((uint32_t)0xcu)
#define ZX_VMAR_OP_ALWAYS_NEED ((uint32_t)0xdu)

// Operations of pager_op_range.
#define ZX_PAGER_OP_FAIL ((uint32_t)0x1u)
#define ZX_PAGER_OP_DIRTY ((uint32_t)0x2u)
#define ZX_PAGER_OP_WRITEBACK_BEGIN ((uint32_t)0x3u)
#define ZX_PAGER_OP_WRITEBACK_END ((uint32_t)0x4u)

// Options of the calls on address regions.
#define ZX_VM_PERM_READ ((zx_vm_option_t)0x1u)
#define ZX_VM_PERM_WRITE ((zx_vm_option_t)0x2u)
#define ZX_VM_PERM_EXECUTE ((zx_vm_option_t)0x4u)
#define ZX_VM_COMPACT ((zx_vm_option_t)0x8u)
#define ZX_VM_SPECIFIC ((zx_vm_option_t)0x10u)
#define ZX_VM_SPECIFIC_OVERWRITE ((zx_vm_option_t)0x20u)
#define ZX_VM_CAN_MAP_SPECIFIC ((zx_vm_option_t)0x40u)
#define ZX_VM_CAN_MAP_READ ((zx_vm_option_t)0x80u)
#define ZX_VM_CAN_MAP_WRITE ((zx_vm_option_t)0x100u)
#define ZX_VM_CAN_MAP_EXECUTE ((zx_vm_option_t)0x200u)
#define ZX_VM_MAP_RANGE ((zx_vm_option_t)0x400u)
#define ZX_VM_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)0x800u)
#define ZX_VM_ALLOW_FAULTS ((zx_vm_option_t)0x1000u)
#define ZX_VM_OFFSET_IS_UPPER_LIMIT ((zx_vm_option_t)0x2000u)
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((zx_vm_option_t)0x4000u)
#define ZX_VM_ALIGN_1KB ((zx_vm_option_t)0xa000000u)
#define ZX_VM_ALIGN_2KB ((zx_vm_option_t)0xb000000u)
#define ZX_VM_ALIGN_4KB ((zx_vm_option_t)0xc000000u)
#define ZX_VM_ALIGN_8KB ((zx_vm_option_t)0xd000000u)
#define ZX_VM_ALIGN_16KB ((zx_vm_option_t)0xe000000u)
#define ZX_VM_ALIGN_32KB ((zx_vm_option_t)0xf000000u)
#define ZX_VM_ALIGN_64KB ((zx_vm_option_t)0x10000000u)
#define ZX_VM_ALIGN_128KB ((zx_vm_option_t)0x11000000u)
#define ZX_VM_ALIGN_256KB ((zx_vm_option_t)0x12000000u)
#define ZX_VM_ALIGN_512KB ((zx_vm_option_t)0x13000000u)
#define ZX_VM_ALIGN_1MB ((zx_vm_option_t)0x14000000u)
#define ZX_VM_ALIGN_2MB ((zx_vm_option_t)0x15000000u)
#define ZX_VM_ALIGN_4MB ((zx_vm_option_t)0x16000000u)
#define ZX_VM_ALIGN_8MB ((zx_vm_option_t)0x17000000u)
#define ZX_VM_ALIGN_16MB ((zx_vm_option_t)0x18000000u)
#define ZX_VM_ALIGN_32MB ((zx_vm_option_t)0x19000000u)
#define ZX_VM_ALIGN_64MB ((zx_vm_option_t)0x1a000000u)
#define ZX_VM_ALIGN_128MB ((zx_vm_option_t)0x1b000000u)
#define ZX_VM_ALIGN_256MB ((zx_vm_option_t)0x1c000000u)
#define ZX_VM_ALIGN_512MB ((zx_vm_option_t)0x1d000000u)
#define ZX_VM_ALIGN_1GB ((zx_vm_option_t)0x1e000000u)
#define ZX_VM_ALIGN_2GB ((zx_vm_option_t)0x1f000000u)
#define ZX_VM_ALIGN_4GB ((zx_vm_option_t)0x20000000u)

// Where the alignment, a power of two, sits in the options of an address region.
#define ZX_VM_ALIGN_BASE (0x18)

// Caching policies, and what cache_flush flushes.
#define ZX_CACHE_POLICY_CACHED ((uint32_t)0x0u)
#define ZX_CACHE_POLICY_UNCACHED ((uint32_t)0x1u)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)0x2u)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)0x3u)
#define ZX_CACHE_POLICY_MASK ((uint32_t)0x3u)
#define ZX_CACHE_FLUSH_INSN ((uint32_t)0x1u)
#define ZX_CACHE_FLUSH_DATA ((uint32_t)0x2u)
#define ZX_CACHE_FLUSH_INVALIDATE ((uint32_t)0x4u)

// Options of interrupts.
#define ZX_INTERRUPT_REMAP_IRQ ((uint32_t)0x1u)
#define ZX_INTERRUPT_MODE_DEFAULT ((uint32_t)0x0u)
#define ZX_INTERRUPT_MODE_EDGE_LOW ((uint32_t)0x2u)
#define ZX_INTERRUPT_MODE_EDGE_HIGH ((uint32_t)0x4u)
#define ZX_INTERRUPT_MODE_LEVEL_LOW ((uint32_t)0x6u)
#define ZX_INTERRUPT_MODE_LEVEL_HIGH ((uint32_t)0x8u)
#define ZX_INTERRUPT_MODE_EDGE_BOTH ((uint32_t)0xau)
#define ZX_INTERRUPT_MODE_MASK ((uint32_t)0xeu)
#define ZX_INTERRUPT_VIRTUAL ((uint32_t)0x10u)
#define ZX_INTERRUPT_BIND ((uint32_t)0x0u)
#define ZX_INTERRUPT_UNBIND ((uint32_t)0x1u)
#define ZX_INTERRUPT_SLOT_USER ((uint32_t)0x3eu)
#define ZX_INTERRUPT_MAX_SLOTS ((uint32_t)0x3eu)
#define ZX_MSI_MODE_MSI_X ((uint32_t)0x1u)
#define ZX_PCI_INTERRUPT_SLOT ((uint32_t)0x0u)

// Options of bti_pin.
#define ZX_BTI_PERM_READ ((uint32_t)0x1u)
#define ZX_BTI_PERM_WRITE ((uint32_t)0x2u)
#define ZX_BTI_PERM_EXECUTE ((uint32_t)0x4u)
#define ZX_BTI_COMPRESS ((uint32_t)0x8u)
#define ZX_BTI_CONTIGUOUS ((uint32_t)0x10u)

// Options of job_set_critical.
#define ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO ((uint32_t)0x1u)

// Events of system_get_event.
#define ZX_SYSTEM_EVENT_OUT_OF_MEMORY ((zx_system_event_type_t)0x1u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL ((zx_system_event_type_t)0x2u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING ((zx_system_event_type_t)0x3u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL ((zx_system_event_type_t)0x4u)
#define ZX_SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY ((zx_system_event_type_t)0x5u)

// Shape of a set of CPUs.
#define ZX_CPU_SET_MAX_CPUS (0x200)
#define ZX_CPU_SET_BITS_PER_WORD (0x40)

// One item of object_wait_many.
typedef struct zx_wait_item {
    zx_handle_t handle;
    zx_signals_t waitfor;
    zx_signals_t pending;
} zx_wait_item_t;

// A handle that channel_read_etc has read.
typedef struct zx_handle_info {
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    uint32_t unused;
} zx_handle_info_t;

// A handle to be written by channel_write_etc, and what became of it.
typedef struct zx_handle_disposition {
    zx_handle_op_t operation;
    zx_handle_t handle;
    zx_obj_type_t type;
    zx_rights_t rights;
    zx_status_t result;
} zx_handle_disposition_t;

// What channel_call writes, and where it puts the answer.
typedef struct zx_channel_call_args {
    const void* wr_bytes;
    const zx_handle_t* wr_handles;
    void* rd_bytes;
    zx_handle_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_args_t;

// What channel_call_etc writes, and where it puts the answer.
typedef struct zx_channel_call_etc_args {
    const void* wr_bytes;
    zx_handle_disposition_t* wr_handles;
    void* rd_bytes;
    zx_handle_info_t* rd_handles;
    uint32_t wr_num_bytes;
    uint32_t wr_num_handles;
    uint32_t rd_num_bytes;
    uint32_t rd_num_handles;
} zx_channel_call_etc_args_t;

// A piece of a channel message.
typedef struct zx_channel_iovec {
    const void* buffer;
    uint32_t capacity;
    uint32_t reserved;
} zx_channel_iovec_t;

// A piece of a stream's data.
typedef struct zx_iovec {
    void* buffer;
    size_t capacity;
} zx_iovec_t;

// What VMO_OP_LOCK tells: the locked range, and the part of it that was discarded before.
typedef struct zx_vmo_lock_state {
    uint64_t offset;
    uint64_t size;
    uint64_t discarded_offset;
    uint64_t discarded_size;
} zx_vmo_lock_state_t;

// A set of CPUs: CPU N is bit N % 64 of word N / 64.
typedef struct zx_cpu_set {
    uint64_t mask[8];
} zx_cpu_set_t;

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
