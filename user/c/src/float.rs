//! The digits of floating-point numbers, for `printf`: `core::fmt` knows how to find them.
//!
//! Numbers come as bits, because Rust code for this target passes them in other registers than C does.

use core::{
    ffi::{c_char, c_int},
    fmt::{self, Write},
};

/// Digits of a number below 1e309, and as many behind the point.
const ROOM: usize = 720;

/// Text that was written; more than fits is dropped.
struct Text {
    bytes: [u8; ROOM],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let count = text.len().min(room.len());
        room[..count].copy_from_slice(&text.as_bytes()[..count]);
        self.length += count;
        Ok(())
    }
}

impl Text {
    /// Leaves `count` bytes.
    fn keep(&mut self, count: usize) {
        self.length = count;
    }

    fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Writes the digits of the number whose bits are `bits`, which is neither negative nor infinite nor NaN, to `out`,
/// which has room for `size` bytes; how many they are. `conversion` is `f`, `e` or `g`; with `alternate`, `g`
/// keeps zeros behind the point.
///
/// # Safety
/// `out` must have room for `size` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn hafnon_format_float(
    out: *mut c_char,
    size: usize,
    bits: u64,
    conversion: c_int,
    precision: c_int,
    alternate: bool,
) -> usize {
    let (value, precision) = (f64::from_bits(bits), precision.max(0) as usize);
    let mut text = Text { bytes: [0; ROOM], length: 0 };
    match conversion as u8 {
        b'e' => exponential(&mut text, value, precision),
        b'g' => general(&mut text, value, precision.max(1), alternate),
        _ => fixed(&mut text, value, precision),
    }
    let count = text.length.min(size);
    // SAFETY: the caller has room for `size` bytes.
    unsafe { core::ptr::copy_nonoverlapping(text.bytes.as_ptr().cast(), out, count) };
    count
}

// Writing to `Text` never fails, so the results below carry nothing.

fn fixed(text: &mut Text, value: f64, precision: usize) {
    let _ = write!(text, "{value:.precision$}");
}

/// Rust writes `1.5e-7`, C wants a sign and two digits: `1.5e-07`.
fn exponential(text: &mut Text, value: f64, precision: usize) {
    let _ = write!(text, "{value:.precision$e}");
    let (digits, exponent) = split(text.text());
    text.keep(digits);
    put_exponent(text, exponent);
}

fn put_exponent(text: &mut Text, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(text, "e{sign}{:02}", exponent.unsigned_abs());
}

/// Length of the digits before the `e`, and the exponent behind it.
fn split(text: &[u8]) -> (usize, i32) {
    let digits = text.iter().position(|byte| *byte == b'e').unwrap_or(text.len());
    let exponent = text.get(digits + 1..).and_then(|text| core::str::from_utf8(text).ok());
    (digits, exponent.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// `precision` significant digits, in the form that fits the size of the number.
fn general(text: &mut Text, value: f64, precision: usize, alternate: bool) {
    let _ = write!(text, "{value:.*e}", precision - 1);
    let (digits, exponent) = split(text.text());
    let plain = (-4..precision as i32).contains(&exponent);
    if plain {
        text.keep(0);
        fixed(text, value, (precision as i32 - 1 - exponent) as usize);
    } else {
        text.keep(digits);
    }
    if !alternate && text.text().contains(&b'.') {
        let zeros = text.text().iter().rev().take_while(|byte| **byte == b'0').count();
        text.keep(text.length - zeros);
        if text.text().ends_with(b".") {
            text.keep(text.length - 1);
        }
    }
    if !plain {
        put_exponent(text, exponent);
    }
}
