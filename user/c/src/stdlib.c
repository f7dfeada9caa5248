// <stdlib.h>: the environment, aligned memory; failures of <assert.h> and <zircon/assert.h>; errno. How a program ends is
// in exit.c and signal.c.

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/assert.h>
#include <zircon/syscalls.h>

#include "internal.h"

extern char** environ;

_Thread_local int hafnon_errno;

void* hafnon_fail(int error) {
    errno = error;
    return NULL;
}

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
    int before = errno;
    void* memory = aligned_alloc(alignment, size);
    errno = before;
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
