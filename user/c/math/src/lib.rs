//! `<math.h>`: the functions of the libm crate under their C names. What that crate lacks is in `user/c/src/math.c`.
//!
//! This is a package of its own because it is not compiled as the programs are. Their target has no floating-point
//! registers, so its functions take numbers where C code does not put them, and calculate in software. This one is
//! compiled as code of the host, whose convention is C's, and never runs there but in `tests/c_library.rs`.

#![no_std]
#![allow(unsafe_code, reason = "C calls these functions, some with raw pointers")]

use core::{
    ffi::{c_int, c_long},
    panic::PanicInfo,
};

unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// Gives functions of the libm crate to C, which has the same names for them.
macro_rules! give {
    ($($type:ty: $($name:ident($($argument:ident: $of:ty),*))*;)*) => {$($(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $of),*) -> $type {
            libm::$name($($argument),*)
        }
    )*)*};
}

give! {
    f64: acos(x: f64) asin(x: f64) asinh(x: f64) atan(x: f64) atanh(x: f64) atan2(y: f64, x: f64)
        cbrt(x: f64) ceil(x: f64) copysign(x: f64, y: f64) cos(x: f64) cosh(x: f64) erf(x: f64) erfc(x: f64) exp(x: f64)
        exp10(x: f64) exp2(x: f64) expm1(x: f64) fabs(x: f64) fdim(x: f64, y: f64) floor(x: f64)
        fma(x: f64, y: f64, z: f64) fmax(x: f64, y: f64) fmin(x: f64, y: f64) fmod(x: f64, y: f64) hypot(x: f64, y: f64)
        j0(x: f64) j1(x: f64) jn(n: c_int, x: f64) y0(x: f64) y1(x: f64) yn(n: c_int, x: f64) ldexp(x: f64, n: c_int)
        log(x: f64) log10(x: f64) log1p(x: f64) log2(x: f64) nextafter(x: f64, y: f64) pow(x: f64, y: f64)
        remainder(x: f64, y: f64) rint(x: f64) round(x: f64) roundeven(x: f64) scalbn(x: f64, n: c_int) sin(x: f64)
        sinh(x: f64) sqrt(x: f64) tan(x: f64) tanh(x: f64) tgamma(x: f64) trunc(x: f64);
    f32: acosf(x: f32) asinf(x: f32) asinhf(x: f32) atanf(x: f32) atanhf(x: f32) atan2f(y: f32, x: f32)
        cbrtf(x: f32) ceilf(x: f32) copysignf(x: f32, y: f32) cosf(x: f32) coshf(x: f32) erff(x: f32) erfcf(x: f32)
        expf(x: f32) exp10f(x: f32) exp2f(x: f32) expm1f(x: f32) fabsf(x: f32) fdimf(x: f32, y: f32) floorf(x: f32)
        fmaf(x: f32, y: f32, z: f32) fmaxf(x: f32, y: f32) fminf(x: f32, y: f32) fmodf(x: f32, y: f32)
        hypotf(x: f32, y: f32) j0f(x: f32) j1f(x: f32) jnf(n: c_int, x: f32) y0f(x: f32) y1f(x: f32) ynf(n: c_int, x: f32)
        ldexpf(x: f32, n: c_int) logf(x: f32) log10f(x: f32) log1pf(x: f32) log2f(x: f32)
        nextafterf(x: f32, y: f32) powf(x: f32, y: f32) remainderf(x: f32, y: f32) rintf(x: f32) roundf(x: f32)
        roundevenf(x: f32) scalbnf(x: f32, n: c_int) sinf(x: f32) sinhf(x: f32) sqrtf(x: f32) tanf(x: f32) tanhf(x: f32)
        tgammaf(x: f32) truncf(x: f32);
    c_int: ilogb(x: f64) ilogbf(x: f32);
}

/// Below 1 there is no such number. The crate finds some for negative ones.
#[unsafe(no_mangle)]
extern "C" fn acosh(x: f64) -> f64 {
    if x < 1.0 { libm::sqrt(-1.0) } else { libm::acosh(x) }
}

/// As [`acosh`].
#[unsafe(no_mangle)]
extern "C" fn acoshf(x: f32) -> f32 {
    if x < 1.0 { libm::sqrtf(-1.0) } else { libm::acoshf(x) }
}

/// Gives functions that have a second result to C, where it is stored through a pointer, the last argument.
macro_rules! give_two {
    ($($name:ident($($argument:ident: $of:ty),*) -> ($type:ty, $second:ty);)*) => {$(
        /// # Safety
        /// `second` must point to a place of its type.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $of,)* second: *mut $second) -> $type {
            let (first, other) = libm::$name($($argument),*);
            // SAFETY: the caller vouches for the place.
            unsafe { second.write(other) };
            first
        }
    )*};
}

give_two! {
    frexp(x: f64) -> (f64, c_int);
    frexpf(x: f32) -> (f32, c_int);
    lgamma_r(x: f64) -> (f64, c_int);
    lgammaf_r(x: f32) -> (f32, c_int);
    modf(x: f64) -> (f64, f64);
    modff(x: f32) -> (f32, f32);
    remquo(x: f64, y: f64) -> (f64, c_int);
    remquof(x: f32, y: f32) -> (f32, c_int);
}

/// # Safety
/// `sine` and `cosine` must point to numbers.
#[unsafe(no_mangle)]
unsafe extern "C" fn sincos(x: f64, sine: *mut f64, cosine: *mut f64) {
    let both = libm::sincos(x);
    // SAFETY: the caller vouches for the places.
    unsafe {
        sine.write(both.0);
        cosine.write(both.1);
    }
}

/// # Safety
/// As for [`sincos`].
#[unsafe(no_mangle)]
unsafe extern "C" fn sincosf(x: f32, sine: *mut f32, cosine: *mut f32) {
    let both = libm::sincosf(x);
    // SAFETY: the caller vouches for the places.
    unsafe {
        sine.write(both.0);
        cosine.write(both.1);
    }
}

/// As [`scalbn`], for exponents that an `int` has no room for.
#[unsafe(no_mangle)]
extern "C" fn scalbln(x: f64, n: c_long) -> f64 {
    libm::scalbn(x, clamp(n))
}

/// As [`scalbnf`], likewise.
#[unsafe(no_mangle)]
extern "C" fn scalblnf(x: f32, n: c_long) -> f32 {
    libm::scalbnf(x, clamp(n))
}

/// The nearest `int`, which is beyond what any number has as its exponent.
fn clamp(n: c_long) -> c_int {
    c_int::try_from(n).unwrap_or(if n < 0 { c_int::MIN } else { c_int::MAX })
}
