// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_OBJECT_H_
#define ZIRCON_SYSCALLS_OBJECT_H_

// What zx_object_get_info, zx_object_get_property and zx_object_set_property know.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_object_info_topic_t;
typedef uint32_t zx_obj_props_t;
typedef uint32_t zx_thread_state_t;
typedef uint32_t zx_info_maps_type_t;

// Topics of object_get_info.
#define ZX_INFO_HANDLE_VALID ((zx_object_info_topic_t)0x1u)
#define ZX_INFO_HANDLE_BASIC ((zx_object_info_topic_t)0x2u)
#define ZX_INFO_PROCESS ((zx_object_info_topic_t)0x3u)
#define ZX_INFO_PROCESS_THREADS ((zx_object_info_topic_t)0x4u)
#define ZX_INFO_VMAR ((zx_object_info_topic_t)0x7u)
#define ZX_INFO_JOB_CHILDREN ((zx_object_info_topic_t)0x8u)
#define ZX_INFO_JOB_PROCESSES ((zx_object_info_topic_t)0x9u)
#define ZX_INFO_THREAD ((zx_object_info_topic_t)0xau)
#define ZX_INFO_THREAD_EXCEPTION_REPORT ((zx_object_info_topic_t)0xbu)
#define ZX_INFO_TASK_STATS ((zx_object_info_topic_t)0xcu)
#define ZX_INFO_PROCESS_MAPS ((zx_object_info_topic_t)0xdu)
#define ZX_INFO_PROCESS_VMOS ((zx_object_info_topic_t)0xeu)
#define ZX_INFO_THREAD_STATS ((zx_object_info_topic_t)0xfu)
#define ZX_INFO_CPU_STATS ((zx_object_info_topic_t)0x10u)
#define ZX_INFO_KMEM_STATS ((zx_object_info_topic_t)0x11u)
#define ZX_INFO_RESOURCE ((zx_object_info_topic_t)0x12u)
#define ZX_INFO_HANDLE_COUNT ((zx_object_info_topic_t)0x13u)
#define ZX_INFO_BTI ((zx_object_info_topic_t)0x14u)
#define ZX_INFO_PROCESS_HANDLE_STATS ((zx_object_info_topic_t)0x15u)
#define ZX_INFO_SOCKET ((zx_object_info_topic_t)0x16u)
#define ZX_INFO_VMO_V1 ((zx_object_info_topic_t)0x17u)
#define ZX_INFO_VMO ((zx_object_info_topic_t)0x10000017u)
#define ZX_INFO_JOB ((zx_object_info_topic_t)0x18u)
#define ZX_INFO_TIMER ((zx_object_info_topic_t)0x19u)
#define ZX_INFO_STREAM ((zx_object_info_topic_t)0x1au)
#define ZX_INFO_HANDLE_TABLE ((zx_object_info_topic_t)0x1bu)
#define ZX_INFO_MSI ((zx_object_info_topic_t)0x1cu)
#define ZX_INFO_TASK_RUNTIME_V1 ((zx_object_info_topic_t)0x1eu)
#define ZX_INFO_TASK_RUNTIME ((zx_object_info_topic_t)0x1000001eu)

// No topic of object_get_info.
#define ZX_INFO_NONE ((zx_object_info_topic_t)0x0u)

// zx_info_handle_basic_t.props.
#define ZX_OBJ_PROP_NONE ((zx_obj_props_t)0x0u)
#define ZX_OBJ_PROP_WAITABLE ((zx_obj_props_t)0x1u)

// Return codes of tasks that did not end by themselves.
#define ZX_TASK_RETCODE_SYSCALL_KILL ((int64_t)-1024)
#define ZX_TASK_RETCODE_OOM_KILL ((int64_t)-1025)
#define ZX_TASK_RETCODE_POLICY_KILL ((int64_t)-1026)
#define ZX_TASK_RETCODE_VDSO_KILL ((int64_t)-1027)
#define ZX_TASK_RETCODE_EXCEPTION_KILL ((int64_t)-1028)
#define ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL ((int64_t)-1029)

// Properties of object_get_property and object_set_property.
#define ZX_PROP_REGISTER_GS ((uint32_t)0x2u)
#define ZX_PROP_NAME ((uint32_t)0x3u)
#define ZX_PROP_REGISTER_FS ((uint32_t)0x4u)
#define ZX_PROP_PROCESS_DEBUG_ADDR ((uint32_t)0x5u)
#define ZX_PROP_PROCESS_VDSO_BASE_ADDRESS ((uint32_t)0x6u)
#define ZX_PROP_PROCESS_BREAK_ON_LOAD ((uint32_t)0x7u)
#define ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID ((uint32_t)0x8u)
#define ZX_PROP_SOCKET_RX_THRESHOLD ((uint32_t)0xcu)
#define ZX_PROP_SOCKET_TX_THRESHOLD ((uint32_t)0xdu)
#define ZX_PROP_JOB_KILL_ON_OOM ((uint32_t)0xfu)
#define ZX_PROP_EXCEPTION_STATE ((uint32_t)0x10u)
#define ZX_PROP_VMO_CONTENT_SIZE ((uint32_t)0x11u)
#define ZX_PROP_EXCEPTION_STRATEGY ((uint32_t)0x12u)
#define ZX_PROP_JOB_MEMORY_LIMIT ((uint32_t)0x48460001u)
#define ZX_PROP_JOB_HANDLE_LIMIT ((uint32_t)0x48460002u)
#define ZX_PROP_JOB_PERSONALITIES ((uint32_t)0x48460003u)

// What processes may be: bits of PROP_JOB_PERSONALITIES. A process of Magenta's may make Zircon's calls, too.
#define ZX_PERSONALITY_ZIRCON ((uint64_t)0x1u)
#define ZX_PERSONALITY_MAGENTA ((uint64_t)0x2u)

// Values of properties that mean something by themselves.
#define ZX_PROCESS_DEBUG_ADDR_BREAK_ON_SET ((uint32_t)0x1u)

// What becomes of a thread when its exception is closed.
#define ZX_EXCEPTION_STATE_TRY_NEXT ((uint32_t)0x0u)
#define ZX_EXCEPTION_STATE_HANDLED ((uint32_t)0x1u)
#define ZX_EXCEPTION_STATE_THREAD_EXIT ((uint32_t)0x2u)
#define ZX_EXCEPTION_STRATEGY_FIRST_CHANCE ((uint32_t)0x0u)
#define ZX_EXCEPTION_STRATEGY_SECOND_CHANCE ((uint32_t)0x1u)

// zx_info_thread_t.state.
#define ZX_THREAD_STATE_NEW ((zx_thread_state_t)0x0u)
#define ZX_THREAD_STATE_RUNNING ((zx_thread_state_t)0x1u)
#define ZX_THREAD_STATE_SUSPENDED ((zx_thread_state_t)0x2u)
#define ZX_THREAD_STATE_BLOCKED ((zx_thread_state_t)0x3u)
#define ZX_THREAD_STATE_DYING ((zx_thread_state_t)0x4u)
#define ZX_THREAD_STATE_DEAD ((zx_thread_state_t)0x5u)
#define ZX_THREAD_STATE_BLOCKED_EXCEPTION ((zx_thread_state_t)0x103u)
#define ZX_THREAD_STATE_BLOCKED_SLEEPING ((zx_thread_state_t)0x203u)
#define ZX_THREAD_STATE_BLOCKED_FUTEX ((zx_thread_state_t)0x303u)
#define ZX_THREAD_STATE_BLOCKED_PORT ((zx_thread_state_t)0x403u)
#define ZX_THREAD_STATE_BLOCKED_CHANNEL ((zx_thread_state_t)0x503u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_ONE ((zx_thread_state_t)0x603u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_MANY ((zx_thread_state_t)0x703u)
#define ZX_THREAD_STATE_BLOCKED_INTERRUPT ((zx_thread_state_t)0x803u)
#define ZX_THREAD_STATE_BLOCKED_PAGER ((zx_thread_state_t)0x903u)

// Flags in the structures of object_get_info.
#define ZX_INFO_INVALID_CPU ((uint32_t)0xffffffffu)
#define ZX_INFO_CPU_STATS_FLAG_ONLINE ((uint32_t)0x1u)
#define ZX_INFO_VMO_TYPE_PHYSICAL ((uint32_t)0x0u)
#define ZX_INFO_VMO_TYPE_PAGED ((uint32_t)0x1u)
#define ZX_INFO_VMO_RESIZABLE ((uint32_t)0x2u)
#define ZX_INFO_VMO_IS_COW_CLONE ((uint32_t)0x4u)
#define ZX_INFO_VMO_VIA_HANDLE ((uint32_t)0x8u)
#define ZX_INFO_VMO_VIA_MAPPING ((uint32_t)0x10u)
#define ZX_INFO_VMO_PAGER_BACKED ((uint32_t)0x20u)
#define ZX_INFO_VMO_CONTIGUOUS ((uint32_t)0x40u)

// zx_info_maps_t.type.
#define ZX_INFO_MAPS_TYPE_NONE ((zx_info_maps_type_t)0x0u)
#define ZX_INFO_MAPS_TYPE_ASPACE ((zx_info_maps_type_t)0x1u)
#define ZX_INFO_MAPS_TYPE_VMAR ((zx_info_maps_type_t)0x2u)
#define ZX_INFO_MAPS_TYPE_MAPPING ((zx_info_maps_type_t)0x3u)

// INFO_HANDLE_BASIC: what a handle says of itself.
typedef struct zx_info_handle_basic {
    zx_koid_t koid;
    zx_rights_t rights;
    zx_obj_type_t type;
    zx_koid_t related_koid;
    zx_obj_props_t props;
    uint8_t padding1[4];
} zx_info_handle_basic_t;

// INFO_HANDLE_TABLE: one handle of a process.
typedef struct zx_info_handle_extended {
    zx_obj_type_t type;
    zx_handle_t handle_value;
    zx_rights_t rights;
    zx_obj_props_t props;
    zx_koid_t koid;
    zx_koid_t related_koid;
    zx_koid_t peer_owner_koid;
} zx_info_handle_extended_t;

// INFO_HANDLE_COUNT: handles to an object.
typedef struct zx_info_handle_count {
    uint32_t handle_count;
} zx_info_handle_count_t;

// INFO_PROCESS_HANDLE_STATS: handles of a process by object type.
typedef struct zx_info_process_handle_stats {
    uint32_t handle_count[64];
} zx_info_process_handle_stats_t;

// INFO_PROCESS: whether a process started and ended, and how.
typedef struct zx_info_process {
    int64_t return_code;
    bool started;
    bool exited;
    bool debugger_attached;
    uint8_t padding1[5];
} zx_info_process_t;

// INFO_JOB: whether a job ended, and how.
typedef struct zx_info_job {
    int64_t return_code;
    bool exited;
    bool kill_on_oom;
    bool debugger_attached;
    uint8_t padding1[5];
} zx_info_job_t;

// INFO_TIMER: when a timer fires.
typedef struct zx_info_timer {
    uint32_t options;
    uint8_t padding1[4];
    zx_time_t deadline;
    zx_duration_t slack;
} zx_info_timer_t;

// INFO_STREAM: where a stream stands.
typedef struct zx_info_stream {
    uint32_t options;
    uint8_t padding1[4];
    zx_off_t seek;
    uint64_t content_size;
} zx_info_stream_t;

// INFO_THREAD: what a thread does, and where it may run.
typedef struct zx_info_thread {
    zx_thread_state_t state;
    uint32_t wait_exception_channel_type;
    zx_cpu_set_t cpu_affinity_mask;
} zx_info_thread_t;

// INFO_THREAD_STATS: how long a thread ran.
typedef struct zx_info_thread_stats {
    zx_duration_t total_runtime;
    uint32_t last_scheduled_cpu;
    uint8_t padding1[4];
} zx_info_thread_stats_t;

// INFO_TASK_STATS: memory of a task.
typedef struct zx_info_task_stats {
    size_t mem_mapped_bytes;
    size_t mem_private_bytes;
    size_t mem_shared_bytes;
    size_t mem_scaled_shared_bytes;
} zx_info_task_stats_t;

// INFO_TASK_RUNTIME: how long a task ran, and waited for what.
typedef struct zx_info_task_runtime {
    zx_duration_t cpu_time;
    zx_duration_t queue_time;
    zx_duration_t page_fault_time;
    zx_duration_t lock_contention_time;
} zx_info_task_runtime_t;

// INFO_TASK_RUNTIME_V1: how long a task ran, and waited for a CPU.
typedef struct zx_info_task_runtime_v1 {
    zx_duration_t cpu_time;
    zx_duration_t queue_time;
} zx_info_task_runtime_v1_t;

// INFO_VMAR: where an address region lies.
typedef struct zx_info_vmar {
    uintptr_t base;
    size_t len;
} zx_info_vmar_t;

// INFO_BTI: what a bus transaction initiator can address.
typedef struct zx_info_bti {
    uint64_t minimum_contiguity;
    uint64_t aspace_size;
    uint64_t pmo_count;
    uint64_t quarantine_count;
} zx_info_bti_t;

// INFO_SOCKET: fill of a socket's buffers.
typedef struct zx_info_socket {
    uint32_t options;
    uint8_t padding1[4];
    size_t rx_buf_max;
    size_t rx_buf_size;
    size_t rx_buf_available;
    size_t tx_buf_max;
    size_t tx_buf_size;
} zx_info_socket_t;

// The part of zx_info_maps_t that describes a mapping.
typedef struct zx_info_maps_mapping {
    zx_vm_option_t mmu_flags;
    uint8_t padding1[4];
    zx_koid_t vmo_koid;
    uint64_t vmo_offset;
    size_t committed_pages;
} zx_info_maps_mapping_t;

// INFO_PROCESS_MAPS: a node of an address space.
typedef struct zx_info_maps {
    char name[ZX_MAX_NAME_LEN];
    zx_vaddr_t base;
    size_t size;
    size_t depth;
    zx_info_maps_type_t type;
    uint8_t padding1[4];
    union {
        zx_info_maps_mapping_t mapping;
    } u;
} zx_info_maps_t;

// INFO_VMO and INFO_PROCESS_VMOS: what a VMO is and holds, and what the kernel needs for that.
typedef struct zx_info_vmo {
    zx_koid_t koid;
    char name[32];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    size_t num_children;
    size_t num_mappings;
    size_t share_count;
    uint32_t flags;
    uint8_t padding1[4];
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
    uint64_t metadata_bytes;
    uint64_t committed_change_events;
} zx_info_vmo_t;

// INFO_VMO_V1: what a VMO is and holds. The beginning of info_vmo.
typedef struct zx_info_vmo_v1 {
    zx_koid_t koid;
    char name[32];
    uint64_t size_bytes;
    zx_koid_t parent_koid;
    size_t num_children;
    size_t num_mappings;
    size_t share_count;
    uint32_t flags;
    uint8_t padding1[4];
    uint64_t committed_bytes;
    zx_rights_t handle_rights;
    uint32_t cache_policy;
} zx_info_vmo_v1_t;

// INFO_CPU_STATS: what a CPU has done.
typedef struct zx_info_cpu_stats {
    uint32_t cpu_number;
    uint32_t flags;
    zx_duration_t idle_time;
    uint64_t reschedules;
    uint64_t context_switches;
    uint64_t irq_preempts;
    uint64_t preempts;
    uint64_t yields;
    uint64_t ints;
    uint64_t timer_ints;
    uint64_t timers;
    uint64_t page_faults;
    uint64_t exceptions;
    uint64_t syscalls;
    uint64_t reschedule_ipis;
    uint64_t generic_ipis;
} zx_info_cpu_stats_t;

// INFO_KMEM_STATS: what memory is used for, in bytes.
typedef struct zx_info_kmem_stats {
    uint64_t total_bytes;
    uint64_t free_bytes;
    uint64_t wired_bytes;
    uint64_t total_heap_bytes;
    uint64_t free_heap_bytes;
    uint64_t vmo_bytes;
    uint64_t mmu_overhead_bytes;
    uint64_t ipc_bytes;
    uint64_t other_bytes;
} zx_info_kmem_stats_t;

// INFO_RESOURCE: what a resource covers.
typedef struct zx_info_resource {
    uint32_t kind;
    uint32_t flags;
    uint64_t base;
    size_t size;
    char name[32];
} zx_info_resource_t;

// INFO_MSI: a block of message-signalled interrupts.
typedef struct zx_info_msi {
    uint64_t target_addr;
    uint32_t target_data;
    uint32_t base_irq_id;
    uint32_t num_irq;
    uint32_t interrupt_count;
} zx_info_msi_t;

// The part of a thread state that says whether it is blocked at all.
#define ZX_THREAD_STATE_BASIC(n) ((n) & 0xff)

// Whether a VMO has pages of its own or stands for physical memory.
#define ZX_INFO_VMO_TYPE(flags) ((flags) & (1u << 0))

__END_CDECLS

#endif
