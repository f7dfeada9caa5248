// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef MAGENTA_TYPES_H_
#define MAGENTA_TYPES_H_

// Magenta's types and signals. Handles, rights, signals and statuses are those of Zircon; times are not.

#include <magenta/errors.h>
#include <magenta/rights.h>
#include <zircon/types.h>

__BEGIN_CDECLS

typedef zx_handle_t mx_handle_t;
typedef zx_status_t mx_status_t;
typedef zx_signals_t mx_signals_t;
typedef zx_koid_t mx_koid_t;
typedef zx_obj_type_t mx_obj_type_t;
typedef zx_futex_t mx_futex_t;
typedef zx_off_t mx_off_t;
typedef zx_vaddr_t mx_vaddr_t;
typedef zx_paddr_t mx_paddr_t;
typedef zx_wait_item_t mx_wait_item_t;
typedef uintptr_t mx_size_t;
typedef intptr_t mx_ssize_t;

// Nanoseconds; of the calls that wait: from now on.
typedef uint64_t mx_time_t;
#define MX_TIME_INFINITE UINT64_MAX
#define MX_NSEC(n) ((mx_time_t)(1ull * (n)))
#define MX_USEC(n) ((mx_time_t)(1000ull * (n)))
#define MX_MSEC(n) ((mx_time_t)(1000000ull * (n)))
#define MX_SEC(n) ((mx_time_t)(1000000000ull * (n)))

// For time_get, which tells no other clock.
#define MX_CLOCK_MONOTONIC 0u

#define MX_HANDLE_INVALID ((mx_handle_t)0)
#define MX_MAX_NAME_LEN ZX_MAX_NAME_LEN
#define MX_CHANNEL_READ_MAY_DISCARD ZX_CHANNEL_READ_MAY_DISCARD
#define MX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_BYTES
#define MX_CHANNEL_MAX_MSG_HANDLES ZX_CHANNEL_MAX_MSG_HANDLES
#define MX_CPRNG_DRAW_MAX_LEN ZX_CPRNG_DRAW_MAX_LEN
#define MX_CPRNG_ADD_ENTROPY_MAX_LEN ZX_CPRNG_ADD_ENTROPY_MAX_LEN

#define MX_SIGNAL_NONE ((mx_signals_t)0x0u)
#define MX_SIGNAL_HANDLE_CLOSED ((mx_signals_t)0x800000u)
#define MX_USER_SIGNAL_ALL ((mx_signals_t)0xff000000u)
#define MX_USER_SIGNAL_0 ((mx_signals_t)0x1000000u)
#define MX_USER_SIGNAL_1 ((mx_signals_t)0x2000000u)
#define MX_USER_SIGNAL_2 ((mx_signals_t)0x4000000u)
#define MX_USER_SIGNAL_3 ((mx_signals_t)0x8000000u)
#define MX_USER_SIGNAL_4 ((mx_signals_t)0x10000000u)
#define MX_USER_SIGNAL_5 ((mx_signals_t)0x20000000u)
#define MX_USER_SIGNAL_6 ((mx_signals_t)0x40000000u)
#define MX_USER_SIGNAL_7 ((mx_signals_t)0x80000000u)
#define MX_EVENT_SIGNALED ((mx_signals_t)0x8u)
#define MX_EVENT_SIGNAL_MASK ((mx_signals_t)0xff000008u)
#define MX_EVENTPAIR_SIGNALED ((mx_signals_t)0x8u)
#define MX_EVENTPAIR_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_EVENTPAIR_SIGNAL_MASK ((mx_signals_t)0xff00000cu)
#define MX_CHANNEL_READABLE ((mx_signals_t)0x1u)
#define MX_CHANNEL_WRITABLE ((mx_signals_t)0x2u)
#define MX_CHANNEL_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_CLOCK_STARTED ((mx_signals_t)0x10u)
#define MX_SOCKET_READABLE ((mx_signals_t)0x1u)
#define MX_SOCKET_WRITABLE ((mx_signals_t)0x2u)
#define MX_SOCKET_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_SOCKET_PEER_WRITE_DISABLED ((mx_signals_t)0x10u)
#define MX_SOCKET_WRITE_DISABLED ((mx_signals_t)0x20u)
#define MX_SOCKET_READ_THRESHOLD ((mx_signals_t)0x400u)
#define MX_SOCKET_WRITE_THRESHOLD ((mx_signals_t)0x800u)
#define MX_FIFO_READABLE ((mx_signals_t)0x1u)
#define MX_FIFO_WRITABLE ((mx_signals_t)0x2u)
#define MX_FIFO_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_TASK_TERMINATED ((mx_signals_t)0x8u)
#define MX_JOB_TERMINATED ((mx_signals_t)0x8u)
#define MX_JOB_NO_JOBS ((mx_signals_t)0x10u)
#define MX_JOB_NO_PROCESSES ((mx_signals_t)0x20u)
#define MX_PROCESS_TERMINATED ((mx_signals_t)0x8u)
#define MX_THREAD_TERMINATED ((mx_signals_t)0x8u)
#define MX_THREAD_RUNNING ((mx_signals_t)0x10u)
#define MX_THREAD_SUSPENDED ((mx_signals_t)0x20u)
#define MX_LOG_READABLE ((mx_signals_t)0x1u)
#define MX_LOG_WRITABLE ((mx_signals_t)0x2u)
#define MX_TIMER_SIGNALED ((mx_signals_t)0x8u)
#define MX_VMO_ZERO_CHILDREN ((mx_signals_t)0x8u)
#define MX_INTERRUPT_SIGNALED ((mx_signals_t)0x10u)
#define MX_DATAPIPE_READABLE ((mx_signals_t)0x1u)
#define MX_DATAPIPE_WRITABLE ((mx_signals_t)0x2u)
#define MX_DATAPIPE_PEER_CLOSED ((mx_signals_t)0x4u)
#define MX_DATAPIPE_READ_THRESHOLD ((mx_signals_t)0x10u)
#define MX_DATAPIPE_WRITE_THRESHOLD ((mx_signals_t)0x20u)

// Older names of signals.
#define MX_EPAIR_SIGNALED MX_EVENTPAIR_SIGNALED
#define MX_EPAIR_CLOSED MX_EVENTPAIR_PEER_CLOSED
#define MX_EPAIR_PEER_CLOSED MX_EVENTPAIR_PEER_CLOSED
#define MX_SIGNAL_READABLE MX_CHANNEL_READABLE
#define MX_SIGNAL_WRITABLE MX_CHANNEL_WRITABLE
#define MX_SIGNAL_PEER_CLOSED MX_CHANNEL_PEER_CLOSED
#define MX_SIGNAL_SIGNALED MX_EVENT_SIGNALED

// Kinds of objects that only Magenta has. An IO port is of type 6, as a port is.
#define MX_OBJ_TYPE_IO_PORT ((mx_obj_type_t)0x6u)
#define MX_OBJ_TYPE_DATAPIPE_PRODUCER ((mx_obj_type_t)0x7u)
#define MX_OBJ_TYPE_DATAPIPE_CONSUMER ((mx_obj_type_t)0x8u)
#define MX_OBJ_TYPE_WAITSET ((mx_obj_type_t)0xdu)

// Options of socket_write: no more will be written.
#define MX_SOCKET_HALF_CLOSE ((uint32_t)0x1u)

// Most results of one waitset_wait.
#define MX_WAITSET_MAX_RESULTS ((uint32_t)0x400u)

// What became of one entry of a wait set.
typedef struct mx_waitset_result {
    uint64_t cookie;
    mx_status_t status;
    mx_signals_t observed;
} mx_waitset_result_t;

__END_CDECLS

#endif
