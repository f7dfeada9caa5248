// <fenv.h>: the control and status registers of both floating-point units, x87's and SSE's.

#include <fenv.h>

// Where MXCSR has the mask of the exceptions and the rounding, counted from where x87's control word has them.
#define MXCSR_MASKS 7
#define MXCSR_ROUNDING 3

// What a process starts with: every exception masked, rounding to nearest.
#define MXCSR_USUAL 0x1f80
#define X87_USUAL 0x37f

// Words of the older unit's record.
enum { RECORD_CONTROL, RECORD_STATUS };

static unsigned mxcsr(void) {
    unsigned value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static void set_mxcsr(unsigned value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }

static unsigned x87_status(void) {
    unsigned short value;
    __asm__ volatile("fnstsw %0" : "=m"(value));
    return value;
}

static unsigned x87_control(void) {
    unsigned short value;
    __asm__ volatile("fnstcw %0" : "=m"(value));
    return value;
}

static void set_x87_control(unsigned value) {
    unsigned short word = (unsigned short)value;
    __asm__ volatile("fldcw %0" : : "m"(word));
}

static void get_record(fenv_t* environment) {
    // FNSTENV masks all exceptions; FLDENV undoes that.
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(environment->record));
}

int fetestexcept(int exceptions) {
    return (int)((x87_status() | mxcsr()) & (unsigned)exceptions & FE_ALL_EXCEPT);
}

int feclearexcept(int exceptions) {
    unsigned bits = (unsigned)exceptions & FE_ALL_EXCEPT;
    if ((x87_status() & bits) != 0) {
        fenv_t environment;
        get_record(&environment);
        environment.record[RECORD_STATUS] &= ~bits;
        __asm__ volatile("fldenv %0" : : "m"(environment.record));
    }
    set_mxcsr(mxcsr() & ~bits);
    return 0;
}

// They are masked, so that raising is no more than noting.
int feraiseexcept(int exceptions) {
    set_mxcsr(mxcsr() | ((unsigned)exceptions & FE_ALL_EXCEPT));
    return 0;
}

int fegetexceptflag(fexcept_t* flags, int exceptions) {
    *flags = (fexcept_t)fetestexcept(exceptions);
    return 0;
}

int fesetexceptflag(const fexcept_t* flags, int exceptions) {
    feclearexcept(exceptions & (int)~*flags);
    return feraiseexcept(exceptions & (int)*flags);
}

int fegetround(void) { return (int)(x87_control() & FE_TOWARDZERO); }

int fesetround(int rounding) {
    if ((rounding & ~FE_TOWARDZERO) != 0) return -1;
    set_x87_control((x87_control() & ~(unsigned)FE_TOWARDZERO) | (unsigned)rounding);
    set_mxcsr((mxcsr() & ~((unsigned)FE_TOWARDZERO << MXCSR_ROUNDING)) | (unsigned)rounding << MXCSR_ROUNDING);
    return 0;
}

int fegetenv(fenv_t* environment) {
    get_record(environment);
    environment->mxcsr = mxcsr();
    return 0;
}

int fesetenv(const fenv_t* environment) {
    fenv_t usual;
    if (environment == FE_DFL_ENV) {
        get_record(&usual);
        usual.record[RECORD_CONTROL] = (usual.record[RECORD_CONTROL] & ~0xffffu) | X87_USUAL;
        usual.record[RECORD_STATUS] &= ~(unsigned)FE_ALL_EXCEPT;
        usual.mxcsr = MXCSR_USUAL;
        environment = &usual;
    }
    __asm__ volatile("fldenv %0" : : "m"(environment->record));
    set_mxcsr(environment->mxcsr);
    return 0;
}

int feholdexcept(fenv_t* environment) {
    fegetenv(environment);
    feclearexcept(FE_ALL_EXCEPT);
    set_x87_control(x87_control() | FE_ALL_EXCEPT);
    set_mxcsr(mxcsr() | (unsigned)FE_ALL_EXCEPT << MXCSR_MASKS);
    return 0;
}

int feupdateenv(const fenv_t* environment) {
    int raised = fetestexcept(FE_ALL_EXCEPT);
    fesetenv(environment);
    return feraiseexcept(raised);
}
