//! One QEMU machine, from its description to how it ended.
//!
//! [`Machine`] is the description. [`Machine::run`] starts QEMU and returns when
//! it is gone; no QEMU outlives this process, however this process ends
//! (`process`). Three streams come from it, none of which has a name in the file
//! system or a port, so that any number of machines run side by side:
//!
//! ```text
//! COM1    ── standard output ──▶  console: what the guest prints
//! COM2    ── socket pair ──────▶  control: lines for the host     (control.rs)
//! monitor ── socket pair ──────▶  QEMU's own protocol: why it stopped,
//!                                 and the registers of every CPU  (monitor.rs)
//! ```

mod arguments;
pub mod control;
mod events;
mod monitor;
mod outcome;
mod pace;
mod process;
mod program;
mod stretch;

use std::{fs::File, path::PathBuf, time::Duration};

pub use outcome::{End, Outcome, Stack};
pub use stretch::Stretch;

use crate::qemu::Accelerator;

/// What the machine starts from.
#[derive(Debug)]
pub enum Boot {
    /// QEMU loads the kernel itself, through the kernel's PVH entry.
    Direct {
        /// The ELF file.
        kernel: PathBuf,
        /// The ramdisk, from its beginning.
        ramdisk: Option<File>,
        /// The kernel's command line.
        words: Vec<String>,
    },
    /// A disk image, started by SeaBIOS or by the UEFI firmware given.
    Disk {
        /// The image.
        image: PathBuf,
        /// UEFI firmware; BIOS when there is none.
        firmware: Option<PathBuf>,
    },
}

/// A machine to be run.
#[derive(Debug)]
pub struct Machine {
    /// What it starts from.
    pub boot: Boot,
    /// Number of virtual CPUs.
    pub cpus: u32,
    /// The CPU as QEMU names models, such as `max,-nx`; the richest there is when not named.
    pub cpu: Option<String>,
    /// Size of memory, as QEMU reads it: `512M`, `2G`.
    pub memory: String,
    /// What executes the instructions.
    pub accelerator: Accelerator,
    /// One guest instruction is one tick of the clock: the same on every machine and run.
    pub counted: bool,
    /// Wait for a debugger before the first instruction.
    pub debugger: bool,
    /// End the machine when it says nothing for so long. Time in which it waited for a processor of the host
    /// does not count.
    pub silence: Option<Duration>,
    /// End the machine after so long in any case, counted in the same way.
    pub limit: Option<Duration>,
    /// Pass this process's standard input to the guest's console.
    pub input: bool,
    /// The ELF file that addresses are looked up in.
    pub symbols: Option<PathBuf>,
    /// The ELF file of the first process, in which its addresses are looked up.
    pub program: Option<PathBuf>,
}

/// Who listens to a machine while it runs.
pub trait Listener {
    /// The guest printed these bytes.
    fn console(&mut self, bytes: &[u8]);

    /// The guest sent a line that is not about its own end.
    fn control(&mut self, line: &str);

    /// Whether more is wanted; the machine is ended otherwise.
    fn listens(&self) -> bool {
        true
    }
}

impl Machine {
    /// A machine with 2 CPUs and 512 MiB under TCG, without limits of time.
    pub fn new(boot: Boot) -> Self {
        let symbols = match &boot {
            Boot::Direct { kernel, .. } => Some(kernel.clone()),
            Boot::Disk { .. } => None,
        };
        Self {
            boot,
            cpus: 2,
            cpu: None,
            memory: "512M".into(),
            accelerator: Accelerator::Tcg,
            counted: false,
            debugger: false,
            silence: None,
            limit: None,
            input: false,
            symbols,
            program: None,
        }
    }

    /// Asks QEMU whether it can make this machine, without starting it; what it complains about otherwise.
    ///
    /// # Errors
    /// QEMU is missing or can not be started.
    pub fn check(&self) -> anyhow::Result<Result<(), String>> {
        process::check(self)
    }

    /// Runs the machine to its end.
    ///
    /// # Errors
    /// QEMU is missing or can not be started. What goes wrong in the guest is an
    /// [`Outcome`], not an error.
    pub fn run(self, listener: &mut dyn Listener) -> anyhow::Result<Outcome> {
        let process = process::Process::start(&self)?;
        events::follow(&self, process, listener)
    }
}

/// A word of the command line that holds any argument: bytes that a word can not hold are
/// written as `%` and two hexadecimal digits.
pub fn word(key: &str, value: &str) -> String {
    let mut word = format!("{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            word.push(byte.into());
        } else {
            word += &format!("%{byte:02x}");
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn spaces_do_not_split_an_argument() {
        assert_eq!(word("arg", "plain-text.1"), "arg=plain-text.1");
        assert_eq!(word("arg", "a b%"), "arg=a%20b%25");
        assert_eq!(word("arg", ""), "arg=");
    }
}
