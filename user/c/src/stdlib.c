// <stdlib.h>: the end of the program, the environment; failures of <assert.h> and <zircon/assert.h>; errno.

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

#define MAX_EXIT_FUNCTIONS 32

extern char** environ;

_Thread_local int hafnon_errno;

static void (*exit_functions[MAX_EXIT_FUNCTIONS])(void);
static atomic_int exit_function_count;

int atexit(void (*function)(void)) {
    int index = atomic_fetch_add(&exit_function_count, 1);
    if (index >= MAX_EXIT_FUNCTIONS) {
        atomic_fetch_sub(&exit_function_count, 1);
        return -1;
    }
    exit_functions[index] = function;
    return 0;
}

_Noreturn void exit(int code) {
    int left;
    while ((left = atomic_fetch_sub(&exit_function_count, 1)) > 0) {
        if (exit_functions[left - 1] != NULL) exit_functions[left - 1]();
    }
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

_Noreturn void __zx_panic(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    abort();
}

char* getenv(const char* name) {
    size_t length = strlen(name);
    for (char** word = environ; *word != NULL; word++) {
        if (strncmp(*word, name, length) == 0 && (*word)[length] == '=') return *word + length + 1;
    }
    return NULL;
}
