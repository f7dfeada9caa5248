// object_signal, object_signal_peer.

#include "support.h"

TEST(signals, user_signals_are_set_and_cleared) {
    zx_handle_t event = new_event();
    ASSERT_EQ(active_signals(event), 0);
    ASSERT_OK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_7 | ZX_EVENT_SIGNALED));
    ASSERT_EQ(active_signals(event), ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_7 | ZX_EVENT_SIGNALED);
    ASSERT_OK(zx_object_signal(event, ZX_USER_SIGNAL_0, ZX_USER_SIGNAL_1));
    ASSERT_EQ(active_signals(event), ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_7 | ZX_EVENT_SIGNALED);
    zx_handle_close(event);
}

TEST(signals, what_is_cleared_and_set_is_set) {
    zx_handle_t event = new_event();
    ASSERT_OK(zx_object_signal(event, ZX_USER_SIGNAL_ALL, ZX_USER_SIGNAL_3));
    ASSERT_EQ(active_signals(event), ZX_USER_SIGNAL_3);
    zx_handle_close(event);
}

TEST(signals, others_signals_are_not_for_users) {
    zx_handle_t event = new_event(), ends[2];
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_signal(event, 0, ZX_CHANNEL_PEER_CLOSED));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_signal(event, ZX_CHANNEL_READABLE, 0));
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_signal(ends[0], 0, ZX_CHANNEL_READABLE));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(ends[0], 0, ZX_CHANNEL_READABLE));
    close_pair(ends);
    zx_handle_close(event);
}

TEST(signals, the_peer_gets_them) {
    zx_handle_t ends[2];
    ASSERT_OK(zx_eventpair_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_object_signal_peer(ends[0], 0, ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_4));
    ASSERT_EQ(active_signals(ends[0]), 0);
    ASSERT_EQ(active_signals(ends[1]), ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_4);
    zx_handle_close(ends[1]);
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_object_signal_peer(ends[0], 0, ZX_USER_SIGNAL_4));
    zx_handle_close(ends[0]);
}

TEST(signals, rights_and_kinds_are_checked) {
    zx_handle_t event = new_event();
    zx_handle_t mute = without(event, ZX_RIGHT_SIGNAL);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_signal(mute, 0, ZX_USER_SIGNAL_0));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_signal(NO_HANDLE, 0, ZX_USER_SIGNAL_0));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_signal_peer(NO_HANDLE, 0, ZX_USER_SIGNAL_0));
    // An event has no peer, nor the right to signal one.
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(event, 0, ZX_USER_SIGNAL_0));
    close_pair((zx_handle_t[]){event, mute});
}
