// object_wait_async, port_cancel.

#include "support.h"

#define KEY 77

static zx_handle_t new_port(void) {
    zx_handle_t port;
    ASSERT_OK(zx_port_create(0, &port));
    return port;
}

static void assert_empty(zx_handle_t port) {
    zx_port_packet_t packet;
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_port_wait(port, 0, &packet));
}

TEST(wait_async, packet_tells_trigger_and_observed) {
    zx_handle_t port = new_port(), event = new_event();
    zx_port_packet_t packet;
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1, ZX_WAIT_ASYNC_ONCE));
    assert_empty(port);
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT(ZX_PKT_IS_SIGNAL_ONE(packet.type));
    ASSERT_EQ(packet.key, KEY);
    ASSERT_OK(packet.status);
    ASSERT_EQ(packet.signal.trigger, ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1);
    ASSERT_EQ(packet.signal.observed, ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2);
    ASSERT_EQ(packet.signal.count, 1);
    assert_empty(port);
    close_pair((zx_handle_t[]){port, event});
}

TEST(wait_async, active_signals_fire_at_once) {
    zx_handle_t port = new_port(), event = new_event();
    zx_port_packet_t packet;
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_EVENT_SIGNALED, 0));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    close_pair((zx_handle_t[]){port, event});
}

TEST(wait_async, edge_waits_for_a_change) {
    zx_handle_t port = new_port(), event = new_event();
    zx_port_packet_t packet;
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_EVENT_SIGNALED, ZX_WAIT_ASYNC_EDGE));
    assert_empty(port);
    ASSERT_OK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    close_pair((zx_handle_t[]){port, event});
}

TEST(wait_async, timestamp_lies_within_the_signal) {
    zx_handle_t port = new_port(), event = new_event();
    zx_port_packet_t packet;
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_EVENT_SIGNALED, ZX_WAIT_ASYNC_TIMESTAMP));
    zx_time_t before = zx_clock_get_monotonic();
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    zx_time_t after = zx_clock_get_monotonic();
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT((zx_time_t)packet.signal.timestamp >= before && (zx_time_t)packet.signal.timestamp <= after);
    close_pair((zx_handle_t[]){port, event});
}

TEST(wait_async, count_is_that_of_the_messages) {
    zx_handle_t port = new_port(), ends[2];
    zx_port_packet_t packet;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    for (int i = 0; i < 3; i++) ASSERT_OK(zx_channel_write(ends[0], 0, "x", 1, NULL, 0));
    ASSERT_OK(zx_object_wait_async(ends[1], port, KEY, ZX_CHANNEL_READABLE, 0));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT_EQ(packet.signal.count, 3);
    close_all((zx_handle_t[]){port, ends[0], ends[1]}, 3);
}

TEST(wait_async, closing_the_source_disarms_but_keeps_packets) {
    zx_handle_t port = new_port(), event = new_event(), other;
    zx_port_packet_t packet;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_USER_SIGNAL_0, 0));
    ASSERT_OK(zx_object_wait_async(event, port, KEY + 1, ZX_USER_SIGNAL_1, 0));
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    zx_handle_close(event);
    ASSERT_OK(zx_object_signal(other, 0, ZX_USER_SIGNAL_1));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT_EQ(packet.key, KEY);
    assert_empty(port);
    close_pair((zx_handle_t[]){port, other});
}

TEST(wait_async, cancel_removes_what_is_armed_or_queued) {
    zx_handle_t port = new_port(), event = new_event();
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_USER_SIGNAL_0, 0));
    ASSERT_OK(zx_port_cancel(port, event, KEY));
    ASSERT_STATUS(ZX_ERR_NOT_FOUND, zx_port_cancel(port, event, KEY));
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
    assert_empty(port);
    ASSERT_OK(zx_object_wait_async(event, port, KEY, ZX_USER_SIGNAL_0, 0));
    ASSERT_STATUS(ZX_ERR_NOT_FOUND, zx_port_cancel(port, event, KEY + 1));
    ASSERT_OK(zx_port_cancel(port, event, KEY));
    assert_empty(port);
    close_pair((zx_handle_t[]){port, event});
}

TEST(wait_async, arguments_are_checked) {
    zx_handle_t port = new_port(), event = new_event();
    zx_handle_t deaf = without(event, ZX_RIGHT_WAIT), mute = without(port, ZX_RIGHT_WRITE);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_wait_async(event, port, KEY, ZX_EVENT_SIGNALED, 4));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_wait_async(deaf, port, KEY, ZX_EVENT_SIGNALED, 0));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_wait_async(event, mute, KEY, ZX_EVENT_SIGNALED, 0));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_object_wait_async(event, event, KEY, ZX_EVENT_SIGNALED, 0));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_wait_async(NO_HANDLE, port, KEY, ZX_EVENT_SIGNALED, 0));
    close_all((zx_handle_t[]){port, event, deaf, mute}, 4);
}
