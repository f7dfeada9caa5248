// What the files of the C library tell each other.

#ifndef HAFNON_INTERNAL_H_
#define HAFNON_INTERNAL_H_

#include <stdbool.h>
#include <stddef.h>
#include <threads.h>
#include <zircon/syscalls.h>

// What a thread calls first. <threads.h> and <pthread.h> differ in what that function returns.
typedef struct {
    int (*c11)(void*);
    void* (*posix)(void*);
} thread_start_t;

// What is known of a thread. The fs base points at it; thread-local variables lie right below.
typedef struct thread {
    struct thread* self;  // where compilers look for the fs base
    uintptr_t reserved;
    uintptr_t stack_guard;     // ZX_TLS_STACK_GUARD_OFFSET
    uintptr_t unsafe_pointer;  // ZX_TLS_UNSAFE_SP_OFFSET
    zx_handle_t handle;
    zx_futex_t state;  // one of thread_state
    thread_start_t start;
    void* argument;
    void* result;
    zx_vaddr_t memory;  // the mapping with the stack and this record; 0 for the first thread
    size_t memory_size;
} thread_t;

// How a thread is to be.
typedef struct {
    thread_start_t start;
    void* argument;
    const char* name;
    size_t stack_size, guard_size;
    int state;
} thread_plan_t;

#define STACK_SIZE (256 * 1024)

// Who frees a thread's memory and closes its handle: whoever joins it, or the thread itself when it was detached
// before its end.
enum thread_state { THREAD_JOINABLE, THREAD_DETACHED, THREAD_ENDED };

// The calling thread.
thread_t* thread_self(void);

// Starts a thread. Its memory and handle are freed when it is joined, or at its end if it is detached.
zx_status_t thread_create(thread_t** out, const thread_plan_t* plan);

// Waits for a thread's end, whose memory goes; its result.
zx_status_t thread_join(thread_t* thread, void** result);

// Whether the thread was neither detached nor joined before.
bool thread_detach(thread_t* thread);

// Ends the calling thread.
_Noreturn void thread_exit(void* result);

// Runs the functions that are marked as destructors.
void run_finishers(void);

// Runs the destructors of the calling thread's thread_local objects.
void run_thread_exits(void);

// Makes thread-local variables work in the first thread.
void start_first_thread(void);

// Runs the destructors of the calling thread's tss values.
void run_tss_destructors(void);

// Calls the functions that pthread_cleanup_push has left.
void run_cleanups(void);

// Whether tss_create has made this key, and nobody has deleted it.
bool is_key(tss_t key);

// The monotonic time that a TIME_UTC time stands for.
zx_time_t deadline_of(const struct timespec* time);

// What a futex wait's outcome means in threads.h; a value that had changed is a success.
int thrd_status(zx_status_t status);

// Sets errno; NULL.
void* hafnon_fail(int error);

#endif
