//! The synchronisation primitives of the workspace: a spin lock and atomics, or loom's under `--cfg loom`.
//!
//! The kernel runs with interrupts off, so a plain spin lock is enough there; host tests are short
//! enough for it too. Everything that loom is to see goes through this module.

#[cfg_attr(loom, path = "sync/model.rs")]
#[cfg_attr(not(loom), path = "sync/spinning.rs")]
mod chosen;

pub use chosen::{Mutex, MutexGuard, UnsafeCell, atomic};
