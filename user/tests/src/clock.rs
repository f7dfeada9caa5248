//! clock_create, clock_read, clock_update, clock_get_details.

use hafnon_user::{
    AsHandle, Clock, Event, Rights, Signals, Status,
    abi::{
        CLOCK_ARGS_VERSION_SHIFT, CLOCK_OPT_AUTO_START, CLOCK_OPT_CONTINUOUS, CLOCK_OPT_MONOTONIC,
        CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID, CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID,
        CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID,
        CLOCK_UPDATE_OPTION_VALUE_VALID, ClockCreateArgsV1, ClockDetailsV1, ClockUpdateArgsV1,
        ClockUpdateArgsV2,
    },
    clock,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, user_test, without},
};

const VALUE: u64 = CLOCK_UPDATE_OPTION_VALUE_VALID;
const RATE: u64 = CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID;
const VERSION: u64 = 1 << CLOCK_ARGS_VERSION_SHIFT;
const CONTINUOUS: u64 = CLOCK_OPT_MONOTONIC | CLOCK_OPT_CONTINUOUS;

fn clock(options: u64, backstop: i64) -> Clock {
    Clock::create(options, backstop).expect("a clock")
}

fn set(clock: &Clock, value: i64) -> Result<(), Status> {
    clock.update(VALUE, &ClockUpdateArgsV2 { synthetic_value: value, ..Default::default() })
}

fn steer(clock: &Clock, rate_adjust: i32) -> Result<(), Status> {
    clock.update(RATE, &ClockUpdateArgsV2 { rate_adjust, ..Default::default() })
}

/// The update with the first version of the arguments.
fn set_first(clock: &Clock, options: u64, value: i64) -> Status {
    let args = ClockUpdateArgsV1 { value, ..Default::default() };
    call!(zx_clock_update(clock.raw(), options | VERSION, (&raw const args).cast()))
}

/// A function's value, and the monotonic times around it.
fn around<T>(read: impl FnOnce() -> T) -> (i64, T, i64) {
    let before = clock::monotonic();
    let value = read();
    (before, value, clock::monotonic())
}

user_test! {
    fn stands_until_set_and_runs_then() {
        let clock = clock(0, 5500);
        assert_eq!(clock.read(), Ok(5500));
        assert_eq!(clock.wait(Signals::CLOCK_STARTED, 0), Err(Status::TIMED_OUT));
        assert_eq!(steer(&clock, 1), Err(Status::BAD_STATE));
        assert_eq!(set(&clock, 5499), Err(Status::INVALID_ARGS));
        let (before, outcome, after) = around(|| set(&clock, 1_000_000));
        outcome.expect("set");
        clock.wait(Signals::CLOCK_STARTED, 0).expect("it has started");
        let (early, value, late) = around(|| clock.read().expect("read"));
        assert!((early - after..=late - before).contains(&(value - 1_000_000)), "{value}");
    }

    fn auto_start_is_the_monotonic_clock() {
        let clock = clock(CLOCK_OPT_AUTO_START | CONTINUOUS, 0);
        clock.wait(Signals::CLOCK_STARTED, 0).expect("it has started");
        for _ in 0..100 {
            let (before, value, after) = around(|| clock.read().expect("read"));
            assert!((before..=after).contains(&value), "{before} <= {value} <= {after}");
        }
    }

    fn create_checks_options_and_arguments() {
        let far = clock::monotonic() + 1000 * clock::SECOND;
        for (options, backstop) in
            [(8, 0), (CLOCK_OPT_CONTINUOUS, 0), (0, -1), (CLOCK_OPT_AUTO_START, far), (2 * VERSION, 0)]
        {
            assert_eq!(Clock::create(options, backstop).err(), Some(Status::INVALID_ARGS), "{options:#x}");
        }
        let (args, mut out) = (ClockCreateArgsV1::default(), 0);
        let args = (&raw const args).cast();
        assert_eq!(call!(zx_clock_create(0, args, &mut out)), Status::INVALID_ARGS, "arguments and no version");
        assert_eq!(call!(zx_clock_create(0, core::ptr::null(), &mut out)), Status::OK);
        drop(hafnon_user::Handle::from_raw(out));
    }

    fn monotonic_is_never_set_back() {
        let clock = clock(CLOCK_OPT_MONOTONIC, 0);
        assert_eq!(set_first(&clock, VALUE, 1000), Status::OK);
        assert_eq!(set_first(&clock, VALUE, 1000), Status::INVALID_ARGS);
        assert_eq!(set_first(&clock, VALUE, 1_000_000_000_000), Status::OK);
        assert_eq!(set(&clock, i64::MAX), Err(Status::INVALID_ARGS), "this version needs a reference");
        let args = ClockUpdateArgsV2 {
            reference_value: clock::monotonic(),
            synthetic_value: 2_000_000_000_000,
            ..Default::default()
        };
        clock.update(CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID, &args).expect("set");
        assert!(clock.read().expect("read") >= 2_000_000_000_000);
        let both = CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID | RATE;
        assert_eq!(clock.update(both, &args), Err(Status::INVALID_ARGS));
    }

    #[needs("counted")]
    fn continuous_is_set_once_and_steered() {
        let clock = clock(CONTINUOUS, 0);
        set(&clock, 1000).expect("set");
        assert_eq!(set(&clock, 1_000_000_000), Err(Status::INVALID_ARGS));
        for rate in [1001, -1001, i32::MIN] {
            assert_eq!(steer(&clock, rate), Err(Status::INVALID_ARGS), "{rate}");
        }
        let before = clock.read().expect("read");
        steer(&clock, 1000).expect("steered");
        let after = clock.read().expect("read");
        assert!((before..before + clock::SECOND).contains(&after));
    }

    #[needs("counted")]
    fn rate_changes_how_fast_it_runs() {
        let clock = clock(CLOCK_OPT_AUTO_START | CONTINUOUS, 0);
        steer(&clock, 1000).expect("steered");
        let rate = clock.details().expect("details").mono_to_synthetic.rate;
        assert_eq!((rate.synthetic_ticks, rate.reference_ticks), (1_001_000, 1_000_000));
        let (_, first, start) = around(|| clock.read().expect("read"));
        clock::sleep(10 * clock::MILLISECOND).expect("sleep");
        let (end, last, _) = around(|| clock.read().expect("read"));
        let least = (end - start) / 1000 * 1001;
        assert!(last - first >= least, "{} ns, at least {least} expected", last - first);
    }

    fn details_agree_with_the_value() {
        let clock = clock(CLOCK_OPT_AUTO_START, 7);
        let args = ClockUpdateArgsV2 { error_bound: 400, rate_adjust: -23, ..Default::default() };
        clock.update(RATE | CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID, &args).expect("update");
        let details = clock.details().expect("details");
        assert_eq!((details.options, details.backstop_time), (CLOCK_OPT_AUTO_START, 7));
        assert_eq!((details.error_bound, details.generation_counter), (400, 2));
        assert!(details.query_ticks >= details.last_rate_adjust_update_ticks);
        assert_eq!(details.last_error_bounds_update_ticks, details.last_rate_adjust_update_ticks);
        assert_eq!(details.last_value_update_ticks, 0);
        let (from, mono) = (details.ticks_to_synthetic, details.mono_to_synthetic);
        assert_eq!(from.synthetic_offset, mono.synthetic_offset);
        assert!((clock::ticks() - details.query_ticks) >= 0);
    }

    fn both_transformations_agree_to_the_nanosecond() {
        let clock = clock(0, 0);
        set(&clock, 1_000_000).expect("set");
        let first = clock.details().expect("details");
        let (from, mono) = (first.ticks_to_synthetic, first.mono_to_synthetic);
        let scale = |ticks: i64| {
            let scaled = i128::from(ticks) * i128::from(from.rate.synthetic_ticks);
            scaled.div_euclid(from.rate.reference_ticks.into()) as i64
        };
        let line = |ticks: i64| from.synthetic_offset + scale(ticks - from.reference_offset);
        // The rate is that of the monotonic clock still.
        assert_eq!(mono.reference_offset, scale(from.reference_offset));
        assert_eq!((from.synthetic_offset, mono.synthetic_offset), (1_000_000, 1_000_000));
        steer(&clock, 65).expect("steered");
        let second = clock.details().expect("details");
        assert_eq!(second.ticks_to_synthetic.synthetic_offset, line(second.last_rate_adjust_update_ticks));
        assert_eq!(second.mono_to_synthetic.synthetic_offset, second.ticks_to_synthetic.synthetic_offset);
        assert_eq!([first.generation_counter, second.generation_counter], [2, 4], "even, and one more update");
    }

    fn update_checks_its_options() {
        let clock = clock(CLOCK_OPT_AUTO_START, 0);
        let args = ClockUpdateArgsV2::default();
        for options in [0, 1 << 4, CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID, VERSION] {
            assert_eq!(clock.update(options, &args), Err(Status::INVALID_ARGS), "{options:#x}");
        }
        let first = set_first(&clock, CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID, i64::MAX);
        assert_eq!(first, Status::INVALID_ARGS);
        let versionless = call!(zx_clock_update(clock.raw(), VALUE, (&raw const args).cast()));
        assert_eq!(versionless, Status::INVALID_ARGS);
        let mut details = ClockDetailsV1::default();
        for options in [0, 1, 2 * VERSION, VERSION | 1] {
            let status = call!(zx_clock_get_details(clock.raw(), options, (&raw mut details).cast()));
            assert_eq!(status, Status::INVALID_ARGS, "{options:#x}");
        }
    }

    fn what_is_wrong_for_any_clock_is_told_before_the_handle() {
        let mut details = ClockDetailsV1::default();
        let args = ClockUpdateArgsV2 { rate_adjust: 1001, ..Default::default() };
        let get = |options, details| call!(zx_clock_get_details(NO_HANDLE, options, details));
        let found: *mut _ = (&raw mut details).cast();
        assert_eq!(get(2 * VERSION, found), Status::INVALID_ARGS);
        assert_eq!(get(VERSION, core::ptr::null_mut()), Status::INVALID_ARGS);
        assert_eq!(get(VERSION, found), Status::BAD_HANDLE);
        let update = |options, args| call!(zx_clock_update(NO_HANDLE, options, args));
        let steer: *const _ = (&raw const args).cast();
        let second = 2 * VERSION;
        for options in [VALUE, (3 * VERSION) | VALUE, second, second | (1 << 4), second | RATE] {
            assert_eq!(update(options, steer), Status::INVALID_ARGS, "{options:#x}");
        }
        assert_eq!(update(second | VALUE, core::ptr::null()), Status::INVALID_ARGS);
        assert_eq!(update(second | VALUE, steer), Status::BAD_HANDLE);
        assert_eq!(update(second | CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID, steer), Status::BAD_HANDLE);
    }

    fn rights_types_and_handles_are_checked() {
        let clock = clock(CLOCK_OPT_AUTO_START, 0);
        let blind = without(&clock, Rights::READ);
        assert_eq!(blind.read(), Err(Status::ACCESS_DENIED));
        assert_eq!(blind.details().err(), Some(Status::ACCESS_DENIED));
        assert_eq!(steer(&without(&clock, Rights::WRITE), 0), Err(Status::ACCESS_DENIED));
        let event = Clock::from(hafnon_user::Handle::from(Event::create().expect("an event")));
        assert_eq!(event.read(), Err(Status::WRONG_TYPE));
        assert_eq!(event.details().err(), Some(Status::WRONG_TYPE));
        assert_eq!(steer(&event, 0), Err(Status::WRONG_TYPE));
        let mut now = 0;
        assert_eq!(call!(zx_clock_read(NO_HANDLE, &mut now)), Status::BAD_HANDLE);
    }

    fn bad_pointers_are_refused() {
        let (memory, clock) = (BadMemory::new(), clock(CLOCK_OPT_AUTO_START, 0));
        let mut out = 0;
        for (kind, bad) in memory.unreadable(8) {
            assert_eq!(call!(zx_clock_create(VERSION, bad as _, &mut out)), Status::INVALID_ARGS, "{kind}");
            for version in [VERSION, 2 * VERSION] {
                let status = call!(zx_clock_update(clock.raw(), version | RATE, bad as _));
                assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            }
        }
        for (kind, bad) in memory.unwritable(4) {
            let status = call!(zx_clock_create(0, core::ptr::null(), bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        for (kind, bad) in memory.unwritable(8) {
            assert_eq!(call!(zx_clock_read(clock.raw(), bad as _)), Status::INVALID_ARGS, "{kind}");
            let status = call!(zx_clock_get_details(clock.raw(), VERSION, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
