// What a C++ compiler takes for granted: operator new and delete, the guards of static variables in functions, and the
// ends of programs that would throw an exception. The names are those of the Itanium C++ ABI; they are weak where a
// program may have its own.

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define WEAK __attribute__((weak))

// What operator new is aligned to, unless it is told.
#define ALIGNMENT 16

typedef void (*new_handler_t)(void);

static _Atomic(new_handler_t) new_handler;

// std::get_new_handler, std::set_new_handler
new_handler_t _ZSt15get_new_handlerv(void);
new_handler_t _ZSt15get_new_handlerv(void) { return atomic_load(&new_handler); }
new_handler_t _ZSt15set_new_handlerPFvvE(new_handler_t handler);
new_handler_t _ZSt15set_new_handlerPFvvE(new_handler_t handler) { return atomic_exchange(&new_handler, handler); }

// std::nothrow, of which only the address counts.
extern const char _ZSt7nothrow;
const char _ZSt7nothrow = 0;

// Asks the program's handler for memory as long as it has one. NULL if there is none.
static void* try_new(size_t size, size_t alignment) {
    for (;;) {
        void* memory = alignment <= ALIGNMENT ? malloc(size) : aligned_alloc(alignment, size);
        new_handler_t handler = atomic_load(&new_handler);
        if (memory != NULL || handler == NULL) return memory;
        handler();
    }
}

static _Noreturn void give_up(const char* why) {
    fprintf(stderr, "%s, and there are no exceptions\n", why);
    abort();
}

static void* new_or_end(size_t size, size_t alignment) {
    void* memory = try_new(size, alignment);
    if (memory == NULL) give_up("operator new: no memory");
    return memory;
}

// Each form of new: for one object and for arrays, aligned as told or not, ending the program or not.
#define NEW(name, parameters, body) \
    WEAK void* name parameters;     \
    void* name parameters { body; }

NEW(_Znwm, (size_t size), return new_or_end(size, ALIGNMENT))
NEW(_Znam, (size_t size), return _Znwm(size))
NEW(_ZnwmSt11align_val_t, (size_t size, size_t alignment), return new_or_end(size, alignment))
NEW(_ZnamSt11align_val_t, (size_t size, size_t alignment), return _ZnwmSt11align_val_t(size, alignment))
NEW(_ZnwmRKSt9nothrow_t, (size_t size, const void* tag), (void)tag; return try_new(size, ALIGNMENT))
NEW(_ZnamRKSt9nothrow_t, (size_t size, const void* tag), return _ZnwmRKSt9nothrow_t(size, tag))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void* tag), (void)tag;
    return try_new(size, alignment))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void* tag),
    return _ZnwmSt11align_val_tRKSt9nothrow_t(size, alignment, tag))

// Every form of delete comes down to the two without a size, which a program may replace.
#define DELETE(name, parameters, body) \
    WEAK void name parameters;         \
    void name parameters { body; }

DELETE(_ZdlPv, (void* memory), free(memory))
DELETE(_ZdaPv, (void* memory), _ZdlPv(memory))
DELETE(_ZdlPvm, (void* memory, size_t size), (void)size; _ZdlPv(memory))
DELETE(_ZdaPvm, (void* memory, size_t size), (void)size; _ZdaPv(memory))
DELETE(_ZdlPvRKSt9nothrow_t, (void* memory, const void* tag), (void)tag; _ZdlPv(memory))
DELETE(_ZdaPvRKSt9nothrow_t, (void* memory, const void* tag), (void)tag; _ZdaPv(memory))
DELETE(_ZdlPvSt11align_val_t, (void* memory, size_t alignment), (void)alignment; free(memory))
DELETE(_ZdaPvSt11align_val_t, (void* memory, size_t alignment), _ZdlPvSt11align_val_t(memory, alignment))
DELETE(_ZdlPvmSt11align_val_t, (void* memory, size_t size, size_t alignment), (void)size;
       _ZdlPvSt11align_val_t(memory, alignment))
DELETE(_ZdaPvmSt11align_val_t, (void* memory, size_t size, size_t alignment), (void)size;
       _ZdaPvSt11align_val_t(memory, alignment))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void* memory, size_t alignment, const void* tag), (void)tag;
       _ZdlPvSt11align_val_t(memory, alignment))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void* memory, size_t alignment, const void* tag), (void)tag;
       _ZdaPvSt11align_val_t(memory, alignment))

// Where something can not go on. Compilers call the first two; the others are libstdc++'s, called from its headers.
#define END(name, parameters, why)   \
    WEAK _Noreturn void name parameters; \
    void name parameters { give_up(why); }

END(__cxa_pure_virtual, (void), "a function was called that is purely virtual")
END(__cxa_deleted_virtual, (void), "a function was called that is deleted")
END(__cxa_throw_bad_array_new_length, (void), "operator new[]: no array has that length")
END(_ZSt9terminatev, (void), "std::terminate was called")
END(_ZSt17__throw_bad_allocv, (void), "std::bad_alloc")
END(_ZSt28__throw_bad_array_new_lengthv, (void), "std::bad_array_new_length")
END(_ZSt16__throw_bad_castv, (void), "std::bad_cast")
END(_ZSt25__throw_bad_function_callv, (void), "std::bad_function_call")
END(_ZSt19__throw_logic_errorPKc, (const char* what), what)
END(_ZSt20__throw_length_errorPKc, (const char* what), what)
END(_ZSt20__throw_out_of_rangePKc, (const char* what), what)
END(_ZSt24__throw_out_of_range_fmtPKcz, (const char* what, ...), what)
END(_ZSt24__throw_invalid_argumentPKc, (const char* what), what)

// The guard of a static variable in a function is 64 bits, of which compilers look at the lowest byte only: it is not 0
// once the variable is there. The word around it is a futex here.
enum { GUARD_NEW = 0, GUARD_DONE = 1, GUARD_BUSY = 0x100, GUARD_AWAITED = 0x200 };

int __cxa_guard_acquire(zx_futex_t* guard);
void __cxa_guard_release(zx_futex_t* guard);
void __cxa_guard_abort(zx_futex_t* guard);

// 1 if the caller is to make the variable; 0 once another thread has.
int __cxa_guard_acquire(zx_futex_t* guard) {
    for (;;) {
        int seen = GUARD_NEW;
        if (atomic_compare_exchange_strong(guard, &seen, GUARD_BUSY)) return 1;
        if (seen == GUARD_DONE) return 0;
        int awaited = seen | GUARD_AWAITED;
        if (seen != awaited && !atomic_compare_exchange_strong(guard, &seen, awaited)) continue;
        zx_futex_wait(guard, awaited, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
    }
}

static void leave(zx_futex_t* guard, int state) {
    if ((atomic_exchange(guard, state) & GUARD_AWAITED) != 0) zx_futex_wake(guard, UINT32_MAX);
}

void __cxa_guard_release(zx_futex_t* guard) { leave(guard, GUARD_DONE); }

void __cxa_guard_abort(zx_futex_t* guard) { leave(guard, GUARD_NEW); }
