//! What is known of each call, for listings.

use core::fmt;

/// A family of calls with numbers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Abi {
    /// `zx_*`.
    Zircon,
    /// `mx_*`.
    Magenta,
    /// VeridianOS.
    Veridian,
    /// Linux on x86-64.
    Linux,
}

impl Abi {
    /// Every ABI.
    pub const ALL: [Abi; 4] = [Abi::Zircon, Abi::Magenta, Abi::Veridian, Abi::Linux];

    /// Its name in lower case, as on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Abi::Zircon => "zircon",
            Abi::Magenta => "magenta",
            Abi::Veridian => "veridian",
            Abi::Linux => "linux",
        }
    }
}

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
}

impl CallInfo {
    /// "done" or "missing".
    pub const fn state(&self) -> &'static str {
        if self.done { "done" } else { "missing" }
    }
}
