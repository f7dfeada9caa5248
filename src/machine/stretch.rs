//! The longest time that a kernel went without a chance to take an interrupt, as it tells at its end:
//!
//! ```text
//! hafnon: stretch TICKS in WHAT: ADDRESS …
//! ```

use super::control::address;
use crate::symbols::Symbols;

/// A stretch of kernel code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How long it was, in ticks of the time stamp counter: instructions where those are counted.
    pub ticks: u64,
    /// What the kernel was at.
    pub during: String,
    /// The stack at its end, innermost first.
    pub addresses: Vec<u64>,
}

impl Stretch {
    /// Reads the kernel's line.
    pub fn parse(line: &str) -> Option<Self> {
        let (ticks, rest) = line.strip_prefix("hafnon: stretch ")?.split_once(" in ")?;
        let (during, list) = rest.rsplit_once(':')?;
        let addresses = list.split_whitespace().map(address).collect::<Option<_>>()?;
        Some(Self { ticks: ticks.parse().ok()?, during: during.into(), addresses })
    }

    /// Its length, what it was, and the stack with its symbols; for a person.
    pub fn describe(&self, symbols: &Symbols) -> String {
        let Self { ticks, during, addresses } = self;
        format!("{ticks} ticks without a chance for interrupts in {during}\n{}", symbols.backtrace(addresses))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read() {
        let line = "hafnon: stretch 1234 in task thread after system call 7: 0x10 0xff";
        let stretch = Stretch::parse(line).unwrap();
        assert_eq!((stretch.ticks, &stretch.addresses[..]), (1234, &[16, 255][..]));
        assert_eq!(stretch.during, "task thread after system call 7");
        assert_eq!(Stretch::parse("hafnon: stretch long in polls: 0x10"), None);
        assert_eq!(Stretch::parse("hafnon: exit 0"), None);
    }
}
