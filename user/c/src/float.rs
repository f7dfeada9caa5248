//! The digits of floating-point numbers, for `printf`, and numbers of digits, for `strtod`: `core` knows how to find
//! them.
//!
//! Numbers come and go as bits, because Rust code for this target passes them in other registers than C does.

use core::{
    ffi::{c_char, c_int},
    fmt::{self, Write},
    slice, str,
};

/// Digits of a number below 1e309, and as many behind the point as any number has, or `printf` asks for.
const ROOM: usize = 1500;

/// Bits of a double's fraction.
const FRACTION: i32 = 52;

/// What is added to a double's exponent.
const BIAS: i32 = 1023;

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
/// which has room for `size` bytes; how many they are. `conversion` is `f`, `e`, `g` or `a`; a negative `precision`
/// stands for what is usual; with `alternate` there always is a point, and `g` keeps zeros behind it.
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
    let (value, asked) = (f64::from_bits(bits), usize::try_from(precision).ok());
    let precision = asked.unwrap_or(6);
    let mut text = Text { bytes: [0; ROOM], length: 0 };
    match conversion as u8 {
        b'a' => hexadecimal(&mut text, bits, asked, alternate),
        b'e' => exponential(&mut text, value, precision, alternate),
        b'g' => general(&mut text, value, precision.max(1), alternate),
        _ => fixed(&mut text, value, precision, alternate),
    }
    let count = text.length.min(size);
    // SAFETY: the caller has room for `size` bytes.
    unsafe { core::ptr::copy_nonoverlapping(text.bytes.as_ptr().cast(), out, count) };
    count
}

/// The bits of the double that is nearest to the decimal number in `length` bytes at `text`; 0 if that is none.
///
/// # Safety
/// There must be `length` bytes to read at `text`.
#[unsafe(no_mangle)]
unsafe extern "C" fn hafnon_double_from_decimal(text: *const c_char, length: usize) -> u64 {
    // SAFETY: the caller has that many bytes.
    let text = str::from_utf8(unsafe { slice::from_raw_parts(text.cast(), length) });
    text.ok().and_then(|text| text.parse::<f64>().ok()).map_or(0, f64::to_bits)
}

/// As [`hafnon_double_from_decimal`], for a float.
///
/// # Safety
/// There must be `length` bytes to read at `text`.
#[unsafe(no_mangle)]
unsafe extern "C" fn hafnon_float_from_decimal(text: *const c_char, length: usize) -> u64 {
    // SAFETY: the caller has that many bytes.
    let text = str::from_utf8(unsafe { slice::from_raw_parts(text.cast(), length) });
    text.ok().and_then(|text| text.parse::<f32>().ok()).map_or(0, |number| u64::from(number.to_bits()))
}

// Writing to `Text` never fails, so the results below carry nothing.

fn fixed(text: &mut Text, value: f64, precision: usize, alternate: bool) {
    let _ = write!(text, "{value:.precision$}");
    if alternate && precision == 0 {
        let _ = text.write_str(".");
    }
}

/// Rust writes `1.5e-7`, C wants a sign and two digits: `1.5e-07`.
fn exponential(text: &mut Text, value: f64, precision: usize, alternate: bool) {
    let _ = write!(text, "{value:.precision$e}");
    let (digits, exponent) = split(text.text());
    text.keep(digits);
    if alternate && precision == 0 {
        let _ = text.write_str(".");
    }
    put_exponent(text, exponent);
}

fn put_exponent(text: &mut Text, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(text, "e{sign}{:02}", exponent.unsigned_abs());
}

/// Length of the digits before the `e`, and the exponent behind it.
fn split(text: &[u8]) -> (usize, i32) {
    let digits = text.iter().position(|byte| *byte == b'e').unwrap_or(text.len());
    let exponent = text.get(digits + 1..).and_then(|text| str::from_utf8(text).ok());
    (digits, exponent.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// `precision` significant digits, in the form that fits the size of the number.
fn general(text: &mut Text, value: f64, precision: usize, alternate: bool) {
    let _ = write!(text, "{value:.*e}", precision - 1);
    let (digits, exponent) = split(text.text());
    let plain = (-4..precision as i32).contains(&exponent);
    text.keep(if plain { 0 } else { digits });
    if plain {
        fixed(text, value, (precision as i32 - 1 - exponent) as usize, alternate);
    } else if alternate && precision == 1 {
        let _ = text.write_str(".");
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

/// `1.8p+3` for 12: hexadecimal digits and a power of two. All digits that there are, if no number of them is asked for.
fn hexadecimal(text: &mut Text, bits: u64, asked: Option<usize>, alternate: bool) {
    let (exponent, fraction) = ((bits >> FRACTION) as i32, bits & ((1 << FRACTION) - 1));
    let (mut lead, exponent) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0, _) => (0, 1 - BIAS),
        _ => (1 << FRACTION, exponent - BIAS),
    };
    lead |= fraction;
    let all = FRACTION as usize / 4;
    let precision = asked.unwrap_or(all - (fraction.trailing_zeros() as usize / 4).min(all));
    // Rounded at the last digit: to nearest, ties to even.
    if let Some(dropped @ 1..) = all.checked_sub(precision).map(|digits| 4 * digits) {
        let half = 1u64 << (dropped - 1);
        let odd = lead >> dropped & 1;
        lead = (lead + half - 1 + odd) >> dropped << dropped;
    }
    let _ = write!(text, "{:x}", lead >> FRACTION);
    if precision > 0 || alternate {
        let _ = text.write_str(".");
    }
    for place in 0..precision {
        let digit = if place < all { lead >> (4 * (all - 1 - place)) & 15 } else { 0 };
        let _ = write!(text, "{digit:x}");
    }
    let _ = write!(text, "p{exponent:+}");
}
