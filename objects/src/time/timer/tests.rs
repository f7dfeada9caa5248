//! Timers.

use crate::testing::{handle, timers};
use crate::{KernelObject, Slack, Timer};
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicI64, Ordering};

const FIRED: Signals = Signals::TIMER_SIGNALED;

/// A clock of each test's own.
macro_rules! clock {
    ($name:ident) => {
        static $name: AtomicI64 = AtomicI64::new(100);
    };
}

#[test]
fn a_timer_fires_at_its_deadline_and_not_before() {
    clock!(NOW);
    let (timer, timers) = (Timer::new(Slack::Center, || NOW.load(Ordering::Relaxed)).unwrap(), timers());
    timer.set(150, 0, timers).unwrap();
    assert_eq!(timers.expire(149), 0);
    NOW.store(150, Ordering::Relaxed);
    assert_eq!(timers.expire(150), 1);
    assert_eq!(timer.base().signals.get(), FIRED);
    assert_eq!(timer.details().1, None);
}

#[test]
fn a_deadline_in_the_past_fires_at_once_and_setting_again_clears() {
    clock!(NOW);
    let (timer, timers) = (Timer::new(Slack::Late, || NOW.load(Ordering::Relaxed)).unwrap(), timers());
    timer.set(100, 0, timers).unwrap();
    assert_eq!(timer.base().signals.get(), FIRED);
    timer.set(500, 3, timers).unwrap();
    assert_eq!(timer.base().signals.get(), Signals::empty());
    assert_eq!(timer.details(), (Slack::Late, Some((500, 3))));
    timer.cancel();
    assert_eq!((timers.expire(1000), timer.details().1), (0, None));
}

#[test]
fn negative_slack_is_refused_and_changes_nothing() {
    clock!(NOW);
    let (timer, timers) = (Timer::new(Slack::Early, || NOW.load(Ordering::Relaxed)).unwrap(), timers());
    timer.set(500, 0, timers).unwrap();
    assert_eq!(timer.set(600, -1, timers), Err(Status::OUT_OF_RANGE));
    assert_eq!(timer.details().1, Some((500, 0)));
}

#[test]
fn closing_the_last_handle_unsets_the_timer() {
    clock!(NOW);
    let (timer, timers) = (Timer::new(Slack::Center, || NOW.load(Ordering::Relaxed)).unwrap(), timers());
    let only = handle(&timer);
    timer.set(500, 0, timers).unwrap();
    drop(only);
    assert_eq!(timers.next_deadline(), None);
}

/// When a timer of 200 with slack 10 fires, if the machine is to be awake at `other`.
fn fires_beside(other: i64, mode: Slack, now: fn() -> i64) -> u64 {
    let timers = timers();
    let (first, second) = (Timer::new(Slack::Center, now).unwrap(), Timer::new(mode, now).unwrap());
    first.set(other, 0, timers).unwrap();
    second.set(200, 10, timers).unwrap();
    assert_eq!(second.details(), (mode, Some((200, 10))));
    first.cancel();
    timers.next_deadline().expect("the second is set")
}

#[test]
fn a_timer_with_slack_fires_together_with_the_next_deadline() {
    use Slack::{Center, Early, Late};
    let now = || 100;
    for (mode, together) in [(Center, [190, 210]), (Early, [190, 200]), (Late, [200, 210])] {
        for other in together {
            assert_eq!(fires_beside(other, mode, now), other as u64, "{mode:?}");
        }
        assert_eq!(fires_beside(together[0] - 1, mode, now), 200, "{mode:?}: too early");
        assert_eq!(fires_beside(together[1] + 1, mode, now), 200, "{mode:?}: too late");
    }
}

#[test]
fn a_timer_that_fires_early_is_signalled_then() {
    clock!(NOW);
    let now = || NOW.load(Ordering::Relaxed);
    let (first, second) = (Timer::new(Slack::Center, now).unwrap(), Timer::new(Slack::Early, now).unwrap());
    let timers = timers();
    first.set(190, 0, timers).unwrap();
    second.set(200, 10, timers).unwrap();
    NOW.store(190, Ordering::Relaxed);
    assert_eq!(timers.expire(190), 2);
    assert_eq!((first.base().signals.get(), second.base().signals.get()), (FIRED, FIRED));
}

/// A thread that looked the timer up before its last handle was closed may set it afterwards.
#[test]
fn timer_without_handles_is_not_kept_by_its_alarm() {
    let (timer, timers) = (Timer::new(Slack::Center, || 0).unwrap(), timers());
    drop(handle(&timer));
    timer.set(1_000, 0, timers).unwrap();
    assert_eq!(timers.next_deadline(), None);
    assert_eq!(Arc::strong_count(&timer), 1);
}

#[test]
fn a_deadline_at_the_end_of_time_never_comes() {
    let (timer, timers) = (Timer::new(Slack::Center, || 100).unwrap(), timers());
    timer.set(i64::MAX, 7, timers).unwrap();
    assert_eq!((timers.next_deadline(), timer.details().1), (None, Some((i64::MAX, 7))));
    timer.set(i64::MAX - 1, 7, timers).unwrap();
    assert_eq!(timers.next_deadline(), Some(i64::MAX as u64 - 1));
}

#[test]
fn cancelling_a_timer_that_has_fired_takes_its_signal_away() {
    let (timer, timers) = (Timer::new(Slack::Center, || 100).unwrap(), timers());
    timer.set(101, 0, timers).unwrap();
    assert_eq!((timers.next_deadline(), timer.base().signals.get()), (Some(101), Signals::empty()));
    timer.set(100, 0, timers).unwrap();
    assert_eq!((timers.next_deadline(), timer.base().signals.get()), (None, FIRED));
    timer.cancel();
    assert_eq!((timer.base().signals.get(), timer.details().1), (Signals::empty(), None));
}

/// An alarm that was on its way when the timer was set anew.
#[test]
fn an_alarm_that_comes_too_early_is_not_the_timers() {
    use alloc::task::Wake;
    clock!(NOW);
    let (timer, timers) = (Timer::new(Slack::Late, || NOW.load(Ordering::Relaxed)).unwrap(), timers());
    timer.set(150, 0, timers).unwrap();
    for (now, signals) in [(149, Signals::empty()), (150, FIRED)] {
        NOW.store(now, Ordering::Relaxed);
        timer.clone().wake();
        assert_eq!(timer.base().signals.get(), signals);
    }
}

#[test]
fn slack_is_not_negative() {
    assert_eq!([0, 1, i64::MAX].map(Timer::check_slack), [Ok(()); 3]);
    assert_eq!([-1, i64::MIN].map(Timer::check_slack), [Err(Status::OUT_OF_RANGE); 2]);
}
