//! Observations, and those who count.

use super::*;
use crate::testing::{poll, ready};
use crate::{Event, KernelObject, Object};
use alloc::task::Wake;
use alloc::vec::Vec;
use core::pin::pin;
use core::sync::atomic::AtomicUsize;
use core::task::Waker;
use waitq::{BoxedWaiter, Woken};

const A: Signals = Signals::USER_SIGNAL_0;
const B: Signals = Signals::USER_SIGNAL_1;
const MINE: HandleId = HandleId(7);
const YOURS: HandleId = HandleId(8);
const EACH: Interest = Interest::Each { arrivals: 0, told: false };

fn observation(interest: Interest) -> Observation {
    Observation { interest, ..Observation::of(A, MINE) }
}

#[test]
fn only_a_level_that_is_there_ends_a_wait_at_its_beginning() {
    let active = Active { signals: A, counted: false };
    for (interest, ends) in [(Interest::Level, true), (Interest::Edge, false), (EACH, false)] {
        let mut begun = observation(interest);
        assert_eq!((begun.begin(&active), begun.observed), (ends, A), "{interest:?}");
        let mut through = observation(interest);
        assert_eq!((through.begin_through(&active, || true), through.observed), (ends, A), "{interest:?}");
    }
    let mut other = Observation::of(B, MINE);
    assert_eq!((other.begin(&active), other.observed), (false, A));
    assert_eq!((other.begin_through(&active, || true), other.outcome()), (false, Ok(())));
    assert!(other.begin_through(&active, || false));
    assert_eq!(other.observed, A | Signals::SIGNAL_HANDLE_CLOSED);
}

#[test]
fn a_wait_whose_handle_is_closed_is_cancelled_whatever_else_it_saw() {
    let mut seen = observation(Interest::Level);
    assert_eq!((seen.outcome(), seen.is_cancelled()), (Ok(()), false));
    seen.see((A | B).bits());
    assert_eq!((seen.outcome(), seen.is_cancelled(), seen.observed), (Ok(()), false, A | B));
    seen.see(Signals::SIGNAL_HANDLE_CLOSED.bits());
    assert_eq!((seen.outcome(), seen.is_cancelled()), (Err(Status::CANCELED), true));
    assert_eq!(Observation::outcome_of(A), Ok(()));
    assert_eq!(Observation::outcome_of(seen.observed), Err(Status::CANCELED));
}

/// Also of those who ask for that themselves.
#[test]
fn everybody_waits_for_the_end_of_his_handle() {
    let closed = Signals::SIGNAL_HANDLE_CLOSED;
    for mask in [A, A | closed, closed] {
        let observation = Observation::of(mask, MINE);
        assert_eq!((observation.mask(), observation.group()), ((mask | closed).bits(), 7));
        let event = Event::new();
        let mut wait = pin!(event.base().signals.observe(observation, || true));
        assert!(poll(wait.as_mut()).is_pending());
        event.cancel_handle(MINE);
        assert!(ready(wait).is_cancelled(), "{mask:?}");
    }
}

#[test]
fn what_an_observer_counts_it_is_told_once_until_it_asks() {
    let mut each = observation(EACH);
    assert!(each.stays() && !each.tell());
    each.count(B);
    assert!(!each.tell(), "that is of no interest");
    each.count(A);
    assert!(each.tell() && !each.tell());
    each.count(A | B);
    each.count(A);
    assert!(!each.tell());
    assert_eq!(each.take_arrivals(), 3);
    assert!(!each.tell(), "nothing has come since");
    each.count(A);
    assert!(each.tell());
    assert_eq!((each.take_arrivals(), each.take_arrivals()), (1, 0));
    for interest in [Interest::Level, Interest::Edge] {
        let mut other = observation(interest);
        other.count(A);
        assert!(!other.stays() && !other.tell() && other.take_arrivals() == 0);
    }
}

/// How often it was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One who counts arrivals.
struct Counter {
    node: BoxedWaiter<Observation, Active, dyn AsRef<SignalQueue> + Send + Sync, Observers>,
    wakes: Arc<Wakes>,
}

impl Counter {
    /// Begins to count, with room for so many; whether one of the signals is active.
    fn begin(
        event: &Arc<Event>,
        (mask, handle): (Signals, HandleId),
        wanted: usize,
        is_open: bool,
    ) -> Result<(Self, bool), Status> {
        let tag = Observation { interest: EACH, ..Observation::of(mask, handle) };
        let (mut node, wakes) = (BoxedWaiter::new(tag).expect("memory"), Arc::<Wakes>::default());
        let (signals, mut begun) = (&event.base().signals, Err(Status::INTERNAL));
        let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
            begun = signals.begin_counting(active, observers, seen, wanted, || is_open);
            begun.is_err()
        };
        let armed = node.arm(Object::from(event.clone()).observable(), tag, wakes.clone().into(), begin);
        assert_eq!(armed.is_ok(), begun.is_ok());
        Ok((Self { node, wakes }, begun?))
    }

    fn of(event: &Arc<Event>, mask: Signals, handle: HandleId) -> Self {
        Self::begin(event, (mask, handle), 1, true).expect("it counts").0
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }

    /// How often it was woken so far, and what it counted since the last time.
    fn take(&self) -> (usize, u32) {
        let arrivals = self.node.renew(Waker::from(self.wakes.clone()), Observation::take_arrivals);
        (self.wakes(), arrivals.expect("it is armed"))
    }
}

#[test]
fn who_counts_is_told_of_each_time_that_a_signal_comes() {
    let event = Event::new();
    let signals = &event.base().signals;
    let (one, both) = (Counter::of(&event, A, MINE), Counter::of(&event, A | B, MINE));
    assert_eq!((one.take(), both.take()), ((0, 0), (0, 0)));
    signals.assert(A);
    assert_eq!((one.take(), both.take()), ((1, 1), (1, 1)));
    signals.assert(A);
    signals.clear(A);
    assert_eq!((one.take(), both.take()), ((1, 0), (1, 0)), "it was there, and then it went");
    signals.assert(B);
    assert_eq!((one.take(), both.take()), ((1, 0), (2, 1)));
    signals.assert(A);
    signals.update(A, A);
    signals.clear(A);
    signals.assert(A);
    assert_eq!((one.wakes(), both.wakes()), (2, 3), "told once until they ask");
    assert_eq!((one.take(), both.take()), ((2, 2), (3, 2)));
}

#[test]
fn what_arrives_behind_a_signal_counts_while_that_is_active() {
    let event = Event::new();
    let signals = &event.base().signals;
    signals.arrived(A);
    let (one, both) = (Counter::of(&event, A, MINE), Counter::of(&event, A | B, MINE));
    signals.arrived(A);
    assert_eq!((one.take(), both.take()), ((0, 0), (0, 0)), "it is not active");
    signals.assert(A);
    assert_eq!((one.take(), both.take()), ((1, 1), (1, 1)));
    signals.arrived(A);
    signals.arrived(A | B);
    assert_eq!((one.take(), both.take()), ((2, 2), (2, 2)));
    signals.arrived(B);
    assert_eq!((one.take(), both.take()), ((2, 0), (2, 0)), "the other is");
}

#[test]
fn those_who_do_not_count_are_woken_beside_those_who_do() {
    let event = Event::new();
    let signals = &event.base().signals;
    let counter = Counter::of(&event, B, MINE);
    let mut wait = pin!(signals.observe(Observation::of(A, MINE), || true));
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(B);
    signals.clear(B);
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(A);
    assert_eq!((ready(wait).observed, signals.get()), (A | B, A));
    assert_eq!(counter.take(), (1, 1));
}

#[test]
fn who_begins_to_count_learns_whether_there_is_something_already() {
    let event = Event::new();
    let begin = |mask, is_open| Counter::begin(&event, (mask, MINE), 1, is_open).map(|(_, active)| active);
    assert_eq!((begin(A, true), begin(A, false)), (Ok(false), Err(Status::CANCELED)));
    event.base().signals.assert(A);
    assert_eq!((begin(A, true), begin(B, true), begin(A | B, true)), (Ok(true), Ok(false), Ok(true)));
    assert_eq!(begin(A, false), Err(Status::CANCELED));
}

/// The first of several asks for room for them all, and the others for none.
#[test]
fn so_many_may_count_and_all_are_told() {
    let event = Event::new();
    let begin = |wanted| Counter::begin(&event, (A, MINE), wanted, true).map(|(counter, _)| counter);
    let refused = |wanted| begin(wanted).err();
    assert_eq!(refused(MAX_COUNTING + 1), Some(Status::NO_RESOURCES));
    assert_eq!((refused(MAX_COUNTING), refused(0)), (None, None));
    let mut counters: Vec<_> = (1..MAX_COUNTING).map(|_| begin(1).expect("room")).collect();
    assert_eq!((refused(2), refused(1)), (Some(Status::NO_RESOURCES), None));
    counters.push(begin(1).expect("room for the last one"));
    assert_eq!(refused(1), Some(Status::NO_RESOURCES));
    counters.extend([0, 0].map(|wanted| begin(wanted).expect("there was room for it")));
    assert_eq!(refused(1), Some(Status::NO_RESOURCES));
    event.base().signals.assert(A);
    assert!(counters.iter().all(|counter| counter.take() == (1, 1)));
    event.base().signals.arrived(A);
    assert!(counters.iter().all(|counter| counter.take() == (2, 1)));
}

#[test]
fn closing_a_handle_ends_the_counting_through_it_and_no_other() {
    let event = Event::new();
    let (mine, yours) = (Counter::of(&event, A, MINE), Counter::of(&event, A, YOURS));
    assert_eq!(event.cancel_handle(MINE), 1);
    let Some(Woken::Yes(seen)) = mine.node.peek() else { panic!("it goes on") };
    assert!(seen.is_cancelled() && mine.wakes() == 1);
    assert!(matches!(yours.node.peek(), Some(Woken::No(_))) && yours.wakes() == 0);
    event.base().signals.assert(A);
    assert_eq!((mine.wakes(), yours.take()), (1, (1, 1)));
}

/// One that meets another's lock does the same as all others.
#[test]
fn a_change_that_waited_for_the_lock_is_a_change() {
    let event = Event::new();
    let signals = &event.base().signals;
    let mut wait = pin!(signals.observe(Observation::of(A, MINE), || true));
    assert!(poll(wait.as_mut()).is_pending());
    signals.change_when_free(Signals::empty(), A | B);
    assert_eq!((ready(wait).observed, signals.get()), (A | B, A | B));
    signals.change_when_free(A, Signals::empty());
    assert_eq!(signals.get(), B);
    let counter = Counter::of(&event, A, MINE);
    signals.change_when_free(B, A);
    assert_eq!((counter.take(), signals.get()), ((1, 1), A));
}

#[test]
fn what_changes_nothing_wakes_nobody() {
    let event = Event::new();
    let signals = &event.base().signals;
    signals.assert(A);
    let edge = Observation { interest: Interest::Edge, ..Observation::of(A, MINE) };
    let mut wait = pin!(signals.observe(edge, || true));
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(A);
    signals.update(A, A);
    signals.update(B, Signals::empty());
    assert!(poll(wait.as_mut()).is_pending());
    signals.clear(A);
    assert!(poll(wait.as_mut()).is_pending() && signals.get() == Signals::empty());
    signals.update(B, A);
    assert_eq!((ready(wait).observed, signals.get()), (A, A));
}
