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

use core::panic::Location;

#[cfg(all(debug_assertions, not(loom)))]
pub use checked::{Mutex, MutexGuard};
#[cfg(loom)]
pub use model::{Mutex, MutexGuard, UnsafeCell, atomic};
#[cfg(all(not(debug_assertions), not(loom)))]
pub use spinning::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub use spinning::{UnsafeCell, atomic};

/// A lock that a CPU holds, or waits for: see [`checks::for_each_held`].
#[derive(Clone, Copy, Debug)]
pub struct HeldLock {
    /// The type of what it guards.
    pub class: &'static str,
    /// Where it is.
    pub lock: usize,
    /// Where in the program it was taken.
    pub place: &'static Location<'static>,
    /// Whether it is waited for still.
    pub awaited: bool,
}

/// What to do about a lock that somebody has: for those who look at what others work with, and may have stopped them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Wait for it.
    Waits,
    /// Do without what it guards.
    Tries,
}

/// Somebody has the lock, and there was no patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locked;

impl Patience {
    /// Takes the lock.
    ///
    /// # Errors
    /// Somebody has it, and is not waited for.
    pub fn lock<T>(self, mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Locked> {
        match self {
            Self::Waits => Ok(mutex.lock()),
            Self::Tries => mutex.try_lock().ok_or(Locked),
        }
    }
}
