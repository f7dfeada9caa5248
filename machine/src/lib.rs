//! A QEMU machine as a value: described, run to its end, and told of with symbols.
//!
//! It boots any x86_64 kernel: one that QEMU loads through a PVH entry, or a disk image. What the kernel says
//! on its control channel is understood by a [`Dialect`] that comes with the machine:
//!
//! ```no_run
//! use machine::{Boot, Dialect, End, LastWord, Machine, Transcript};
//!
//! /// A kernel that sends `done CODE` on COM2 and switches the machine off.
//! #[derive(Debug)]
//! struct Mine;
//!
//! impl Dialect for Mine {
//!     fn last_word(&self, line: &str) -> Option<LastWord> {
//!         line.strip_prefix("done ")?.parse().ok().map(LastWord::Exit)
//!     }
//! }
//!
//! fn main() -> anyhow::Result<()> {
//!     let words = vec!["quiet".into(), "test=memory".into()];
//!     let boot = Boot::Direct { kernel: "target/my-kernel.elf".into(), ramdisk: None, words };
//!     let mut machine = Machine::new(boot, Mine);
//!     machine.cpus = 4;
//!     machine.limit = Some(std::time::Duration::from_secs(30));
//!     let mut transcript = Transcript::default();
//!     let outcome = machine.run(&mut transcript)?;
//!     print!("{}", transcript.text());
//!     assert_eq!(outcome.end, End::Exited(0), "{}", outcome.describe());
//!     Ok(())
//! }
//! ```
//!
//! # What runs
//!
//! [`Machine`] is the description. [`Machine::run`] starts QEMU and returns when it is gone; no QEMU outlives
//! this process, however this process ends (`process.rs`). The program is the one in `PATH`, or what
//! [`Machine::qemu`] says. Three streams come from it, none of which has a name in the file system or a port,
//! so that any number of machines run side by side:
//!
//! ```text
//! COM1    ── standard output ──▶  console: what the guest prints
//! COM2    ── socket pair ──────▶  control: lines for the host     (dialect.rs)
//! monitor ── socket pair ──────▶  QEMU's own protocol: why it stopped,
//!                                 and the registers of every CPU  (monitor.rs)
//! ```
//!
//! A [`Listener`] hears the first two while the machine runs; [`Transcript`] is one that keeps all. No byte of the
//! console is lost: when many wait for a listener, QEMU stands still (`backlog.rs`), while the host's clocks, which are
//! the guest's too, go on.
//!
//! # How it ends
//!
//! [`Outcome`] says why the machine is gone, and where its CPUs were if it hung, panicked or reset itself. A
//! guest may end its machine by ACPI, by the exit device (`isa-debug-exit` at port 0xf4,
//! [`Dialect::exit_device`]), or by a reset. Limits count the time that the machine had, whatever else the
//! host does (`pace.rs`).
//!
//! # What else is here
//!
//! - [`qemu`] finds QEMU and UEFI firmware; [`accelerator`] says whether KVM is worth using;
//! - [`symbols`] turns addresses into functions, files and lines;
//! - [`elf`] reads the lines that a program keeps in a section, such as a list of its tests.
//!
//! Nothing here knows a particular kernel, its command line or its file formats.

pub mod accelerator;
mod arguments;
mod backlog;
pub mod dialect;
pub mod elf;
mod events;
mod listener;
mod monitor;
mod outcome;
mod pace;
mod process;
mod program;
pub mod qemu;
pub mod symbols;

use std::{
    ffi::OsString,
    fmt,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;

pub use accelerator::Accelerator;
pub use dialect::{Dialect, LastWord, Mute};
pub use listener::{Listener, Transcript};
pub use outcome::{End, Outcome, Stack};
pub use qemu::Qemu;
pub use symbols::Symbols;

/// What the machine starts from.
#[derive(Debug)]
pub enum Boot {
    /// QEMU loads the kernel itself, through the kernel's PVH entry.
    Direct {
        /// The ELF file.
        kernel: PathBuf,
        /// The ramdisk, from its beginning; of whatever format the kernel reads.
        ramdisk: Option<File>,
        /// The kernel's command line; a space comes between two words.
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
    /// What the guest's lines on the control channel mean.
    pub dialect: Box<dyn Dialect>,
    /// The QEMU that makes it; the one in `PATH` if `None`.
    pub qemu: Option<Qemu>,
    /// Number of virtual CPUs.
    pub cpus: u32,
    /// The CPU as QEMU names models, such as `max,-nx`; the richest there is when not named.
    pub cpu: Option<String>,
    /// Size of memory, as QEMU reads it: `512M`, `2G`.
    pub memory: String,
    /// Devices beside those that every machine has, as QEMU's `-device` reads them.
    pub devices: Vec<String>,
    /// What executes the instructions.
    pub accelerator: Accelerator,
    /// One guest instruction is one tick of the clock: the same on every machine and run.
    pub counted: bool,
    /// Wait for a debugger before the first instruction, after this function was told where.
    pub debugger: Option<fn(&Debugger)>,
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
    /// The directory whose files are named by their paths in it, where a stack is described.
    pub sources: Option<PathBuf>,
}

/// Where a machine waits for a debugger; as text, the command that starts gdb on it.
#[derive(Clone, Debug)]
pub struct Debugger {
    /// Where it listens, for gdb's protocol.
    pub address: SocketAddr,
    /// The ELF file with the guest's symbols.
    pub symbols: Option<PathBuf>,
}

impl fmt::Display for Debugger {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.symbols.as_deref().unwrap_or(Path::new("")).display();
        write!(out, "gdb {symbols} -ex 'target remote {}'", self.address)
    }
}

impl Machine {
    /// A machine with 2 CPUs and 512 MiB under TCG, without limits of time, whose guest speaks `dialect`.
    pub fn new(boot: Boot, dialect: impl Dialect + 'static) -> Self {
        let symbols = match &boot {
            Boot::Direct { kernel, .. } => Some(kernel.clone()),
            Boot::Disk { .. } => None,
        };
        Self {
            boot,
            dialect: Box::new(dialect),
            qemu: None,
            cpus: 2,
            cpu: None,
            memory: "512M".into(),
            devices: Vec::new(),
            accelerator: Accelerator::Tcg,
            counted: false,
            debugger: None,
            silence: None,
            limit: None,
            input: false,
            symbols,
            program: None,
            sources: None,
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

    /// The words with which QEMU's command line begins.
    fn qemu_words(&self) -> anyhow::Result<Vec<OsString>> {
        let qemu = self.qemu.clone().or_else(Qemu::in_path);
        Ok(qemu.with_context(|| format!("{} is not in PATH", qemu::PROGRAM))?.words())
    }
}
