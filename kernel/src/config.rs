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
