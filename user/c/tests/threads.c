// <threads.h>: threads, mutexes, condition variables, call_once, tss; _Thread_local variables.

#include <errno.h>
#include <stdatomic.h>

#include "support.h"

static int return_argument(void* argument) { return *(int*)argument; }

TEST(threads, results_come_back_through_join) {
    int numbers[16];
    thrd_t threads[16];
    for (int i = 0; i < 16; i++) {
        numbers[i] = i * i;
        threads[i] = start(return_argument, &numbers[i]);
    }
    for (int i = 0; i < 16; i++) ASSERT_EQ(join(threads[i]), i * i);
}

static int exit_with_17(void* unused) {
    (void)unused;
    thrd_exit(17);
}

TEST(threads, exit_ends_a_thread_with_its_result) { ASSERT_EQ(join(start(exit_with_17, NULL)), 17); }

static int name_and_identity(void* creator) {
    char name[ZX_MAX_NAME_LEN];
    ASSERT_OK(zx_object_get_property(zx_thread_self(), ZX_PROP_NAME, name, sizeof(name)));
    ASSERT(strcmp(name, "a name") == 0);
    ASSERT(!thrd_equal(thrd_current(), *(thrd_t*)creator));
    ASSERT_EQ(thrd_get_zx_handle(thrd_current()), zx_thread_self());
    return 0;
}

TEST(threads, have_names_and_handles) {
    thrd_t self = thrd_current(), thread;
    ASSERT(thrd_equal(self, thrd_current()));
    ASSERT_EQ(thrd_create_with_name(&thread, name_and_identity, &self, "a name"), thrd_success);
    join(thread);
}

static int do_nothing(void* unused) {
    (void)unused;
    return 0;
}

TEST(threads, names_may_be_missing_or_too_long) {
    char name[ZX_MAX_NAME_LEN], long_name[3 * ZX_MAX_NAME_LEN];
    memset(long_name, 'x', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = 0;
    thrd_t thread;
    ASSERT_EQ(thrd_create_with_name(&thread, do_nothing, NULL, NULL), thrd_success);
    ASSERT(is_open(thrd_get_zx_handle(thread)));
    join(thread);
    ASSERT_EQ(thrd_create_with_name(&thread, do_nothing, NULL, long_name), thrd_success);
    ASSERT_OK(zx_object_get_property(thrd_get_zx_handle(thread), ZX_PROP_NAME, name, sizeof(name)));
    ASSERT_EQ(strlen(name), ZX_MAX_NAME_LEN - 1);
    join(thread);
}

static atomic_int ended;

static int count_and_end(void* unused) {
    (void)unused;
    atomic_fetch_add(&ended, 1);
    return 0;
}

// The last steps of a thread come after what it does itself.
static void wait_for_handles(uint32_t count) {
    while (hafnon_count_handles() != count) thrd_yield();
}

TEST(threads, detached_ones_clean_up_behind_themselves) {
    uint32_t before = hafnon_count_handles();
    for (int i = 1; i <= 20; i++) {
        thrd_t thread = start(count_and_end, NULL);
        ASSERT_EQ(thrd_detach(thread), thrd_success);
        while (atomic_load(&ended) < i) thrd_yield();
    }
    wait_for_handles(before);
}

static int detach_itself(void* thread) {
    // Where thrd_create puts it is filled in before the thread runs.
    ASSERT_EQ(thrd_detach(*(thrd_t*)thread), thrd_success);
    free(thread);
    return 0;
}

TEST_NEEDS(threads, may_detach_themselves, "cpus=1,4") {
    uint32_t before = hafnon_count_handles();
    for (int i = 0; i < 300; i++) {
        thrd_t* thread = calloc(1, sizeof(thrd_t));
        ASSERT(thread != NULL);
        ASSERT_EQ(thrd_create(thread, detach_itself, thread), thrd_success);
    }
    wait_for_handles(before);
}

TEST(threads, sleep_lasts_as_long_as_asked) {
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(3));
    ASSERT_EQ(thrd_sleep(&(struct timespec){.tv_nsec = ZX_MSEC(3)}, NULL), 0);
    ASSERT(zx_clock_get_monotonic() >= deadline);
}

static _Thread_local int local = 5;
static _Thread_local int zeros[100];
static _Alignas(256) _Thread_local char aligned_local;
__thread long older_spelling = -1;

static int use_locals(void* unused) {
    (void)unused;
    ASSERT_EQ(local, 5);
    ASSERT_EQ(older_spelling, -1);
    ASSERT_EQ((uintptr_t)&aligned_local % 256, 0);
    for (int i = 0; i < 100; i++) ASSERT_EQ(zeros[i]++, 0);
    for (int i = 0; i < 50; i++) {
        int expected = ++local;
        older_spelling--;
        thrd_yield();
        ASSERT_EQ(local, expected);
    }
    ASSERT_EQ(older_spelling, -51);
    return local;
}

TEST_NEEDS(threads, local_variables_are_each_threads_own, "cpus=1,4") {
    thrd_t threads[8];
    local = 77;
    for (int i = 0; i < 8; i++) threads[i] = start(use_locals, NULL);
    for (int i = 0; i < 8; i++) ASSERT_EQ(join(threads[i]), 55);
    ASSERT_EQ(local, 77);
}

static int overflow_a_number(void* unused) {
    (void)unused;
    errno = 0;
    strtol("99999999999999999999", NULL, 10);
    return errno;
}

TEST(threads, errno_is_each_threads_own) {
    errno = EINVAL;
    ASSERT_EQ(join(start(overflow_a_number, NULL)), ERANGE);
    ASSERT_EQ(errno, EINVAL);
}

static mtx_t mutex = MTX_INIT;
static atomic_int stage;

static int hold_the_mutex(void* unused) {
    (void)unused;
    ASSERT_EQ(mtx_lock(&mutex), thrd_success);
    atomic_store(&stage, 1);
    while (atomic_load(&stage) == 1) thrd_yield();
    return mtx_unlock(&mutex);
}

TEST(mutex, is_held_by_one_thread) {
    thrd_t holder = start(hold_the_mutex, NULL);
    while (atomic_load(&stage) != 1) thrd_yield();
    ASSERT_EQ(mtx_trylock(&mutex), thrd_busy);
    ASSERT_EQ(mtx_unlock(&mutex), thrd_error);
    struct timespec soon;
    timespec_get(&soon, TIME_UTC);
    soon.tv_nsec += 1000000;
    ASSERT_EQ(mtx_timedlock(&mutex, &soon), thrd_timedout);
    atomic_store(&stage, 2);
    ASSERT_EQ(join(holder), thrd_success);
    ASSERT_EQ(mtx_trylock(&mutex), thrd_success);
    ASSERT_EQ(mtx_lock(&mutex), thrd_error);
    ASSERT_EQ(mtx_unlock(&mutex), thrd_success);
    ASSERT_EQ(mtx_unlock(&mutex), thrd_error);
}

static int try_to_lock(void* unused) {
    (void)unused;
    int locked = mtx_trylock(&mutex);
    return locked == thrd_success ? mtx_unlock(&mutex) : locked;
}

TEST(mutex, is_tried_by_other_threads) {
    ASSERT_EQ(mtx_lock(&mutex), thrd_success);
    ASSERT_EQ(join(start(try_to_lock, NULL)), thrd_busy);
    ASSERT_EQ(mtx_unlock(&mutex), thrd_success);
    ASSERT_EQ(join(start(try_to_lock, NULL)), thrd_success);
}

TEST(mutex, static_ones_are_what_init_makes_of_any_memory) {
    static mtx_t fresh = MTX_INIT;
    mtx_t made;
    memset(&made, 0xae, sizeof(made));
    ASSERT_EQ(mtx_init(&made, mtx_plain), thrd_success);
    ASSERT_EQ(memcmp(&made, &fresh, sizeof(made)), 0);
    mtx_destroy(&made);
    ASSERT_EQ(mtx_init(&made, mtx_timed), thrd_success);
    mtx_destroy(&made);
}

TEST(mutex, timed_locks_never_end_early) {
    atomic_store(&stage, 0);
    thrd_t holder = start(hold_the_mutex, NULL);
    while (atomic_load(&stage) != 1) thrd_yield();
    for (int i = 0; i < 5; i++) {
        zx_time_t end = zx_deadline_after(ZX_MSEC(4));
        struct timespec then = zx_timespec_from_duration(end);
        ASSERT_EQ(mtx_timedlock(&mutex, &then), thrd_timedout);
        ASSERT(zx_clock_get_monotonic() >= end);
    }
    atomic_store(&stage, 2);
    ASSERT_EQ(join(holder), thrd_success);
}

static long guarded;

static int lock_many_times(void* pause) {
    for (int i = 0; i < 100; i++) {
        ASSERT_EQ(mtx_lock(&mutex), thrd_success);
        long seen = guarded;
        zx_nanosleep(zx_deadline_after(*(zx_duration_t*)pause));
        guarded = seen + 1;
        ASSERT_EQ(mtx_unlock(&mutex), thrd_success);
    }
    return 0;
}

TEST_NEEDS(mutex, keeps_out_others_while_its_holder_sleeps, "cpus=1,4") {
    zx_duration_t pauses[3] = {ZX_USEC(20), ZX_USEC(40), ZX_USEC(60)};
    thrd_t threads[3];
    for (int i = 0; i < 3; i++) threads[i] = start(lock_many_times, &pauses[i]);
    for (int i = 0; i < 3; i++) ASSERT_EQ(join(threads[i]), 0);
    ASSERT_EQ(guarded, 300);
}

static int lock_and_unlock(void* unused) {
    (void)unused;
    ASSERT_EQ(mtx_lock(&mutex), thrd_success);
    return mtx_unlock(&mutex);
}

TEST(mutex, tells_the_kernel_who_holds_it) {
    zx_koid_t owner = 0;
    ASSERT_EQ(mtx_lock(&mutex), thrd_success);
    thrd_t waiter = start_blocked(lock_and_unlock, NULL, ZX_THREAD_STATE_BLOCKED_FUTEX);
    ASSERT_OK(zx_futex_get_owner(&mutex.word, &owner));
    ASSERT_EQ(owner, koid_of(zx_thread_self()));
    ASSERT_EQ(mtx_unlock(&mutex), thrd_success);
    ASSERT_EQ(join(waiter), thrd_success);
}

TEST(mutex, recursive_ones_are_locked_again) {
    mtx_t again;
    ASSERT_EQ(mtx_init(&again, mtx_plain | mtx_recursive), thrd_success);
    ASSERT_EQ(mtx_lock(&again), thrd_success);
    ASSERT_EQ(mtx_lock(&again), thrd_success);
    ASSERT_EQ(mtx_trylock(&again), thrd_success);
    for (int i = 0; i < 3; i++) ASSERT_EQ(mtx_unlock(&again), thrd_success);
    ASSERT_EQ(mtx_unlock(&again), thrd_error);
    mtx_destroy(&again);
}

static cnd_t condition = CND_INIT;
static int tickets, served;

static int take_a_ticket(void* unused) {
    (void)unused;
    mtx_lock(&mutex);
    while (tickets == 0) ASSERT_EQ(cnd_wait(&condition, &mutex), thrd_success);
    tickets--;
    served++;
    return mtx_unlock(&mutex);
}

// Changes how many tickets there are, and how many waiters may look.
static void hand_out(int count, int (*tell)(cnd_t*)) {
    mtx_lock(&mutex);
    tickets += count;
    ASSERT_EQ(tell(&condition), thrd_success);
    mtx_unlock(&mutex);
}

TEST(condition, signal_wakes_one_and_broadcast_all) {
    thrd_t threads[4];
    for (int i = 0; i < 4; i++) threads[i] = start_blocked(take_a_ticket, NULL, ZX_THREAD_STATE_BLOCKED_FUTEX);
    hand_out(1, cnd_signal);
    for (int seen = 0; seen < 1;) {
        mtx_lock(&mutex);
        seen = served;
        mtx_unlock(&mutex);
    }
    hand_out(3, cnd_broadcast);
    for (int i = 0; i < 4; i++) ASSERT_EQ(join(threads[i]), thrd_success);
    ASSERT_EQ(served, 4);
}

TEST(condition, timed_wait_times_out_with_the_mutex_held) {
    struct timespec soon;
    timespec_get(&soon, TIME_UTC);
    soon.tv_nsec += 1000000;
    mtx_lock(&mutex);
    ASSERT_EQ(cnd_timedwait(&condition, &mutex, &soon), thrd_timedout);
    ASSERT_EQ(mtx_unlock(&mutex), thrd_success);
    ASSERT_EQ(cnd_timedwait(&condition, &mutex, &soon), thrd_error);
}

static once_flag once = ONCE_FLAG_INIT;
static atomic_int calls;

static void count_a_call(void) {
    thrd_sleep(&(struct timespec){.tv_nsec = ZX_MSEC(1)}, NULL);
    atomic_fetch_add(&calls, 1);
}

static int call_it_once(void* unused) {
    (void)unused;
    call_once(&once, count_a_call);
    return atomic_load(&calls);
}

TEST(threads, once_is_once_and_all_wait_for_it) {
    thrd_t threads[6];
    for (int i = 0; i < 6; i++) threads[i] = start(call_it_once, NULL);
    for (int i = 0; i < 6; i++) ASSERT_EQ(join(threads[i]), 1);
}

static tss_t key;
static atomic_int destroyed;

static void destroy(void* value) { atomic_fetch_add(&destroyed, *(int*)value); }

static int set_a_value(void* value) {
    ASSERT(tss_get(key) == NULL);
    ASSERT_EQ(tss_set(key, value), thrd_success);
    thrd_yield();
    return *(int*)tss_get(key);
}

TEST(threads, tss_values_are_each_threads_own_and_destroyed_with_it) {
    int numbers[4] = {1, 10, 100, 1000};
    thrd_t threads[4];
    ASSERT_EQ(tss_create(&key, destroy), thrd_success);
    for (int i = 0; i < 4; i++) threads[i] = start(set_a_value, &numbers[i]);
    for (int i = 0; i < 4; i++) ASSERT_EQ(join(threads[i]), numbers[i]);
    ASSERT_EQ(destroyed, 1111);
    ASSERT(tss_get(key) == NULL);
    tss_delete(key);
    ASSERT_EQ(tss_set(key, numbers), thrd_error);
}

TEST(threads, tss_values_do_not_outlive_their_key) {
    tss_t old, new;
    ASSERT_EQ(tss_create(&old, NULL), thrd_success);
    ASSERT_EQ(tss_set(old, &old), thrd_success);
    ASSERT(tss_get(old) == &old);
    tss_delete(old);
    tss_delete(old);
    ASSERT_EQ(tss_create(&new, NULL), thrd_success);
    ASSERT(tss_get(new) == NULL && tss_set(old, &old) == thrd_error);
    tss_delete(new);
}
