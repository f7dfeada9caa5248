//! Updates of a clock: what they may say, and what becomes of the clock's transformations.

use super::{Clock, MILLION, Moment, State, apply, saturate, scale};
use abi::{ClockRate, ClockTransformation, ClockUpdateArgsV1, ClockUpdateArgsV2, Status};

/// An update of a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockUpdate {
    value: Option<i64>,
    /// When the clock has that value, or changes its rate; now, if it is not said.
    reference: Option<i64>,
    rate_adjust: Option<i32>,
    error_bound: Option<u64>,
    /// The first version of the arguments, with which a monotonic clock is set as of now.
    first_version: bool,
}

impl ClockUpdate {
    /// The update of the first version's arguments; `options` says what is valid in them.
    ///
    /// # Errors
    /// `INVALID_ARGS` when `options` has unknown bits or none, or the rate is out of bounds.
    pub fn first(options: u64, args: &ClockUpdateArgsV1) -> Result<Self, Status> {
        let args = ClockUpdateArgsV2 {
            rate_adjust: args.rate_adjust,
            synthetic_value: args.value,
            error_bound: args.error_bound,
            ..Default::default()
        };
        Ok(Self { first_version: true, ..Self::second(options, &args)? })
    }

    /// The update of the second version's arguments.
    ///
    /// # Errors
    /// As for [`ClockUpdate::first`].
    pub fn second(options: u64, args: &ClockUpdateArgsV2) -> Result<Self, Status> {
        let has = |option| options & option != 0;
        let update = Self {
            value: has(abi::CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID).then_some(args.synthetic_value),
            reference: has(abi::CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID).then_some(args.reference_value),
            rate_adjust: has(abi::CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID).then_some(args.rate_adjust),
            error_bound: has(abi::CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID).then_some(args.error_bound),
            first_version: false,
        };
        let rates = abi::CLOCK_UPDATE_MIN_RATE_ADJUST..=abi::CLOCK_UPDATE_MAX_RATE_ADJUST;
        let good = options != 0
            && !has(!abi::CLOCK_UPDATE_OPTIONS_ALL)
            && update.rate_adjust.is_none_or(|rate| rates.contains(&rate));
        if good { Ok(update) } else { Err(Status::INVALID_ARGS) }
    }

    /// Whether there is a reference only where one can be: the first version's arguments have none, and it is the
    /// reference of a value or rate.
    fn refers(&self) -> bool {
        let to_something = !self.first_version && (self.value.is_some() || self.rate_adjust.is_some());
        self.reference.is_none() || to_something
    }

    /// Whether a clock with these options, which runs, may be updated so.
    fn is_allowed(&self, clock: &Clock) -> bool {
        let set = self.value.is_some();
        if set && clock.is(abi::CLOCK_OPT_CONTINUOUS) {
            return false;
        }
        if self.first_version || !clock.is(abi::CLOCK_OPT_MONOTONIC) {
            return true;
        }
        let explicit = set || self.reference.is_some();
        !(set && self.reference.is_none() || explicit && self.rate_adjust.is_some())
    }

    /// Whether the transformations stay as they are.
    fn changes_nothing(&self, state: &State) -> bool {
        let same_rate = self.reference.is_none() && self.rate_adjust == Some(state.rate_adjust);
        self.value.is_none() && (self.rate_adjust.is_none() || same_rate)
    }
}

/// The clock's state after an update.
pub(super) fn updated(
    clock: &Clock,
    before: &State,
    update: &ClockUpdate,
    now: Moment,
) -> Result<State, Status> {
    if !update.refers() {
        return Err(Status::INVALID_ARGS);
    }
    if !before.started && update.value.is_none() {
        return Err(Status::BAD_STATE);
    }
    if before.started && !update.is_allowed(clock) {
        return Err(Status::INVALID_ARGS);
    }
    let mut state = *before;
    if !update.changes_nothing(before) {
        transform(clock, &mut state, update, now);
        check(clock, before, &state, now)?;
    }
    if update.value.is_some() {
        state.value_set = now.ticks;
    }
    if update.rate_adjust.is_some() || !before.started {
        state.rate_adjust = update.rate_adjust.unwrap_or(0);
        state.rate_set = now.ticks;
    }
    if let Some(bound) = update.error_bound {
        state.error_bound = bound;
        state.error_set = now.ticks;
    }
    state.started = true;
    // Zircon counts the begin and the end of an update, so whoever looks finds an even number.
    state.generation = state.generation.wrapping_add(2);
    Ok(state)
}

/// New transformations, which agree with the old ones at the reference unless a value is set.
fn transform(clock: &Clock, state: &mut State, update: &ClockUpdate, now: Moment) {
    let monotonic = update.reference.unwrap_or(now.monotonic);
    let ticks = match update.reference {
        Some(reference) => ticks_at(reference, clock.tick_rate),
        None => now.ticks,
    };
    let synthetic_offset = update.value.unwrap_or_else(|| match update.reference {
        Some(reference) => apply(&state.from_monotonic, reference),
        None => apply(&state.from_ticks, ticks),
    });
    if update.rate_adjust.is_some() || !state.started {
        let rate = steered(update.rate_adjust.unwrap_or(0));
        state.from_monotonic.rate = rate;
        state.from_ticks.rate = product(clock.tick_rate, rate);
    }
    let at = |reference_offset, rate| ClockTransformation { reference_offset, synthetic_offset, rate };
    state.from_monotonic = at(monotonic, state.from_monotonic.rate);
    state.from_ticks = at(ticks, state.from_ticks.rate);
}

/// What holds for every clock at every time: none is before its backstop, a monotonic one never goes back.
fn check(clock: &Clock, before: &State, after: &State, now: Moment) -> Result<(), Status> {
    let value = apply(&after.from_ticks, now.ticks);
    let goes_back = clock.is(abi::CLOCK_OPT_MONOTONIC) && value < apply(&before.from_ticks, now.ticks);
    if goes_back || value < clock.backstop { Err(Status::INVALID_ARGS) } else { Ok(()) }
}

/// The tick count at a monotonic time.
fn ticks_at(monotonic: i64, tick_rate: ClockRate) -> i64 {
    saturate(scale(monotonic.into(), tick_rate.reference_ticks, tick_rate.synthetic_ticks))
}

/// The rate with a deviation in parts per million.
fn steered(adjust: i32) -> ClockRate {
    match adjust {
        0 => ClockRate { synthetic_ticks: 1, reference_ticks: 1 },
        _ => ClockRate { synthetic_ticks: MILLION.saturating_add_signed(adjust), reference_ticks: MILLION },
    }
}

/// One rate after the other, in lowest terms; exact, if those have 32 bits.
fn product(first: ClockRate, second: ClockRate) -> ClockRate {
    let mut synthetic = u64::from(first.synthetic_ticks) * u64::from(second.synthetic_ticks);
    let mut reference = u64::from(first.reference_ticks) * u64::from(second.reference_ticks);
    let common = greatest_common_divisor(synthetic, reference).max(1);
    synthetic /= common;
    reference /= common;
    let excess = 32u32.saturating_sub((synthetic | reference).leading_zeros());
    synthetic >>= excess;
    reference >>= excess;
    ClockRate { synthetic_ticks: synthetic as u32, reference_ticks: reference as u32 }
}

fn greatest_common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}
