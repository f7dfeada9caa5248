// fifo_create, fifo_read, fifo_write.

#include "support.h"

#define COUNT 8

typedef struct {
    uint64_t words[2];
} element_t;

static void create(zx_handle_t ends[2]) {
    ASSERT_OK(zx_fifo_create(COUNT, sizeof(element_t), 0, &ends[0], &ends[1]));
}

TEST(fifo, sizes_are_limited) {
    zx_handle_t ends[2];
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_create(0, 8, 0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_create(8, 0, 0, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_create(2, ZX_FIFO_MAX_SIZE_BYTES, 0, &ends[0], &ends[1]));
    // Sizes are looked at first.
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_create(0, 0, 1, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_fifo_create(8, 8, 1, &ends[0], &ends[1]));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_fifo_create(8, 8, 0, NULL, &ends[1]));
    ASSERT_OK(zx_fifo_create(1, ZX_FIFO_MAX_SIZE_BYTES, 0, &ends[0], &ends[1]));
    close_pair(ends);
}

TEST(fifo, elements_come_in_order) {
    zx_handle_t ends[2];
    element_t sent[3] = {{{1, 2}}, {{3, 4}}, {{5, 6}}}, got[COUNT] = {0};
    size_t actual = 0;
    create(ends);
    ASSERT_OK(zx_fifo_write(ends[0], sizeof(element_t), sent, 3, &actual));
    ASSERT_EQ(actual, 3);
    ASSERT_OK(zx_fifo_read(ends[1], sizeof(element_t), got, COUNT, &actual));
    ASSERT_EQ(actual, 3);
    ASSERT(memcmp(got, sent, sizeof(sent)) == 0);
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_fifo_read(ends[1], sizeof(element_t), got, 1, &actual));
    close_pair(ends);
}

TEST(fifo, a_full_one_takes_a_part_then_none) {
    zx_handle_t ends[2];
    element_t elements[COUNT + 2] = {0};
    size_t actual = 0;
    create(ends);
    ASSERT_EQ(active_signals(ends[0]), ZX_FIFO_WRITABLE);
    ASSERT_OK(zx_fifo_write(ends[0], sizeof(element_t), elements, COUNT + 2, &actual));
    ASSERT_EQ(actual, COUNT);
    ASSERT_EQ(active_signals(ends[0]), 0);
    ASSERT_EQ(active_signals(ends[1]), ZX_FIFO_READABLE | ZX_FIFO_WRITABLE);
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_fifo_write(ends[0], sizeof(element_t), elements, 1, &actual));
    ASSERT_OK(zx_fifo_read(ends[1], sizeof(element_t), elements, 1, NULL));
    ASSERT_EQ(active_signals(ends[0]), ZX_FIFO_WRITABLE);
    close_pair(ends);
}

TEST(fifo, both_directions_are_apart) {
    zx_handle_t ends[2];
    element_t there = {{1, 1}}, back = {{2, 2}}, got;
    create(ends);
    ASSERT_OK(zx_fifo_write(ends[0], sizeof(element_t), &there, 1, NULL));
    ASSERT_OK(zx_fifo_write(ends[1], sizeof(element_t), &back, 1, NULL));
    ASSERT_OK(zx_fifo_read(ends[0], sizeof(element_t), &got, 1, NULL));
    ASSERT_EQ(got.words[0], 2);
    ASSERT_OK(zx_fifo_read(ends[1], sizeof(element_t), &got, 1, NULL));
    ASSERT_EQ(got.words[0], 1);
    close_pair(ends);
}

TEST(fifo, a_closed_end_leaves_what_it_wrote) {
    zx_handle_t ends[2];
    element_t element = {{7, 8}};
    create(ends);
    ASSERT_OK(zx_fifo_write(ends[0], sizeof(element_t), &element, 1, NULL));
    zx_handle_close(ends[0]);
    ASSERT_EQ(active_signals(ends[1]), ZX_FIFO_READABLE | ZX_FIFO_PEER_CLOSED);
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_fifo_write(ends[1], sizeof(element_t), &element, 1, NULL));
    ASSERT_OK(zx_fifo_read(ends[1], sizeof(element_t), &element, 1, NULL));
    ASSERT_STATUS(ZX_ERR_PEER_CLOSED, zx_fifo_read(ends[1], sizeof(element_t), &element, 1, NULL));
    zx_handle_close(ends[1]);
}

TEST(fifo, arguments_are_checked) {
    zx_handle_t ends[2], event = new_event(), read_only;
    element_t element = {0};
    create(ends);
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_write(ends[0], sizeof(element_t) - 1, &element, 1, NULL));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_write(ends[0], sizeof(element_t), &element, 0, NULL));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_fifo_read(ends[0], sizeof(element_t), &element, 0, NULL));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_fifo_write(ends[0], sizeof(element_t), NULL, 1, NULL));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_fifo_write(event, sizeof(element_t), &element, 1, NULL));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_fifo_read(NO_HANDLE, sizeof(element_t), &element, 1, NULL));
    ASSERT_OK(zx_handle_replace(ends[0], ZX_RIGHT_READ, &read_only));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_fifo_write(read_only, sizeof(element_t), &element, 1, NULL));
    close_all((zx_handle_t[]){read_only, ends[1], event}, 3);
}
