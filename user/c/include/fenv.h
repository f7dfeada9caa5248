// Rounding and exceptions of floating-point numbers. A processor calculates in two units: what is set is set in both,
// and an exception of either counts.

#ifndef HAFNON_FENV_H_
#define HAFNON_FENV_H_

#ifdef __cplusplus
extern "C" {
#endif

#define FE_INVALID 0x01
#define FE_DIVBYZERO 0x04
#define FE_OVERFLOW 0x08
#define FE_UNDERFLOW 0x10
#define FE_INEXACT 0x20
#define FE_ALL_EXCEPT (FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT)

#define FE_TONEAREST 0
#define FE_DOWNWARD 0x400
#define FE_UPWARD 0x800
#define FE_TOWARDZERO 0xc00

typedef unsigned fexcept_t;

// The older unit's record (FNSTENV), and the newer unit's register.
typedef struct {
    unsigned record[7];
    unsigned mxcsr;
} fenv_t;

#define FE_DFL_ENV ((const fenv_t*)-1l)

int feclearexcept(int exceptions);
int feraiseexcept(int exceptions);
int fetestexcept(int exceptions);
int fegetexceptflag(fexcept_t* flags, int exceptions);
int fesetexceptflag(const fexcept_t* flags, int exceptions);

int fegetround(void);
// Not 0 if there is no such way to round.
int fesetround(int rounding);

int fegetenv(fenv_t* environment);
int fesetenv(const fenv_t* environment);
int feholdexcept(fenv_t* environment);
int feupdateenv(const fenv_t* environment);

#ifdef __cplusplus
}
#endif
#endif
