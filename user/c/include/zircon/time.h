// Time: nanoseconds of the monotonic clock. Arithmetic stops at both ends of time instead of wrapping.

#ifndef ZIRCON_TIME_H_
#define ZIRCON_TIME_H_

#include <stdint.h>
#include <zircon/compiler.h>

#if __has_include(<time.h>)
#include <time.h>
#endif

__BEGIN_CDECLS

typedef int64_t zx_time_t;
typedef int64_t zx_duration_t;
typedef int64_t zx_ticks_t;

#define HAFNON_DECLARED_ZIRCON_TIME_H
#include <hafnon/declared.h>

__CONSTEXPR static inline zx_time_t zx_time_add_duration(zx_time_t time, zx_duration_t duration) {
    zx_time_t sum = 0;
    if (unlikely(add_overflow(time, duration, &sum))) return duration < 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
    return sum;
}

__CONSTEXPR static inline zx_time_t zx_time_sub_duration(zx_time_t time, zx_duration_t duration) {
    zx_time_t difference = 0;
    if (unlikely(sub_overflow(time, duration, &difference))) {
        return duration < 0 ? ZX_TIME_INFINITE : ZX_TIME_INFINITE_PAST;
    }
    return difference;
}

__CONSTEXPR static inline zx_duration_t zx_time_sub_time(zx_time_t later, zx_time_t earlier) {
    return zx_time_sub_duration(later, earlier);
}

__CONSTEXPR static inline zx_duration_t zx_duration_add_duration(zx_duration_t one, zx_duration_t other) {
    return zx_time_add_duration(one, other);
}

__CONSTEXPR static inline zx_duration_t zx_duration_sub_duration(zx_duration_t one, zx_duration_t other) {
    return zx_time_sub_duration(one, other);
}

__CONSTEXPR static inline zx_duration_t zx_duration_mul_int64(zx_duration_t duration, int64_t factor) {
    zx_duration_t product = 0;
    if (unlikely(mul_overflow(duration, factor, &product))) {
        return (duration < 0) == (factor < 0) ? ZX_TIME_INFINITE : ZX_TIME_INFINITE_PAST;
    }
    return product;
}

__CONSTEXPR static inline int64_t zx_nsec_from_duration(zx_duration_t n) { return n; }
__CONSTEXPR static inline zx_duration_t zx_duration_from_nsec(int64_t n) { return n; }
__CONSTEXPR static inline zx_duration_t zx_duration_from_usec(int64_t n) { return zx_duration_mul_int64(1000, n); }
__CONSTEXPR static inline zx_duration_t zx_duration_from_msec(int64_t n) { return zx_duration_mul_int64(1000000, n); }
__CONSTEXPR static inline zx_duration_t zx_duration_from_sec(int64_t n) { return zx_duration_mul_int64(1000000000, n); }
__CONSTEXPR static inline zx_duration_t zx_duration_from_min(int64_t n) { return zx_duration_mul_int64(60000000000, n); }
__CONSTEXPR static inline zx_duration_t zx_duration_from_hour(int64_t n) {
    return zx_duration_mul_int64(3600000000000, n);
}

#if __has_include(<time.h>)
__CONSTEXPR static inline zx_duration_t zx_duration_from_timespec(struct timespec ts) {
    return zx_duration_add_duration(zx_duration_from_sec(ts.tv_sec), zx_duration_from_nsec(ts.tv_nsec));
}

__CONSTEXPR static inline struct timespec zx_timespec_from_duration(zx_duration_t duration) {
    const struct timespec ts = {(time_t)(duration / 1000000000), (long)(duration % 1000000000)};
    return ts;
}
#endif

// Constants where the number is one.
#define ZX_NSEC(n) (__ISCONSTANT(n) ? ((zx_duration_t)(1LL * (n))) : (zx_duration_from_nsec(n)))
#define ZX_USEC(n) (__ISCONSTANT(n) ? ((zx_duration_t)(1000LL * (n))) : (zx_duration_from_usec(n)))
#define ZX_MSEC(n) (__ISCONSTANT(n) ? ((zx_duration_t)(1000000LL * (n))) : (zx_duration_from_msec(n)))
#define ZX_SEC(n) (__ISCONSTANT(n) ? ((zx_duration_t)(1000000000LL * (n))) : (zx_duration_from_sec(n)))
#define ZX_MIN(n) (__ISCONSTANT(n) ? ((zx_duration_t)(60000000000LL * (n))) : (zx_duration_from_min(n)))
#define ZX_HOUR(n) (__ISCONSTANT(n) ? ((zx_duration_t)(3600000000000LL * (n))) : (zx_duration_from_hour(n)))

__END_CDECLS

#endif
