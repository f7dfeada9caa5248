//! This kernel as QEMU's guest: all that the library in `machine/`, which knows no kernel, has to be told of it.
//!
//! - [`control`] is its dialect: the lines that it sends on COM2, and what it writes to the exit device;
//! - [`Stretch`] is one of these lines, on how long interrupts were off;
//! - [`word`] writes its command line;
//! - [`tests`] reads which tests a program has, and [`check_program`] whether it can be loaded;
//!   [`check_kernel`] tells a kernel from other files.

mod command_line;
pub mod control;
mod program;
mod stretch;

use std::path::Path;

use anyhow::Result;
use machine::{Boot, Machine, Symbols, elf};

pub use command_line::{LONGEST_COMMAND_LINE, word};
pub use control::Control;
pub use program::{check_kernel, check_program};
pub use stretch::Stretch;

use crate::{qemu, workspace};

/// The section in which a kernel or program lists its tests, one a line.
pub const TESTS_SECTION: &str = ".hafnon_tests";

/// The lines of the tests section of `file`; none when it has no such section.
///
/// # Errors
/// The file can not be read or parsed, or the section is no text.
pub fn tests(file: &Path) -> Result<Vec<String>> {
    elf::lines(file, TESTS_SECTION)
}

/// A machine for this kernel, as [`Machine::new`] makes it otherwise. QEMU is fetched if it has to be.
///
/// # Errors
/// QEMU is missing and can not be fetched.
pub fn machine(boot: Boot) -> Result<Machine> {
    Ok(Machine {
        qemu: Some(qemu::ensure()?.qemu),
        sources: Some(workspace::root().into()),
        ..Machine::new(boot, Control)
    })
}

/// The symbols of `file`; files of this checkout are named by their paths in it.
pub fn symbols(file: &Path) -> Symbols {
    Symbols::of(file).below(workspace::root())
}
