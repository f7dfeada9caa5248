//! When waits give up, and how those end that keep their object.

use super::*;
use crate::Observation;
use crate::wait::{SignalWaiter, begin_wait_on, sleep_until, until_pinned};
use core::future::poll_fn;

#[test]
fn never_is_the_end_of_time_and_past_is_what_no_clock_can_show_after() {
    let timers = timers();
    let tell = |at| (Deadline { at, timers }.is_never(), Deadline { at, timers }.is_past());
    let (past, later, never) = ((false, true), (false, false), (true, false));
    assert_eq!(
        [i64::MIN, -1, 0, 1, i64::MAX - 1, i64::MAX].map(tell),
        [past, past, past, later, later, never]
    );
}

#[test]
fn a_wait_is_in_the_timers_if_it_has_a_deadline() {
    let event = Event::new();
    for (at, expected) in [(i64::MAX, None), (70, Some(70))] {
        let timers = timers();
        let mut wait = pin!(wait_on(&event.base().signals, A, MINE, || true, Deadline { at, timers }));
        assert!(poll(wait.as_mut()).is_pending());
        assert_eq!(timers.next_deadline(), expected);
    }
}

#[test]
fn a_sleep_ends_at_its_deadline_or_never() {
    for (at, before, then) in [(50, 49, 50), (1, 0, 1)] {
        let timers = timers();
        let mut sleep = pin!(sleep_until(Deadline { at, timers }));
        assert!(poll(sleep.as_mut()).is_pending());
        assert_eq!(timers.expire(before), 0);
        assert!(poll(sleep.as_mut()).is_pending());
        assert_eq!(timers.expire(then), 1);
        assert!(poll(sleep).is_ready());
    }
    let timers = timers();
    let mut past = pin!(sleep_until(Deadline { at: -5, timers }));
    assert!(poll(past.as_mut()).is_pending());
    assert_eq!(timers.expire(0), 1, "whatever the time is");
    assert!(poll(past).is_ready());
    let mut never = pin!(sleep_until(Deadline { at: i64::MAX, timers }));
    assert!(poll(never.as_mut()).is_pending());
    assert_eq!(timers.next_deadline(), None);
}

/// Waits as a thread does in its call.
async fn wait_for(event: &Arc<Event>, open: bool, deadline: Deadline) -> (Result<(), Status>, Signals) {
    let observation = Observation::of(A, MINE);
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut begin = Some(Object::from(event.clone()));
    let begun = poll_fn(|context| {
        let object = begin.take().expect("it is polled once");
        Poll::Ready(begin_wait_on(waiter.as_mut(), object, observation, || open, context.waker()))
    });
    match begun.await {
        Poll::Ready(seen) => (seen.outcome(), seen.observed),
        Poll::Pending => match until_pinned(waiter, deadline).await {
            Ok(seen) => (seen.outcome(), seen.observed),
            Err(seen) => (Err(Status::TIMED_OUT), seen.observed),
        },
    }
}

#[test]
fn a_wait_that_keeps_its_object_ends_as_others_do() {
    let event = Event::new();
    let signals = &event.base().signals;
    let wait = |open: bool, deadline| wait_for(&event, open, deadline);
    assert_eq!(ready(wait(false, never())), (Err(Status::CANCELED), Signals::SIGNAL_HANDLE_CLOSED));
    {
        let mut wait = pin!(wait(true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        assert_eq!(Arc::strong_count(&event), 2);
        signals.assert(B);
        signals.assert(A);
        assert_eq!(ready(wait), (Ok(()), A | B));
    }
    assert_eq!(ready(wait(true, never())), (Ok(()), A | B));
    signals.clear(A);
    {
        let timers = timers();
        let mut wait = pin!(wait(true, Deadline { at: 50, timers }));
        assert!(poll(wait.as_mut()).is_pending());
        assert_eq!((timers.expire(49), timers.expire(50)), (0, 1));
        assert_eq!(ready(wait), (Err(Status::TIMED_OUT), B));
    }
    {
        let mut wait = pin!(wait(true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        event.cancel_handle(MINE);
        assert_eq!(ready(wait), (Err(Status::CANCELED), B | Signals::SIGNAL_HANDLE_CLOSED));
    }
    assert_eq!(Arc::strong_count(&event), 1);
}

/// Whoever wakes them later than the one who signalled has to find it there.
#[test]
fn an_object_is_kept_while_many_wait_for_it() {
    const MANY: usize = 40;
    let (event, observation) = (Event::new(), Observation::of(A, MINE));
    let mut waiters: Vec<_> = (0..MANY).map(|_| Box::pin(SignalWaiter::new(observation))).collect();
    for waiter in &mut waiters {
        let begun = begin_wait_on(waiter.as_mut(), event.clone().into(), observation, || true, Waker::noop());
        assert!(begun.is_pending());
    }
    assert_eq!(Arc::strong_count(&event), 1 + MANY + 1);
    drop(waiters);
    assert_eq!(Arc::strong_count(&event), 1);
}
