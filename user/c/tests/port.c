// port_create, port_queue, port_wait.

#include "support.h"

#define MAX_USER_PACKETS 2048

static zx_handle_t new_port(void) {
    zx_handle_t port;
    ASSERT_OK(zx_port_create(0, &port));
    return port;
}

TEST(port, create_refuses_options_and_null) {
    zx_handle_t port;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_port_create(2, &port));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_port_create(0, NULL));
}

TEST(port, packets_come_in_order_as_they_were) {
    zx_handle_t port = new_port();
    for (uint64_t i = 0; i < 3; i++) {
        zx_port_packet_t packet = {.key = i, .type = ZX_PKT_TYPE_USER, .status = -(int)i, .user = {.u64 = {i, 2, 3, 4}}};
        ASSERT_OK(zx_port_queue(port, &packet));
    }
    for (uint64_t i = 0; i < 3; i++) {
        zx_port_packet_t packet = {0};
        ASSERT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &packet));
        ASSERT(ZX_PKT_IS_USER(packet.type));
        ASSERT_EQ(packet.key, i);
        ASSERT_EQ(packet.status, -(int)i);
        ASSERT_EQ(packet.user.u64[0], i);
        ASSERT_EQ(packet.user.u64[3], 4);
    }
    zx_handle_close(port);
}

TEST(port, what_a_program_queues_is_a_user_packet) {
    zx_handle_t port = new_port();
    zx_port_packet_t packet = {.type = ZX_PKT_TYPE_SIGNAL_ONE};
    ASSERT_OK(zx_port_queue(port, &packet));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT(ZX_PKT_IS_USER(packet.type) && !ZX_PKT_IS_SIGNAL_ONE(packet.type));
    zx_handle_close(port);
}

TEST(port, deadline_passes) {
    zx_handle_t port = new_port();
    zx_port_packet_t packet;
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(2));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, zx_port_wait(port, deadline, &packet));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    zx_handle_close(port);
}

static zx_port_packet_t received;

static int wait_for_packet(void* port) { return zx_port_wait(*(zx_handle_t*)port, ZX_TIME_INFINITE, &received); }

TEST(port, a_waiting_thread_gets_the_packet) {
    zx_handle_t port = new_port();
    thrd_t waiter = start_blocked(wait_for_packet, &port, ZX_THREAD_STATE_BLOCKED_PORT);
    zx_port_packet_t packet = {.key = 5, .type = ZX_PKT_TYPE_USER};
    ASSERT_OK(zx_port_queue(port, &packet));
    ASSERT_OK(join(waiter));
    ASSERT_EQ(received.key, 5);
    zx_handle_close(port);
}

TEST(port, closing_it_cancels_the_wait) {
    zx_handle_t port = new_port();
    thrd_t waiter = start_blocked(wait_for_packet, &port, ZX_THREAD_STATE_BLOCKED_PORT);
    zx_handle_close(port);
    ASSERT_STATUS(ZX_ERR_CANCELED, join(waiter));
}

TEST(port, takes_so_many_packets_and_no_more) {
    zx_handle_t port = new_port();
    zx_port_packet_t packet = {.type = ZX_PKT_TYPE_USER};
    for (int i = 0; i < MAX_USER_PACKETS; i++) ASSERT_OK(zx_port_queue(port, &packet));
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_port_queue(port, &packet));
    ASSERT_OK(zx_port_wait(port, 0, &packet));
    ASSERT_OK(zx_port_queue(port, &packet));
    zx_handle_close(port);
}

TEST(port, rights_types_and_pointers_are_checked) {
    zx_handle_t port = new_port(), event = new_event();
    zx_handle_t mute = without(port, ZX_RIGHT_WRITE), blind = without(port, ZX_RIGHT_READ);
    zx_port_packet_t packet = {.type = ZX_PKT_TYPE_USER};
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_port_queue(mute, &packet));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_port_wait(blind, 0, &packet));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_port_queue(event, &packet));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_port_wait(NO_HANDLE, 0, &packet));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_port_queue(port, NULL));
    close_all((zx_handle_t[]){port, event, mute, blind}, 4);
}
