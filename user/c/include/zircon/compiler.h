// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_COMPILER_H_
#define ZIRCON_COMPILER_H_

// What the compiler can be told, under the names that Zircon programs use.

#define __CPP_BEGIN_CDECLS extern "C" {
#define __CPP_END_CDECLS }
#ifdef __cplusplus
#define __BEGIN_CDECLS __CPP_BEGIN_CDECLS
#define __END_CDECLS __CPP_END_CDECLS
#define __CONSTEXPR constexpr
#else
#define __BEGIN_CDECLS
#define __END_CDECLS
#define __CONSTEXPR
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __ALIAS(x) __attribute__((alias(x)))
#define __ALIGNED(x) __attribute__((aligned(x)))
#define __ALWAYS_INLINE __attribute__((always_inline))
#define __COLD __attribute__((cold))
#define __CONST __attribute__((const))
#define __CONSTRUCTOR __attribute__((constructor))
#define __DEPRECATE __attribute__((deprecated))
#define __DESTRUCTOR __attribute__((destructor))
#define __EXPORT __attribute__((visibility("default")))
#define __FALLTHROUGH __attribute__((fallthrough))
#define __GET_CALLER(x) __builtin_return_address(0)
#define __GET_FRAME(x) __builtin_frame_address(0)
#define __HIDDEN __attribute__((visibility("hidden")))
#define __ISCONSTANT(x) __builtin_constant_p(x)
#define __LOCAL __attribute__((visibility("hidden")))
#define __MALLOC __attribute__((malloc))
#define __NONNULL(x) __attribute__((nonnull x))
#define __NO_INLINE __attribute__((noinline))
#define __NO_RETURN __attribute__((noreturn))
#define __NO_UNIQUE_ADDRESS
#define __PACKED __attribute__((packed))
#define __PRINTFLIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define __PURE __attribute__((pure))
#define __RESTRICT __restrict
#define __SCANFLIKE(text, first) __attribute__((__format__(__scanf__, text, first)))
#define __SECTION(x) __attribute__((section(x)))
#define __THREAD __thread
#define __UNUSED __attribute__((unused))
#define __USED __attribute__((used))
#define __WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define __WEAK __attribute__((weak))
#define __WEAK_ALIAS(x) __attribute__((weak, alias(x)))
#define __UNREACHABLE __builtin_unreachable()

#define __offsetof(type, field) __builtin_offsetof(type, field)

#ifdef __clang__
#define __EXTERNALLY_VISIBLE
#define __LEAF_FN
#define __OPTIMIZE(x)
#else
#define __EXTERNALLY_VISIBLE __attribute__((externally_visible))
#define __LEAF_FN __attribute__((leaf))
#define __OPTIMIZE(x) __attribute__((optimize(x)))
#endif

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#define countof(array) (sizeof(array) / sizeof((array)[0]))

#define add_overflow(a, b, sum) __builtin_add_overflow(a, b, sum)
#define sub_overflow(a, b, difference) __builtin_sub_overflow(a, b, difference)
#define mul_overflow(a, b, product) __builtin_mul_overflow(a, b, product)

// Sanitizers and safe stacks do not exist here.
#define __NO_SAFESTACK
#define __NO_ASAN

// Locking annotations, which only clang's analysis understands.
#define __THREAD_ANNOTATION(x)
#define __TA_CAPABILITY(x)
#define __TA_GUARDED(x)
#define __TA_ACQUIRE(...)
#define __TA_ACQUIRE_SHARED(...)
#define __TA_TRY_ACQUIRE(...)
#define __TA_ACQUIRED_BEFORE(...)
#define __TA_ACQUIRED_AFTER(...)
#define __TA_RELEASE(...)
#define __TA_RELEASE_SHARED(...)
#define __TA_REQUIRES(...)
#define __TA_REQUIRES_SHARED(...)
#define __TA_EXCLUDES(...)
#define __TA_ASSERT(...)
#define __TA_ASSERT_SHARED(...)
#define __TA_RETURN_CAPABILITY(x)
#define __TA_SCOPED_CAPABILITY
#define __TA_NO_THREAD_SAFETY_ANALYSIS

#endif
