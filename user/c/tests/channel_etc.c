// channel_write_etc, channel_read_etc, and messages in pieces.

#include "support.h"

static zx_handle_disposition_t disposition(zx_handle_op_t operation, zx_handle_t handle) {
    return (zx_handle_disposition_t){operation, handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_SAME_RIGHTS, ZX_OK};
}

// Reads a message of one handle.
static zx_handle_info_t read_one(zx_handle_t end) {
    zx_handle_info_t info;
    uint32_t bytes, handles;
    ASSERT_OK(zx_channel_read_etc(end, 0, NULL, &info, 0, 1, &bytes, &handles));
    ASSERT_EQ(handles, 1);
    return info;
}

TEST(channel_etc, move_moves_and_read_tells_type_and_rights) {
    zx_handle_t ends[2], event = new_event();
    zx_handle_disposition_t one = disposition(ZX_HANDLE_OP_MOVE, event);
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_channel_write_etc(ends[0], 0, NULL, 0, &one, 1));
    ASSERT_OK(one.result);
    ASSERT(!is_open(event));
    zx_handle_info_t info = read_one(ends[1]);
    ASSERT_EQ(info.type, ZX_OBJ_TYPE_EVENT);
    ASSERT_EQ(info.rights, ZX_DEFAULT_EVENT_RIGHTS);
    close_all((zx_handle_t[]){ends[0], ends[1], info.handle}, 3);
}

TEST(channel_etc, duplicate_keeps_the_source_and_cuts_rights) {
    zx_handle_t ends[2], event = new_event();
    zx_handle_disposition_t one = disposition(ZX_HANDLE_OP_DUPLICATE, event);
    one.type = ZX_OBJ_TYPE_EVENT;
    one.rights = ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_channel_write_etc(ends[0], 0, "bytes", 5, &one, 1));
    char bytes[5];
    uint32_t length, count;
    zx_handle_info_t info;
    ASSERT_OK(zx_channel_read_etc(ends[1], 0, bytes, &info, sizeof(bytes), 1, &length, &count));
    ASSERT(memcmp(bytes, "bytes", 5) == 0);
    ASSERT_EQ(info.rights, ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT);
    ASSERT_EQ(koid_of(info.handle), koid_of(event));
    close_all((zx_handle_t[]){ends[0], ends[1], info.handle, event}, 4);
}

TEST(channel_etc, each_entry_gets_its_result) {
    zx_handle_t ends[2], event = new_event(), odd = new_event(), other = new_event();
    zx_handle_disposition_t all[] = {
        disposition(ZX_HANDLE_OP_DUPLICATE, event),
        disposition(ZX_HANDLE_OP_MOVE, NO_HANDLE),
        disposition(99, odd),
        disposition(ZX_HANDLE_OP_MOVE, other),
    };
    all[3].type = ZX_OBJ_TYPE_CHANNEL;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_channel_write_etc(ends[0], 0, NULL, 0, all, countof(all)));
    ASSERT_OK(all[0].result);
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, all[1].result);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, all[2].result);
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, all[3].result);
    ASSERT(is_open(event) && !is_open(other));
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_channel_read(ends[1], 0, NULL, NULL, 0, 0, NULL, NULL));
    close_all((zx_handle_t[]){ends[0], ends[1], event}, 3);
    zx_handle_close(odd);  // whether it was closed already is not documented
}

TEST(channel_etc, pieces_make_one_message) {
    zx_handle_t ends[2];
    zx_channel_iovec_t pieces[] = {{"one ", 4, 0}, {NULL, 0, 0}, {"message", 7, 0}};
    char bytes[11];
    uint32_t length;
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_channel_write(ends[0], ZX_CHANNEL_WRITE_USE_IOVEC, pieces, countof(pieces), NULL, 0));
    ASSERT_OK(zx_channel_read(ends[1], 0, bytes, NULL, sizeof(bytes), 0, &length, NULL));
    ASSERT_EQ(length, sizeof(bytes));
    ASSERT(memcmp(bytes, "one message", sizeof(bytes)) == 0);
    pieces[1].reserved = 1;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS,
                  zx_channel_write(ends[0], ZX_CHANNEL_WRITE_USE_IOVEC, pieces, countof(pieces), NULL, 0));
    close_pair(ends);
}

TEST(channel_etc, pieces_are_limited) {
    zx_handle_t ends[2];
    zx_channel_iovec_t* pieces = calloc(ZX_CHANNEL_MAX_MSG_IOVECS + 1, sizeof(*pieces));
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_channel_write(ends[0], ZX_CHANNEL_WRITE_USE_IOVEC, pieces,
                                                        ZX_CHANNEL_MAX_MSG_IOVECS + 1, NULL, 0));
    ASSERT_OK(zx_channel_write(ends[0], ZX_CHANNEL_WRITE_USE_IOVEC, pieces, ZX_CHANNEL_MAX_MSG_IOVECS, NULL, 0));
    free(pieces);
    close_pair(ends);
}
