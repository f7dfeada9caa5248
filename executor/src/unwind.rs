//! Panics of foreign code, of which an executor runs much: polls and drops of futures, wakers.
//!
//! On a host a panic unwinds. Whoever runs several pieces of foreign code in a row runs them all, puts its own
//! state in order, and then lets the first panic go on. In the kernel a panic ends everything, and none of this
//! leaves an instruction.

#[cfg(any(test, feature = "std"))]
mod host {
    use std::any::Any;
    use std::boxed::Box;
    use std::panic;

    /// What a panic carries.
    pub(crate) type Payload = Box<dyn Any + Send>;

    /// Runs foreign code. After a panic nothing of what it worked on is used again, but to be dropped.
    #[inline]
    pub(crate) fn catch<R>(work: impl FnOnce() -> R) -> Result<R, Payload> {
        panic::catch_unwind(panic::AssertUnwindSafe(work))
    }

    /// Lets a panic go on.
    #[cold]
    pub(crate) fn resume(payload: Payload) {
        panic::resume_unwind(payload);
    }

    /// Lets nobody have it, not even its own drop.
    #[cold]
    pub(crate) fn forget(payload: Payload) {
        core::mem::forget(payload);
    }
}

#[cfg(not(any(test, feature = "std")))]
mod host {
    /// There is none.
    pub(crate) type Payload = core::convert::Infallible;

    /// Runs foreign code.
    #[inline(always)]
    pub(crate) fn catch<R>(work: impl FnOnce() -> R) -> Result<R, Payload> {
        Ok(work())
    }

    /// Is never called.
    pub(crate) fn resume(payload: Payload) {
        match payload {}
    }

    /// Is never called.
    pub(crate) fn forget(payload: Payload) {
        match payload {}
    }
}

use host::resume;
pub(crate) use host::{Payload, catch, forget};

/// The first of several panics. The others have been reported by the panic hook, too; what they carry is
/// forgotten, as dropping it could be the next one.
pub(crate) struct Panics(Option<Payload>);

impl Panics {
    #[inline(always)]
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Runs foreign code and notes whether it panics.
    #[inline(always)]
    pub(crate) fn run(&mut self, work: impl FnOnce()) {
        if let Err(payload) = catch(work) {
            self.note(payload);
        }
    }

    #[cold]
    pub(crate) fn note(&mut self, payload: Payload) {
        match self.0 {
            None => self.0 = Some(payload),
            Some(_) => forget(payload),
        }
    }

    /// Lets the first one go on, if there was one.
    #[inline(always)]
    pub(crate) fn resume(self) {
        if let Some(payload) = self.0 {
            resume(payload);
        }
    }
}
