//! Clock: a time that user code sets and steers, as a linear function of the monotonic clock.
//!
//! ```text
//!   value(monotonic) = synthetic_offset + (monotonic - reference_offset) * rate
//! ```
//! The monotonic clock is such a function of the ticks itself, so the clock is one of the ticks, too. It is read
//! as that: rounding twice would be a nanosecond off what the transformation of ticks says. Zircon does the same.
//!
//! Nothing here reads a clock: whoever calls hands in a function that does, which is called under the
//! clock's lock, so that what is read and what is set come in one order.

mod update;

#[cfg(test)]
mod tests;

pub use update::ClockUpdate;

use crate::core::base::Base;
use crate::object::KernelObject;
use abi::{ClockDetailsV1, ClockRate, ClockTransformation, Signals, Status};
use alloc::sync::Arc;
use waitq::sync::Mutex;

/// Millionths in one.
const MILLION: u32 = 1_000_000;

/// A point in time, as both of the kernel's clocks tell it: `monotonic` is what the tick rate makes of `ticks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Nanoseconds since boot.
    pub monotonic: i64,
    /// Ticks since boot.
    pub ticks: i64,
}

/// A clock.
pub struct Clock {
    base: Base,
    /// `ZX_CLOCK_OPT_*`.
    options: u64,
    backstop: i64,
    /// Nanoseconds a tick.
    tick_rate: ClockRate,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    from_monotonic: ClockTransformation,
    from_ticks: ClockTransformation,
    started: bool,
    /// Deviation from the monotonic clock's rate, in parts per million.
    rate_adjust: i32,
    error_bound: u64,
    value_set: i64,
    rate_set: i64,
    error_set: i64,
    generation: u32,
}

impl Clock {
    /// A clock that stands at `backstop`, or, with `AUTO_START`, runs as the monotonic clock does.
    /// `tick_rate` says how many nanoseconds so many ticks are.
    ///
    /// # Errors
    /// `INVALID_ARGS` for unknown options, for `CONTINUOUS` without `MONOTONIC`, for a negative backstop,
    /// and for one in the future of a clock that starts at once.
    pub fn new(
        options: u64,
        backstop: i64,
        tick_rate: ClockRate,
        now: impl FnOnce() -> Moment,
    ) -> Result<Arc<Self>, Status> {
        let has = |option| options & option != 0;
        let started = has(abi::CLOCK_OPT_AUTO_START);
        let now = now();
        if has(!abi::CLOCK_OPTS_ALL)
            || has(abi::CLOCK_OPT_CONTINUOUS) && !has(abi::CLOCK_OPT_MONOTONIC)
            || backstop < 0
            || started && backstop > now.monotonic
        {
            return Err(Status::INVALID_ARGS);
        }
        let state = if started { State::like_monotonic(tick_rate) } else { State::standing(backstop) };
        let signals = if started { Signals::CLOCK_STARTED } else { Signals::empty() };
        let base = Base::with_signals(signals);
        Ok(Arc::new(Self { base, options, backstop, tick_rate, state: Mutex::new(state) }))
    }

    /// The clock's value.
    pub fn read(&self, now: impl FnOnce() -> Moment) -> i64 {
        let state = self.state.lock();
        apply(&state.from_ticks, now().ticks)
    }

    /// Everything there is to know about the clock.
    pub fn details(&self, now: impl FnOnce() -> Moment) -> ClockDetailsV1 {
        let state = *self.state.lock();
        ClockDetailsV1 {
            options: self.options,
            backstop_time: self.backstop,
            ticks_to_synthetic: state.from_ticks,
            mono_to_synthetic: state.from_monotonic,
            error_bound: state.error_bound,
            query_ticks: now().ticks,
            last_value_update_ticks: state.value_set,
            last_rate_adjust_update_ticks: state.rate_set,
            last_error_bounds_update_ticks: state.error_set,
            generation_counter: state.generation,
            ..Default::default()
        }
    }

    /// Sets, steers or starts the clock.
    ///
    /// # Errors
    /// `BAD_STATE` when a clock is to start without a value, `INVALID_ARGS` when its options do not allow
    /// the update.
    pub fn update(&self, update: &ClockUpdate, now: impl FnOnce() -> Moment) -> Result<(), Status> {
        let mut state = self.state.lock();
        *state = update::updated(self, &state, update, now())?;
        self.base.signals.assert(Signals::CLOCK_STARTED);
        Ok(())
    }

    fn is(&self, option: u64) -> bool {
        self.options & option != 0
    }
}

impl State {
    fn standing(value: i64) -> Self {
        let still = ClockTransformation {
            reference_offset: 0,
            synthetic_offset: value,
            rate: ClockRate { synthetic_ticks: 0, reference_ticks: 1 },
        };
        Self {
            from_monotonic: still,
            from_ticks: still,
            started: false,
            rate_adjust: 0,
            error_bound: abi::CLOCK_UNKNOWN_ERROR,
            value_set: 0,
            rate_set: 0,
            error_set: 0,
            generation: 0,
        }
    }

    fn like_monotonic(tick_rate: ClockRate) -> Self {
        let mut state = Self::standing(0);
        state.started = true;
        state.from_monotonic.rate = ClockRate { synthetic_ticks: 1, reference_ticks: 1 };
        state.from_ticks.rate = tick_rate;
        state
    }
}

/// The value that a transformation gives at `reference`; the nearest one there is at the ends of time.
pub(crate) fn apply(transformation: &ClockTransformation, reference: i64) -> i64 {
    let rate = transformation.rate;
    let passed = i128::from(reference) - i128::from(transformation.reference_offset);
    let passed = scale(passed, rate.synthetic_ticks, rate.reference_ticks);
    saturate(i128::from(transformation.synthetic_offset) + passed)
}

/// Rounds down, also below 0, so that time never runs backwards.
fn scale(value: i128, numerator: u32, denominator: u32) -> i128 {
    (value * i128::from(numerator)).div_euclid(i128::from(denominator.max(1)))
}

fn saturate(value: i128) -> i64 {
    value.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

impl KernelObject for Clock {
    fn base(&self) -> &Base {
        &self.base
    }
}
