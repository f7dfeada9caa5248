// What the compiler can be told, under the names that Zircon programs use.

#ifndef ZIRCON_COMPILER_H_
#define ZIRCON_COMPILER_H_

#define __CPP_BEGIN_CDECLS extern "C" {
#define __CPP_END_CDECLS }
#ifdef __cplusplus
#define __BEGIN_CDECLS __CPP_BEGIN_CDECLS
#define __END_CDECLS __CPP_END_CDECLS
#else
#define __BEGIN_CDECLS
#define __END_CDECLS
#endif

// In C++11 such a function could be no more than one statement.
#if defined(__cplusplus) && __cplusplus >= 201402L
#define __CONSTEXPR constexpr
#else
#define __CONSTEXPR
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __ALIAS(x) __attribute__((__alias__(x)))
#define __ALIGNED(x) __attribute__((__aligned__(x)))
#define __ALWAYS_INLINE __attribute__((__always_inline__))
#define __COLD __attribute__((__cold__))
#define __CONST __attribute__((__const__))
#define __CONSTRUCTOR __attribute__((__constructor__))
#define __DEPRECATE __attribute__((__deprecated__))
#define __DESTRUCTOR __attribute__((__destructor__))
#define __EXPORT __attribute__((__visibility__("default")))
#define __FALLTHROUGH __attribute__((__fallthrough__))
#define __GET_CALLER(x) __builtin_return_address(0)
#define __GET_FRAME(x) __builtin_frame_address(0)
#define __HIDDEN __attribute__((__visibility__("hidden")))
#define __ISCONSTANT(x) __builtin_constant_p(x)
#define __LOCAL __attribute__((__visibility__("hidden")))
#define __MALLOC __attribute__((__malloc__))
#define __MAY_ALIAS __attribute__((__may_alias__))
#define __NAKED __attribute__((__naked__))
#define __NONNULL(x) __attribute__((__nonnull__ x))
#define __NO_INLINE __attribute__((__noinline__))
#define __NO_RETURN __attribute__((__noreturn__))
#define __NO_UNIQUE_ADDRESS
#define __PACKED __attribute__((__packed__))
#define __PRINTFLIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define __PURE __attribute__((__pure__))
#define __RESTRICT __restrict
#define __SCANFLIKE(text, first) __attribute__((__format__(__scanf__, text, first)))
#define __SECTION(x) __attribute__((__section__(x)))
#define __THREAD __thread
#define __UNUSED __attribute__((__unused__))
#define __USED __attribute__((__used__))
#define __WARN_UNUSED_RESULT __attribute__((__warn_unused_result__))
#define __WEAK __attribute__((__weak__))
#define __WEAK_ALIAS(x) __attribute__((__weak__, __alias__(x)))
#define __UNREACHABLE __builtin_unreachable()

#define __offsetof(type, field) __builtin_offsetof(type, field)

#ifdef __clang__
#define __EXTERNALLY_VISIBLE
#define __LEAF_FN
#define __OPTIMIZE(x)
#else
#define __EXTERNALLY_VISIBLE __attribute__((__externally_visible__))
#define __LEAF_FN __attribute__((__leaf__))
#define __OPTIMIZE(x) __attribute__((__optimize__(x)))
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
