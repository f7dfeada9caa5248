// channel_call, channel_call_etc.

#include "support.h"

// A request or a reply.
typedef struct {
    zx_txid_t txid;
    uint32_t value;
} message_t;

// Answers one request with twice its value, and sends its handle back; closes its end if told 0.
static int serve(void* end) {
    zx_handle_t channel = *(zx_handle_t*)end, handle = ZX_HANDLE_INVALID;
    message_t message;
    uint32_t bytes, handles;
    ASSERT_OK(zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));
    ASSERT_OK(zx_channel_read(channel, 0, &message, &handle, sizeof(message), 1, &bytes, &handles));
    if (message.value == 0) return zx_handle_close(channel);
    message.value *= 2;
    ASSERT_OK(zx_channel_write(channel, 0, &message, sizeof(message), &handle, handles));
    return (int)message.txid;
}

static zx_status_t call(zx_handle_t channel, uint32_t value, zx_time_t deadline, message_t* reply) {
    message_t request = {0, value};
    zx_channel_call_args_t args = {
        .wr_bytes = &request, .wr_num_bytes = sizeof(request), .rd_bytes = reply, .rd_num_bytes = sizeof(*reply)};
    uint32_t bytes = 0, handles = 0;
    zx_status_t status = zx_channel_call(channel, 0, deadline, &args, &bytes, &handles);
    if (status == ZX_OK) ASSERT_EQ(bytes, sizeof(*reply));
    return status;
}

TEST(channel_call, the_reply_comes_back) {
    zx_handle_t ends[2];
    message_t reply;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    thrd_t server = start(serve, &ends[1]);
    ASSERT_OK(call(ends[0], 21, ZX_TIME_INFINITE, &reply));
    ASSERT_EQ(reply.value, 42);
    ASSERT_EQ((zx_txid_t)join(server), reply.txid);
    ASSERT((reply.txid & 0x80000000) != 0);
    close_pair(ends);
}

TEST(channel_call, handles_travel_both_ways) {
    zx_handle_t ends[2], event = new_event(), back;
    zx_koid_t koid = koid_of(event);
    message_t request = {0, 1}, reply;
    zx_channel_call_args_t args = {.wr_bytes = &request,
                                   .wr_handles = &event,
                                   .rd_bytes = &reply,
                                   .rd_handles = &back,
                                   .wr_num_bytes = sizeof(request),
                                   .wr_num_handles = 1,
                                   .rd_num_bytes = sizeof(reply),
                                   .rd_num_handles = 1};
    uint32_t bytes, handles;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    thrd_t server = start(serve, &ends[1]);
    ASSERT_OK(zx_channel_call(ends[0], 0, ZX_TIME_INFINITE, &args, &bytes, &handles));
    join(server);
    ASSERT_EQ(handles, 1);
    ASSERT_EQ(koid_of(back), koid);
    close_all((zx_handle_t[]){ends[0], ends[1], back}, 3);
}

TEST(channel_call, etc_tells_type_and_rights) {
    zx_handle_t ends[2], event = new_event();
    message_t request = {0, 1}, reply;
    zx_handle_disposition_t sent = {ZX_HANDLE_OP_DUPLICATE, event, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_TRANSFER, ZX_OK};
    zx_handle_info_t got;
    zx_channel_call_etc_args_t args = {.wr_bytes = &request,
                                       .wr_handles = &sent,
                                       .rd_bytes = &reply,
                                       .rd_handles = &got,
                                       .wr_num_bytes = sizeof(request),
                                       .wr_num_handles = 1,
                                       .rd_num_bytes = sizeof(reply),
                                       .rd_num_handles = 1};
    uint32_t bytes, handles;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    thrd_t server = start(serve, &ends[1]);
    ASSERT_OK(zx_channel_call_etc(ends[0], 0, ZX_TIME_INFINITE, &args, &bytes, &handles));
    join(server);
    ASSERT_EQ(got.type, ZX_OBJ_TYPE_EVENT);
    ASSERT_EQ(got.rights, ZX_RIGHT_TRANSFER);
    close_all((zx_handle_t[]){ends[0], ends[1], got.handle, event}, 4);
}

TEST(channel_call, without_a_reply_it_times_out) {
    zx_handle_t ends[2];
    message_t reply, late = {0, 9};
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_TIMED_OUT, call(ends[0], 1, zx_deadline_after(ZX_MSEC(2)), &reply));
    // The request is there all the same, and its reply an ordinary message.
    ASSERT_OK(zx_channel_read(ends[1], 0, &late, NULL, sizeof(late), 0, NULL, NULL));
    ASSERT_OK(zx_channel_write(ends[1], 0, &late, sizeof(late), NULL, 0));
    ASSERT_OK(zx_channel_read(ends[0], 0, &reply, NULL, sizeof(reply), 0, NULL, NULL));
    ASSERT_EQ(reply.txid, late.txid);
    close_pair(ends);
}

TEST(channel_call, ends_when_the_peer_closes) {
    zx_handle_t ends[2];
    message_t reply;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    thrd_t server = start(serve, &ends[1]);
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, call(ends[0], 0, ZX_TIME_INFINITE, &reply));
    join(server);
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, call(ends[0], 0, ZX_TIME_INFINITE, &reply));
    zx_handle_close(ends[0]);
}

TEST(channel_call, arguments_are_checked) {
    zx_handle_t ends[2];
    char bytes[3] = {0};
    zx_channel_call_args_t args = {.wr_bytes = bytes, .wr_num_bytes = sizeof(bytes)};
    uint32_t got_bytes, got_handles;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    // There is no room for the transaction identifier.
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_call(ends[0], 0, 0, &args, &got_bytes, &got_handles));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_channel_call(ends[0], 0, 0, NULL, &got_bytes, &got_handles));
    message_t reply;
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, call(NO_HANDLE, 1, 0, &reply));
    close_pair(ends);
}
