//! What runs: a spin lock, and the atomics and cell of `core`.

pub use core::sync::atomic;
pub use spin::mutex::SpinMutexGuard as MutexGuard;

/// `spin`'s lock, whose wait for another CPU stands apart: a lock is free nearly always, and the loop beside it
/// made callers keep more registers.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct Mutex<T>(spin::mutex::SpinMutex<T>);

impl<T> Mutex<T> {
    /// A new, unlocked mutex.
    pub const fn new(value: T) -> Self {
        Self(spin::mutex::SpinMutex::new(value))
    }

    /// Waits for the lock.
    #[inline(always)]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        match self.0.try_lock() {
            Some(guard) => guard,
            None => self.wait(),
        }
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) -> MutexGuard<'_, T> {
        self.0.lock()
    }

    /// Takes the lock if it is free.
    #[inline(always)]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock()
    }

    /// Where the value is. It may be used only by who has the lock, or keeps others out in another way.
    #[inline(always)]
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

/// `core::cell::UnsafeCell` behind loom's closure interface.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct UnsafeCell<T: ?Sized>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    /// Hands out a pointer for reading.
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        f(self.0.get())
    }

    /// Hands out a pointer for writing.
    #[inline(always)]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}
