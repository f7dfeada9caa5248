// channel_create, channel_read, channel_write.

#include "support.h"

typedef struct {
    zx_handle_t near, far;
} channel_t;

static channel_t new_channel(void) {
    channel_t channel;
    ASSERT_OK(zx_channel_create(0, &channel.near, &channel.far));
    return channel;
}

static void close_channel(channel_t channel) { close_pair((zx_handle_t[]){channel.near, channel.far}); }

TEST(channel, ends_are_writable_and_know_each_other) {
    channel_t channel = new_channel();
    ASSERT_EQ(active_signals(channel.near), ZX_CHANNEL_WRITABLE);
    ASSERT_EQ(active_signals(channel.far), ZX_CHANNEL_WRITABLE);
    ASSERT_EQ(basic_info(channel.near).related_koid, koid_of(channel.far));
    ASSERT_EQ(basic_info(channel.near).rights, ZX_DEFAULT_CHANNEL_RIGHTS);
    close_channel(channel);
}

TEST(channel, create_refuses_options_and_null) {
    zx_handle_t end;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_create(1, &end, &end));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_create(0, &end, NULL));
}

TEST(channel, messages_come_in_order) {
    channel_t channel = new_channel();
    for (uint32_t i = 0; i < 3; i++) ASSERT_OK(zx_channel_write(channel.near, 0, &i, sizeof(i), NULL, 0));
    ASSERT_EQ(active_signals(channel.far), ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t got = 99, bytes = 0, handles = 9;
        ASSERT_OK(zx_channel_read(channel.far, 0, &got, NULL, sizeof(got), 0, &bytes, &handles));
        ASSERT_EQ(got, i);
        ASSERT_EQ(bytes, sizeof(i));
        ASSERT_EQ(handles, 0);
    }
    ASSERT_EQ(active_signals(channel.far), ZX_CHANNEL_WRITABLE);
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_channel_read(channel.far, 0, NULL, NULL, 0, 0, NULL, NULL));
    close_channel(channel);
}

TEST(channel, handles_are_moved) {
    channel_t channel = new_channel();
    zx_handle_t sent[2] = {new_event(), new_event()}, got[2];
    zx_koid_t koids[2] = {koid_of(sent[0]), koid_of(sent[1])};
    ASSERT_OK(zx_channel_write(channel.near, 0, NULL, 0, sent, 2));
    ASSERT(!is_open(sent[0]) && !is_open(sent[1]));
    uint32_t bytes, handles;
    ASSERT_OK(zx_channel_read(channel.far, 0, NULL, got, 0, 2, &bytes, &handles));
    ASSERT_EQ(handles, 2);
    ASSERT_EQ(koid_of(got[0]), koids[0]);
    ASSERT_EQ(koid_of(got[1]), koids[1]);
    close_pair(got);
    close_channel(channel);
}

TEST(channel, a_buffer_too_small_keeps_the_message) {
    channel_t channel = new_channel();
    char buffer[8];
    uint32_t bytes = 0;
    ASSERT_OK(zx_channel_write(channel.near, 0, "12345678", 8, NULL, 0));
    ASSERT_STATUS(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(channel.far, 0, buffer, NULL, 7, 0, &bytes, NULL));
    ASSERT_EQ(bytes, 8);
    ASSERT_OK(zx_channel_read(channel.far, 0, buffer, NULL, 8, 0, &bytes, NULL));
    ASSERT(memcmp(buffer, "12345678", 8) == 0);
    close_channel(channel);
}

TEST(channel, may_discard_throws_it_away) {
    channel_t channel = new_channel();
    uint32_t bytes = 0;
    ASSERT_OK(zx_channel_write(channel.near, 0, "12345678", 8, NULL, 0));
    ASSERT_STATUS(ZX_ERR_BUFFER_TOO_SMALL,
                  zx_channel_read(channel.far, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, &bytes, NULL));
    ASSERT_EQ(bytes, 8);
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_channel_read(channel.far, 0, NULL, NULL, 0, 0, NULL, NULL));
    close_channel(channel);
}

TEST(channel, messages_have_a_largest_size) {
    channel_t channel = new_channel();
    char* bytes = malloc(ZX_CHANNEL_MAX_MSG_BYTES + 1);
    memset(bytes, 7, ZX_CHANNEL_MAX_MSG_BYTES + 1);
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE,
                  zx_channel_write(channel.near, 0, bytes, ZX_CHANNEL_MAX_MSG_BYTES + 1, NULL, 0));
    ASSERT_OK(zx_channel_write(channel.near, 0, bytes, ZX_CHANNEL_MAX_MSG_BYTES, NULL, 0));
    memset(bytes, 0, ZX_CHANNEL_MAX_MSG_BYTES);
    uint32_t length;
    ASSERT_OK(zx_channel_read(channel.far, 0, bytes, NULL, ZX_CHANNEL_MAX_MSG_BYTES, 0, &length, NULL));
    ASSERT_EQ(length, ZX_CHANNEL_MAX_MSG_BYTES);
    for (uint32_t i = 0; i < length; i++) ASSERT_EQ(bytes[i], 7);
    free(bytes);
    close_channel(channel);
}

TEST(channel, a_failing_write_closes_its_handles) {
    channel_t channel = new_channel();
    zx_handle_t sent[2] = {new_event(), NO_HANDLE};
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_channel_write(channel.near, 0, NULL, 0, sent, 2));
    ASSERT(!is_open(sent[0]));
    zx_handle_t event = new_event();
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_channel_write(NO_HANDLE, 0, NULL, 0, &event, 1));
    ASSERT(!is_open(event));
    event = new_event();
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_write(channel.near, 0x80, NULL, 0, &event, 1));
    ASSERT(!is_open(event));
    zx_handle_t twice[2];
    twice[0] = twice[1] = new_event();
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_channel_write(channel.near, 0, NULL, 0, twice, 2));
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_channel_read(channel.far, 0, NULL, NULL, 0, 0, NULL, NULL));
    close_channel(channel);
}

TEST(channel, does_not_send_itself) {
    channel_t channel = new_channel();
    ASSERT_STATUS(ZX_ERR_NOT_SUPPORTED, zx_channel_write(channel.near, 0, NULL, 0, &channel.near, 1));
    ASSERT(!is_open(channel.near));
    zx_handle_close(channel.far);
}

TEST(channel, closing_one_end_leaves_what_was_written) {
    channel_t channel = new_channel();
    ASSERT_OK(zx_channel_write(channel.near, 0, "x", 1, NULL, 0));
    zx_handle_close(channel.near);
    ASSERT_EQ(active_signals(channel.far), ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_channel_write(channel.far, 0, "x", 1, NULL, 0));
    char byte;
    ASSERT_OK(zx_channel_read(channel.far, 0, &byte, NULL, 1, 0, NULL, NULL));
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_channel_read(channel.far, 0, &byte, NULL, 1, 0, NULL, NULL));
    zx_handle_close(channel.far);
}

TEST(channel, unread_handles_are_closed_with_it) {
    channel_t channel = new_channel();
    zx_handle_t ends[2];
    ASSERT_OK(zx_eventpair_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_channel_write(channel.near, 0, NULL, 0, &ends[1], 1));
    ASSERT_EQ(active_signals(ends[0]), 0);
    close_channel(channel);
    ASSERT_EQ(active_signals(ends[0]), ZX_EVENTPAIR_PEER_CLOSED);
    zx_handle_close(ends[0]);
}

TEST(channel, rights_types_and_pointers_are_checked) {
    channel_t channel = new_channel();
    zx_handle_t event = new_event(), read_only, write_only;
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_channel_write(event, 0, NULL, 0, NULL, 0));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_channel_read(event, 0, NULL, NULL, 0, 0, NULL, NULL));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_write(channel.near, 0, NULL, 4, NULL, 0));
    ASSERT_OK(zx_handle_replace(channel.near, ZX_RIGHT_READ, &read_only));
    ASSERT_OK(zx_handle_replace(channel.far, ZX_RIGHT_WRITE, &write_only));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_channel_write(read_only, 0, NULL, 0, NULL, 0));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_channel_read(write_only, 0, NULL, NULL, 0, 0, NULL, NULL));
    close_all((zx_handle_t[]){event, read_only, write_only}, 3);
}
