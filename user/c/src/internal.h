// What the files of the C library tell each other.

#ifndef HAFNON_INTERNAL_H_
#define HAFNON_INTERNAL_H_

#include <stddef.h>
#include <threads.h>
#include <zircon/syscalls.h>

// What is known of a thread. The fs base points at it; thread-local variables lie right below.
typedef struct thread {
    struct thread* self;  // where compilers look for the fs base
    uintptr_t reserved;
    uintptr_t stack_guard;     // ZX_TLS_STACK_GUARD_OFFSET
    uintptr_t unsafe_pointer;  // ZX_TLS_UNSAFE_SP_OFFSET
    zx_handle_t handle;
    zx_futex_t state;  // one of thread_state
    thrd_start_t start;
    void* argument;
    int result;
    zx_vaddr_t memory;  // the mapping with the stack and this record; 0 for the first thread
    size_t memory_size;
} thread_t;

// Who frees a thread's memory and closes its handle: whoever joins it, or the thread itself when it was detached
// before its end.
enum thread_state { THREAD_JOINABLE, THREAD_DETACHED, THREAD_ENDED };

// The calling thread.
thread_t* thread_self(void);

// Runs the functions that are marked as destructors.
void run_finishers(void);

// Makes thread-local variables work in the first thread.
void start_first_thread(void);

// Runs the destructors of the calling thread's tss values.
void run_tss_destructors(void);

// The monotonic time that a TIME_UTC time stands for.
zx_time_t deadline_of(const struct timespec* time);

// What a futex wait's outcome means in threads.h; a value that had changed is a success.
int thrd_status(zx_status_t status);

#endif
