//! What the kernel says of its end, apart from its console: lines on COM2, and a value for the exit device.
//!
//! ```text
//! hafnon: exit CODE              the first process has exited
//! hafnon: panic MESSAGE          the kernel has panicked
//! hafnon: backtrace ADDRESS …    the stack that panicked, innermost call first
//! hafnon: backtrace of CPU N: ADDRESS …
//! hafnon: that is all            the kernel was asked what goes on (`kernel/src/overview.rs`), and has told it on the console
//! ```
//!
//! Every other line is for whoever runs the machine: test results (KTAP), the longest stretch
//! ([`Stretch`](super::Stretch)), and two figures:
//!
//! ```text
//! hafnon: user after TICKS       the first user instruction comes now
//! hafnon: idle_task_bytes BYTES  what a task that waits takes
//! ```

use machine::{Dialect, End, LastWord, dialect::addresses};

/// The line about the first user instruction; ticks since the kernel's entry follow.
pub const USER_AFTER: &str = "hafnon: user after ";

/// The line about what an idle task takes; a number of bytes follows.
pub const IDLE_TASK_BYTES: &str = "hafnon: idle_task_bytes ";

/// The kernel's dialect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Control;

impl Dialect for Control {
    fn last_word(&self, line: &str) -> Option<LastWord> {
        let (word, rest) = line.strip_prefix("hafnon: ")?.split_once(' ')?;
        let rest = rest.trim();
        match word {
            "exit" => rest.parse().ok().map(LastWord::Exit),
            "panic" => Some(LastWord::Panic(rest.to_owned())),
            "backtrace" => {
                let other = rest.strip_prefix("of ").and_then(|rest| rest.split_once(':'));
                let (of, list) = other.unwrap_or(("the CPU that panicked", rest));
                Some(LastWord::Stack(of.to_owned(), addresses(list)?))
            }
            _ => None,
        }
    }

    /// The kernel's `overview::LAST_LINE`. What it tells stands on the console.
    fn answers_with(&self) -> Option<&str> {
        Some("hafnon: that is all")
    }

    /// The values of `arch::power::Outcome`.
    fn exit_device(&self, value: u8) -> Option<End> {
        match value {
            0 => Some(End::PoweredOff),
            1 => Some(End::Panicked("(no message came)".into())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_end() {
        let read = |line| Control.last_word(line).unwrap();
        assert_eq!(read("hafnon: exit -3"), LastWord::Exit(-3));
        assert_eq!(read("hafnon: panic at the disco"), LastWord::Panic("at the disco".into()));
        let panicked = read("hafnon: backtrace 0xffffffff80200000 10");
        let of = "the CPU that panicked".to_owned();
        assert_eq!(panicked, LastWord::Stack(of, vec![0xffff_ffff_8020_0000, 16]));
        let other = read("hafnon: backtrace of CPU 3: 0x10");
        assert_eq!(other, LastWord::Stack("CPU 3".into(), vec![16]));
    }

    #[test]
    fn other_lines_are_passed_on() {
        for text in ["ok 1 a", "hafnon: exit soon", "hafnon: hello", "hafnon: backtrace x"] {
            assert_eq!(Control.last_word(text), None);
        }
    }

    #[test]
    fn a_panic_without_words_is_one() {
        assert_eq!(Control.exit_device(0), Some(End::PoweredOff));
        assert!(matches!(Control.exit_device(1), Some(End::Panicked(_))));
        assert_eq!(Control.exit_device(2), None);
    }
}
