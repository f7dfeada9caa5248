//! Locks and atomics: waitq's, which loom replaces in models, and plain ones that loom does not see.

pub(crate) use waitq::sync::{Mutex, atomic};

/// Atomics for data that has one writer at a time, ordered by something else (the task's state, a
/// lock), and that may be read at any moment for information. Relaxed, so plain moves on x86.
pub(crate) mod plain {
    pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
}

/// Marks what one party must have alone. Empty, but loom reports two parties in it at once.
pub(crate) struct Exclusive(#[cfg(loom)] waitq::sync::UnsafeCell<()>);

impl Exclusive {
    pub(crate) fn new() -> Self {
        Self(
            #[cfg(loom)]
            waitq::sync::UnsafeCell::new(()),
        )
    }

    /// Runs `work` as the only party.
    #[inline(always)]
    pub(crate) fn with<R>(&self, work: impl FnOnce() -> R) -> R {
        #[cfg(loom)]
        self.0.with_mut(|_| ());
        let result = work();
        #[cfg(loom)]
        self.0.with_mut(|_| ());
        result
    }
}
