//! The kernel's settings: words of the command line, `name=value`.

use crate::boot;

/// The value of the first word `name=…`.
pub fn value(name: &str) -> Option<&'static str> {
    values(name).next()
}

/// The values of all words `name=…`, in their order.
pub fn values(name: &str) -> impl Iterator<Item = &'static str> {
    boot::command_line()
        .split_ascii_whitespace()
        .filter_map(|word| word.split_once('='))
        .filter(move |(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The bytes that a value stands for: what a word can not hold, such as a space, is written as `%`
/// and two hexadecimal digits.
pub fn bytes_of(value: &str) -> impl Iterator<Item = u8> {
    let mut rest = value.bytes();
    core::iter::from_fn(move || match rest.next()? {
        b'%' => Some(digit(rest.next()?)? << 4 | digit(rest.next()?)?),
        byte => Some(byte),
    })
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
