//! Waiting for several objects.

use super::*;
use crate::testing::while_late;

fn events(count: usize) -> (Vec<Arc<Event>>, Vec<Object>) {
    let events: Vec<_> = (0..count).map(|_| Event::new()).collect();
    let objects = events.iter().cloned().map(Object::from).collect();
    (events, objects)
}

/// At how many of them somebody waits.
fn waited_for(events: &[Arc<Event>]) -> usize {
    let is_waited_for =
        |event: &&Arc<Event>| event.base().signals.queue().with(|_, waiters| !waiters.is_empty());
    events.iter().filter(is_waited_for).count()
}

/// How a wait for them ends that ends at once, and what it saw.
fn at_once(set: &mut WaitMany, open: bool, at: i64) -> (Result<(), Status>, Vec<Signals>) {
    let outcome = ready(set.wait(|_, _| open, Deadline { at, timers: timers() }));
    (outcome, set.observed().collect())
}

#[test]
fn waiting_for_many_ends_at_once_with_what_is_active() {
    let (events, objects) = events(3);
    let mut set = set_of(&objects);
    events[0].base().signals.assert(B);
    let nothing = vec([B, Signals::empty(), Signals::empty()]);
    assert_eq!(at_once(&mut set, true, 0), (Err(Status::TIMED_OUT), nothing));
    for at in [0, 50, i64::MAX] {
        events[1].base().signals.assert(A);
        assert_eq!(at_once(&mut set, true, at), (Ok(()), vec([B, A, Signals::empty()])));
        assert_eq!(waited_for(&events), 0);
    }
    events[0].base().signals.assert(A);
    events[2].base().signals.assert(A);
    assert_eq!(at_once(&mut set, true, 0), (Ok(()), vec([A | B, A, A])));
}

fn vec(seen: [Signals; 3]) -> Vec<Signals> {
    seen.into()
}

#[test]
fn waiting_for_many_ends_when_its_deadline_comes() {
    let ((events, objects), timers) = (events(2), timers());
    let mut set = set_of(&objects);
    {
        let mut wait = pin!(set.wait(|_, _| true, Deadline { at: 50, timers }));
        assert!(poll(wait.as_mut()).is_pending());
        assert_eq!(timers.next_deadline(), Some(50));
        events[1].base().signals.assert(B);
        assert_eq!((timers.expire(49), timers.expire(50)), (0, 1));
        assert_eq!(ready(wait), Err(Status::TIMED_OUT));
    }
    assert!(set.observed().eq([Signals::empty(), B]));
    assert_eq!(waited_for(&events), 0);
    let mut wait = pin!(set.wait(|_, _| true, Deadline { at: i64::MAX, timers }));
    assert!(poll(wait.as_mut()).is_pending());
    assert_eq!(timers.next_deadline(), None);
}

/// Whichever of the two comes first in the set.
#[test]
fn a_closed_handle_counts_for_more_than_a_signal() {
    for (closed, active) in [(0, 1), (1, 0)] {
        let (events, objects) = events(2);
        let mut set = set_of(&objects);
        let mut wait = pin!(set.wait(|_, _| true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        events[active].base().signals.assert(A);
        events[closed].cancel_handle(HandleId(closed as u64 + 1));
        assert_eq!(ready(wait), Err(Status::CANCELED));
    }
}

#[test]
fn a_handle_closed_just_before_a_wait_for_many_cancels_it() {
    let (_events, objects) = events(3);
    let mut set = set_of(&objects);
    let closed = Signals::SIGNAL_HANDLE_CLOSED;
    assert_eq!(at_once(&mut set, false, i64::MAX), (Err(Status::CANCELED), vec([closed; 3])));
    let outcome = ready(set.wait(|handle, _| handle != HandleId(2), never()));
    assert_eq!(outcome, Err(Status::CANCELED));
    assert!(set.observed().eq([Signals::empty(), closed, Signals::empty()]));
}

#[test]
fn what_is_wrong_with_an_object_is_said_before_there_is_a_wait() {
    let (_events, objects) = events(3);
    let mut set = ready(WaitMany::new(pool(), 3)).unwrap();
    let mut asked = Vec::new();
    let outcome = set.watch(|index| {
        asked.push(index);
        match index {
            1 => Err(Status::WRONG_TYPE),
            _ => Ok((objects[index].clone(), A, MINE, Mark::default())),
        }
    });
    assert_eq!((outcome, asked), (Err(Status::WRONG_TYPE), [0, 1].into()));
}

/// More than are looked at before a step asks whether it takes too long.
const MANY: usize = 21;

#[test]
fn a_wait_for_many_begins_and_ends_in_one_step_when_that_is_quick() {
    let (events, objects) = events(MANY);
    let mut set = set_of(&objects);
    let wakes = Arc::new(Wakes::default());
    {
        let mut wait = pin!(set.wait(|_, _| true, never()));
        let waker = Waker::from(wakes.clone());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!((waited_for(&events), wakes.0.load(Relaxed)), (MANY, 0));
        events[MANY - 1].base().signals.assert(A);
        assert_eq!(wakes.0.load(Relaxed), 1);
        assert_eq!(ready(wait), Ok(()));
    }
    assert_eq!(waited_for(&events), 0);
    assert_eq!(set.observed().position(|seen| seen == A), Some(MANY - 1));
}

#[test]
fn a_wait_for_many_begins_and_ends_in_steps_when_that_takes_long() {
    let (events, objects) = events(MANY);
    let mut set = set_of(&objects);
    let asked = while_late(|| {
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(wakes.clone());
        let mut wait = pin!(set.wait(|_, _| true, never()));
        let mut go_on = || wait.as_mut().poll(&mut Context::from_waker(&waker));
        for (armed, woken) in [(8, 1), (16, 2), (MANY, 2)] {
            assert!(go_on().is_pending());
            assert_eq!((waited_for(&events), wakes.0.load(Relaxed)), (armed, woken));
        }
        events[3].base().signals.assert(A);
        for (left, woken) in [(MANY - 8, 4), (MANY - 16, 5)] {
            assert!(go_on().is_pending());
            assert_eq!((waited_for(&events), wakes.0.load(Relaxed)), (left, woken));
        }
        assert_eq!((go_on(), waited_for(&events)), (Poll::Ready(Ok(())), 0));
    });
    assert_eq!(asked, 4, "after eight, and eight more");
    assert_eq!(set.observed().position(|seen| seen == A), Some(3));
}
