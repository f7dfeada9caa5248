//! Timers: objects that become signalled at a time.

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// An object that asserts `TIMER_SIGNALED` at its deadline.
    Timer
}

impl Timer {
    /// A new timer on the monotonic clock, with slack centred on the deadline.
    pub fn create() -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_timer_create(0, abi::CLOCK_MONOTONIC, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// Starts the timer; `deadline` and `slack` in nanoseconds.
    pub fn set(&self, deadline: i64, slack: i64) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_timer_set(self.raw(), deadline, slack) })
    }

    /// Stops the timer and clears its signal.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_timer_cancel(self.raw()) })
    }
}
