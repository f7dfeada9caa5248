//! The arithmetic and the rules of clocks, at times that the tests choose.

use super::*;
use crate::object::KernelObject;
use abi::{ClockUpdateArgsV1, ClockUpdateArgsV2};

/// Half a nanosecond a tick.
const TICK_RATE: ClockRate = ClockRate { synthetic_ticks: 1, reference_ticks: 2 };
const MONOTONIC: u64 = abi::CLOCK_OPT_MONOTONIC;
const CONTINUOUS: u64 = MONOTONIC | abi::CLOCK_OPT_CONTINUOUS;
const AUTO_START: u64 = abi::CLOCK_OPT_AUTO_START;
const VALUE: u64 = abi::CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID;
const RATE: u64 = abi::CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID;
const ERROR: u64 = abi::CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID;
const REFERENCE: u64 = abi::CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID;

fn at(monotonic: i64) -> impl Fn() -> Moment {
    move || Moment { monotonic, ticks: monotonic.saturating_mul(2) }
}

fn clock(options: u64, backstop: i64) -> Result<Arc<Clock>, Status> {
    Clock::new(options, backstop, TICK_RATE, at(1000))
}

fn good(options: u64, backstop: i64) -> Arc<Clock> {
    clock(options, backstop).expect("a clock")
}

fn first(clock: &Clock, options: u64, value: i64, rate_adjust: i32, now: i64) -> Result<(), Status> {
    let args = ClockUpdateArgsV1 { rate_adjust, value, error_bound: 7, ..Default::default() };
    clock.update(&ClockUpdate::first(options, &args)?, at(now))
}

fn second(clock: &Clock, options: u64, values: (i64, i64), rate: i32, now: i64) -> Result<(), Status> {
    let (reference_value, synthetic_value) = values;
    let args = ClockUpdateArgsV2 {
        rate_adjust: rate,
        reference_value,
        synthetic_value,
        error_bound: 7,
        ..Default::default()
    };
    clock.update(&ClockUpdate::second(options, &args)?, at(now))
}

const BAD: Result<(), Status> = Err(Status::INVALID_ARGS);

#[test]
fn creation_checks_options_and_backstop() {
    for (options, backstop) in
        [(8, 0), (abi::CLOCK_OPT_CONTINUOUS, 0), (0, -1), (AUTO_START, 1001), (AUTO_START, -1)]
    {
        assert_eq!(clock(options, backstop).err(), Some(Status::INVALID_ARGS), "{options:#x} {backstop}");
    }
    good(AUTO_START | CONTINUOUS, 1000);
}

#[test]
fn a_clock_stands_at_its_backstop_until_it_is_set() {
    let clock = good(0, 5500);
    assert_eq!(clock.read(at(9_999)), 5500);
    assert_eq!(first(&clock, RATE, 0, 5, 2000), Err(Status::BAD_STATE));
    assert_eq!(first(&clock, VALUE, 5499, 0, 2000), BAD);
    assert!(!clock.base().signals.get().contains(Signals::CLOCK_STARTED));
    assert_eq!(first(&clock, VALUE, 6000, 0, 2000), Ok(()));
    assert!(clock.base().signals.get().contains(Signals::CLOCK_STARTED));
    assert_eq!(clock.read(at(2100)), 6100);
}

#[test]
fn auto_start_follows_the_monotonic_clock() {
    let clock = good(AUTO_START, 0);
    assert!(clock.base().signals.get().contains(Signals::CLOCK_STARTED));
    assert_eq!(clock.read(at(1234)), 1234);
    let details = clock.details(at(1234));
    assert_eq!(apply(&details.ticks_to_synthetic, details.query_ticks), 1234);
    assert_eq!((details.options, details.error_bound), (AUTO_START, abi::CLOCK_UNKNOWN_ERROR));
}

#[test]
fn a_rate_bends_the_line_without_a_jump() {
    let clock = good(AUTO_START | CONTINUOUS, 0);
    assert_eq!(first(&clock, RATE, 0, 1000, 2_000_000), Ok(()));
    assert_eq!(clock.read(at(2_000_000)), 2_000_000);
    assert_eq!(clock.read(at(3_000_000)), 3_001_000);
    assert_eq!(first(&clock, RATE, 0, -1000, 3_000_000), Ok(()));
    assert_eq!(clock.read(at(4_000_000)), 4_000_000);
    for rate in [1001, -1001, i32::MAX, i32::MIN] {
        assert_eq!(first(&clock, RATE, 0, rate, 5_000_000), BAD);
    }
    let details = clock.details(at(4_000_000));
    assert_eq!(apply(&details.ticks_to_synthetic, details.query_ticks), 4_000_000);
}

#[test]
fn monotonic_clocks_never_go_back() {
    let clock = good(MONOTONIC, 0);
    assert_eq!(first(&clock, VALUE, 100, 0, 0), Ok(()));
    assert_eq!(first(&clock, VALUE, 109, 0, 10), BAD);
    assert_eq!(first(&clock, VALUE, 110, 0, 10), Ok(()));
    assert_eq!(second(&clock, VALUE, (0, 1000), 0, 20), BAD, "it needs a reference");
    assert_eq!(second(&clock, VALUE | REFERENCE | RATE, (20, 1000), 1, 20), BAD);
    assert_eq!(second(&clock, RATE | REFERENCE, (20, 0), 1, 20), BAD);
    assert_eq!(second(&clock, VALUE | REFERENCE, (20, 119), 0, 20), BAD);
    assert_eq!(second(&clock, VALUE | REFERENCE, (10, 130), 0, 20), Ok(()));
    assert_eq!(clock.read(at(20)), 140);
}

#[test]
fn continuous_clocks_are_set_once() {
    let clock = good(CONTINUOUS, 0);
    assert_eq!(second(&clock, VALUE | REFERENCE, (50, 100), 0, 60), Ok(()));
    assert_eq!(clock.read(at(60)), 110);
    assert_eq!(first(&clock, VALUE, 1000, 0, 70), BAD);
    assert_eq!(second(&clock, VALUE | REFERENCE, (70, 1000), 0, 70), BAD);
}

#[test]
fn other_clocks_may_go_back_to_the_backstop() {
    let clock = good(0, 50);
    assert_eq!(first(&clock, VALUE, 1000, 0, 0), Ok(()));
    assert_eq!(second(&clock, VALUE, (0, 50), 0, 10), Ok(()));
    assert_eq!(clock.read(at(10)), 50);
    assert_eq!(second(&clock, VALUE | REFERENCE, (20, 59), 0, 10), BAD, "49 by now");
    assert_eq!(second(&clock, RATE | REFERENCE, (0, 0), 1000, 10), Ok(()));
}

/// Three nanoseconds are seven ticks, so that a nanosecond is lost where something is rounded twice.
#[test]
fn both_transformations_meet_where_an_update_was_made() {
    let tick_rate = ClockRate { synthetic_ticks: 3, reference_ticks: 7 };
    let nanoseconds = |ticks: i64| (ticks * 3).div_euclid(7);
    for (options, start) in [(0, 0), (MONOTONIC, 0), (CONTINUOUS, 0), (AUTO_START, 0), (0, 5)] {
        let begin = || Moment { monotonic: nanoseconds(start), ticks: start };
        let clock = Clock::new(options, 0, tick_rate, begin).expect("a clock");
        let set = ClockUpdateArgsV1 { value: 1_000_000, ..Default::default() };
        let steer = |rate_adjust| ClockUpdateArgsV1 { rate_adjust, ..Default::default() };
        let updates = [(VALUE, set), (RATE, steer(65)), (RATE, steer(-900)), (ERROR, steer(0))];
        for (number, ((options, args), ticks)) in
            updates.into_iter().zip([1004, 2002, 33_339, 50_000]).enumerate()
        {
            let now = || Moment { monotonic: nanoseconds(ticks), ticks };
            let (before, value) = (clock.details(now), clock.read(now));
            let update = ClockUpdate::first(options, &args).expect("an update");
            assert_eq!(clock.update(&update, now), Ok(()), "{number}");
            let after = clock.details(now);
            assert_eq!(after.generation_counter, before.generation_counter + 2);
            let (ticks_line, line) = (after.ticks_to_synthetic, after.mono_to_synthetic);
            assert_eq!(nanoseconds(ticks_line.reference_offset), line.reference_offset);
            assert_eq!(ticks_line.synthetic_offset, line.synthetic_offset);
            if options == RATE {
                assert_eq!(value, ticks_line.synthetic_offset);
            }
            assert_eq!(clock.read(now), if options == VALUE { 1_000_000 } else { value });
        }
    }
}

#[test]
fn an_auto_started_clock_never_leaves_the_monotonic_one() {
    let tick_rate = ClockRate { synthetic_ticks: 3, reference_ticks: 7 };
    let moment = |ticks: i64| move || Moment { monotonic: (ticks * 3).div_euclid(7), ticks };
    let clock = Clock::new(AUTO_START, 0, tick_rate, moment(1_000_001)).expect("a clock");
    for ticks in (1_000_001..1_000_100).chain([i64::MAX / 7 * 2]) {
        assert_eq!(clock.read(moment(ticks)), moment(ticks)().monotonic);
    }
}

#[test]
fn options_of_updates_are_checked() {
    let clock = good(AUTO_START, 0);
    for options in [0, 1 << 4, 1 << 63, REFERENCE, REFERENCE | ERROR] {
        assert_eq!(second(&clock, options, (0, 0), 0, 2000), BAD, "{options:#x}");
    }
    assert_eq!(first(&clock, VALUE | REFERENCE, 5000, 0, 2000), BAD);
}

#[test]
fn details_tell_what_was_updated_when() {
    let clock = good(AUTO_START, 0);
    assert_eq!(first(&clock, ERROR, 0, 0, 2000), Ok(()));
    assert_eq!(first(&clock, RATE, 0, 3, 3000), Ok(()));
    assert_eq!(first(&clock, VALUE, 10, 0, 4000), Ok(()));
    let details = clock.details(at(5000));
    assert_eq!(
        [
            details.last_error_bounds_update_ticks,
            details.last_rate_adjust_update_ticks,
            details.last_value_update_ticks,
            details.query_ticks,
        ],
        [4000, 6000, 8000, 10_000]
    );
    assert_eq!((details.error_bound, details.generation_counter), (7, 6));
    assert_eq!(details.mono_to_synthetic.rate.synthetic_ticks, 1_000_003);
}

#[test]
fn the_ends_of_time_are_no_overflow() {
    let clock = good(0, 0);
    assert_eq!(second(&clock, VALUE | REFERENCE, (i64::MIN, i64::MAX), 0, 10), Ok(()));
    assert_eq!(clock.read(at(i64::MAX)), i64::MAX);
    assert_eq!(second(&clock, VALUE | REFERENCE, (i64::MAX, i64::MIN), 0, 10), BAD);
}

/// As many ticks a second as a time stamp counter may have: the product of its rate and another one's needs more
/// than 32 bits until it is reduced.
#[test]
fn the_rate_of_ticks_is_as_exact_as_the_steered_one() {
    let tick_rate = ClockRate { synthetic_ticks: 1_000_000, reference_ticks: 2_893_437 };
    let clock = Clock::new(AUTO_START, 0, tick_rate, at(0)).expect("a clock");
    for (adjust, expected) in [(65, (333_355, 964_479)), (-1000, (3000, 8689)), (0, (1_000_000, 2_893_437))] {
        assert_eq!(first(&clock, RATE, 0, adjust, 1000), Ok(()));
        let rate = clock.details(at(1000)).ticks_to_synthetic.rate;
        assert_eq!((rate.synthetic_ticks, rate.reference_ticks), expected, "{adjust}");
    }
}

/// What is known of a clock, without its times and transformations.
fn known(clock: &Clock) -> (u64, i64, u64, u32) {
    let details = clock.details(at(0));
    (details.options, details.backstop_time, details.error_bound, details.generation_counter)
}

fn rate(synthetic_ticks: u32, reference_ticks: u32) -> ClockRate {
    ClockRate { synthetic_ticks, reference_ticks }
}

fn line(reference_offset: i64, synthetic_offset: i64, rate: ClockRate) -> ClockTransformation {
    ClockTransformation { reference_offset, synthetic_offset, rate }
}

/// The transformations of monotonic time and of ticks.
fn lines(clock: &Clock) -> [ClockTransformation; 2] {
    let details = clock.details(at(0));
    [details.mono_to_synthetic, details.ticks_to_synthetic]
}

#[test]
fn details_are_those_of_the_clock_from_its_beginning_on() {
    let unknown = abi::CLOCK_UNKNOWN_ERROR;
    let standing = good(CONTINUOUS, 5500);
    assert_eq!(known(&standing), (CONTINUOUS, 5500, unknown, 0));
    assert_eq!(lines(&standing), [line(0, 5500, rate(0, 1)); 2]);
    let running = good(AUTO_START, 900);
    assert_eq!(known(&running), (AUTO_START, 900, unknown, 0));
    assert_eq!(lines(&running), [line(0, 0, rate(1, 1)), line(0, 0, TICK_RATE)]);
    assert_eq!(second(&standing, VALUE | ERROR, (0, 6000), 0, 2000), Ok(()));
    assert_eq!(known(&standing), (CONTINUOUS, 5500, 7, 2));
    assert_eq!(lines(&standing), [line(2000, 6000, rate(1, 1)), line(4000, 6000, TICK_RATE)]);
}

/// Nothing is rounded by what changes nothing.
#[test]
fn transformations_stay_as_they_are_unless_value_or_rate_change() {
    let clock = good(AUTO_START, 0);
    assert_eq!(first(&clock, ERROR, 0, 0, 2000), Ok(()));
    assert_eq!(lines(&clock), [line(0, 0, rate(1, 1)), line(0, 0, TICK_RATE)]);
    assert_eq!(first(&clock, RATE, 0, 1000, 2000), Ok(()));
    let steered = lines(&clock);
    assert_eq!(steered[0], line(2000, 2000, rate(1_001_000, 1_000_000)));
    assert_eq!(steered[1], line(4000, 2000, rate(1001, 2000)));
    for options in [RATE, RATE | ERROR, ERROR] {
        assert_eq!(second(&clock, options, (0, 0), 1000, 3000), Ok(()));
        assert_eq!(lines(&clock), steered, "{options:#x}");
    }
    assert_eq!(second(&clock, RATE | REFERENCE, (1_002_000, 0), 1000, 3000), Ok(()));
    assert_eq!(lines(&clock)[0], line(1_002_000, 1_003_000, rate(1_001_000, 1_000_000)));
    assert_eq!(lines(&clock)[1].reference_offset, 2_004_000);
    assert_eq!(second(&clock, VALUE, (0, 50), 0, 4000), Ok(()));
    assert_eq!(lines(&clock)[0], line(4000, 50, rate(1_001_000, 1_000_000)), "the rate stays");
}

#[test]
fn a_monotonic_clock_may_be_steered_from_now_on() {
    for options in [MONOTONIC, CONTINUOUS] {
        let clock = good(options | AUTO_START, 0);
        assert_eq!(second(&clock, RATE, (0, 0), 1000, 2_000_000), Ok(()));
        assert_eq!(clock.read(at(3_000_000)), 3_001_000);
        assert_eq!(second(&clock, RATE | REFERENCE, (2_000_000, 0), 0, 3_000_000), BAD);
        assert_eq!(second(&clock, RATE | ERROR, (0, 0), 0, 3_000_000), Ok(()));
        assert_eq!(clock.read(at(4_000_000)), 4_001_000);
    }
}

/// Both parts of the rate lose as many bits as the larger has too many.
#[test]
fn a_rate_that_needs_more_bits_than_there_are_is_rounded() {
    for (tick_rate, adjust, expected) in [
        (rate(1_000_000_007, 2_999_999_929), 65, rate(762_989_049, 2_288_818_305)),
        (rate(2_999_999_929, 1_000_000_007), 1, rate(2_861_025_742, 953_674_323)),
        (rate(4_294_967_291, 4_294_967_279), 1, rate(4_096_004_091, 4_095_999_983)),
    ] {
        let clock = Clock::new(AUTO_START, 0, tick_rate, at(0)).expect("a clock");
        assert_eq!(first(&clock, RATE, 0, adjust, 0), Ok(()));
        assert_eq!(lines(&clock)[1].rate, expected);
    }
}

#[test]
fn the_last_update_of_each_kind_is_the_one_that_is_told() {
    let clock = good(0, 0);
    let updates = |clock: &Clock| {
        let details = clock.details(at(7));
        [
            details.last_value_update_ticks,
            details.last_rate_adjust_update_ticks,
            details.last_error_bounds_update_ticks,
            details.query_ticks,
        ]
    };
    assert_eq!(updates(&clock), [0, 0, 0, 14]);
    assert_eq!(first(&clock, VALUE, 10, 0, 1000), Ok(()));
    assert_eq!(updates(&clock), [2000, 2000, 0, 14], "from now on it has a rate");
    assert_eq!(first(&clock, VALUE, 10, 0, 2000), Ok(()));
    assert_eq!(updates(&clock), [4000, 2000, 0, 14]);
    assert_eq!(first(&clock, ERROR, 10, 0, 3000), Ok(()));
    assert_eq!(updates(&clock), [4000, 2000, 6000, 14]);
    assert_eq!(first(&clock, RATE, 10, 0, 4000), Ok(()));
    assert_eq!(updates(&clock), [4000, 8000, 6000, 14]);
    assert_eq!(clock.details(at(7)).generation_counter, 8);
}
