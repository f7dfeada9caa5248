//! Tests that run inside a kernel booted in QEMU, as ordinary tests of
//! `cargo test`, `cargo nextest run` and an editor's run button.
//!
//! ```no_run
//! let suite = qemu_tests::Suite::new("kernel", "target/my-kernel-tests.elf")
//!     .machine(|machine| machine.cpus(4));
//! suite.run();
//! ```
//!
//! What a guest must do, whatever it is written in:
//!
//! 1. list its tests in the ELF section `.hafnon_tests`, one a line: the name, and
//!    what it needs ([`plan`]); the list is read without a boot;
//! 2. run the test that the word `test=NAME` of its command line names;
//! 3. report on the second UART (COM2) in KTAP ([`report`]), a comment
//!    `# start NAME` before the test starts included;
//! 4. send `hafnon: exit 0` there and end the machine ([`hafnon::guest::control`]).
//!
//! With tests in a user program ([`Suite::of_program`]), the program lists them, is given the
//! name as its argument, and reports on the console; the kernel passes its exit code on.
//!
//! Each test has a machine of its own ([`run`]), and as many machines run at once
//! as the host has processors for their virtual CPUs ([`slots`]). A test that takes long is
//! named while it does ([`notice`]). A kernel may tell how long interrupts were off
//! ([`hafnon::guest::Stretch`]): the run's longest is shown at its end ([`longest`]), and a suite
//! may set a limit ([`Settings::longest_stretch`]).

pub mod longest;
pub mod notice;
pub mod plan;
pub mod report;
pub mod run;
pub mod slots;
mod suite;

pub use suite::{Settings, Suite, main};
