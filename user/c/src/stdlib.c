// <stdlib.h>: the end of the program, the environment, aligned memory; failures of <assert.h> and <zircon/assert.h>;
// errno.

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zircon/assert.h>
#include <zircon/syscalls.h>

#include "internal.h"

#define MAX_EXIT_FUNCTIONS 32

// Functions to be called at an end of the program, the last first.
typedef struct {
    void (*functions[MAX_EXIT_FUNCTIONS])(void);
    atomic_int count;
} exit_list_t;

extern char** environ;

_Thread_local int hafnon_errno;

static exit_list_t at_exit, at_quick;

static int add(exit_list_t* list, void (*function)(void)) {
    int index = atomic_fetch_add(&list->count, 1);
    if (index >= MAX_EXIT_FUNCTIONS) {
        atomic_fetch_sub(&list->count, 1);
        return -1;
    }
    list->functions[index] = function;
    return 0;
}

static void call_all(exit_list_t* list) {
    int left;
    while ((left = atomic_fetch_sub(&list->count, 1)) > 0) {
        if (list->functions[left - 1] != NULL) list->functions[left - 1]();
    }
}

int atexit(void (*function)(void)) { return add(&at_exit, function); }

int at_quick_exit(void (*function)(void)) { return add(&at_quick, function); }

_Noreturn void exit(int code) {
    call_all(&at_exit);
    run_finishers();
    _Exit(code);
}

_Noreturn void quick_exit(int code) {
    call_all(&at_quick);
    _Exit(code);
}

_Noreturn void _Exit(int code) {
    for (;;) zx_process_exit(code);
}

_Noreturn void _exit(int code) { _Exit(code); }

_Noreturn void abort(void) { __builtin_trap(); }

_Noreturn void __assert_fail(const char* condition, const char* file, int line, const char* function) {
    printf("%s:%d: %s: assertion failed: %s\n", file, line, function, condition);
    abort();
}

_Noreturn void __zx_assert_fail(const char* file, int line, const char* condition, const char* format, ...) {
    va_list arguments;
    printf("%s:%d: assertion failed: %s: ", file, line, condition);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    abort();
}

_Noreturn void __zx_panic(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    abort();
}

// Called by functions that were compiled with a stack protector.
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void) {
    printf("a function wrote beyond its part of the stack\n");
    abort();
}

int posix_memalign(void** out, size_t alignment, size_t size) {
    if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
    void* memory = aligned_alloc(alignment, size);
    if (memory == NULL) return ENOMEM;
    *out = memory;
    return 0;
}

char* getenv(const char* name) {
    size_t length = strlen(name);
    for (char** word = environ; *word != NULL; word++) {
        if (strncmp(*word, name, length) == 0 && (*word)[length] == '=') return *word + length + 1;
    }
    return NULL;
}
