//! Time: the monotonic clock, ticks and sleeping, of which reading needs no kernel, and clock objects.

use abi::{ClockCreateArgsV1, ClockDetailsV1, ClockUpdateArgsV2};

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

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

object! {
    /// A clock that is set and steered by whoever may write to it.
    Clock
}

impl Clock {
    /// A new clock with `CLOCK_OPT_*`; it stands at `backstop` nanoseconds, and never shows less.
    pub fn create(options: u64, backstop: i64) -> Result<Self> {
        let (mut out, args) = (Handle::INVALID, ClockCreateArgsV1 { backstop_time: backstop });
        let options = options | 1 << abi::CLOCK_ARGS_VERSION_SHIFT;
        // SAFETY: arguments and place outlive the call.
        check(unsafe { sys::zx_clock_create(options, (&raw const args).cast(), &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// The clock's value in nanoseconds.
    pub fn read(&self) -> Result<i64> {
        let mut now = 0;
        // SAFETY: the place outlives the call.
        check(unsafe { sys::zx_clock_read(self.raw(), &mut now) })?;
        Ok(now)
    }

    /// Everything there is to know about the clock.
    pub fn details(&self) -> Result<ClockDetailsV1> {
        let mut details = ClockDetailsV1::default();
        let options = 1 << abi::CLOCK_ARGS_VERSION_SHIFT;
        // SAFETY: the place outlives the call.
        check(unsafe { sys::zx_clock_get_details(self.raw(), options, (&raw mut details).cast()) })?;
        Ok(details)
    }

    /// Sets or steers the clock; `options`, `CLOCK_UPDATE_OPTION_*`, say what is valid in `args`.
    pub fn update(&self, options: u64, args: &ClockUpdateArgsV2) -> Result<()> {
        let options = options | 2 << abi::CLOCK_ARGS_VERSION_SHIFT;
        // SAFETY: the arguments outlive the call.
        check(unsafe { sys::zx_clock_update(self.raw(), options, core::ptr::from_ref(args).cast()) })
    }
}
