// <math.h>: what the libm crate lacks (the rest is in user/c/math), and every function for long double.

#include <fenv.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int signgam;

double lgamma(double x) { return lgamma_r(x, &signgam); }
float lgammaf(float x) { return lgammaf_r(x, &signgam); }

// The tag of a NaN is not kept.
double nan(const char* tag) {
    (void)tag;
    return __builtin_nan("");
}

float nanf(const char* tag) {
    (void)tag;
    return __builtin_nanf("");
}

long double nanl(const char* tag) {
    (void)tag;
    return __builtin_nanl("");
}

// The exponent as a number, of infinities and NaNs too.
#define LOGB(type, name, ilogb)                           \
    type name(type x) {                                   \
        if (!isfinite(x)) return x * x;                   \
        return x == 0 ? -1 / (x * x) : (type)ilogb(x);    \
    }
LOGB(double, logb, ilogb)
LOGB(float, logbf, ilogbf)
LOGB(long double, logbl, ilogbl)

// rint, but that nobody is told whether the result is another number.
#define NEARBYINT(type, name, rint)                       \
    type name(type x) {                                   \
        int before = fetestexcept(FE_INEXACT);            \
        type result = rint(x);                            \
        if (before == 0) feclearexcept(FE_INEXACT);       \
        return result;                                    \
    }
NEARBYINT(double, nearbyint, rint)
NEARBYINT(float, nearbyintf, rintf)
NEARBYINT(long double, nearbyintl, rintl)

#define WHOLE(whole, type, name, function) \
    whole name(type x) { return (whole)function(x); }
WHOLE(long, double, lrint, rint)
WHOLE(long, float, lrintf, rintf)
WHOLE(long, long double, lrintl, rintl)
WHOLE(long long, double, llrint, rint)
WHOLE(long long, float, llrintf, rintf)
WHOLE(long long, long double, llrintl, rintl)
WHOLE(long, double, lround, round)
WHOLE(long, float, lroundf, roundf)
WHOLE(long, long double, lroundl, roundl)
WHOLE(long long, double, llround, round)
WHOLE(long long, float, llroundf, roundf)
WHOLE(long long, long double, llroundl, roundl)

double drem(double x, double y) { return remainder(x, y); }
float dremf(float x, float y) { return remainderf(x, y); }

double nexttoward(double x, long double y) {
    if (isnan(y)) return (double)y;
    if (x == y) return (double)y;
    return nextafter(x, y < x ? -HUGE_VAL : HUGE_VAL);
}

float nexttowardf(float x, long double y) {
    if (isnan(y)) return (float)y;
    if (x == y) return (float)y;
    return nextafterf(x, y < x ? -HUGE_VALF : HUGE_VALF);
}

// A long double as it lies in memory: a fraction with its highest bit, then sign and exponent.
typedef union {
    long double value;
    struct {
        uint64_t fraction;
        uint16_t head;
    };
} extended_t;

#define SIGN 0x8000
#define EXPONENT 0x7fff
#define BIAS 0x3fff
#define UNIT (1ull << 63)

// The processor's own instructions keep all of a long double.
long double fabsl(long double x) { return __builtin_fabsl(x); }
long double copysignl(long double x, long double y) { return __builtin_copysignl(x, y); }

long double sqrtl(long double x) {
    __asm__("fsqrt" : "+t"(x));
    return x;
}

long double rintl(long double x) {
    __asm__("frndint" : "+t"(x));
    return x;
}

static long double round_as(long double x, int rounding) {
    fenv_t environment;
    feholdexcept(&environment);
    fesetround(rounding);
    long double result = rintl(x);
    fesetenv(&environment);
    return result;
}

long double floorl(long double x) { return round_as(x, FE_DOWNWARD); }
long double ceill(long double x) { return round_as(x, FE_UPWARD); }
long double truncl(long double x) { return round_as(x, FE_TOWARDZERO); }
long double roundevenl(long double x) { return round_as(x, FE_TONEAREST); }

// Halves away from zero.
long double roundl(long double x) {
    long double whole = truncl(x);
    return fabsl(x - whole) >= 0.5L ? whole + copysignl(1, x) : whole;
}

long double fmodl(long double x, long double y) {
    if (isnan(x) || isnan(y) || isinf(x) || y == 0) return (x * y) / (x * y);
    if (isinf(y)) return x;
    // The instruction takes at most 63 bits off at a time, and says in the status whether it is done.
    unsigned short status;
    do __asm__("fprem\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
    while ((status & 0x400) != 0);
    return x;
}

long double fmaxl(long double x, long double y) {
    if (isnan(x)) return y;
    return isnan(y) || x > y || (x == y && !signbit(x)) ? x : y;
}

long double fminl(long double x, long double y) {
    if (isnan(x)) return y;
    return isnan(y) || x < y || (x == y && signbit(x)) ? x : y;
}

long double fdiml(long double x, long double y) {
    if (isnan(x)) return x;
    if (isnan(y)) return y;
    return x > y ? x - y : 0;
}

long double frexpl(long double x, int* exponent) {
    *exponent = 0;
    if (x == 0 || !isfinite(x)) return x;
    extended_t number = {x};
    if ((number.head & EXPONENT) == 0) {
        number.value *= 0x1p120L;
        *exponent = -120;
    }
    *exponent += (number.head & EXPONENT) - BIAS + 1;
    number.head = (uint16_t)((number.head & SIGN) | (BIAS - 1));
    return number.value;
}

int ilogbl(long double x) {
    int exponent;
    if (x == 0 || isnan(x)) return FP_ILOGB0;
    if (isinf(x)) return INT_MAX;
    frexpl(x, &exponent);
    return exponent - 1;
}

// The instruction adds a whole number to the exponent, and rounds once.
long double scalblnl(long double x, long exponent) {
    long double by = exponent < -70000 ? -70000 : exponent > 70000 ? 70000 : exponent;
    __asm__("fscale" : "+t"(x) : "u"(by));
    return x;
}

long double scalbnl(long double x, int exponent) { return scalblnl(x, exponent); }
long double ldexpl(long double x, int exponent) { return scalblnl(x, exponent); }

long double modfl(long double x, long double* whole) {
    *whole = truncl(x);
    return copysignl(isinf(x) ? 0 : x - *whole, x);
}

long double nextafterl(long double x, long double y) {
    if (isnan(x) || isnan(y)) return x + y;
    if (x == y) return y;
    if (x == 0) return copysignl(0x1p-16445L, y);
    extended_t number = {x};
    if ((x < y) == (x > 0)) {
        if (++number.fraction == 0) number.fraction = UNIT, number.head++;
        // The largest number without the highest bit is followed by the smallest with it.
        else if (number.fraction == UNIT && (number.head & EXPONENT) == 0) number.head++;
    } else {
        if (number.fraction == UNIT && (number.head & EXPONENT) > 1) number.fraction = 0, number.head--;
        else if (number.fraction == UNIT) number.head--;
        number.fraction--;
    }
    return number.value;
}

long double nexttowardl(long double x, long double y) { return nextafterl(x, y); }

// As the difference to the nearest whole multiple, ties to even.
static long double remainder_of(long double x, long double y, unsigned* quotient) {
    *quotient = 0;
    if (isnan(x) || isnan(y) || isinf(x) || y == 0) return (x * y) / (x * y);
    if (isinf(y)) return x;
    unsigned short status;
    do __asm__("fprem1\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
    while ((status & 0x400) != 0);
    // The quotient's lowest three bits are condition codes 0, 3 and 1.
    *quotient = (status >> 8 & 1) << 2 | (status >> 14 & 1) << 1 | (status >> 9 & 1);
    return x;
}

long double remainderl(long double x, long double y) {
    unsigned quotient;
    return remainder_of(x, y, &quotient);
}

long double dreml(long double x, long double y) { return remainderl(x, y); }

long double remquol(long double x, long double y, int* quotient) {
    unsigned low;
    long double result = remainder_of(x, y, &low);
    *quotient = signbit(x) == signbit(y) ? (int)low : -(int)low;
    return result;
}

// The others as doubles.
#define AS_DOUBLE(name) \
    long double name##l(long double x) { return name((double)x); }
AS_DOUBLE(acos) AS_DOUBLE(acosh) AS_DOUBLE(asin) AS_DOUBLE(asinh) AS_DOUBLE(atan) AS_DOUBLE(atanh) AS_DOUBLE(cbrt)
AS_DOUBLE(cos) AS_DOUBLE(cosh) AS_DOUBLE(erf) AS_DOUBLE(erfc) AS_DOUBLE(exp) AS_DOUBLE(exp10) AS_DOUBLE(exp2)
AS_DOUBLE(expm1) AS_DOUBLE(lgamma) AS_DOUBLE(log) AS_DOUBLE(log10) AS_DOUBLE(log1p) AS_DOUBLE(log2) AS_DOUBLE(sin)
AS_DOUBLE(sinh) AS_DOUBLE(tan) AS_DOUBLE(tanh) AS_DOUBLE(tgamma)

long double atan2l(long double y, long double x) { return atan2((double)y, (double)x); }
long double hypotl(long double x, long double y) { return hypot((double)x, (double)y); }
long double powl(long double x, long double y) { return pow((double)x, (double)y); }
long double fmal(long double x, long double y, long double z) { return fma((double)x, (double)y, (double)z); }

void sincosl(long double x, long double* sine, long double* cosine) {
    double parts[2];
    sincos((double)x, &parts[0], &parts[1]);
    *sine = parts[0];
    *cosine = parts[1];
}
