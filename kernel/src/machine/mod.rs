//! The machine as objects and personalities see it: what objects ask of it by their traits, what a process is to it, and
//! what system calls need of the hardware, which they do not touch themselves.

pub mod devices;
pub mod entropy;
pub mod loader;
pub mod log;
pub mod pressure;
pub mod process;
pub mod vdso;

pub use crate::arch::bases;
pub use crate::arch::cpu::count as cpu_count;
pub use crate::arch::serial::CONSOLE;
pub use crate::arch::time::{self, now};
