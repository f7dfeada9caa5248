// timer_create, timer_set, timer_cancel.

#include "support.h"

static zx_handle_t new_timer(void) {
    zx_handle_t timer;
    ASSERT_OK(zx_timer_create(ZX_TIMER_SLACK_CENTER, ZX_CLOCK_MONOTONIC, &timer));
    return timer;
}

static zx_info_timer_t timer_info(zx_handle_t timer) {
    zx_info_timer_t info;
    ASSERT_OK(zx_object_get_info(timer, ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL));
    return info;
}

TEST(timer, fires_at_its_deadline) {
    zx_handle_t timer = new_timer();
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(3));
    ASSERT_EQ(active_signals(timer), 0);
    ASSERT_OK(zx_timer_set(timer, deadline, 0));
    ASSERT_OK(zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE, NULL));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    zx_handle_close(timer);
}

TEST(timer, a_deadline_in_the_past_fires_at_once) {
    zx_handle_t timer = new_timer();
    ASSERT_OK(zx_timer_set(timer, 0, 0));
    ASSERT_EQ(active_signals(timer), ZX_TIMER_SIGNALED);
    zx_handle_close(timer);
}

TEST(timer, setting_and_cancelling_clear_the_signal) {
    zx_handle_t timer = new_timer();
    ASSERT_OK(zx_timer_set(timer, 0, 0));
    ASSERT_OK(zx_timer_set(timer, ZX_TIME_INFINITE, 0));
    ASSERT_EQ(active_signals(timer), 0);
    ASSERT_OK(zx_timer_set(timer, 0, 0));
    ASSERT_OK(zx_timer_cancel(timer));
    ASSERT_EQ(active_signals(timer), 0);
    ASSERT_OK(zx_timer_cancel(timer));
    zx_handle_close(timer);
}

TEST(timer, info_tells_deadline_and_slack) {
    zx_handle_t timer;
    zx_time_t deadline = zx_deadline_after(ZX_HOUR(1));
    ASSERT_OK(zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC, &timer));
    ASSERT_OK(zx_timer_set(timer, deadline, ZX_MSEC(5)));
    zx_info_timer_t info = timer_info(timer);
    ASSERT_EQ(info.deadline, deadline);
    ASSERT_EQ(info.slack, ZX_MSEC(5));
    ASSERT_EQ(info.options, ZX_TIMER_SLACK_LATE);
    ASSERT_OK(zx_timer_cancel(timer));
    ASSERT_EQ(timer_info(timer).deadline, 0);
    zx_handle_close(timer);
}

TEST(timer, wakes_a_port) {
    zx_handle_t timer = new_timer(), port;
    zx_port_packet_t packet;
    ASSERT_OK(zx_port_create(0, &port));
    ASSERT_OK(zx_object_wait_async(timer, port, 3, ZX_TIMER_SIGNALED, 0));
    ASSERT_OK(zx_timer_set(timer, zx_deadline_after(ZX_MSEC(1)), 0));
    ASSERT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &packet));
    ASSERT_EQ(packet.key, 3);
    close_pair((zx_handle_t[]){timer, port});
}

TEST(timer, arguments_are_checked) {
    zx_handle_t timer, event = new_event();
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_timer_create(9, ZX_CLOCK_MONOTONIC, &timer));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_timer_create(0, ZX_CLOCK_UTC, &timer));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_timer_create(0, ZX_CLOCK_MONOTONIC, NULL));
    timer = new_timer();
    zx_handle_t mute = without(timer, ZX_RIGHT_WRITE);
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_timer_set(timer, 0, -1));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_timer_set(mute, 0, 0));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_timer_cancel(mute));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_timer_set(event, 0, 0));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_timer_cancel(NO_HANDLE));
    close_all((zx_handle_t[]){timer, event, mute}, 3);
}
