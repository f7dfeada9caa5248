// <math.h>: each function with the host's, for numbers of every size and for those that are special.

#include <float.h>
#include <math.h>

#include "compare.h"

#define ROUNDS 4000

// How far two results may be apart, in units in the last place. Both libraries promise little; most are within one.
#define EXACT 0
#define CLOSE 2
#define ROUGH 16

typedef union {
    double value;
    int64_t bits;
} double_bits_t;

typedef union {
    float value;
    int32_t bits;
} float_bits_t;

// The distance in numbers between two results; 0 for two NaNs.
static uint64_t apart(double one, double other) {
    if (isnan(one) || isnan(other)) return isnan(one) && isnan(other) ? 0 : UINT64_MAX;
    double_bits_t left = {one}, right = {other};
    if (left.bits < 0) left.bits = INT64_MIN - left.bits;
    if (right.bits < 0) right.bits = INT64_MIN - right.bits;
    return left.bits > right.bits ? (uint64_t)left.bits - (uint64_t)right.bits : (uint64_t)right.bits - (uint64_t)left.bits;
}

static uint64_t apartf(float one, float other) {
    if (isnan(one) || isnan(other)) return isnan(one) && isnan(other) ? 0 : UINT64_MAX;
    float_bits_t left = {one}, right = {other};
    int64_t ours = left.bits < 0 ? (int64_t)INT32_MIN - left.bits : left.bits;
    int64_t theirs = right.bits < 0 ? (int64_t)INT32_MIN - right.bits : right.bits;
    return (uint64_t)(ours > theirs ? ours - theirs : theirs - ours);
}

static bool same(long double one, long double other) {
    if (isnan(one) || isnan(other)) return isnan(one) && isnan(other);
    return one == other && signbit(one) == signbit(other);
}

static const double specials[] = {
    0.0, -0.0, 0.5, -0.5, 1, -1, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, 10, -10, 100, 0.1, 1e-5, -1e-5, 1e10, -1e10, 1e300, -1e300,
    1e-300, M_PI, -M_PI, M_PI_2, M_PI_4, 0.49999999999999994, 4503599627370495.5, 9007199254740993, 709.7, 710, -745, -746,
    1024, -1074, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN, -DBL_TRUE_MIN, FLT_MAX, FLT_MIN, FLT_TRUE_MIN, HUGE_VAL,
    -HUGE_VAL, NAN, 2147483647.5, -2147483648.5, 4294967296, 9223372036854775807.0,
};
#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

// Special numbers first, then any: most of a size at which functions do something.
static double number(int turn) {
    if (turn < (int)SPECIALS) return specials[turn];
    double_bits_t any = {.bits = (int64_t)(next(UINT64_MAX) << 1 | next(2))};
    if (turn % 4 == 0) return any.value;
    double size = ldexp(1, (int)next(turn % 4 == 1 ? 3 : 40) - (turn % 4 == 1 ? 1 : 20));
    return ((double)next(1ull << 53) / (double)(1ull << 52) - 1) * size;
}

static double other_number(int turn) { return number(turn < (int)SPECIALS ? (int)next(SPECIALS) : turn); }

#define TELL(name, ours, theirs, format, ...) \
    differs(#name "(" format "): %La, the host has %La", __VA_ARGS__, (long double)(ours), (long double)(theirs))

#define DECLARE(name)                    \
    extern __typeof__(name) our_##name;  \
    extern __typeof__(name##f) our_##name##f;
#define DECLARE_LONG(name) \
    DECLARE(name)          \
    extern __typeof__(name##l) our_##name##l;

// Functions of one number, and how exact they are as double, as float.
#define ONE(do)                                                                                                      \
    do(acos, CLOSE) do(acosh, CLOSE) do(asin, CLOSE) do(asinh, CLOSE) do(atan, CLOSE) do(atanh, CLOSE)               \
    do(cbrt, CLOSE) do(cos, CLOSE) do(cosh, CLOSE) do(erf, CLOSE) do(erfc, ROUGH) do(exp, CLOSE) do(exp10, ROUGH)    \
    do(exp2, CLOSE) do(expm1, CLOSE) do(log, CLOSE) do(log10, CLOSE) do(log1p, CLOSE) do(log2, CLOSE) do(sin, CLOSE) \
    do(sinh, CLOSE) do(tan, CLOSE) do(tanh, CLOSE) do(tgamma, ROUGH)
#define ONE_EXACT(do) \
    do(ceil) do(fabs) do(floor) do(logb) do(nearbyint) do(rint) do(round) do(roundeven) do(sqrt) do(trunc)
#define TWO_EXACT(do) \
    do(copysign) do(fdim) do(fmod) do(nextafter) do(remainder) do(drem)
#define WHOLE(do) do(lrint) do(llrint) do(lround) do(llround) do(ilogb)

#define DECLARE_ONE(name, units) DECLARE_LONG(name)
ONE(DECLARE_ONE) ONE_EXACT(DECLARE_LONG) TWO_EXACT(DECLARE_LONG) WHOLE(DECLARE_LONG)
DECLARE_LONG(atan2) DECLARE_LONG(hypot) DECLARE_LONG(pow) DECLARE_LONG(fma) DECLARE_LONG(fmax) DECLARE_LONG(fmin)
DECLARE_LONG(frexp) DECLARE_LONG(modf) DECLARE_LONG(ldexp) DECLARE_LONG(scalbn) DECLARE_LONG(scalbln) DECLARE_LONG(remquo)
DECLARE_LONG(nexttoward) DECLARE_LONG(sincos) DECLARE_LONG(nan) DECLARE(lgamma) DECLARE(j0) DECLARE(j1) DECLARE(y0)
DECLARE(y1) DECLARE(jn) DECLARE(yn)
extern int our_signgam;

#define CHECK_ONE(name, units)                                                                                       \
    for (int turn = 0; turn < ROUNDS; turn++) {                                                                   \
        double x = number(turn), ours = our_##name(x), theirs = name(x);                                            \
        if (apart(ours, theirs) > units) TELL(name, ours, theirs, "%a", x);                                          \
        float ourf = our_##name##f((float)x), theirf = name##f((float)x);                                            \
        if (apartf(ourf, theirf) > units) TELL(name##f, ourf, theirf, "%a", (float)x);                               \
        if (!same(our_##name##l(x), ours)) TELL(name##l, our_##name##l(x), ours, "%a", x);                           \
    }

// A long double with more digits than a double has.
static long double longer(double x) { return next(2) == 0 || !isnormal(x) ? x : x * (1 + (long double)next(2048) * 0x1p-63L); }

#define CHECK_ONE_EXACT(name)                                                                                        \
    for (int turn = 0; turn < ROUNDS; turn++) {                                                                   \
        double x = number(turn);                                                                                    \
        long double y = longer(x);                                                                                   \
        if (!same(our_##name(x), name(x))) TELL(name, our_##name(x), name(x), "%a", x);                              \
        if (!same(our_##name##f((float)x), name##f((float)x)))                                                       \
            TELL(name##f, our_##name##f((float)x), name##f((float)x), "%a", (float)x);                               \
        if (!same(our_##name##l(y), name##l(y))) TELL(name##l, our_##name##l(y), name##l(y), "%La", y);              \
    }

#define CHECK_TWO_EXACT(name)                                                                                        \
    for (int turn = 0; turn < ROUNDS; turn++) {                                                                   \
        double x = number(turn), y = other_number(turn);                                                           \
        long double longx = longer(x), longy = longer(y);                                                            \
        if (!same(our_##name(x, y), name(x, y))) TELL(name, our_##name(x, y), name(x, y), "%a, %a", x, y);           \
        float ours = our_##name##f((float)x, (float)y), theirs = name##f((float)x, (float)y);                        \
        if (!same(ours, theirs)) TELL(name##f, ours, theirs, "%a, %a", (float)x, (float)y);                          \
        long double ourl = our_##name##l(longx, longy), theirl = name##l(longx, longy);                              \
        if (!same(ourl, theirl)) TELL(name##l, ourl, theirl, "%La, %La", longx, longy);                              \
    }

#define CHECK_WHOLE(name)                                                                                            \
    for (int turn = 0; turn < ROUNDS; turn++) {                                                                   \
        double x = number(turn);                                                                                    \
        if (our_##name(x) != name(x)) TELL(name, our_##name(x), name(x), "%a", x);                                   \
        if (our_##name##f((float)x) != name##f((float)x))                                                            \
            TELL(name##f, our_##name##f((float)x), name##f((float)x), "%a", (float)x);                               \
        long double y = longer(x);                                                                                   \
        if (our_##name##l(y) != name##l(y)) TELL(name##l, our_##name##l(y), name##l(y), "%La", y);                   \
    }

// Functions of two numbers.
static void two(double x, double y) {
#define CHECK_TWO(name, units)                                                                                       \
    do {                                                                                                             \
        if (apart(our_##name(x, y), name(x, y)) > units) TELL(name, our_##name(x, y), name(x, y), "%a, %a", x, y);   \
        float ours = our_##name##f((float)x, (float)y), theirs = name##f((float)x, (float)y);                        \
        if (apartf(ours, theirs) > units) TELL(name##f, ours, theirs, "%a, %a", (float)x, (float)y);                 \
        if (!same(our_##name##l(x, y), our_##name(x, y)))                                                            \
            TELL(name##l, our_##name##l(x, y), our_##name(x, y), "%a, %a", x, y);                                    \
    } while (0)
    CHECK_TWO(atan2, CLOSE);
    CHECK_TWO(hypot, CLOSE);
    CHECK_TWO(pow, CLOSE);
    // Of two zeros either may be given.
    if (x != y || signbit(x) == signbit(y)) {
        CHECK_TWO(fmax, EXACT);
        CHECK_TWO(fmin, EXACT);
    }
    double z = number((int)next(ROUNDS));
    if (apart(our_fma(x, y, z), fma(x, y, z)) != 0) TELL(fma, our_fma(x, y, z), fma(x, y, z), "%a, %a, %a", x, y, z);
    float ours = our_fmaf((float)x, (float)y, (float)z), theirs = fmaf((float)x, (float)y, (float)z);
    if (!same(ours, theirs)) TELL(fmaf, ours, theirs, "%a, %a, %a", (float)x, (float)y, (float)z);
    if (!same(our_nexttoward(x, y), nexttoward(x, y))) TELL(nexttoward, our_nexttoward(x, y), nexttoward(x, y), "%a, %a", x, y);
    ours = our_nexttowardf((float)x, y), theirs = nexttowardf((float)x, y);
    if (!same(ours, theirs)) TELL(nexttowardf, ours, theirs, "%a, %a", (float)x, y);
}

// The low bits of a quotient, of which three are promised.
static bool same_quotient(int one, int other) { return one % 8 == other % 8; }

// Functions with a second result, or a whole number as an argument.
#define PARTS(type, suffix, one, other, by)                                                                           \
    do {                                                                                                              \
        type x = one, y = other;                                                                                      \
        int our_exponent = 0, exponent = 0, our_quotient = 0, quotient = 0;                                           \
        type our_whole, whole;                                                                                        \
        type ours = our_frexp##suffix(x, &our_exponent), theirs = frexp##suffix(x, &exponent);                        \
        bool finite = isfinite(x);                                                                                    \
        if (!same(ours, theirs) || (finite && our_exponent != exponent))                                              \
            TELL(frexp##suffix, ours, theirs, "%La", (long double)x);                                                 \
        ours = our_modf##suffix(x, &our_whole), theirs = modf##suffix(x, &whole);                                     \
        if (!same(ours, theirs) || !same(our_whole, whole)) TELL(modf##suffix, ours, theirs, "%La", (long double)x);  \
        ours = our_remquo##suffix(x, y, &our_quotient), theirs = remquo##suffix(x, y, &quotient);                     \
        if (!same(ours, theirs) || (!isnan(ours) && !same_quotient(our_quotient, quotient)))                          \
            TELL(remquo##suffix, ours, theirs, "%La, %La", (long double)x, (long double)y);                           \
        if (!same(our_ldexp##suffix(x, by), ldexp##suffix(x, by)))                                                    \
            TELL(ldexp##suffix, our_ldexp##suffix(x, by), ldexp##suffix(x, by), "%La, %d", (long double)x, by);       \
        if (!same(our_scalbn##suffix(x, by), scalbn##suffix(x, by)))                                                  \
            TELL(scalbn##suffix, our_scalbn##suffix(x, by), scalbn##suffix(x, by), "%La, %d", (long double)x, by);    \
        long far = by * (1l << next(40));                                                                             \
        if (!same(our_scalbln##suffix(x, far), scalbln##suffix(x, far)))                                              \
            TELL(scalbln##suffix, our_scalbln##suffix(x, far), scalbln##suffix(x, far), "%La, %ld", (long double)x, far); \
        type our_sine, our_cosine;                                                                                    \
        our_sincos##suffix(x, &our_sine, &our_cosine);                                                                \
        if (!same(our_sine, our_sin##suffix(x)) || !same(our_cosine, our_cos##suffix(x)))                             \
            TELL(sincos##suffix, our_sine, our_cosine, "%La", (long double)x);                                        \
        if (!isnan(our_nan##suffix("1"))) differs("nan" #suffix);                                                     \
    } while (0)

static void parts(void) {
    for (int turn = 0; turn < ROUNDS; turn++) {
        double first = number(turn), second = other_number(turn);
        int by = (int)next(4000) - 2000;
        PARTS(double, , first, second, by);
        PARTS(float, f, (float)first, (float)second, by);
        PARTS(long double, l, longer(first), longer(second), by);
    }
}

// Close to where these functions are 0, only the difference counts; far out nobody promises anything.
static bool near(double one, double other) {
    return apart(one, other) <= ROUGH || fabs(one - other) <= 1e-14 || fabs(one / other - 1) < 1e-11;
}

static bool nearf(float one, float other) {
    return apartf(one, other) <= ROUGH || fabsf(one - other) <= 2e-6f || fabsf(one / other - 1) < 2e-5f;
}

#define CHECK_NEAR(name, ...)                                                                                          \
    do {                                                                                                               \
        double ours = our_##name(__VA_ARGS__ x), theirs = name(__VA_ARGS__ x);                                         \
        if (!near(ours, theirs)) TELL(name, ours, theirs, "%a", x);                                                    \
        float ourf = our_##name##f(__VA_ARGS__(float) x), theirf = name##f(__VA_ARGS__(float) x);                      \
        if (!nearf(ourf, theirf)) TELL(name##f, ourf, theirf, "%a", (float)x);                                         \
    } while (0)

static void rougher(void) {
    for (int turn = 0; turn < ROUNDS; turn++) {
        double x = (double)next(1ull << 53) / (double)(1ull << 53) * 50 - (turn % 2 == 0 ? 0 : 20);
        CHECK_NEAR(j0);
        CHECK_NEAR(j1);
        CHECK_NEAR(jn, 3, );
        CHECK_NEAR(lgamma);
        our_lgamma(x);
        lgamma(x);
        if (our_signgam != signgam) differs("signgam of %a: %d, not %d", x, our_signgam, signgam);
        if (x <= 0) continue;
        CHECK_NEAR(y0);
        CHECK_NEAR(y1);
        CHECK_NEAR(yn, 2, );
    }
}

void compare_math(void) {
    ONE(CHECK_ONE)
    ONE_EXACT(CHECK_ONE_EXACT)
    TWO_EXACT(CHECK_TWO_EXACT)
    WHOLE(CHECK_WHOLE)
    for (int turn = 0; turn < ROUNDS; turn++) two(number(turn), other_number(turn));
    parts();
    rougher();
}
