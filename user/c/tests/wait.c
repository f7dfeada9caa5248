// object_wait_one, object_wait_many.

#include "support.h"

static zx_status_t outcome;
static zx_signals_t outcome_signals;

// Waits for user signal 0 of a handle.
static int wait_one(void* handle) {
    outcome = zx_object_wait_one(*(zx_handle_t*)handle, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, &outcome_signals);
    return 0;
}

TEST(wait, active_signals_end_it_at_once) {
    zx_handle_t event = new_event();
    zx_signals_t observed = 0;
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1));
    ASSERT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, &observed));
    ASSERT_EQ(observed, ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1);
    ASSERT_OK(zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE_PAST, NULL));
    zx_handle_close(event);
}

TEST(wait, deadline_passes) {
    zx_handle_t event = new_event();
    zx_signals_t observed = 0;
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(3));
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_5));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_object_wait_one(event, ZX_USER_SIGNAL_0, deadline, &observed));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    ASSERT_EQ(observed, ZX_USER_SIGNAL_5);
    zx_handle_close(event);
}

TEST(wait, another_thread_ends_it) {
    zx_handle_t event = new_event();
    thrd_t waiter = start_blocked(wait_one, &event, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    join(waiter);
    ASSERT_OK(outcome);
    ASSERT_EQ(outcome_signals, ZX_USER_SIGNAL_0);
    zx_handle_close(event);
}

TEST(wait, a_pulse_ends_it) {
    zx_handle_t event = new_event();
    thrd_t waiter = start_blocked(wait_one, &event, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    ASSERT_OK(zx_object_signal(event, ZX_USER_SIGNAL_0, 0));
    join(waiter);
    ASSERT_OK(outcome);
    ASSERT((outcome_signals & ZX_USER_SIGNAL_0) != 0);
    zx_handle_close(event);
}

TEST(wait, closing_the_handle_cancels_it) {
    zx_handle_t event = new_event(), other;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
    thrd_t waiter = start_blocked(wait_one, &event, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    zx_handle_close(event);
    join(waiter);
    ASSERT_STATUS(ZX_ERR_CANCELED, outcome);
    ASSERT((outcome_signals & ZX_SIGNAL_HANDLE_CLOSED) != 0);
    zx_handle_close(other);
}

TEST(wait, rights_and_handles_are_checked) {
    zx_handle_t event = new_event(), port;
    zx_handle_t deaf = without(event, ZX_RIGHT_WAIT);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(deaf, ZX_USER_SIGNAL_0, 0, NULL));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_wait_one(NO_HANDLE, ZX_USER_SIGNAL_0, 0, NULL));
    ASSERT_OK(zx_port_create(0, &port));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(port, ZX_USER_SIGNAL_0, 0, NULL));
    close_all((zx_handle_t[]){event, deaf, port}, 3);
}

static void make_items(zx_wait_item_t* items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        items[i] = (zx_wait_item_t){.handle = new_event(), .waitfor = ZX_USER_SIGNAL_0, .pending = 0};
    }
}

static void close_items(const zx_wait_item_t* items, size_t count) {
    for (size_t i = 0; i < count; i++) ASSERT_OK(zx_handle_close(items[i].handle));
}

TEST(wait, many_end_with_any_and_tell_all) {
    zx_wait_item_t items[3];
    make_items(items, 3);
    ASSERT_OK(zx_object_signal(items[0].handle, 0, ZX_USER_SIGNAL_3));
    ASSERT_OK(zx_object_signal(items[2].handle, 0, ZX_USER_SIGNAL_0));
    ASSERT_OK(zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
    ASSERT_EQ(items[0].pending, ZX_USER_SIGNAL_3);
    ASSERT_EQ(items[1].pending, 0);
    ASSERT_EQ(items[2].pending, ZX_USER_SIGNAL_0);
    close_items(items, 3);
}

TEST(wait, many_time_out) {
    zx_wait_item_t items[2];
    make_items(items, 2);
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(2));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_object_wait_many(items, 2, deadline));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    deadline = zx_deadline_after(ZX_MSEC(2));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_object_wait_many(NULL, 0, deadline));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    close_items(items, 2);
}

TEST(wait, many_are_at_most_64) {
    zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS + 1];
    make_items(items, ZX_WAIT_MANY_MAX_ITEMS + 1);
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_object_wait_many(items, ZX_WAIT_MANY_MAX_ITEMS + 1, 0));
    ASSERT_OK(zx_object_signal(items[ZX_WAIT_MANY_MAX_ITEMS - 1].handle, 0, ZX_USER_SIGNAL_0));
    ASSERT_OK(zx_object_wait_many(items, ZX_WAIT_MANY_MAX_ITEMS, ZX_TIME_INFINITE));
    close_items(items, ZX_WAIT_MANY_MAX_ITEMS + 1);
}

static zx_wait_item_t waited_for[2];

static int wait_many(void* unused) {
    (void)unused;
    return zx_object_wait_many(waited_for, 2, ZX_TIME_INFINITE);
}

TEST(wait, many_are_cancelled_by_closing_one) {
    make_items(waited_for, 2);
    thrd_t waiter = start_blocked(wait_many, NULL, ZX_THREAD_STATE_BLOCKED_WAIT_MANY);
    zx_handle_close(waited_for[1].handle);
    ASSERT_STATUS(ZX_ERR_CANCELED, join(waiter));
    ASSERT((waited_for[1].pending & ZX_SIGNAL_HANDLE_CLOSED) != 0);
    zx_handle_close(waited_for[0].handle);
}

TEST(wait, many_need_good_handles) {
    zx_wait_item_t items[2];
    make_items(items, 1);
    items[1] = (zx_wait_item_t){.handle = NO_HANDLE, .waitfor = ZX_USER_SIGNAL_0, .pending = 0};
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_wait_many(items, 2, 0));
    items[1].handle = without(items[0].handle, ZX_RIGHT_WAIT);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_wait_many(items, 2, 0));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_wait_many(NULL, 1, 0));
    close_items(items, 2);
}
