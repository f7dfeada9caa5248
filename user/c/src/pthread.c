// <pthread.h>: threads, their attributes, names and cleanups, keys, once. Locks are in pthread_lock.c. The work is done
// by what <threads.h> is made of, in thread.c and specific.c.

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "internal.h"

int pthread_attr_init(pthread_attr_t* attributes) {
    *attributes = (pthread_attr_t){PTHREAD_CREATE_JOINABLE, STACK_SIZE, ZX_PAGE_SIZE};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t* attributes) {
    (void)attributes;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t* attributes, int state) {
    if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED) return EINVAL;
    attributes->detached = state;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t* attributes, int* state) {
    *state = attributes->detached;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t* attributes, size_t size) {
    if (size < PTHREAD_STACK_MIN) return EINVAL;
    attributes->stack_size = size;
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t* attributes, size_t* size) {
    *size = attributes->stack_size;
    return 0;
}

int pthread_attr_setguardsize(pthread_attr_t* attributes, size_t size) {
    attributes->guard_size = size;
    return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t* attributes, size_t* size) {
    *size = attributes->guard_size;
    return 0;
}

int pthread_create(pthread_t* restrict out, const pthread_attr_t* restrict attributes, void* (*start)(void*),
                   void* restrict argument) {
    pthread_attr_t usual;
    pthread_attr_init(&usual);
    if (attributes == NULL) attributes = &usual;
    int state = attributes->detached == PTHREAD_CREATE_DETACHED ? THREAD_DETACHED : THREAD_JOINABLE;
    thread_plan_t plan = {{.posix = start}, argument, "pthread_t", attributes->stack_size, attributes->guard_size, state};
    // Whatever there is not enough of.
    return thread_create(out, &plan) == ZX_OK ? 0 : EAGAIN;
}

int pthread_join(pthread_t thread, void** result) {
    if (thread == thread_self()) return EDEADLK;
    if (atomic_load(&thread->state) == THREAD_DETACHED) return EINVAL;
    return thread_join(thread, result) == ZX_OK ? 0 : ESRCH;
}

int pthread_detach(pthread_t thread) { return thread_detach(thread) ? 0 : EINVAL; }

_Noreturn void pthread_exit(void* result) { thread_exit(result); }

pthread_t pthread_self(void) { return thread_self(); }

int pthread_equal(pthread_t one, pthread_t other) { return one == other; }

int pthread_setname_np(pthread_t thread, const char* name) {
    zx_status_t status = zx_object_set_property(thread->handle, ZX_PROP_NAME, name, strlen(name));
    return status == ZX_OK ? 0 : ESRCH;
}

int pthread_getname_np(pthread_t thread, char* name, size_t size) {
    char own[ZX_MAX_NAME_LEN];
    if (zx_object_get_property(thread->handle, ZX_PROP_NAME, own, sizeof(own)) != ZX_OK) return ESRCH;
    return strlcpy(name, own, size) < size ? 0 : ERANGE;
}

static _Thread_local struct hafnon_cleanup* cleanups;

void hafnon_cleanup_push(struct hafnon_cleanup* cleanup) {
    cleanup->next = cleanups;
    cleanups = cleanup;
}

void hafnon_cleanup_pop(int execute) {
    struct hafnon_cleanup* newest = cleanups;
    cleanups = newest->next;
    if (execute) newest->function(newest->argument);
}

void run_cleanups(void) {
    while (cleanups != NULL) hafnon_cleanup_pop(true);
}

int pthread_once(pthread_once_t* once, void (*function)(void)) {
    call_once(once, function);
    return 0;
}

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
    return tss_create(key, destructor) == thrd_success ? 0 : EAGAIN;
}

int pthread_key_delete(pthread_key_t key) {
    if (!is_key(key)) return EINVAL;
    tss_delete(key);
    return 0;
}

void* pthread_getspecific(pthread_key_t key) { return tss_get(key); }

int pthread_setspecific(pthread_key_t key, const void* value) {
    return tss_set(key, (void*)value) == thrd_success ? 0 : EINVAL;
}
