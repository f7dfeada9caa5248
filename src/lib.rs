//! The host's side of hafnon: everything between `cargo run` and the first
//! instruction of the kernel, and between its last word and an exit status.
//!
//! - [`toolchain`] finds or fetches a compiler for the kernel, with [`packages`];
//! - [`compile`] builds the kernel and the user programs with it, [`c`] those in C;
//! - [`ramdisk`] and [`image`] pack what was built;
//! - [`qemu`] finds or fetches QEMU, in which the [`machine`] library runs it;
//! - [`guest`] is what that library has to be told of this kernel.
//!
//! `src/main.rs` is the command on top of this library, and `qemu-tests` the
//! test runner on top of it.

pub mod c;
pub mod compile;
pub mod guest;
pub mod image;
pub mod packages;
pub mod qemu;
pub mod ramdisk;
pub mod steps;
pub mod toolchain;
pub mod workspace;

/// How many instructions the kernel may execute between two chances to take an interrupt
/// (`docs/decisions/0001-bounded-work.md`).
pub const LONGEST_STRETCH: u64 = 200_000;
