//! What a guest says of its own end, which is for each kernel to choose.
//!
//! A guest has two ways to speak of it: a line on the control channel (COM2), and the value that it writes to
//! the exit device. A [`Dialect`] knows what both mean.

use std::fmt;

use crate::End;

/// What a line says of a machine's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastWord {
    /// The guest ends with this code; for many kernels that of their first process.
    Exit(i64),
    /// The kernel panicked, with this message. The machine may take 5 s from here on to switch off.
    Panic(String),
    /// A stack: of what, and its addresses, innermost first; all but the first return addresses.
    Stack(String, Vec<u64>),
}

/// What one kernel's words mean.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// What a line on the control channel says of the machine's end; `None` if it is for the
    /// [`Listener`](crate::Listener).
    fn last_word(&self, line: &str) -> Option<LastWord>;

    /// The line on the control channel by which the guest ends what it tells of itself at a non-maskable interrupt; `None` if
    /// it tells nothing, and is not to be asked. A guest that hangs is, before its stacks are read.
    fn answers_with(&self) -> Option<&str> {
        None
    }

    /// How a machine ended whose guest wrote `value` to the exit device, and sent no line about it; `None` if
    /// the guest never does that. QEMU passes the low seven bits on.
    ///
    /// Unless said otherwise, 0 is an orderly end.
    fn exit_device(&self, value: u8) -> Option<End> {
        (value == 0).then_some(End::PoweredOff)
    }
}

/// The dialect of a guest that sends no line about its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mute;

impl Dialect for Mute {
    fn last_word(&self, _line: &str) -> Option<LastWord> {
        None
    }
}

/// A hexadecimal number, with or without `0x`.
pub fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

/// Hexadecimal numbers with spaces between them; `None` if one is none.
pub fn addresses(text: &str) -> Option<Vec<u64>> {
    text.split_whitespace().map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hexadecimal() {
        assert_eq!(addresses("0xffffffff80200000 10\t0x0"), Some(vec![0xffff_ffff_8020_0000, 16, 0]));
        assert_eq!(addresses(""), Some(Vec::new()));
        assert_eq!(addresses("10 x"), None);
    }
}
