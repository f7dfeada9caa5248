//! The spin lock of builds with debug assertions: who takes it tells [`checks`](super::checks). It has the layout of the
//! lock that ships.

use super::checks::{self, Class};
use super::spinning;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use core::ptr;

/// The spin lock, watched.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct Mutex<T>(spinning::Mutex<T>);

impl<T> Mutex<T> {
    /// A new, unlocked mutex.
    pub const fn new(value: T) -> Self {
        Self(spinning::Mutex::new(value))
    }

    /// Waits for the lock.
    ///
    /// # Panics
    /// If that breaks a rule of [`checks`].
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let (class, place) = (Class::of::<T>(), Location::caller());
        checks::before(class, self.address(), place);
        let guard = self
            .0
            .try_lock()
            .unwrap_or_else(|| checks::while_waiting(class, self.address(), place, || self.0.lock()));
        self.taken(guard, class, place)
    }

    /// Takes the lock if it is free.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        Some(self.taken(self.0.try_lock()?, Class::of::<T>(), Location::caller()))
    }

    fn taken<'a>(
        &'a self,
        guard: spinning::MutexGuard<'a, T>,
        class: Class,
        place: &'static Location<'static>,
    ) -> MutexGuard<'a, T> {
        checks::taken(class, self.address(), place);
        MutexGuard { lock: self.address(), guard }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Where the value is. It may be used only by who has the lock, or keeps others out in another way.
    pub fn as_mut_ptr(&self) -> *mut T {
        self.0.as_mut_ptr()
    }

    /// Whether somebody has the lock.
    pub fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    /// Opens the lock for somebody who will not.
    ///
    /// # Safety
    /// Whoever has the lock uses it no more.
    pub unsafe fn force_unlock(&self) {
        // SAFETY: by contract.
        unsafe { self.0.force_unlock() };
    }

    /// The value of a mutex that nobody else has.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

/// Access to what a [`Mutex`] guards.
pub struct MutexGuard<'a, T> {
    lock: usize,
    guard: spinning::MutexGuard<'a, T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        checks::about_to_release(self.lock);
    }
}
