// event_create, eventpair_create, system_get_event.

#include "support.h"

TEST(event, is_new_without_signals) {
    zx_handle_t event = new_event();
    ASSERT_EQ(active_signals(event), 0);
    ASSERT_EQ(basic_info(event).rights, ZX_DEFAULT_EVENT_RIGHTS);
    ASSERT_EQ(basic_info(event).related_koid, 0);
    zx_handle_close(event);
}

TEST(event, create_refuses_options_and_null) {
    zx_handle_t event;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_event_create(1, &event));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_event_create(0, NULL));
}

TEST(event, is_signalled_for_all_its_handles) {
    zx_handle_t event = new_event(), other;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    ASSERT_OK(zx_object_wait_one(other, ZX_EVENT_SIGNALED, 0, NULL));
    close_pair((zx_handle_t[]){event, other});
}

TEST(event, pressure_is_normal) {
    zx_handle_t event;
    ASSERT_OK(zx_system_get_event(zx_job_default(), ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL, &event));
    ASSERT_OK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, 0, NULL));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
    zx_handle_close(event);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_system_get_event(zx_job_default(), 99, &event));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_system_get_event(zx_process_self(), ZX_SYSTEM_EVENT_OUT_OF_MEMORY, &event));
}

TEST(eventpair, create_refuses_options_and_null) {
    zx_handle_t end;
    ASSERT_STATUS(ZX_ERR_NOT_SUPPORTED, zx_eventpair_create(1, &end, &end));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, &end, NULL));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, NULL, &end));
}

TEST(eventpair, each_end_has_its_own_signals) {
    zx_handle_t ends[2];
    ASSERT_OK(zx_eventpair_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_object_signal(ends[0], 0, ZX_USER_SIGNAL_1));
    ASSERT_OK(zx_object_signal_peer(ends[0], 0, ZX_USER_SIGNAL_2));
    ASSERT_EQ(active_signals(ends[0]), ZX_USER_SIGNAL_1);
    ASSERT_EQ(active_signals(ends[1]), ZX_USER_SIGNAL_2);
    close_pair(ends);
}

TEST(eventpair, closing_one_end_tells_the_other) {
    zx_handle_t ends[2], other;
    ASSERT_OK(zx_eventpair_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_handle_duplicate(ends[1], ZX_RIGHT_SAME_RIGHTS, &other));
    zx_handle_close(ends[1]);
    ASSERT_EQ(active_signals(ends[0]), 0);
    zx_handle_close(other);
    ASSERT_EQ(active_signals(ends[0]), ZX_EVENTPAIR_PEER_CLOSED);
    zx_handle_close(ends[0]);
}
