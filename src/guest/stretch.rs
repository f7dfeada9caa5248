//! The longest time that a kernel went without a chance to take an interrupt, as it tells at its end:
//!
//! ```text
//! hafnon: stretch TICKS in WHAT: ADDRESS …
//! ```

use machine::{Symbols, dialect::addresses};

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
        Some(Self { ticks: ticks.parse().ok()?, during: during.into(), addresses: addresses(list)? })
    }

    /// The stretch that the last of these lines tells of which tell of one.
    pub fn last_of(lines: &[String]) -> Option<Self> {
        lines.iter().rev().find_map(|line| Self::parse(line))
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

    #[test]
    fn the_last_line_counts() {
        let lines = ["hafnon: stretch 1 in a: 0x10", "hafnon: stretch 2 in b: 0x10", "ok 1 a"];
        assert_eq!(Stretch::last_of(&lines.map(str::to_owned)).map(|stretch| stretch.ticks), Some(2));
        assert_eq!(Stretch::last_of(&["ok 1 a".to_owned()]), None);
    }
}
