// Magenta's types and signals. Handles, rights, signals and statuses are those of Zircon; times are not.

#ifndef MAGENTA_TYPES_H_
#define MAGENTA_TYPES_H_

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

// Older names of signals.
#define MX_EPAIR_SIGNALED MX_EVENTPAIR_SIGNALED
#define MX_EPAIR_CLOSED MX_EVENTPAIR_PEER_CLOSED
#define MX_EPAIR_PEER_CLOSED MX_EVENTPAIR_PEER_CLOSED
#define MX_SIGNAL_READABLE MX_CHANNEL_READABLE
#define MX_SIGNAL_WRITABLE MX_CHANNEL_WRITABLE
#define MX_SIGNAL_PEER_CLOSED MX_CHANNEL_PEER_CLOSED
#define MX_SIGNAL_SIGNALED MX_EVENT_SIGNALED

#define HAFNON_DECLARED_MAGENTA_TYPES_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
