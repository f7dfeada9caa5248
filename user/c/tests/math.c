// <math.h>, <fenv.h>: that they are there and keep to the C standard where it is exact. Results are compared with another
// library's in tests/c_library.rs.

#include <fenv.h>
#include <math.h>

#include "support.h"

static volatile double zero = 0.0, one = 1.0, half = 0.5;

TEST(math, functions_are_there_in_three_types) {
    ASSERT(sqrt(one * 2) == 1.4142135623730951 && sqrtf(2.0f) == 1.4142135f && sqrtl(2.0L) * sqrtl(2.0L) - 2 < 1e-18L);
    ASSERT(fabs(sin(M_PI / 6 * one) - 0.5) < 1e-15 && fabsf(cosf(1.0471976f) - 0.5f) < 1e-6f && sinl(0) == 0);
    ASSERT(pow(one * 2, 10) == 1024 && exp2f(-1) == 0.5f && logl(one) == 0 && tgamma(one * 5) == 24);
    ASSERT(floor(-half) == -1 && ceilf(0.5f) == 1 && truncl(-1.5L) == -1 && round(half) == 1 && rint(half) == 0);
    ASSERT(fmod(7.5, one * 2) == 1.5 && remainder(7.5, one * 2) == -0.5 && hypot(3, one * 4) == 5);
    ASSERT(lrint(2.5 * one) == 2 && lround(2.5 * one) == 3 && ilogb(one * 8) == 3 && ldexp(half, 4) == 8);
    int exponent;
    double whole;
    ASSERT(frexp(one * 12, &exponent) == 0.75 && exponent == 4 && modf(-1.5 * one, &whole) == -0.5 && whole == -1);
}

TEST(math, numbers_are_of_a_class) {
    ASSERT(fpclassify(zero) == FP_ZERO && fpclassify(one) == FP_NORMAL && fpclassify(one / zero) == FP_INFINITE);
    ASSERT(fpclassify(zero / zero) == FP_NAN && fpclassify(one * 5e-324) == FP_SUBNORMAL);
    ASSERT(fpclassify(1e-40f) == FP_SUBNORMAL && fpclassify(1e-40) == FP_NORMAL && fpclassify(1e-4940L) == FP_SUBNORMAL);
    ASSERT(isnan(NAN) && isinf(-INFINITY) && isfinite(one) && !isnormal(zero) && signbit(-zero) && !signbit(zero));
    ASSERT(isless(one, 2.0) && !isgreater(one, NAN) && isunordered(one, NAN) && HUGE_VAL > 1e308);
}

TEST(math, exceptions_are_noted) {
    feclearexcept(FE_ALL_EXCEPT);
    ASSERT(math_errhandling == MATH_ERREXCEPT);
    ASSERT(log(-one) != log(-one) && fetestexcept(FE_INVALID) != 0);
    ASSERT(one / zero > 0 && fetestexcept(FE_DIVBYZERO) != 0);
    feclearexcept(FE_INVALID);
    ASSERT_EQ(fetestexcept(FE_INVALID | FE_DIVBYZERO), FE_DIVBYZERO);
    feclearexcept(FE_ALL_EXCEPT);
    ASSERT(exp(one * 1000) == HUGE_VAL && fetestexcept(FE_OVERFLOW) != 0);
    feclearexcept(FE_ALL_EXCEPT);
    ASSERT(nearbyint(half) == 0 && fetestexcept(FE_INEXACT) == 0 && rint(half) == 0 && fetestexcept(FE_INEXACT) != 0);
    feclearexcept(FE_ALL_EXCEPT);
}

static int rounds_to_nearest(void* unused) {
    (void)unused;
    return fegetround() == FE_TONEAREST && one + 0x1p-53 == 1 && fetestexcept(FE_ALL_EXCEPT & ~FE_INEXACT) == 0;
}

TEST(math, rounding_is_as_asked) {
    fenv_t before;
    fegetenv(&before);
    static const int ways[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    static const double results[] = {2, 2, 3, 2}, negative[] = {-2, -3, -2, -2};
    for (int i = 0; i < 4; i++) {
        ASSERT_EQ(fesetround(ways[i]), 0);
        ASSERT_EQ(fegetround(), ways[i]);
        ASSERT(rint(2.5 * one) == results[i] && rint(-2.5 * one) == negative[i] && rintl(2.5L * one) == results[i]);
        ASSERT(lrint(2.5 * one) == (long)results[i] && floor(2.5 * one) == 2 && ceill(2.25L) == 3);
        ASSERT_EQ(join(start(rounds_to_nearest, NULL)), 1);
    }
    ASSERT(fesetround(0x100) != 0);
    feraiseexcept(FE_OVERFLOW);
    fesetenv(FE_DFL_ENV);
    ASSERT(fegetround() == FE_TONEAREST && fetestexcept(FE_ALL_EXCEPT) == 0);
    fesetround(FE_UPWARD);
    feholdexcept(&before);
    feraiseexcept(FE_DIVBYZERO);
    feupdateenv(FE_DFL_ENV);
    ASSERT_EQ(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
    ASSERT_EQ(fegetround(), FE_TONEAREST);
    fesetenv(FE_DFL_ENV);
}
