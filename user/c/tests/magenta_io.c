// Magenta's own objects as a C program of its time uses them: sockets of streams, IO ports, wait sets, data pipes.

#include <hafnon/test.h>
#include <magenta/syscalls.h>
#include <magenta/syscalls/datapipe.h>
#include <magenta/syscalls/port.h>
#include <stdatomic.h>
#include <threads.h>

#define WORKERS 3
#define JOBS 60

static void close_all(const mx_handle_t* handles, int count) {
    for (int i = 0; i < count; i++) ASSERT_OK(mx_handle_close(handles[i]));
}

TEST(magenta_io, a_half_closed_socket_is_read_to_its_end) {
    mx_handle_t ends[2];
    size_t actual;
    char text[8];
    ASSERT_OK(mx_socket_create(0, &ends[0], &ends[1]));
    ASSERT_OK(mx_socket_write(ends[0], 0, "12345", 5, &actual));
    ASSERT_EQ(actual, 5);
    ASSERT_OK(mx_socket_write(ends[0], MX_SOCKET_HALF_CLOSE, NULL, 0, NULL));
    ASSERT_STATUS(ERR_BAD_STATE, mx_socket_write(ends[0], 0, "6", 1, &actual));
    mx_signals_t pending;
    ASSERT_OK(mx_handle_wait_one(ends[1], MX_SOCKET_PEER_CLOSED, 0, &pending));
    ASSERT(pending & MX_SOCKET_READABLE && pending & MX_SOCKET_WRITABLE);
    ASSERT_OK(mx_socket_read(ends[1], 0, NULL, 0, &actual));
    ASSERT_EQ(actual, 5);
    ASSERT_OK(mx_socket_read(ends[1], 0, text, sizeof(text), &actual));
    ASSERT(actual == 5 && memcmp(text, "12345", 5) == 0);
    ASSERT_STATUS(ERR_REMOTE_CLOSED, mx_socket_read(ends[1], 0, text, sizeof(text), &actual));
    ASSERT_OK(mx_socket_write(ends[1], 0, "abc", 3, &actual));
    ASSERT_OK(mx_socket_read(ends[0], 0, text, sizeof(text), &actual));
    ASSERT(actual == 3 && memcmp(text, "abc", 3) == 0);
    close_all(ends, 2);
}

// A packet of a program's own.
typedef struct {
    mx_packet_header_t header;
    uint32_t job;
} job_t;

static mx_handle_t pool;
static _Atomic int done[JOBS];

// Takes jobs until it gets one with the key 0.
static int work(void* unused) {
    (void)unused;
    for (;;) {
        job_t packet;
        ASSERT_OK(mx_port_wait(pool, MX_TIME_INFINITE, &packet, sizeof(packet)));
        ASSERT_EQ(packet.header.type, MX_PORT_PKT_TYPE_USER);
        if (packet.header.key == 0) return 0;
        ASSERT_EQ(packet.header.extra, ~packet.job);
        atomic_fetch_add(&done[packet.job], 1);
    }
}

TEST(magenta_io, a_pool_of_threads_shares_the_packets_of_a_port) {
    ASSERT_OK(mx_port_create(0, &pool));
    thrd_t workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) ASSERT_EQ(thrd_create(&workers[i], work, NULL), thrd_success);
    for (uint32_t i = 0; i < JOBS; i++) {
        job_t packet = {.header = {.key = i + 1, .extra = ~i}, .job = i};
        ASSERT_OK(mx_port_queue(pool, &packet, sizeof(packet)));
    }
    job_t last = {.header = {.key = 0}};
    for (int i = 0; i < WORKERS; i++) ASSERT_OK(mx_port_queue(pool, &last, sizeof(last)));
    for (int i = 0; i < WORKERS; i++) ASSERT_EQ(thrd_join(workers[i], NULL), thrd_success);
    for (int i = 0; i < JOBS; i++) ASSERT_EQ(done[i], 1);
    ASSERT_OK(mx_handle_close(pool));
}

TEST(magenta_io, bound_channels_tell_of_their_messages) {
    mx_handle_t port, ends[3][2];
    ASSERT_OK(mx_port_create(0, &port));
    for (uint64_t i = 0; i < 3; i++) {
        ASSERT_OK(mx_channel_create(0, &ends[i][0], &ends[i][1]));
        mx_signals_t signals = MX_CHANNEL_READABLE | MX_CHANNEL_PEER_CLOSED;
        ASSERT_OK(mx_port_bind(port, i + 1, ends[i][1], signals));
    }
    mx_io_packet_t packet;
    ASSERT_STATUS(ERR_TIMED_OUT, mx_port_wait(port, 0, &packet, sizeof(packet)));
    static const int order[] = {2, 0, 0, 1, 2, 0};
    int arrived[3] = {0};
    for (int i = 0; i < 6; i++) ASSERT_OK(mx_channel_write(ends[order[i]][0], 0, &order[i], sizeof(int), NULL, 0));
    for (int i = 0; i < 6; i++) {
        ASSERT_OK(mx_port_wait(port, MX_TIME_INFINITE, &packet, sizeof(packet)));
        ASSERT_EQ(packet.hdr.type, MX_PORT_PKT_TYPE_IOSN);
        ASSERT_EQ(packet.signals, MX_CHANNEL_READABLE);
        int index = (int)packet.hdr.key - 1, message;
        ASSERT_OK(mx_channel_read(ends[index][1], 0, &message, sizeof(int), NULL, NULL, 0, NULL));
        ASSERT_EQ(message, index);
        arrived[index]++;
    }
    ASSERT(arrived[0] == 3 && arrived[1] == 1 && arrived[2] == 2);
    ASSERT_STATUS(ERR_TIMED_OUT, mx_port_wait(port, 0, &packet, sizeof(packet)));
    ASSERT_OK(mx_handle_close(ends[1][0]));
    ASSERT_OK(mx_port_wait(port, 0, &packet, sizeof(packet)));
    ASSERT(packet.hdr.key == 2 && packet.signals == MX_CHANNEL_PEER_CLOSED);
    // To close the handle unbinds it.
    ASSERT_OK(mx_handle_close(ends[1][1]));
    ASSERT_STATUS(ERR_TIMED_OUT, mx_port_wait(port, 0, &packet, sizeof(packet)));
    close_all(ends[0], 2);
    close_all(ends[2], 2);
    ASSERT_OK(mx_handle_close(port));
}

TEST(magenta_io, a_wait_set_tells_of_its_entries) {
    mx_handle_t set, channel[2], event;
    ASSERT_OK(mx_waitset_create(0, &set));
    ASSERT_OK(mx_channel_create(0, &channel[0], &channel[1]));
    ASSERT_OK(mx_event_create(0, &event));
    ASSERT_OK(mx_waitset_add(set, 10, channel[1], MX_CHANNEL_READABLE));
    ASSERT_OK(mx_waitset_add(set, 20, event, MX_EVENT_SIGNALED));
    ASSERT_STATUS(ERR_ALREADY_EXISTS, mx_waitset_add(set, 10, event, MX_EVENT_SIGNALED));
    mx_waitset_result_t results[4];
    uint32_t count = 4;
    ASSERT_STATUS(ERR_TIMED_OUT, mx_waitset_wait(set, MX_MSEC(1), results, &count));
    ASSERT_OK(mx_channel_write(channel[0], 0, "x", 1, NULL, 0));
    ASSERT_OK(mx_waitset_wait(set, MX_TIME_INFINITE, results, &count));
    ASSERT_EQ(count, 1);
    ASSERT(results[0].cookie == 10 && results[0].status == NO_ERROR && results[0].observed & MX_CHANNEL_READABLE);
    ASSERT_OK(mx_handle_close(event));
    count = 4;
    ASSERT_OK(mx_waitset_wait(set, 0, results, &count));
    ASSERT_EQ(count, 2);
    const mx_waitset_result_t* closed = results[0].cookie == 20 ? &results[0] : &results[1];
    ASSERT(closed->cookie == 20 && closed->status == ERR_HANDLE_CLOSED);
    ASSERT_OK(mx_waitset_remove(set, 20));
    ASSERT_STATUS(ERR_NOT_FOUND, mx_waitset_remove(set, 20));
    close_all(channel, 2);
    ASSERT_OK(mx_handle_close(set));
}

static mx_handle_t producer, consumer;

// Writes the numbers from 0 on, some with a call and some right into the pipe.
static int produce(void* unused) {
    (void)unused;
    for (uint32_t next = 0; next < 1000;) {
        ASSERT_OK(mx_handle_wait_one(producer, MX_DATAPIPE_WRITABLE, MX_TIME_INFINITE, NULL));
        if (next % 3 == 0) {
            size_t written;
            ASSERT_OK(mx_datapipe_write(producer, 0, &next, sizeof(next), &written));
            next++;
            continue;
        }
        uintptr_t buffer;
        size_t room;
        ASSERT_OK(mx_datapipe_begin_write(producer, 0, 2 * sizeof(next), &buffer, &room));
        size_t numbers = room / sizeof(next);
        if (numbers > 2) numbers = 2;
        for (size_t i = 0; i < numbers; i++) ((uint32_t*)buffer)[i] = next++;
        ASSERT_OK(mx_datapipe_end_write(producer, numbers * sizeof(next)));
    }
    return mx_handle_close(producer);
}

TEST(magenta_io, numbers_go_through_a_data_pipe) {
    ASSERT_OK(mx_datapipe_create(0, sizeof(uint32_t), 16 * sizeof(uint32_t), &consumer, &producer));
    thrd_t thread;
    ASSERT_EQ(thrd_create(&thread, produce, NULL), thrd_success);
    uint32_t expected = 0;
    for (;;) {
        mx_signals_t wanted = MX_DATAPIPE_READABLE | MX_DATAPIPE_PEER_CLOSED, pending;
        ASSERT_OK(mx_handle_wait_one(consumer, wanted, MX_TIME_INFINITE, &pending));
        if (!(pending & MX_DATAPIPE_READABLE)) break;
        uint32_t number;
        size_t actual;
        ASSERT_OK(mx_datapipe_read(consumer, MX_DATAPIPE_READ_FLAG_PEEK, &number, sizeof(number), &actual));
        ASSERT_EQ(number, expected);
        uintptr_t buffer;
        ASSERT_OK(mx_datapipe_begin_read(consumer, 0, sizeof(number), &buffer, &actual));
        for (size_t i = 0; i < actual / sizeof(number); i++) ASSERT_EQ(((const uint32_t*)buffer)[i], expected++);
        ASSERT_OK(mx_datapipe_end_read(consumer, actual));
    }
    ASSERT(expected >= 1000);
    size_t actual;
    ASSERT_STATUS(ERR_REMOTE_CLOSED, mx_datapipe_read(consumer, MX_DATAPIPE_READ_FLAG_DISCARD, NULL, 4, &actual));
    ASSERT_EQ(thrd_join(thread, NULL), thrd_success);
    ASSERT_OK(mx_handle_close(consumer));
}
