// Assertions that stay in every build, and some that do not.

#ifndef ZIRCON_ASSERT_H_
#define ZIRCON_ASSERT_H_

#include <zircon/compiler.h>

__BEGIN_CDECLS

// Prints a message in the manner of printf and ends the process.
__NO_RETURN __COLD void __zx_panic(const char* format, ...) __PRINTFLIKE(1, 2);

// Prints where a condition did not hold, and a message in the manner of printf, and ends the process.
__NO_RETURN __COLD void __zx_assert_fail(const char* file, int line, const char* condition, const char* format, ...)
    __PRINTFLIKE(4, 5);

__END_CDECLS

#ifdef NDEBUG
#define ZX_DEBUG_ASSERT_IMPLEMENTED 0
#else
#define ZX_DEBUG_ASSERT_IMPLEMENTED 1
#endif

#define ZX_PANIC(...) __zx_panic(__VA_ARGS__)

#define ZX_ASSERT(condition)                                                     \
    do {                                                                         \
        if (unlikely(!(condition))) {                                            \
            ZX_PANIC("%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                        \
    } while (0)

// The message is a format and its arguments.
#define ZX_ASSERT_MSG(condition, ...)                                            \
    do {                                                                         \
        if (unlikely(!(condition))) {                                            \
            __zx_assert_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);       \
        }                                                                        \
    } while (0)

// Checked in debug builds only; the condition is compiled in every build.
#define ZX_DEBUG_ASSERT(condition)                                               \
    do {                                                                         \
        if (ZX_DEBUG_ASSERT_IMPLEMENTED) ZX_ASSERT(condition);                   \
    } while (0)

#define ZX_DEBUG_ASSERT_MSG(condition, ...)                                      \
    do {                                                                         \
        if (ZX_DEBUG_ASSERT_IMPLEMENTED) ZX_ASSERT_MSG(condition, __VA_ARGS__);  \
    } while (0)

#define ZX_DEBUG_ASSERT_COND(condition) ZX_DEBUG_ASSERT(condition)
#define ZX_DEBUG_ASSERT_MSG_COND(condition, ...) ZX_DEBUG_ASSERT_MSG(condition, __VA_ARGS__)

#endif
