//! Time: the monotonic clock, ticks and sleeping. Reading either needs no kernel.

use crate::{Result, handle::check, sys};

/// A deadline that never comes.
pub const INFINITE: i64 = i64::MAX;
/// Nanoseconds in a microsecond.
pub const MICROSECOND: i64 = 1_000;
/// Nanoseconds in a millisecond.
pub const MILLISECOND: i64 = 1_000_000;
/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;

/// Monotonic nanoseconds since boot.
#[must_use]
pub fn monotonic() -> i64 {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_clock_get_monotonic() }
}

/// The monotonic time `nanoseconds` from now, at most [`INFINITE`].
#[must_use]
pub fn deadline_after(nanoseconds: i64) -> i64 {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_deadline_after(nanoseconds) }
}

/// Ticks of the hardware counter since boot.
#[must_use]
pub fn ticks() -> i64 {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_ticks_get() }
}

/// Sleeps until the monotonic `deadline`; one that has passed yields the processor.
pub fn sleep_until(deadline: i64) -> Result<()> {
    // SAFETY: the call takes no pointer.
    check(unsafe { sys::zx_nanosleep(deadline) })
}

/// Sleeps for `nanoseconds`.
pub fn sleep(nanoseconds: i64) -> Result<()> {
    sleep_until(deadline_after(nanoseconds))
}

/// Lets other threads run.
pub fn yield_now() {
    // A deadline in the past cannot fail.
    let _ = sleep_until(0);
}
