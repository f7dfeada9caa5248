//! The lines that a guest sends on COM2, apart from its console.
//!
//! ```text
//! hafnon: exit CODE              the first process has exited
//! hafnon: panic MESSAGE          the kernel has panicked
//! hafnon: backtrace ADDRESS …    the stack that panicked, innermost call first
//! hafnon: backtrace of CPU N: ADDRESS …
//! ```
//!
//! Every other line is for whoever runs the machine: test results (KTAP),
//! benchmark figures (`bench NAME VALUE UNIT`), and the longest stretch
//! ([`Stretch`](super::Stretch)).

/// One line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The first process exited with this code.
    Exit(i64),
    /// The kernel panicked.
    Panic(String),
    /// A stack: of what, and its addresses.
    Backtrace(String, Vec<u64>),
    /// A line that is not about the machine's end.
    Other(String),
}

impl Line {
    /// Reads one line.
    pub fn parse(line: &str) -> Self {
        Self::about_the_end(line).unwrap_or_else(|| Self::Other(line.to_owned()))
    }

    fn about_the_end(line: &str) -> Option<Self> {
        let (word, rest) = line.strip_prefix("hafnon: ")?.split_once(' ')?;
        let rest = rest.trim();
        match word {
            "exit" => rest.parse().ok().map(Self::Exit),
            "panic" => Some(Self::Panic(rest.to_owned())),
            "backtrace" => {
                let other = rest.strip_prefix("of ").and_then(|rest| rest.split_once(':'));
                let (of, list) = other.unwrap_or(("the CPU that panicked", rest));
                let addresses = list.split_whitespace().map(address).collect::<Option<_>>()?;
                Some(Self::Backtrace(of.to_owned(), addresses))
            }
            _ => None,
        }
    }
}

/// A hexadecimal number, with or without `0x`.
pub fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_end() {
        assert_eq!(Line::parse("hafnon: exit -3"), Line::Exit(-3));
        assert_eq!(Line::parse("hafnon: panic at the disco"), Line::Panic("at the disco".into()));
        let panicked = Line::parse("hafnon: backtrace 0xffffffff80200000 10");
        let of = "the CPU that panicked".to_owned();
        assert_eq!(panicked, Line::Backtrace(of, vec![0xffff_ffff_8020_0000, 16]));
        let other = Line::parse("hafnon: backtrace of CPU 3: 0x10");
        assert_eq!(other, Line::Backtrace("CPU 3".into(), vec![16]));
    }

    #[test]
    fn other_lines_are_passed_on() {
        for text in ["ok 1 a", "hafnon: exit soon", "hafnon: hello", "hafnon: backtrace x"] {
            assert_eq!(Line::parse(text), Line::Other(text.into()));
        }
    }
}
