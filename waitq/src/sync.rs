//! The synchronisation primitives of the workspace: a spin lock and atomics, or loom's under `--cfg loom`.
//!
//! The kernel runs with interrupts off, so a plain spin lock is enough there; host tests are short
//! enough for it too. Everything that loom is to see goes through this module. In builds with debug assertions
//! the lock is watched: see [`checks`].

#[cfg(all(debug_assertions, not(loom)))]
mod checked;
#[cfg_attr(any(loom, not(debug_assertions)), path = "sync/unchecked.rs")]
pub mod checks;
#[cfg(loom)]
mod model;
#[cfg(not(loom))]
mod spinning;

#[cfg(all(debug_assertions, not(loom)))]
pub use checked::{Mutex, MutexGuard};
#[cfg(loom)]
pub use model::{Mutex, MutexGuard, UnsafeCell, atomic};
#[cfg(all(not(debug_assertions), not(loom)))]
pub use spinning::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub use spinning::{UnsafeCell, atomic};
