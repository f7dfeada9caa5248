// Magenta's calls as a C program of its time makes them: handles, channels, events, waits, futexes, and what needs
// no handle. Nothing here is Zircon's but the asserts.

#include <hafnon/test.h>
#include <magenta/syscalls.h>
#include <magenta/syscalls/log.h>
#include <magenta/syscalls/object.h>
#include <stdatomic.h>
#include <threads.h>

static mx_handle_t new_event(void) {
    mx_handle_t event;
    ASSERT_OK(mx_event_create(0, &event));
    return event;
}

static mx_koid_t koid_of(mx_handle_t handle) {
    mx_info_handle_basic_t info;
    ASSERT_OK(mx_object_get_info(handle, MX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL));
    return info.koid;
}

static thrd_t start(thrd_start_t function, void* argument) {
    thrd_t thread;
    ASSERT_EQ(thrd_create(&thread, function, argument), thrd_success);
    return thread;
}

static void join(thrd_t thread) {
    int result = -1;
    ASSERT_EQ(thrd_join(thread, &result), thrd_success);
    ASSERT_EQ(result, 0);
}

TEST(magenta, handles_are_duplicated_replaced_and_closed) {
    mx_handle_t event = new_event(), copy, reduced;
    ASSERT_OK(mx_handle_duplicate(event, MX_RIGHT_SAME_RIGHTS, &copy));
    ASSERT_EQ(koid_of(copy), koid_of(event));
    ASSERT_STATUS(ERR_INVALID_ARGS, mx_handle_replace(copy, MX_RIGHT_EXECUTE, &reduced));
    ASSERT_OK(mx_handle_replace(copy, MX_RIGHT_WAIT | MX_RIGHT_INSPECT, &reduced));
    ASSERT_STATUS(ERR_BAD_HANDLE, mx_handle_close(copy));
    ASSERT_STATUS(ERR_ACCESS_DENIED, mx_object_signal(reduced, 0, MX_EVENT_SIGNALED));
    ASSERT_OK(mx_object_signal(event, 0, MX_EVENT_SIGNALED));
    ASSERT_OK(mx_handle_wait_one(reduced, MX_SIGNAL_SIGNALED, 0, NULL));
    ASSERT_OK(mx_handle_close(reduced));
    ASSERT_OK(mx_handle_close(event));
}

TEST(magenta, messages_carry_handles) {
    mx_handle_t ends[2], event = new_event(), received;
    mx_koid_t koid = koid_of(event);
    ASSERT_OK(mx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_OK(mx_channel_write(ends[0], 0, "event", 6, &event, 1));
    ASSERT_STATUS(ERR_BAD_HANDLE, mx_handle_close(event));

    mx_signals_t pending;
    ASSERT_OK(mx_handle_wait_one(ends[1], MX_CHANNEL_READABLE | MX_CHANNEL_PEER_CLOSED, MX_TIME_INFINITE, &pending));
    ASSERT_EQ(pending, MX_CHANNEL_READABLE | MX_CHANNEL_WRITABLE);
    char text[16];
    uint32_t bytes = 0, handles = 0;
    ASSERT_STATUS(ERR_BUFFER_TOO_SMALL, mx_channel_read(ends[1], 0, text, 5, &bytes, &received, 1, &handles));
    ASSERT_EQ(bytes, 6);
    ASSERT_EQ(handles, 1);
    ASSERT_OK(mx_channel_read(ends[1], 0, text, sizeof(text), &bytes, &received, 1, &handles));
    ASSERT_EQ(strcmp(text, "event"), 0);
    ASSERT_EQ(koid_of(received), koid);
    ASSERT_OK(mx_handle_close(received));

    ASSERT_OK(mx_channel_write(ends[0], 0, text, 6, NULL, 0));
    uint32_t options = MX_CHANNEL_READ_MAY_DISCARD;
    ASSERT_STATUS(ERR_BUFFER_TOO_SMALL, mx_channel_read(ends[1], options, text, 5, &bytes, NULL, 0, NULL));
    ASSERT_STATUS(ERR_SHOULD_WAIT, mx_channel_read(ends[1], 0, text, 6, &bytes, NULL, 0, NULL));
    ASSERT_OK(mx_handle_close(ends[0]));
    ASSERT_STATUS(ERR_REMOTE_CLOSED, mx_channel_read(ends[1], 0, text, 6, &bytes, NULL, 0, NULL));
    ASSERT_OK(mx_handle_close(ends[1]));
}

// Programs of the time close the handles themselves when a write fails: they must be there.
TEST(magenta, a_failed_write_leaves_its_handles) {
    mx_handle_t ends[2], events[2] = {new_event(), new_event()};
    ASSERT_OK(mx_channel_create(0, &ends[0], &ends[1]));
    mx_handle_t twice[2] = {events[0], events[0]}, itself[2] = {events[0], ends[0]};
    ASSERT_STATUS(ERR_INVALID_ARGS, mx_channel_write(ends[0], 0, NULL, 0, twice, 2));
    ASSERT_STATUS(ERR_NOT_SUPPORTED, mx_channel_write(ends[0], 0, NULL, 0, itself, 2));
    ASSERT_OK(mx_handle_close(ends[1]));
    ASSERT_STATUS(ERR_REMOTE_CLOSED, mx_channel_write(ends[0], 0, NULL, 0, events, 2));
    ASSERT_OK(mx_handle_close(events[0]));
    ASSERT_OK(mx_handle_close(events[1]));
    ASSERT_OK(mx_handle_close(ends[0]));
}

// Answers each request with its text turned round, and the handle that came with it signalled.
static int serve(void* argument) {
    mx_handle_t channel = *(mx_handle_t*)argument, handle;
    char text[8];
    uint32_t bytes, handles;
    mx_signals_t wanted = MX_CHANNEL_READABLE | MX_CHANNEL_PEER_CLOSED, pending;
    for (;;) {
        ASSERT_OK(mx_handle_wait_one(channel, wanted, MX_TIME_INFINITE, &pending));
        if (!(pending & MX_CHANNEL_READABLE)) return mx_handle_close(channel);
        ASSERT_OK(mx_channel_read(channel, 0, text, sizeof(text), &bytes, &handle, 1, &handles));
        for (uint32_t i = 0; i < bytes / 2; i++) {
            char other = text[i];
            text[i] = text[bytes - 1 - i];
            text[bytes - 1 - i] = other;
        }
        ASSERT_OK(mx_object_signal(handle, 0, MX_USER_SIGNAL_0));
        ASSERT_OK(mx_channel_write(channel, 0, text, bytes, &handle, 1));
    }
}

TEST(magenta, a_server_answers_requests) {
    mx_handle_t ends[2], handle = new_event();
    ASSERT_OK(mx_channel_create(0, &ends[0], &ends[1]));
    thrd_t server = start(serve, &ends[1]);
    for (char i = 'a'; i < 'k'; i++) {
        char text[3] = {i, '-', 'z'};
        uint32_t bytes, handles;
        ASSERT_OK(mx_channel_write(ends[0], 0, text, 3, &handle, 1));
        ASSERT_OK(mx_handle_wait_one(ends[0], MX_CHANNEL_READABLE, MX_SEC(10), NULL));
        ASSERT_OK(mx_channel_read(ends[0], 0, text, 3, &bytes, &handle, 1, &handles));
        ASSERT_EQ(handles, 1);
        ASSERT(bytes == 3 && text[0] == 'z' && text[1] == '-' && text[2] == i);
        ASSERT_OK(mx_handle_wait_one(handle, MX_USER_SIGNAL_0, 0, NULL));
        ASSERT_OK(mx_object_signal(handle, MX_USER_SIGNAL_0, 0));
    }
    ASSERT_OK(mx_handle_close(ends[0]));
    ASSERT_OK(mx_handle_close(handle));
    join(server);
}

TEST(magenta, wait_for_many_tells_which) {
    mx_handle_t ends[2], event = new_event();
    ASSERT_OK(mx_eventpair_create(0, &ends[0], &ends[1]));
    mx_wait_item_t items[] = {
        {.handle = event, .waitfor = MX_EVENT_SIGNALED},
        {.handle = ends[1], .waitfor = MX_EPAIR_SIGNALED | MX_EPAIR_PEER_CLOSED},
    };
    mx_time_t before = mx_time_get(MX_CLOCK_MONOTONIC);
    ASSERT_STATUS(ERR_TIMED_OUT, mx_handle_wait_many(items, 2, MX_MSEC(2)));
    ASSERT(mx_time_get(MX_CLOCK_MONOTONIC) - before >= MX_MSEC(2));
    ASSERT_OK(mx_object_signal_peer(ends[0], 0, MX_EPAIR_SIGNALED));
    ASSERT_OK(mx_handle_wait_many(items, 2, MX_TIME_INFINITE));
    ASSERT_EQ(items[0].pending, 0);
    ASSERT_EQ(items[1].pending, MX_EPAIR_SIGNALED);
    ASSERT_OK(mx_handle_close(ends[0]));
    ASSERT_OK(mx_object_signal(event, 0, MX_EVENT_SIGNALED));
    ASSERT_OK(mx_handle_wait_many(items, 2, 0));
    ASSERT_EQ(items[0].pending, MX_EVENT_SIGNALED);
    ASSERT_EQ(items[1].pending, MX_EPAIR_SIGNALED | MX_EPAIR_PEER_CLOSED);
    ASSERT_OK(mx_handle_close(ends[1]));
    ASSERT_OK(mx_handle_close(event));
}

// It may not have begun to wait before the handle is closed.
static int wait_in_vain(void* event) {
    mx_status_t status = mx_handle_wait_one(*(mx_handle_t*)event, MX_EVENT_SIGNALED, MX_TIME_INFINITE, NULL);
    return status == ERR_HANDLE_CLOSED || status == ERR_BAD_HANDLE ? 0 : 1;
}

TEST(magenta, closing_the_handle_ends_the_wait) {
    mx_handle_t event = new_event(), other;
    ASSERT_OK(mx_handle_duplicate(event, MX_RIGHT_SAME_RIGHTS, &other));
    thrd_t waiter = start(wait_in_vain, &other);
    mx_nanosleep(MX_MSEC(5));
    ASSERT_OK(mx_handle_close(other));
    join(waiter);
    ASSERT_OK(mx_handle_close(event));
}

// A mutex of three states, as the C libraries of the time had it.
static _Atomic int word;
static int counter;

static void lock(void) {
    int seen = 0;
    if (atomic_compare_exchange_strong(&word, &seen, 1)) return;
    while (atomic_exchange(&word, 2) != 0) {
        mx_status_t status = mx_futex_wait((mx_futex_t*)&word, 2, MX_TIME_INFINITE);
        ASSERT(status == NO_ERROR || status == ERR_BAD_STATE);
    }
}

static void unlock(void) {
    if (atomic_exchange(&word, 0) == 2) ASSERT_OK(mx_futex_wake((mx_futex_t*)&word, 1));
}

static int count(void* unused) {
    (void)unused;
    for (int i = 0; i < 2000; i++) {
        lock();
        int seen = counter;
        if (i % 100 == 0) mx_nanosleep(0);
        counter = seen + 1;
        unlock();
    }
    return 0;
}

TEST(magenta, a_mutex_of_futexes_loses_no_count) {
    thrd_t threads[3];
    for (int i = 0; i < 3; i++) threads[i] = start(count, NULL);
    for (int i = 0; i < 3; i++) join(threads[i]);
    ASSERT_EQ(counter, 6000);
    ASSERT_STATUS(ERR_TIMED_OUT, mx_futex_wait((mx_futex_t*)&word, 0, MX_USEC(100)));
    ASSERT_OK(mx_futex_requeue((mx_futex_t*)&word, 1, 0, NULL, 0));
}

TEST(magenta, the_system_tells_of_itself) {
    char version[MX_MAX_NAME_LEN * 2];
    ASSERT_OK(mx_version_get(version, sizeof(version)));
    ASSERT(strlen(version) > 0);
    ASSERT(mx_num_cpus() >= 1);
    uint8_t bytes[MX_CPRNG_DRAW_MAX_LEN];
    size_t actual = 0;
    ASSERT_OK(mx_cprng_draw(bytes, sizeof(bytes), &actual));
    ASSERT_EQ(actual, sizeof(bytes));
    ASSERT_STATUS(ERR_INVALID_ARGS, mx_cprng_draw(bytes, sizeof(bytes) + 1, &actual));
}

TEST(magenta, the_log_is_written) {
    mx_handle_t log;
    ASSERT_STATUS(ERR_ACCESS_DENIED, mx_log_create(MX_LOG_FLAG_READABLE, &log));
    ASSERT_OK(mx_log_create(0, &log));
    ASSERT_OK(mx_log_write(log, 7, "magenta", 0));
    char read[MX_LOG_RECORD_MAX];
    ASSERT_STATUS(ERR_ACCESS_DENIED, mx_log_read(log, sizeof(read), read, 0));
    ASSERT_OK(mx_handle_close(log));
}
