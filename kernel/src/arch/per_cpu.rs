//! A value for each CPU, which that CPU alone can reach.

use super::cpu::{self, MAX_CPUS};
use core::cell::UnsafeCell;
use core::mem;

/// A value for each CPU.
pub struct PerCpu<T>([UnsafeCell<Option<T>>; MAX_CPUS]);

// SAFETY: each CPU reaches its own value only, and a value may move from one CPU to another.
unsafe impl<T: Send> Sync for PerCpu<T> {}

impl<T> Default for PerCpu<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> PerCpu<T> {
    /// No value anywhere.
    pub const fn new() -> Self {
        Self([const { UnsafeCell::new(None) }; MAX_CPUS])
    }

    /// Gives this CPU another value, and its old one back.
    #[inline]
    pub fn replace(&self, value: Option<T>) -> Option<T> {
        // SAFETY: (1) the value is this CPU's; (2) the kernel is not preempted, and is interrupted only while it
        // idles, so nothing else runs here during these few moves.
        unsafe { mem::replace(&mut *self.0[cpu::index()].get(), value) }
    }

    /// Takes this CPU's value out.
    #[inline]
    pub fn take(&self) -> Option<T> {
        // SAFETY: as in `replace`.
        let value = unsafe { &mut *self.0[cpu::index()].get() };
        if value.is_some() { value.take() } else { None }
    }

    /// A copy of this CPU's value.
    pub fn get(&self) -> Option<T>
    where
        T: Clone,
    {
        let value = self.take();
        self.replace(value.clone());
        value
    }
}
