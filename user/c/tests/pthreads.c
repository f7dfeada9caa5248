// <pthread.h>: that the functions wait, wake and fail as POSIX says. That they do so under load is shown by threads.c, as
// <threads.h> is made of the same parts.

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "support.h"

// A function of pthread.h returns 0, or this error.
#define OK(call) ASSERT_EQ(call, 0)
#define FAILS(error, call) ASSERT_EQ(call, error)

// Long ago, so a wait until then ends at once.
static const struct timespec past = {0, 1}, no_time = {0, ZX_SEC(1)};

static pthread_t run(void* (*function)(void*), void* argument) {
    pthread_t thread;
    OK(pthread_create(&thread, NULL, function, argument));
    return thread;
}

static void* result_of(pthread_t thread) {
    void* result = &result;
    OK(pthread_join(thread, &result));
    return result;
}

static void* same(void* argument) { return argument; }

static void* exit_with(void* argument) { pthread_exit(argument); }

TEST(pthread, results_are_whole_pointers) {
    void* large = (void*)0x123456789abcdef0;
    ASSERT(result_of(run(same, large)) == large);
    ASSERT(result_of(run(exit_with, large)) == large);
    OK(pthread_join(run(same, NULL), NULL));
    ASSERT(pthread_equal(pthread_self(), pthread_self()) && pthread_self() == thrd_current());
    FAILS(EDEADLK, pthread_join(pthread_self(), NULL));
}

TEST(pthread, attributes_keep_what_they_are_given) {
    pthread_attr_t attributes;
    size_t size;
    int state;
    OK(pthread_attr_init(&attributes));
    OK(pthread_attr_getdetachstate(&attributes, &state));
    ASSERT_EQ(state, PTHREAD_CREATE_JOINABLE);
    OK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
    OK(pthread_attr_getdetachstate(&attributes, &state));
    ASSERT_EQ(state, PTHREAD_CREATE_DETACHED);
    FAILS(EINVAL, pthread_attr_setdetachstate(&attributes, 2));
    FAILS(EINVAL, pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN - 1));
    OK(pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN));
    OK(pthread_attr_getstacksize(&attributes, &size));
    ASSERT_EQ(size, PTHREAD_STACK_MIN);
    OK(pthread_attr_setguardsize(&attributes, 0));
    OK(pthread_attr_getguardsize(&attributes, &size));
    ASSERT_EQ(size, 0);
    OK(pthread_attr_destroy(&attributes));
}

// Writes to as much of the stack as the argument says.
static void* fill_stack(void* argument) {
    size_t length = (size_t)argument;
    volatile char bytes[length];
    for (size_t place = 0; place < length; place += 1000) bytes[place] = 1;
    return (void*)(uintptr_t)(bytes[0] + bytes[length / 1000 * 1000 - 1000]);
}

TEST(pthread, stacks_are_as_large_as_asked) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    static const size_t sizes[] = {PTHREAD_STACK_MIN, 100001, (size_t)8 << 20};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        OK(pthread_attr_setstacksize(&attributes, sizes[i]));
        OK(pthread_create(&thread, &attributes, fill_stack, (void*)(sizes[i] - 4096)));
        ASSERT(result_of(thread) == (void*)2);
    }
    pthread_attr_setguardsize(&attributes, 3 * ZX_PAGE_SIZE + 1);
    OK(pthread_create(&thread, &attributes, same, NULL));
    result_of(thread);
    static const size_t endless[] = {SIZE_MAX, SIZE_MAX - 4096, PTRDIFF_MAX};
    for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
        OK(pthread_attr_setstacksize(&attributes, endless[i]));
        FAILS(EAGAIN, pthread_create(&thread, &attributes, same, NULL));
    }
    pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
    pthread_attr_setguardsize(&attributes, SIZE_MAX);
    FAILS(EAGAIN, pthread_create(&thread, &attributes, same, NULL));
}

static atomic_int passed;

static void* pass(void* unused) {
    atomic_fetch_add(&passed, 1);
    return unused;
}

static uint32_t threads_left(void) {
    zx_koid_t koids[64];
    size_t count;
    ASSERT_OK(zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_THREADS, koids, sizeof(koids), NULL, &count));
    return (uint32_t)count;
}

TEST(pthread, detached_threads_leave_nothing_behind) {
    pthread_attr_t attributes;
    pthread_t thread;
    uint32_t before = hafnon_count_handles(), threads = threads_left();
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    atomic_store(&passed, 0);
    for (int i = 0; i < 20; i++) {
        OK(pthread_create(&thread, i % 2 == 0 ? &attributes : NULL, pass, NULL));
        if (i % 2 != 0) OK(pthread_detach(thread));
    }
    while (atomic_load(&passed) < 20 || threads_left() > threads || hafnon_count_handles() > before) sched_yield();
}

static pthread_barrier_t gate;

static void* wait_at_gate(void* unused) {
    pthread_barrier_wait(&gate);
    return unused;
}

TEST(pthread, a_detached_thread_can_not_be_joined_or_detached) {
    uint32_t before = hafnon_count_handles();
    OK(pthread_barrier_init(&gate, NULL, 2));
    pthread_t thread = run(wait_at_gate, NULL);
    OK(pthread_detach(thread));
    FAILS(EINVAL, pthread_detach(thread));
    FAILS(EINVAL, pthread_join(thread, NULL));
    pthread_barrier_wait(&gate);
    while (hafnon_count_handles() > before) sched_yield();
}

TEST(pthread, threads_have_names) {
    char name[ZX_MAX_NAME_LEN], small[4];
    OK(pthread_barrier_init(&gate, NULL, 2));
    pthread_t thread = run(wait_at_gate, NULL);
    OK(pthread_setname_np(thread, "worker"));
    OK(pthread_getname_np(thread, name, sizeof(name)));
    ASSERT(strcmp(name, "worker") == 0);
    FAILS(ERANGE, pthread_getname_np(thread, small, sizeof(small)));
    pthread_barrier_wait(&gate);
    result_of(thread);
}

static char order[8];

static void note(void* letter) { strcat(order, letter); }

static void* leave_cleanups(void* how) {
    pthread_cleanup_push(note, "a");
    pthread_cleanup_push(note, "b");
    pthread_cleanup_push(note, "c");
    pthread_cleanup_pop(1);
    if (how != NULL) pthread_exit(how);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return NULL;
}

TEST(pthread, cleanups_run_at_an_exit_the_last_first) {
    order[0] = 0;
    result_of(run(leave_cleanups, NULL));
    ASSERT(strcmp(order, "ca") == 0);
    order[0] = 0;
    result_of(run(leave_cleanups, order));
    ASSERT(strcmp(order, "cba") == 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void* try_lock(void* tried) { return (void*)(intptr_t)pthread_mutex_trylock(tried); }

static void* lock_in_time(void* tried) {
    int early = pthread_mutex_timedlock(tried, &past), wrong = pthread_mutex_timedlock(tried, &no_time);
    return (void*)(intptr_t)(early == ETIMEDOUT && wrong == EINVAL);
}

static void* unlock(void* locked) { return (void*)(intptr_t)pthread_mutex_unlock(locked); }

static void* unlock_after_lock(void* free) {
    int error = pthread_mutex_trylock(free);
    return (void*)(intptr_t)(error != 0 ? error : pthread_mutex_unlock(free));
}

TEST(pthread, a_mutex_is_held_by_one) {
    OK(pthread_mutex_lock(&mutex));
    FAILS(EDEADLK, pthread_mutex_lock(&mutex));
    FAILS(EBUSY, pthread_mutex_trylock(&mutex));
    FAILS(EBUSY, pthread_mutex_destroy(&mutex));
    ASSERT_EQ((intptr_t)result_of(run(try_lock, &mutex)), EBUSY);
    ASSERT_EQ((intptr_t)result_of(run(unlock, &mutex)), EPERM);
    ASSERT(result_of(run(lock_in_time, &mutex)) != NULL);
    OK(pthread_mutex_unlock(&mutex));
    FAILS(EPERM, pthread_mutex_unlock(&mutex));
    OK(pthread_mutex_timedlock(&mutex, &past));
    OK(pthread_mutex_unlock(&mutex));
    OK(pthread_mutex_destroy(&mutex));
}

TEST(pthread, a_recursive_mutex_counts) {
    pthread_mutex_t again, ready = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    pthread_mutexattr_t attributes;
    int type;
    OK(pthread_mutexattr_init(&attributes));
    OK(pthread_mutexattr_gettype(&attributes, &type));
    ASSERT_EQ(type, PTHREAD_MUTEX_DEFAULT);
    FAILS(EINVAL, pthread_mutexattr_settype(&attributes, 3));
    FAILS(ENOTSUP, pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    OK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE));
    OK(pthread_mutex_init(&again, &attributes));
    pthread_mutex_t* both[] = {&again, &ready};
    for (int i = 0; i < 2; i++) {
        for (int depth = 0; depth < 3; depth++) OK(pthread_mutex_lock(both[i]));
        for (int depth = 0; depth < 3; depth++) {
            ASSERT_EQ((intptr_t)result_of(run(try_lock, both[i])), EBUSY);
            OK(pthread_mutex_unlock(both[i]));
        }
        ASSERT_EQ((intptr_t)result_of(run(unlock_after_lock, both[i])), 0);
        FAILS(EPERM, pthread_mutex_unlock(both[i]));
    }
}

static int sum;

static void* add_many(void* unused) {
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        sum++;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

TEST_NEEDS(pthread, a_mutex_guards_a_sum, "cpus=4") {
    pthread_t threads[4];
    sum = 0;
    for (int i = 0; i < 4; i++) threads[i] = run(add_many, NULL);
    for (int i = 0; i < 4; i++) result_of(threads[i]);
    ASSERT_EQ(sum, 8000);
}

static int ball;

// Hits the ball when it is on its side, and waits for the other side otherwise.
static void* play(void* side) {
    for (int hit = 0; hit < 200; hit++) {
        pthread_mutex_lock(&mutex);
        while (ball % 2 != *(int*)side) pthread_cond_wait(&condition, &mutex);
        ball++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

TEST_NEEDS(pthread, conditions_wake_each_other, "cpus=2") {
    int sides[] = {0, 1};
    ball = 0;
    pthread_t one = run(play, &sides[0]), other = run(play, &sides[1]);
    result_of(one);
    result_of(other);
    ASSERT_EQ(ball, 400);
}

TEST(pthread, a_condition_waits_until_a_time) {
    pthread_condattr_t attributes;
    pthread_cond_t timed;
    clockid_t clock;
    OK(pthread_condattr_init(&attributes));
    OK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    OK(pthread_condattr_getclock(&attributes, &clock));
    ASSERT_EQ(clock, CLOCK_MONOTONIC);
    FAILS(EINVAL, pthread_condattr_setclock(&attributes, 77));
    FAILS(ENOTSUP, pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    OK(pthread_cond_init(&timed, &attributes));
    FAILS(EPERM, pthread_cond_wait(&timed, &mutex));
    OK(pthread_mutex_lock(&mutex));
    FAILS(ETIMEDOUT, pthread_cond_timedwait(&timed, &mutex, &past));
    FAILS(EINVAL, pthread_cond_timedwait(&timed, &mutex, &no_time));
    // The mutex is held again.
    OK(pthread_mutex_unlock(&mutex));
    OK(pthread_cond_signal(&timed));
    OK(pthread_cond_destroy(&timed));
}

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* try_both(void* unused) {
    (void)unused;
    int reads = pthread_rwlock_tryrdlock(&lock);
    if (reads == 0) pthread_rwlock_unlock(&lock);
    int writes = pthread_rwlock_trywrlock(&lock);
    if (writes == 0) pthread_rwlock_unlock(&lock);
    return (void*)(intptr_t)(reads * 1000 + writes);
}

static void* time_both(void* unused) {
    (void)unused;
    int reads = pthread_rwlock_timedrdlock(&lock, &past);
    if (reads == 0) pthread_rwlock_unlock(&lock);
    return (void*)(intptr_t)(reads * 1000 + pthread_rwlock_timedwrlock(&lock, &past));
}

static void* let_go(void* unused) {
    (void)unused;
    return (void*)(intptr_t)pthread_rwlock_unlock(&lock);
}

TEST(pthread, a_lock_has_many_readers_or_one_writer) {
    ASSERT_EQ((intptr_t)result_of(run(try_both, NULL)), 0);
    OK(pthread_rwlock_rdlock(&lock));
    OK(pthread_rwlock_rdlock(&lock));
    ASSERT_EQ((intptr_t)result_of(run(try_both, NULL)), EBUSY);
    ASSERT_EQ((intptr_t)result_of(run(time_both, NULL)), ETIMEDOUT);
    FAILS(EBUSY, pthread_rwlock_destroy(&lock));
    OK(pthread_rwlock_unlock(&lock));
    OK(pthread_rwlock_unlock(&lock));
    FAILS(EPERM, pthread_rwlock_unlock(&lock));
    OK(pthread_rwlock_wrlock(&lock));
    FAILS(EDEADLK, pthread_rwlock_wrlock(&lock));
    FAILS(EDEADLK, pthread_rwlock_rdlock(&lock));
    ASSERT_EQ((intptr_t)result_of(run(try_both, NULL)), EBUSY * 1001);
    ASSERT_EQ((intptr_t)result_of(run(time_both, NULL)), ETIMEDOUT * 1001);
    ASSERT_EQ((intptr_t)result_of(run(let_go, NULL)), EPERM);
    OK(pthread_rwlock_unlock(&lock));
    OK(pthread_rwlock_destroy(&lock));
}

static int pair[2];

static void* write_pairs(void* unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_wrlock(&lock);
        pair[0]++;
        sched_yield();
        pair[1]++;
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

static void* read_pairs(void* unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_rdlock(&lock);
        ASSERT_EQ(pair[0], pair[1]);
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

TEST_NEEDS(pthread, readers_see_whole_writes, "cpus=4") {
    pthread_t threads[6];
    pair[0] = pair[1] = 0;
    for (int i = 0; i < 6; i++) threads[i] = run(i % 2 == 0 ? write_pairs : read_pairs, NULL);
    for (int i = 0; i < 6; i++) result_of(threads[i]);
    ASSERT_EQ(pair[0], 600);
}

static atomic_int arrived, serial;

static void* meet(void* unused) {
    for (int round = 1; round <= 20; round++) {
        atomic_fetch_add(&arrived, 1);
        if (pthread_barrier_wait(&gate) == PTHREAD_BARRIER_SERIAL_THREAD) atomic_fetch_add(&serial, 1);
        // All of this round are here, and perhaps some of the next.
        ASSERT(atomic_load(&arrived) >= 3 * round);
        pthread_barrier_wait(&gate);
    }
    return unused;
}

TEST_NEEDS(pthread, a_barrier_opens_for_all, "cpus=4") {
    pthread_t threads[3];
    FAILS(EINVAL, pthread_barrier_init(&gate, NULL, 0));
    OK(pthread_barrier_init(&gate, NULL, 3));
    atomic_store(&arrived, 0);
    atomic_store(&serial, 0);
    for (int i = 0; i < 3; i++) threads[i] = run(meet, NULL);
    for (int i = 0; i < 3; i++) result_of(threads[i]);
    ASSERT_EQ(atomic_load(&serial), 20);
    OK(pthread_barrier_destroy(&gate));
}

static pthread_spinlock_t spin;

static void* spin_and_add(void* unused) {
    for (int i = 0; i < 2000; i++) {
        pthread_spin_lock(&spin);
        sum++;
        pthread_spin_unlock(&spin);
    }
    return unused;
}

TEST_NEEDS(pthread, a_spin_lock_guards_a_sum, "cpus=4") {
    sum = 0;
    OK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
    OK(pthread_spin_lock(&spin));
    FAILS(EBUSY, pthread_spin_trylock(&spin));
    OK(pthread_spin_unlock(&spin));
    pthread_t one = run(spin_and_add, NULL), other = run(spin_and_add, NULL);
    result_of(one);
    result_of(other);
    ASSERT_EQ(sum, 4000);
    OK(pthread_spin_destroy(&spin));
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int times;

static void initialize(void) { atomic_fetch_add(&times, 1); }

static void* do_once(void* unused) {
    pthread_once(&once, initialize);
    ASSERT_EQ(atomic_load(&times), 1);
    return unused;
}

TEST_NEEDS(pthread, once_is_once, "cpus=4") {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) threads[i] = run(do_once, NULL);
    for (int i = 0; i < 8; i++) result_of(threads[i]);
}

static pthread_key_t key;
static atomic_int destroyed;

static void destroy(void* value) { atomic_fetch_add(&destroyed, *(int*)value); }

static void* keep(void* value) {
    ASSERT(pthread_getspecific(key) == NULL);
    OK(pthread_setspecific(key, value));
    ASSERT(pthread_getspecific(key) == value);
    return NULL;
}

TEST(pthread, keys_have_a_value_for_each_thread) {
    int values[] = {1, 10};
    OK(pthread_key_create(&key, destroy));
    pthread_t one = run(keep, &values[0]), other = run(keep, &values[1]);
    result_of(one);
    result_of(other);
    ASSERT_EQ(atomic_load(&destroyed), 11);
    OK(pthread_key_delete(key));
    FAILS(EINVAL, pthread_key_delete(key));
    FAILS(EINVAL, pthread_setspecific(key, values));
    pthread_key_t keys[PTHREAD_KEYS_MAX + 1];
    int made = 0;
    while (made <= PTHREAD_KEYS_MAX && pthread_key_create(&keys[made], NULL) == 0) made++;
    ASSERT_EQ(made, PTHREAD_KEYS_MAX);
    FAILS(EAGAIN, pthread_key_create(&key, NULL));
    while (made-- > 0) OK(pthread_key_delete(keys[made]));
}
