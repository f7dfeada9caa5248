// socket_create, socket_read, socket_write, socket_set_disposition, and thresholds.

#include "support.h"

static void create(uint32_t options, zx_handle_t ends[2]) {
    ASSERT_OK(zx_socket_create(options, &ends[0], &ends[1]));
}

static void write_text(zx_handle_t end, const char* text) {
    size_t actual = 0;
    ASSERT_OK(zx_socket_write(end, 0, text, strlen(text), &actual));
    ASSERT_EQ(actual, strlen(text));
}

// Reads at most `size` bytes, and finds exactly this text.
static void expect_text(zx_handle_t end, uint32_t options, size_t size, const char* text) {
    char buffer[64];
    size_t actual = 0;
    ASSERT(size <= sizeof(buffer));
    ASSERT_OK(zx_socket_read(end, options, buffer, size, &actual));
    ASSERT_EQ(actual, strlen(text));
    ASSERT(memcmp(buffer, text, actual) == 0);
}

TEST(socket, create_refuses_options) {
    zx_handle_t ends[2];
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_socket_create(2, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_socket_create(0, &ends[0], NULL));
}

TEST(socket, stream_has_no_borders) {
    zx_handle_t ends[2];
    create(ZX_SOCKET_STREAM, ends);
    ASSERT_EQ(active_signals(ends[0]), ZX_SOCKET_WRITABLE);
    write_text(ends[0], "one");
    write_text(ends[0], "two");
    ASSERT_EQ(active_signals(ends[1]), ZX_SOCKET_WRITABLE | ZX_SOCKET_READABLE);
    expect_text(ends[1], ZX_SOCKET_PEEK, 64, "onetwo");
    expect_text(ends[1], 0, 4, "onet");
    expect_text(ends[1], 0, 64, "wo");
    size_t actual;
    char byte;
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_socket_read(ends[1], 0, &byte, 1, &actual));
    close_pair(ends);
}

TEST(socket, datagrams_keep_theirs) {
    zx_handle_t ends[2];
    create(ZX_SOCKET_DATAGRAM, ends);
    write_text(ends[1], "first");
    write_text(ends[1], "second");
    expect_text(ends[0], 0, 64, "first");
    // What does not fit is lost.
    expect_text(ends[0], 0, 3, "sec");
    size_t actual;
    char byte;
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_socket_read(ends[0], 0, &byte, 1, &actual));
    close_pair(ends);
}

TEST(socket, full_streams_take_a_part) {
    zx_handle_t ends[2];
    create(ZX_SOCKET_STREAM, ends);
    zx_info_socket_t info;
    ASSERT_OK(zx_object_get_info(ends[0], ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL));
    char* bytes = calloc(1, info.tx_buf_max + 1);
    size_t actual = 0;
    ASSERT_OK(zx_socket_write(ends[0], 0, bytes, info.tx_buf_max + 1, &actual));
    ASSERT_EQ(actual, info.tx_buf_max);
    ASSERT_EQ(active_signals(ends[0]), 0);
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_socket_write(ends[0], 0, bytes, 1, &actual));
    ASSERT_OK(zx_socket_read(ends[1], 0, bytes, 1, &actual));
    ASSERT_OK(zx_socket_write(ends[0], 0, bytes, 1, &actual));
    ASSERT_OK(zx_object_get_info(ends[1], ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL));
    ASSERT_EQ(info.rx_buf_size, info.rx_buf_max);
    free(bytes);
    close_pair(ends);
}

TEST(socket, a_closed_end_leaves_what_it_wrote) {
    zx_handle_t ends[2];
    create(ZX_SOCKET_STREAM, ends);
    write_text(ends[0], "last");
    zx_handle_close(ends[0]);
    ASSERT_EQ(active_signals(ends[1]), ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED);
    size_t actual;
    char byte = 0;
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_socket_write(ends[1], 0, &byte, 1, &actual));
    expect_text(ends[1], 0, 64, "last");
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_socket_read(ends[1], 0, &byte, 1, &actual));
    zx_handle_close(ends[1]);
}

TEST(socket, writing_can_be_disabled_and_enabled) {
    zx_handle_t ends[2];
    size_t actual;
    char byte = 0;
    create(ZX_SOCKET_STREAM, ends);
    write_text(ends[0], "before");
    ASSERT_OK(zx_socket_set_disposition(ends[0], ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_socket_write(ends[0], 0, &byte, 1, &actual));
    ASSERT((active_signals(ends[0]) & ZX_SOCKET_WRITE_DISABLED) != 0);
    ASSERT((active_signals(ends[1]) & ZX_SOCKET_PEER_WRITE_DISABLED) != 0);
    expect_text(ends[1], 0, 64, "before");
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_socket_read(ends[1], 0, &byte, 1, &actual));
    ASSERT_OK(zx_socket_set_disposition(ends[0], ZX_SOCKET_DISPOSITION_WRITE_ENABLED, 0));
    write_text(ends[0], "after");
    expect_text(ends[1], 0, 64, "after");
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_socket_set_disposition(ends[0], 99, 0));
    close_pair(ends);
}

TEST(socket, thresholds_are_signals) {
    zx_handle_t ends[2];
    size_t threshold = 4;
    create(ZX_SOCKET_STREAM, ends);
    ASSERT_OK(zx_object_set_property(ends[1], ZX_PROP_SOCKET_RX_THRESHOLD, &threshold, sizeof(threshold)));
    write_text(ends[0], "abc");
    ASSERT((active_signals(ends[1]) & ZX_SOCKET_READ_THRESHOLD) == 0);
    write_text(ends[0], "d");
    ASSERT((active_signals(ends[1]) & ZX_SOCKET_READ_THRESHOLD) != 0);
    threshold = 0;
    ASSERT_OK(zx_object_get_property(ends[1], ZX_PROP_SOCKET_RX_THRESHOLD, &threshold, sizeof(threshold)));
    ASSERT_EQ(threshold, 4);
    expect_text(ends[1], 0, 1, "a");
    ASSERT((active_signals(ends[1]) & ZX_SOCKET_READ_THRESHOLD) == 0);
    close_pair(ends);
}

TEST(socket, rights_types_and_pointers_are_checked) {
    zx_handle_t ends[2], event = new_event(), read_only;
    size_t actual;
    char byte = 0;
    create(ZX_SOCKET_STREAM, ends);
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_socket_write(event, 0, &byte, 1, &actual));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_socket_read(NO_HANDLE, 0, &byte, 1, &actual));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_socket_write(ends[0], 0, NULL, 1, &actual));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_socket_write(ends[0], 1, &byte, 1, &actual));
    ASSERT_OK(zx_handle_replace(ends[0], ZX_RIGHT_READ, &read_only));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_socket_write(read_only, 0, &byte, 1, &actual));
    close_all((zx_handle_t[]){read_only, ends[1], event}, 3);
}
