//! How a machine ended, as a sentence, a stack and an exit status.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::symbols::Symbols;

/// Why a machine is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The first process exited with this code.
    Exited(i64),
    /// The kernel panicked with this message.
    Panicked(String),
    /// The machine reset itself: a triple fault, unless the kernel asked for it.
    Reset,
    /// The machine switched itself off without saying how its first process ended.
    PoweredOff,
    /// It said nothing for this long.
    Silent(Duration),
    /// It ran for longer than this.
    TookTooLong(Duration),
    /// Nobody took for this long what it printed, and it waited for that.
    Unread(Duration),
    /// Nobody listened any more.
    Unheard,
    /// QEMU ended for a reason of its own.
    QemuFailed,
}

/// A stack of one CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Whose stack, and what it was doing.
    pub title: String,
    /// Innermost first; all but the first return addresses.
    pub addresses: Vec<u64>,
    /// How far the user program that the addresses are in lies from where it was linked for; `None` for the
    /// kernel.
    pub program_at: Option<u64>,
}

/// What is known after a machine has ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Why it ended.
    pub end: End,
    /// Whether it hung, was asked what went on in it, and told that: see
    /// [`Dialect::answers_with`](crate::Dialect::answers_with).
    pub told: bool,
    /// Where its CPUs were, when it did not end well.
    pub stacks: Vec<Stack>,
    /// The ELF file that addresses are looked up in, if it was named.
    pub symbols: Option<PathBuf>,
    /// The ELF file of the first process, if it was named.
    pub program: Option<PathBuf>,
    /// The directory whose files are named by their paths in it, if one was named.
    pub sources: Option<PathBuf>,
    /// What QEMU printed about itself.
    pub complaints: String,
}

impl End {
    /// The exit status for a command that ran the machine: the guest's own code, as far as it
    /// fits, or one that says what happened to the guest.
    pub fn status(&self) -> u8 {
        match self {
            Self::Exited(code) => fold(*code),
            Self::Panicked(_) => 101,
            Self::Reset => 102,
            Self::PoweredOff | Self::QemuFailed => 103,
            Self::Silent(_) | Self::TookTooLong(_) | Self::Unread(_) => 124,
            // As a program that writes to a pipe without a reader.
            Self::Unheard => 141,
        }
    }
}

/// The low byte of a code, but never 0 for a code that is not 0.
fn fold(code: i64) -> u8 {
    match code.to_le_bytes()[0] {
        0 if code != 0 => 1,
        byte => byte,
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(out, "the first process exited with code {code}"),
            Self::Panicked(message) => write!(out, "the kernel panicked: {message}"),
            Self::Reset => write!(out, "the machine reset itself (a triple fault)"),
            Self::PoweredOff => write!(out, "the machine switched off without an exit code"),
            Self::Silent(time) => {
                write!(out, "the guest hangs: it said nothing for {} s", time.as_secs())
            }
            Self::TookTooLong(time) => {
                write!(out, "the guest hangs: it still ran after {} s", time.as_secs())
            }
            Self::Unread(time) => {
                write!(out, "nobody has read for {} s what the guest prints", time.as_secs())
            }
            Self::Unheard => write!(out, "nobody reads what the guest prints"),
            Self::QemuFailed => write!(out, "QEMU ended by itself"),
        }
    }
}

impl Outcome {
    /// The symbols of the kernel; none if the machine named no file with them. Each call reads the file.
    pub fn symbols(&self) -> Symbols {
        self.symbols_of(self.symbols.as_deref())
    }

    fn symbols_of(&self, file: Option<&Path>) -> Symbols {
        let symbols = file.map(Symbols::of).unwrap_or_default();
        match &self.sources {
            Some(sources) => symbols.below(sources),
            None => symbols,
        }
    }

    /// The end, what QEMU said, and every stack with its symbols; for a person.
    pub fn describe(&self) -> String {
        let kernel = self.symbols();
        let mut text = format!("{}\n", self.end);
        for line in self.complaints.lines() {
            text += &format!("  QEMU: {line}\n");
        }
        for stack in &self.stacks {
            let frames = match (stack.program_at, &self.program) {
                (Some(start), Some(file)) => {
                    self.symbols_of(Some(file)).backtrace_from(start, &stack.addresses)
                }
                _ => kernel.backtrace(&stack.addresses),
            };
            text += &format!("{}\n{frames}", stack.title);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_failure_looks_like_success() {
        assert_eq!(End::Exited(0).status(), 0);
        assert_eq!(End::Exited(7).status(), 7);
        assert_eq!(End::Exited(-1).status(), 255);
        assert_eq!(End::Exited(256).status(), 1);
        assert_ne!(End::Reset.status(), 0);
        assert_ne!(End::Silent(Duration::ZERO).status(), 0);
    }

    #[test]
    fn an_end_is_told_with_what_is_known_of_it() {
        let stack = Stack { title: "CPU 0, running".into(), addresses: vec![0x10], program_at: None };
        let outcome = Outcome {
            end: End::Reset,
            told: false,
            stacks: vec![stack],
            symbols: None,
            program: None,
            sources: None,
            complaints: "a warning\n".into(),
        };
        let told = "the machine reset itself (a triple fault)\n  QEMU: a warning\n\
                    CPU 0, running\n   0: 0x0000000000000010 ?\n";
        assert_eq!(outcome.describe(), told);
    }
}
