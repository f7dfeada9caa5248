// Threads, mutexes, condition variables, and values of threads.

#ifndef HAFNON_THREADS_H_
#define HAFNON_THREADS_H_

#include <hafnon/locks.h>
#include <time.h>
#include <zircon/compiler.h>

__BEGIN_CDECLS

#ifndef __cplusplus
#define thread_local _Thread_local
#endif

typedef struct thread* thrd_t;
typedef int (*thrd_start_t)(void* argument);

// Results of the functions below.
enum {
    thrd_success,
    thrd_busy,
    thrd_error,
    thrd_nomem,
    thrd_timedout,
};

int thrd_create(thrd_t* thread, thrd_start_t start, void* argument);
// As thrd_create; the name is that of the kernel's thread object.
int thrd_create_with_name(thrd_t* thread, thrd_start_t start, void* argument, const char* name);
__attribute__((__noreturn__)) void thrd_exit(int result);
int thrd_join(thrd_t thread, int* result);
int thrd_detach(thrd_t thread);
thrd_t thrd_current(void);
int thrd_equal(thrd_t one, thrd_t other);
void thrd_yield(void);
int thrd_sleep(const struct timespec* duration, struct timespec* remaining);

enum {
    mtx_plain = 0,
    mtx_recursive = 1,
    mtx_timed = 2,
};

typedef struct hafnon_mutex mtx_t;

// A plain mutex, without mtx_init.
#define MTX_INIT HAFNON_ZERO

int mtx_init(mtx_t* mutex, int type);
void mtx_destroy(mtx_t* mutex);
// Mutexes that are not recursive answer thrd_error when the calling thread holds them already.
int mtx_lock(mtx_t* mutex);
int mtx_timedlock(mtx_t* __restrict mutex, const struct timespec* __restrict time);
int mtx_trylock(mtx_t* mutex);
int mtx_unlock(mtx_t* mutex);

typedef struct hafnon_condition cnd_t;

#define CND_INIT HAFNON_ZERO

int cnd_init(cnd_t* condition);
void cnd_destroy(cnd_t* condition);
int cnd_wait(cnd_t* condition, mtx_t* mutex);
int cnd_timedwait(cnd_t* __restrict condition, mtx_t* __restrict mutex, const struct timespec* __restrict time);
int cnd_signal(cnd_t* condition);
int cnd_broadcast(cnd_t* condition);

typedef struct hafnon_once once_flag;

#define ONCE_FLAG_INIT HAFNON_ZERO

void call_once(once_flag* flag, void (*function)(void));

typedef unsigned tss_t;
typedef void (*tss_dtor_t)(void* value);

#define TSS_DTOR_ITERATIONS 4

int tss_create(tss_t* key, tss_dtor_t destructor);
void tss_delete(tss_t key);
void* tss_get(tss_t key);
int tss_set(tss_t key, void* value);

__END_CDECLS
#endif
