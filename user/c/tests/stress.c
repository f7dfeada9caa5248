// <threads.h> under load: four threads on four CPUs.

#include <stdatomic.h>

#include "support.h"

#define THREADS 4
#define ROUNDS 20000
#define ITEMS 20000
#define CAPACITY 8

static mtx_t mutex = MTX_INIT;
static long counter, sum;

static int add(void* unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        mtx_lock(&mutex);
        counter++;
        mtx_unlock(&mutex);
    }
    return 0;
}

TEST_NEEDS(stress, a_mutex_loses_no_count, "cpus=4 timeout=120") {
    thrd_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) threads[i] = start(add, NULL);
    for (int i = 0; i < THREADS; i++) join(threads[i]);
    ASSERT_EQ(counter, (long)THREADS * ROUNDS);
}

// A queue of numbers between two producers and two consumers.
static cnd_t not_full = CND_INIT, not_empty = CND_INIT;
static long queue[CAPACITY];
static int first, count, producing;

static int produce(void* unused) {
    (void)unused;
    for (long item = 1; item <= ITEMS; item++) {
        mtx_lock(&mutex);
        while (count == CAPACITY) ASSERT_EQ(cnd_wait(&not_full, &mutex), thrd_success);
        queue[(first + count++) % CAPACITY] = item;
        ASSERT_EQ(cnd_signal(&not_empty), thrd_success);
        mtx_unlock(&mutex);
    }
    mtx_lock(&mutex);
    producing--;
    cnd_broadcast(&not_empty);
    return mtx_unlock(&mutex);
}

static int consume(void* unused) {
    (void)unused;
    mtx_lock(&mutex);
    for (;;) {
        while (count == 0 && producing > 0) ASSERT_EQ(cnd_wait(&not_empty, &mutex), thrd_success);
        if (count == 0) return mtx_unlock(&mutex);
        sum += queue[first];
        first = (first + 1) % CAPACITY;
        count--;
        ASSERT_EQ(cnd_signal(&not_full), thrd_success);
        mtx_unlock(&mutex);
        mtx_lock(&mutex);
    }
}

TEST_NEEDS(stress, conditions_lose_no_wake, "cpus=4 timeout=120") {
    thrd_t threads[THREADS];
    producing = THREADS / 2;
    for (int i = 0; i < THREADS; i++) threads[i] = start(i % 2 == 0 ? produce : consume, NULL);
    for (int i = 0; i < THREADS; i++) ASSERT_EQ(join(threads[i]), thrd_success);
    ASSERT_EQ(sum, THREADS / 2 * (long)ITEMS * (ITEMS + 1) / 2);
}

// Threads meet at a barrier of a mutex and a condition, round after round.
static int arrived;
static long generation;

static int meet(void* unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS / 10; round++) {
        mtx_lock(&mutex);
        long before = generation;
        if (++arrived == THREADS) {
            arrived = 0;
            generation++;
            cnd_broadcast(&not_empty);
        }
        while (generation == before) ASSERT_EQ(cnd_wait(&not_empty, &mutex), thrd_success);
        mtx_unlock(&mutex);
    }
    return 0;
}

TEST_NEEDS(stress, a_barrier_lets_all_through, "cpus=4 timeout=120") {
    thrd_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) threads[i] = start(meet, NULL);
    for (int i = 0; i < THREADS; i++) join(threads[i]);
    ASSERT_EQ(generation, ROUNDS / 10);
}

// Threads come and go, and allocate.
static int allocate(void* seed) {
    unsigned size = *(unsigned*)seed;
    for (int i = 0; i < 200; i++) {
        size = size * 1103515245 + 12345;
        size_t length = size % 3000 + 1;
        char* memory = malloc(length);
        memset(memory, i, length);
        memory = realloc(memory, length * 2);
        for (size_t place = 0; place < length; place++) ASSERT_EQ(memory[place], (char)i);
        free(memory);
    }
    return 0;
}

TEST_NEEDS(stress, threads_come_and_go_and_allocate, "cpus=4 timeout=120") {
    unsigned seeds[THREADS];
    for (int round = 0; round < 30; round++) {
        thrd_t threads[THREADS];
        for (int i = 0; i < THREADS; i++) {
            seeds[i] = (unsigned)(round * THREADS + i);
            threads[i] = start(allocate, &seeds[i]);
        }
        for (int i = 0; i < THREADS; i++) join(threads[i]);
    }
}
