// Threads of POSIX, over the same threads, mutexes and keys as <threads.h>: a pthread_t is a thrd_t. There are no
// cancellation, no priorities and nothing shared between processes (ENOTSUP). Times count from boot by every clock.

#ifndef HAFNON_PTHREAD_H_
#define HAFNON_PTHREAD_H_

#include <hafnon/locks.h>
#include <sched.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct thread* pthread_t;

#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1

typedef struct {
    int detached;
    size_t stack_size, guard_size;
} pthread_attr_t;

int pthread_attr_init(pthread_attr_t* attributes);
int pthread_attr_destroy(pthread_attr_t* attributes);
int pthread_attr_setdetachstate(pthread_attr_t* attributes, int state);
int pthread_attr_getdetachstate(const pthread_attr_t* attributes, int* state);
// EINVAL below PTHREAD_STACK_MIN.
int pthread_attr_setstacksize(pthread_attr_t* attributes, size_t size);
int pthread_attr_getstacksize(const pthread_attr_t* attributes, size_t* size);
// Memory below the stack that faults.
int pthread_attr_setguardsize(pthread_attr_t* attributes, size_t size);
int pthread_attr_getguardsize(const pthread_attr_t* attributes, size_t* size);

int pthread_create(pthread_t* __restrict thread, const pthread_attr_t* __restrict attributes, void* (*start)(void*),
                   void* __restrict argument);
// EDEADLK for the caller itself, EINVAL for a thread that was detached.
int pthread_join(pthread_t thread, void** result);
int pthread_detach(pthread_t thread);
__attribute__((__noreturn__)) void pthread_exit(void* result);
pthread_t pthread_self(void);
int pthread_equal(pthread_t one, pthread_t other);
// The name of the kernel's thread object; a longer one than fits is cut off.
int pthread_setname_np(pthread_t thread, const char* name);
int pthread_getname_np(pthread_t thread, char* name, size_t size);

// Functions that are called when the thread exits before it takes them off again.
struct hafnon_cleanup {
    void (*function)(void*);
    void* argument;
    struct hafnon_cleanup* next;
};

void hafnon_cleanup_push(struct hafnon_cleanup* cleanup);
void hafnon_cleanup_pop(int execute);

#define pthread_cleanup_push(function, argument)                              \
    do {                                                                      \
        struct hafnon_cleanup hafnon_cleanup_ = {function, argument, NULL};   \
        hafnon_cleanup_push(&hafnon_cleanup_)

#define pthread_cleanup_pop(execute)    \
        hafnon_cleanup_pop(execute);    \
    } while (0)

typedef struct hafnon_mutex pthread_mutex_t;

typedef struct {
    int type;
} pthread_mutexattr_t;

// Whoever locks a normal mutex twice is told so (EDEADLK), as with PTHREAD_MUTEX_ERRORCHECK, instead of waiting for ever.
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL

#define PTHREAD_MUTEX_INITIALIZER HAFNON_ZERO
#ifdef __cplusplus
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {{}, PTHREAD_MUTEX_RECURSIVE, 0}
#else
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {0, PTHREAD_MUTEX_RECURSIVE, 0}
#endif

int pthread_mutexattr_init(pthread_mutexattr_t* attributes);
int pthread_mutexattr_destroy(pthread_mutexattr_t* attributes);
int pthread_mutexattr_settype(pthread_mutexattr_t* attributes, int type);
int pthread_mutexattr_gettype(const pthread_mutexattr_t* attributes, int* type);
int pthread_mutexattr_setpshared(pthread_mutexattr_t* attributes, int shared);

int pthread_mutex_init(pthread_mutex_t* __restrict mutex, const pthread_mutexattr_t* __restrict attributes);
// EBUSY while somebody holds it.
int pthread_mutex_destroy(pthread_mutex_t* mutex);
int pthread_mutex_lock(pthread_mutex_t* mutex);
int pthread_mutex_trylock(pthread_mutex_t* mutex);
int pthread_mutex_timedlock(pthread_mutex_t* __restrict mutex, const struct timespec* __restrict time);
// EPERM if the calling thread does not hold it.
int pthread_mutex_unlock(pthread_mutex_t* mutex);

typedef struct hafnon_condition pthread_cond_t;

typedef struct {
    clockid_t clock;
} pthread_condattr_t;

#define PTHREAD_COND_INITIALIZER HAFNON_ZERO

int pthread_condattr_init(pthread_condattr_t* attributes);
int pthread_condattr_destroy(pthread_condattr_t* attributes);
int pthread_condattr_setclock(pthread_condattr_t* attributes, clockid_t clock);
int pthread_condattr_getclock(const pthread_condattr_t* __restrict attributes, clockid_t* __restrict clock);
int pthread_condattr_setpshared(pthread_condattr_t* attributes, int shared);

int pthread_cond_init(pthread_cond_t* __restrict condition, const pthread_condattr_t* __restrict attributes);
int pthread_cond_destroy(pthread_cond_t* condition);
int pthread_cond_wait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex);
int pthread_cond_timedwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           const struct timespec* __restrict time);
int pthread_cond_signal(pthread_cond_t* condition);
int pthread_cond_broadcast(pthread_cond_t* condition);

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned readers;
    pthread_t writer;
} pthread_rwlock_t;

typedef struct {
    int unused;
} pthread_rwlockattr_t;

#define PTHREAD_RWLOCK_INITIALIZER HAFNON_ZERO

int pthread_rwlockattr_init(pthread_rwlockattr_t* attributes);
int pthread_rwlockattr_destroy(pthread_rwlockattr_t* attributes);
int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attributes, int shared);

// A reader waits for a writer that holds the lock, not for one that waits for it.
int pthread_rwlock_init(pthread_rwlock_t* __restrict lock, const pthread_rwlockattr_t* __restrict attributes);
int pthread_rwlock_destroy(pthread_rwlock_t* lock);
int pthread_rwlock_rdlock(pthread_rwlock_t* lock);
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock);
int pthread_rwlock_timedrdlock(pthread_rwlock_t* __restrict lock, const struct timespec* __restrict time);
int pthread_rwlock_wrlock(pthread_rwlock_t* lock);
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock);
int pthread_rwlock_timedwrlock(pthread_rwlock_t* __restrict lock, const struct timespec* __restrict time);
int pthread_rwlock_unlock(pthread_rwlock_t* lock);

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t full;
    unsigned size, waiting, round;
} pthread_barrier_t;

typedef struct {
    int unused;
} pthread_barrierattr_t;

#define PTHREAD_BARRIER_SERIAL_THREAD (-1)

int pthread_barrier_init(pthread_barrier_t* __restrict barrier, const pthread_barrierattr_t* __restrict attributes,
                         unsigned size);
int pthread_barrier_destroy(pthread_barrier_t* barrier);
int pthread_barrier_wait(pthread_barrier_t* barrier);

typedef zx_futex_t pthread_spinlock_t;

int pthread_spin_init(pthread_spinlock_t* lock, int shared);
int pthread_spin_destroy(pthread_spinlock_t* lock);
int pthread_spin_lock(pthread_spinlock_t* lock);
int pthread_spin_trylock(pthread_spinlock_t* lock);
int pthread_spin_unlock(pthread_spinlock_t* lock);

typedef struct hafnon_once pthread_once_t;

#define PTHREAD_ONCE_INIT HAFNON_ZERO

int pthread_once(pthread_once_t* once, void (*function)(void));

// The same keys as those of tss_create.
typedef unsigned pthread_key_t;

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*));
int pthread_key_delete(pthread_key_t key);
void* pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void* value);

#ifdef __cplusplus
}
#endif
#endif
