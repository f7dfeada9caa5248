// What several files of tests need.

#ifndef HAFNON_TESTS_SUPPORT_H_
#define HAFNON_TESTS_SUPPORT_H_

#include <errno.h>
#include <hafnon/test.h>
#include <threads.h>
#include <zircon/processargs.h>
#include <zircon/threads.h>

// A value that no handle has: its two low bits are clear.
#define NO_HANDLE ((zx_handle_t)0x12345670)

// A call fails with -1 and this errno.
#define ASSERT_ERRNO(error, call)  \
    do {                           \
        errno = 0;                 \
        ASSERT_EQ(call, -1);       \
        ASSERT_EQ(errno, error);   \
    } while (0)

static inline zx_info_handle_basic_t basic_info(zx_handle_t handle) {
    zx_info_handle_basic_t info;
    ASSERT_OK(zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL));
    return info;
}

static inline zx_koid_t koid_of(zx_handle_t handle) { return basic_info(handle).koid; }

// A second handle to the same object that lacks some rights.
static inline zx_handle_t without(zx_handle_t handle, zx_rights_t rights) {
    zx_handle_t out;
    ASSERT_OK(zx_handle_duplicate(handle, basic_info(handle).rights & ~rights, &out));
    return out;
}

static inline zx_handle_t new_event(void) {
    zx_handle_t event;
    ASSERT_OK(zx_event_create(0, &event));
    return event;
}

// The signals that are active now.
static inline zx_signals_t active_signals(zx_handle_t handle) {
    zx_signals_t observed = 0;
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_object_wait_one(handle, 0, 0, &observed));
    return observed;
}

static inline bool is_open(zx_handle_t handle) {
    return zx_object_get_info(handle, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL) == ZX_OK;
}

static inline void close_all(const zx_handle_t* handles, size_t count) {
    ASSERT_OK(zx_handle_close_many(handles, count));
}

static inline void close_pair(const zx_handle_t ends[2]) { close_all(ends, 2); }

// The handle of a kind that this program was started with; it stays open.
static inline zx_handle_t startup_handle(uint32_t kind, zx_handle_t* kept) {
    if (*kept == ZX_HANDLE_INVALID) *kept = zx_take_startup_handle(PA_HND(kind, 0));
    ASSERT(*kept != ZX_HANDLE_INVALID);
    return *kept;
}

// Starts a thread.
static inline thrd_t start(thrd_start_t function, void* argument) {
    thrd_t thread;
    ASSERT_EQ(thrd_create(&thread, function, argument), thrd_success);
    return thread;
}

// Waits for a thread's end; its result.
static inline int join(thrd_t thread) {
    int result = -1;
    ASSERT_EQ(thrd_join(thread, &result), thrd_success);
    return result;
}

static inline zx_thread_state_t state_of(zx_handle_t thread) {
    zx_info_thread_t info;
    ASSERT_OK(zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
    return info.state;
}

// Starts a thread, and returns once it waits in a call: when its state is `state`.
static inline thrd_t start_blocked(thrd_start_t function, void* argument, zx_thread_state_t state) {
    thrd_t thread = start(function, argument);
    while (state_of(thrd_get_zx_handle(thread)) != state) {
        zx_nanosleep(zx_deadline_after(ZX_USEC(250)));
    }
    return thread;
}

#endif
