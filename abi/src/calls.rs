//! What is known of each call, for listings.

use crate::Abi;
use core::fmt;

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A declared call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallInfo {
    /// Whose call it is.
    pub abi: Abi,
    /// Name without prefix.
    pub name: &'static str,
    /// What user code puts into rax; none where the vDSO answers or another call does.
    pub number: Option<u32>,
    /// Whether it works; the others answer that they are not supported.
    pub done: bool,
    /// Whether a thread may wait in it.
    pub blocking: bool,
    /// Whether the vDSO answers it in user mode.
    pub vdso: bool,
    /// The call by which this name is reached on this architecture.
    pub via: Option<&'static str>,
    /// What one of its arguments chooses among, such as topics.
    pub choices: &'static [Choice],
}

/// A constant that chooses what a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Name without the `ZX_` prefix.
    pub name: &'static str,
    /// Whether the call does it.
    pub done: bool,
}

impl CallInfo {
    /// "done", "partly" where it does not do all that can be chosen, or "missing".
    pub fn state(&self) -> &'static str {
        match self.done {
            true if self.choices.iter().all(|choice| choice.done) => "done",
            true => "partly",
            false => "missing",
        }
    }
}
