// <threads.h>: mutexes, condition variables, call_once.
//
// A mutex is one word: 0, or the handle of the thread that holds it. Handles have their two low bits set
// (ZX_HANDLE_FIXED_BITS_MASK), so the lowest tells something else here: clear, there may be waiters. The kernel
// is told of the owner whenever somebody waits.

#include <stdatomic.h>
#include <threads.h>

#include "internal.h"

#define FREE 0
#define UNCONTENDED 1

static int contended(int word) { return word & ~UNCONTENDED; }

static zx_handle_t owner(int word) { return word == FREE ? ZX_HANDLE_INVALID : (zx_handle_t)(word | UNCONTENDED); }

static bool try_take(mtx_t* mutex, int* seen, int word) {
    *seen = FREE;
    return atomic_compare_exchange_strong_explicit(&mutex->word, seen, word, memory_order_acquire, memory_order_relaxed);
}

// Whether the calling thread holds it already, and may once more.
static bool take_again(mtx_t* mutex, int seen) {
    if ((mutex->type & mtx_recursive) == 0 || owner(seen) != zx_thread_self()) return false;
    mutex->depth++;
    return true;
}

// Waits as long as the mutex is held as `seen` says.
static int wait_for_owner(mtx_t* mutex, int seen, zx_time_t deadline) {
    int waited = contended(seen);
    if (waited != seen && !atomic_compare_exchange_strong(&mutex->word, &seen, waited)) return thrd_success;
    return thrd_status(zx_futex_wait(&mutex->word, waited, owner(waited), deadline));
}

static int take(mtx_t* mutex, zx_time_t deadline) {
    int self = (int)zx_thread_self(), seen;
    if (try_take(mutex, &seen, self) || take_again(mutex, seen)) return thrd_success;
    // From here on others may wait too: whoever waited takes it as contended.
    while (!try_take(mutex, &seen, contended(self))) {
        int result = wait_for_owner(mutex, seen, deadline);
        if (result != thrd_success) return result;
    }
    return thrd_success;
}

int mtx_init(mtx_t* mutex, int type) {
    if ((type & ~(mtx_timed | mtx_recursive)) != 0) return thrd_error;
    *mutex = (mtx_t){.type = type};
    return thrd_success;
}

void mtx_destroy(mtx_t* mutex) { (void)mutex; }

int mtx_lock(mtx_t* mutex) { return take(mutex, ZX_TIME_INFINITE); }

int mtx_timedlock(mtx_t* restrict mutex, const struct timespec* restrict time) {
    return take(mutex, deadline_of(time));
}

int mtx_trylock(mtx_t* mutex) {
    int seen;
    return try_take(mutex, &seen, (int)zx_thread_self()) || take_again(mutex, seen) ? thrd_success : thrd_busy;
}

int mtx_unlock(mtx_t* mutex) {
    int seen = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    if (owner(seen) != zx_thread_self()) return thrd_error;
    if (mutex->depth > 0) {
        mutex->depth--;
        return thrd_success;
    }
    seen = atomic_exchange_explicit(&mutex->word, FREE, memory_order_release);
    if ((seen & UNCONTENDED) == 0) zx_futex_wake(&mutex->word, 1);
    return thrd_success;
}

int cnd_init(cnd_t* condition) {
    *condition = (cnd_t){0};
    return thrd_success;
}

void cnd_destroy(cnd_t* condition) { (void)condition; }

// A waiter notes the count of signals while it still holds the mutex, so none is lost in between.
static int wait_for_signal(cnd_t* condition, mtx_t* mutex, zx_time_t deadline) {
    int seen = atomic_load(&condition->signals);
    if (mtx_unlock(mutex) != thrd_success) return thrd_error;
    int result = thrd_status(zx_futex_wait(&condition->signals, seen, ZX_HANDLE_INVALID, deadline));
    return mtx_lock(mutex) == thrd_success ? result : thrd_error;
}

int cnd_wait(cnd_t* condition, mtx_t* mutex) { return wait_for_signal(condition, mutex, ZX_TIME_INFINITE); }

int cnd_timedwait(cnd_t* restrict condition, mtx_t* restrict mutex, const struct timespec* restrict time) {
    return wait_for_signal(condition, mutex, deadline_of(time));
}

static int signal_waiters(cnd_t* condition, uint32_t count) {
    atomic_fetch_add(&condition->signals, 1);
    return thrd_status(zx_futex_wake(&condition->signals, count));
}

int cnd_signal(cnd_t* condition) { return signal_waiters(condition, 1); }

int cnd_broadcast(cnd_t* condition) { return signal_waiters(condition, UINT32_MAX); }

enum { ONCE_NEW, ONCE_RUNNING, ONCE_DONE };

void call_once(once_flag* flag, void (*function)(void)) {
    int seen = ONCE_NEW;
    if (atomic_compare_exchange_strong(&flag->state, &seen, ONCE_RUNNING)) {
        function();
        atomic_store(&flag->state, ONCE_DONE);
        zx_futex_wake(&flag->state, UINT32_MAX);
    }
    while (atomic_load(&flag->state) != ONCE_DONE) {
        zx_futex_wait(&flag->state, ONCE_RUNNING, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    }
}

int thrd_status(zx_status_t status) {
    switch (status) {
        case ZX_OK:
        case ZX_ERR_BAD_STATE: return thrd_success;
        case ZX_ERR_TIMED_OUT: return thrd_timedout;
        case ZX_ERR_NO_MEMORY: return thrd_nomem;
        default: return thrd_error;
    }
}
