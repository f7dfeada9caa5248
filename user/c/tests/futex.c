// futex_wait, futex_wake, futex_requeue, the single-owner forms, futex_get_owner,
// futex_wake_handle_close_thread_exit.

#include <stdatomic.h>

#include "support.h"

static zx_futex_t word, other_word;

// Waits for the word while it is 0, without an owner.
static int wait_on_word(void* unused) {
    (void)unused;
    return zx_futex_wait(&word, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
}

static thrd_t waiter(void) { return start_blocked(wait_on_word, NULL, ZX_THREAD_STATE_BLOCKED_FUTEX); }

TEST(futex, another_value_is_bad_state) {
    zx_futex_t local = 1;
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_futex_wait(&local, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE));
}

TEST(futex, deadline_passes) {
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(2));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_futex_wait(&word, 0, ZX_HANDLE_INVALID, deadline));
    ASSERT(zx_clock_get_monotonic() >= deadline);
}

TEST(futex, wake_wakes) {
    thrd_t thread = waiter();
    ASSERT_OK(zx_futex_wake(&word, 1));
    ASSERT_OK(join(thread));
}

TEST(futex, wake_without_waiters_is_ok) {
    ASSERT_OK(zx_futex_wake(&word, UINT32_MAX));
    ASSERT_OK(zx_futex_wake_single_owner(&word));
}

TEST(futex, requeue_wakes_some_and_moves_others) {
    thrd_t threads[3] = {waiter(), waiter(), waiter()};
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_futex_requeue(&word, 1, 7, &other_word, 2, ZX_HANDLE_INVALID));
    ASSERT_OK(zx_futex_requeue(&word, 1, 0, &other_word, 2, ZX_HANDLE_INVALID));
    ASSERT_OK(zx_futex_wake(&other_word, 2));
    for (int i = 0; i < 3; i++) ASSERT_OK(join(threads[i]));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&word, 1, 0, &word, 1, ZX_HANDLE_INVALID));
}

TEST(futex, an_owner_is_told_and_goes_with_the_wake) {
    zx_koid_t owner = 0;
    thrd_t thread = waiter();
    zx_handle_t self = zx_thread_self();
    ASSERT_OK(zx_futex_get_owner(&word, &owner));
    ASSERT_EQ(owner, ZX_KOID_INVALID);
    // The requeue makes this thread the owner of the other word.
    ASSERT_OK(zx_futex_requeue(&word, 0, 0, &other_word, 1, self));
    ASSERT_OK(zx_futex_get_owner(&other_word, &owner));
    ASSERT_EQ(owner, koid_of(self));
    ASSERT_OK(zx_futex_wake(&other_word, 1));
    ASSERT_OK(join(thread));
    ASSERT_OK(zx_futex_get_owner(&other_word, &owner));
    ASSERT_EQ(owner, ZX_KOID_INVALID);
}

// The same, and stays until the other word is 1: a thread that has ended owns nothing.
static int wait_and_stay(void* unused) {
    int status = wait_on_word(unused);
    zx_futex_wait(&other_word, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    return status;
}

static thrd_t staying_waiter(void) { return start_blocked(wait_and_stay, NULL, ZX_THREAD_STATE_BLOCKED_FUTEX); }

TEST(futex, single_owner_wake_makes_the_woken_one_owner) {
    thrd_t first = staying_waiter(), second = staying_waiter();
    zx_koid_t owner = 0, koids[2] = {koid_of(thrd_get_zx_handle(first)), koid_of(thrd_get_zx_handle(second))};
    ASSERT_OK(zx_futex_wake_single_owner(&word));
    ASSERT_OK(zx_futex_get_owner(&word, &owner));
    ASSERT(owner == koids[0] || owner == koids[1]);
    ASSERT_OK(zx_futex_wake_single_owner(&word));
    atomic_store(&other_word, 1);
    ASSERT_OK(zx_futex_wake(&other_word, 2));
    ASSERT_OK(join(first));
    ASSERT_OK(join(second));
    ASSERT_OK(zx_futex_get_owner(&word, &owner));
    ASSERT_EQ(owner, ZX_KOID_INVALID);
    atomic_store(&other_word, 0);
}

TEST(futex, a_waiter_cannot_be_the_owner) {
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_wait(&word, 0, zx_thread_self(), 0));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_futex_wait(&word, 0, NO_HANDLE, 0));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_futex_wait(&word, 0, zx_process_self(), 0));
}

TEST(futex, addresses_are_checked) {
    const zx_futex_t* skew = (const zx_futex_t*)((uintptr_t)&word + 1);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_wait(skew, 0, ZX_HANDLE_INVALID, 0));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_wake(skew, 1));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_wait(NULL, 0, ZX_HANDLE_INVALID, 0));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&word, 0, 0, skew, 1, ZX_HANDLE_INVALID));
}

static zx_futex_t last_word;

static int store_wake_close_and_exit(void* handle) {
    zx_futex_wake_handle_close_thread_exit(&last_word, 1, 7, *(zx_handle_t*)handle);
}

TEST(futex, the_last_store_is_seen_and_the_handle_closed) {
    zx_handle_t event = new_event();
    thrd_t thread = start(store_wake_close_and_exit, &event);
    while (atomic_load(&last_word) == 0) {
        zx_status_t status = zx_futex_wait(&last_word, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
        ASSERT(status == ZX_OK || status == ZX_ERR_BAD_STATE);
    }
    ASSERT_EQ(last_word, 7);
    ASSERT_EQ(thrd_join(thread, NULL), thrd_success);
    ASSERT(!is_open(event));
}
