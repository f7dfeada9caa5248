//! Locks and atomics: waitq's, which loom replaces in models, and plain ones that loom does not see; and the
//! lock that an executor which is alone goes without.

use crate::executor::Platform;
use core::cell::Cell;
use core::ops::{Deref, DerefMut};
use waitq::sync::MutexGuard;
pub(crate) use waitq::sync::{Mutex, atomic};

/// Atomics for data that has one writer at a time, ordered by something else (the task's state, a
/// lock), and that may be read at any moment for information. Relaxed, so plain moves on x86.
pub(crate) mod plain {
    pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize};
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

/// The lock of what an executor shares with others of its group. One whose platform shares nothing
/// ([`Platform::SHARES_TASKS`]) spares the atomic step: only its own thread may come here.
pub(crate) struct OwnersLock<T> {
    mutex: Mutex<T>,
    /// Whether an executor that shares nothing is inside.
    #[cfg_attr(loom, allow(dead_code))]
    inside: Cell<bool>,
}

// SAFETY: `inside` is touched by the one thread of an executor that shares nothing; the rest is the mutex.
unsafe impl<T: Send> Sync for OwnersLock<T> {}

/// Access to what an [`OwnersLock`] guards.
pub(crate) enum OwnersGuard<'a, T> {
    Locked(MutexGuard<'a, T>),
    // Models share.
    #[cfg_attr(loom, allow(dead_code))]
    Alone(&'a Cell<bool>, &'a mut T),
}

impl<T> OwnersLock<T> {
    #[cfg(not(loom))]
    pub(crate) const fn new(value: T) -> Self {
        Self { mutex: Mutex::new(value), inside: Cell::new(false) }
    }

    #[cfg(loom)]
    pub(crate) fn new(value: T) -> Self {
        Self { mutex: Mutex::new(value), inside: Cell::new(false) }
    }

    /// Waits for the lock.
    ///
    /// # Panics
    /// If the platform shares nothing: on another thread than its own, or when the lock is held.
    #[inline(always)]
    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn lock<P: Platform>(&self, platform: &P) -> OwnersGuard<'_, T> {
        #[cfg(not(loom))]
        if !P::SHARES_TASKS {
            assert!(platform.is_current(), "this executor is its own thread's only");
            assert!(!self.inside.replace(true), "the list of tasks is being visited");
            // SAFETY: one thread, which the platform promises, and it is not inside already. Such a platform
            // never takes the mutex.
            return OwnersGuard::Alone(&self.inside, unsafe { &mut *self.mutex.as_mut_ptr() });
        }
        let _ = platform;
        OwnersGuard::Locked(self.mutex.lock())
    }

    /// Takes the lock if nobody has it; never where the platform shares nothing.
    pub(crate) fn try_lock<P: Platform>(&self) -> Option<OwnersGuard<'_, T>> {
        let guard = P::SHARES_TASKS.then(|| self.mutex.try_lock()).flatten();
        guard.map(OwnersGuard::Locked)
    }
}

impl<T> Deref for OwnersGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        match self {
            Self::Locked(guard) => guard,
            Self::Alone(_, value) => value,
        }
    }
}

impl<T> DerefMut for OwnersGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Locked(guard) => guard,
            Self::Alone(_, value) => value,
        }
    }
}

impl<T> Drop for OwnersGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Self::Alone(inside, _) = self {
            inside.set(false);
        }
    }
}
