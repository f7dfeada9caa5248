// <pthread.h>: mutexes, condition variables, locks for readers and writers, barriers, spin locks. A mutex and a condition
// variable are those of <threads.h>; the others are made of these two.

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "internal.h"

static_assert(PTHREAD_MUTEX_RECURSIVE == mtx_recursive && PTHREAD_MUTEX_NORMAL == mtx_plain, "the same in both headers");

// What a result of <threads.h> is here; `error` stands for the general one.
static int errno_of(int result, int error) {
    switch (result) {
        case thrd_success: return 0;
        case thrd_busy: return EBUSY;
        case thrd_timedout: return ETIMEDOUT;
        case thrd_nomem: return ENOMEM;
        default: return error;
    }
}

static bool is_time(const struct timespec* time) { return time->tv_nsec >= 0 && time->tv_nsec < ZX_SEC(1); }

// Nothing is shared between processes: a mutex names its owner by a handle, which another process does not have.
static int set_shared(int shared) {
    if (shared == PTHREAD_PROCESS_PRIVATE) return 0;
    return shared == PTHREAD_PROCESS_SHARED ? ENOTSUP : EINVAL;
}

int pthread_mutexattr_init(pthread_mutexattr_t* attributes) {
    attributes->type = PTHREAD_MUTEX_DEFAULT;
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t* attributes) {
    (void)attributes;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t* attributes, int type) {
    if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK) return EINVAL;
    attributes->type = type;
    return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t* attributes, int* type) {
    *type = attributes->type;
    return 0;
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t* attributes, int shared) {
    (void)attributes;
    return set_shared(shared);
}

int pthread_mutex_init(pthread_mutex_t* restrict mutex, const pthread_mutexattr_t* restrict attributes) {
    bool recursive = attributes != NULL && attributes->type == PTHREAD_MUTEX_RECURSIVE;
    return errno_of(mtx_init(mutex, recursive ? mtx_recursive : mtx_plain), EINVAL);
}

int pthread_mutex_destroy(pthread_mutex_t* mutex) { return atomic_load(&mutex->word) == 0 ? 0 : EBUSY; }

int pthread_mutex_lock(pthread_mutex_t* mutex) { return errno_of(mtx_lock(mutex), EDEADLK); }

int pthread_mutex_trylock(pthread_mutex_t* mutex) { return errno_of(mtx_trylock(mutex), EINVAL); }

int pthread_mutex_timedlock(pthread_mutex_t* restrict mutex, const struct timespec* restrict time) {
    int error = pthread_mutex_trylock(mutex);
    if (error != EBUSY) return error;
    return is_time(time) ? errno_of(mtx_timedlock(mutex, time), EDEADLK) : EINVAL;
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) { return errno_of(mtx_unlock(mutex), EPERM); }

int pthread_condattr_init(pthread_condattr_t* attributes) {
    attributes->clock = CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t* attributes) {
    (void)attributes;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t* attributes, clockid_t clock) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
    attributes->clock = clock;
    return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t* restrict attributes, clockid_t* restrict clock) {
    *clock = attributes->clock;
    return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t* attributes, int shared) {
    (void)attributes;
    return set_shared(shared);
}

// The clocks do not differ, so nothing is kept of the attributes.
int pthread_cond_init(pthread_cond_t* restrict condition, const pthread_condattr_t* restrict attributes) {
    (void)attributes;
    return errno_of(cnd_init(condition), EINVAL);
}

int pthread_cond_destroy(pthread_cond_t* condition) {
    (void)condition;
    return 0;
}

int pthread_cond_wait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex) {
    return errno_of(cnd_wait(condition, mutex), EPERM);
}

int pthread_cond_timedwait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
                           const struct timespec* restrict time) {
    if (!is_time(time)) return EINVAL;
    return errno_of(cnd_timedwait(condition, mutex, time), EPERM);
}

int pthread_cond_signal(pthread_cond_t* condition) { return errno_of(cnd_signal(condition), EINVAL); }

int pthread_cond_broadcast(pthread_cond_t* condition) { return errno_of(cnd_broadcast(condition), EINVAL); }

int pthread_rwlockattr_init(pthread_rwlockattr_t* attributes) {
    (void)attributes;
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t* attributes) {
    (void)attributes;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attributes, int shared) {
    (void)attributes;
    return set_shared(shared);
}

int pthread_rwlock_init(pthread_rwlock_t* restrict lock, const pthread_rwlockattr_t* restrict attributes) {
    (void)attributes;
    *lock = (pthread_rwlock_t){0};
    return 0;
}

static bool is_free_for(const pthread_rwlock_t* lock, bool writes) {
    return lock->writer == NULL && (!writes || lock->readers == 0);
}

int pthread_rwlock_destroy(pthread_rwlock_t* lock) { return is_free_for(lock, true) ? 0 : EBUSY; }

// Takes the lock, or tells why not: EBUSY when it may not wait (`time` is NOT_AT_ALL).
static const struct timespec not_at_all;
#define NOT_AT_ALL (&not_at_all)

static int take(pthread_rwlock_t* lock, bool writes, const struct timespec* time) {
    int error = 0;
    pthread_mutex_lock(&lock->mutex);
    while (error == 0 && !is_free_for(lock, writes)) {
        if (time == NOT_AT_ALL) error = EBUSY;
        else if (lock->writer == thread_self()) error = EDEADLK;
        else if (time == NULL) error = pthread_cond_wait(&lock->changed, &lock->mutex);
        else error = pthread_cond_timedwait(&lock->changed, &lock->mutex, time);
    }
    // It may have become free at the last moment.
    if (error == ETIMEDOUT && is_free_for(lock, writes)) error = 0;
    if (error == 0 && writes) lock->writer = thread_self();
    else if (error == 0) lock->readers++;
    pthread_mutex_unlock(&lock->mutex);
    return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) { return take(lock, false, NULL); }
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) { return take(lock, false, NOT_AT_ALL); }
int pthread_rwlock_timedrdlock(pthread_rwlock_t* restrict lock, const struct timespec* restrict time) {
    return take(lock, false, time);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) { return take(lock, true, NULL); }
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) { return take(lock, true, NOT_AT_ALL); }
int pthread_rwlock_timedwrlock(pthread_rwlock_t* restrict lock, const struct timespec* restrict time) {
    return take(lock, true, time);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
    int error = 0;
    pthread_mutex_lock(&lock->mutex);
    if (lock->writer == thread_self()) lock->writer = NULL;
    else if (lock->writer == NULL && lock->readers > 0) lock->readers--;
    else error = EPERM;
    if (error == 0 && is_free_for(lock, true)) pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
    return error;
}

int pthread_barrier_init(pthread_barrier_t* restrict barrier, const pthread_barrierattr_t* restrict attributes,
                         unsigned size) {
    (void)attributes;
    if (size == 0) return EINVAL;
    *barrier = (pthread_barrier_t){.size = size};
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t* barrier) {
    // Whoever was let through last may still be on the way out.
    pthread_mutex_lock(&barrier->mutex);
    bool used = barrier->waiting > 0;
    pthread_mutex_unlock(&barrier->mutex);
    return used ? EBUSY : 0;
}

int pthread_barrier_wait(pthread_barrier_t* barrier) {
    pthread_mutex_lock(&barrier->mutex);
    unsigned round = barrier->round;
    bool last = ++barrier->waiting == barrier->size;
    if (last) {
        barrier->waiting = 0;
        barrier->round++;
        pthread_cond_broadcast(&barrier->full);
    }
    while (barrier->round == round) pthread_cond_wait(&barrier->full, &barrier->mutex);
    pthread_mutex_unlock(&barrier->mutex);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

int pthread_spin_init(pthread_spinlock_t* lock, int shared) {
    (void)shared;
    atomic_init(lock, 0);
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t* lock) { return atomic_load(lock) == 0 ? 0 : EBUSY; }

int pthread_spin_trylock(pthread_spinlock_t* lock) {
    return atomic_exchange_explicit(lock, 1, memory_order_acquire) == 0 ? 0 : EBUSY;
}

// Whoever holds the lock may need this CPU.
int pthread_spin_lock(pthread_spinlock_t* lock) {
    while (pthread_spin_trylock(lock) != 0) sched_yield();
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t* lock) {
    atomic_store_explicit(lock, 0, memory_order_release);
    return 0;
}
