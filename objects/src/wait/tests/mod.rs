//! Signals and waiting for them.

mod deadline;
mod many;
mod waiter_pool;
mod watch;

use crate::testing::{never, poll, ready, timers};
use crate::wait::{Deadline, MAX_ITEMS, WaitMany, WaiterPool, wait_on};
use crate::{Event, EventPair, HandleId, KernelObject, Mark, Object};
use abi::{Signals, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};

const A: Signals = Signals::USER_SIGNAL_0;
const B: Signals = Signals::USER_SIGNAL_1;
const MINE: HandleId = HandleId(7);

#[test]
fn a_signal_that_is_active_beats_a_deadline_that_has_passed() {
    let event = Event::new();
    event.base().signals.assert(A);
    let past = Deadline { at: 0, timers: timers() };
    assert_eq!(ready(wait_on(&event.base().signals, A, MINE, || true, past)), (Ok(()), A));
    assert_eq!(ready(wait_on(&event.base().signals, B, MINE, || true, past)), (Err(Status::TIMED_OUT), A));
}

#[test]
fn observed_is_every_state_during_the_wait() {
    let event = Event::new();
    let signals = &event.base().signals;
    let mut wait = pin!(wait_on(signals, B, MINE, || true, never()));
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(A);
    signals.clear(A);
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(B);
    assert_eq!(ready(wait), (Ok(()), A | B));
}

#[test]
fn a_pulse_wakes_once_and_is_seen() {
    let event = Event::new();
    let signals = &event.base().signals;
    let mut wait = pin!(wait_on(signals, A, MINE, || true, never()));
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(A);
    signals.clear(A);
    assert_eq!(signals.get(), Signals::empty());
    assert_eq!(ready(wait), (Ok(()), A));
}

#[test]
fn a_wait_times_out_and_says_what_it_saw() {
    let (event, timers) = (Event::new(), timers());
    let signals = &event.base().signals;
    let mut wait = pin!(wait_on(signals, A, MINE, || true, Deadline { at: 50, timers }));
    assert!(poll(wait.as_mut()).is_pending());
    signals.assert(B);
    assert_eq!(timers.expire(49), 0);
    assert_eq!(timers.expire(50), 1);
    assert_eq!(ready(wait), (Err(Status::TIMED_OUT), B));
}

#[test]
fn a_signal_that_races_with_the_deadline_wins() {
    let (event, timers) = (Event::new(), timers());
    let signals = &event.base().signals;
    let mut wait = pin!(wait_on(signals, A, MINE, || true, Deadline { at: 50, timers }));
    assert!(poll(wait.as_mut()).is_pending());
    timers.expire(50);
    signals.assert(A);
    assert_eq!(ready(wait), (Ok(()), A));
}

#[test]
fn closing_the_handle_ends_its_waits_and_no_others() {
    let event = Event::new();
    let signals = &event.base().signals;
    let mut mine = pin!(wait_on(signals, A, MINE, || true, never()));
    let mut other = pin!(wait_on(signals, A, HandleId(8), || true, never()));
    assert!(poll(mine.as_mut()).is_pending() && poll(other.as_mut()).is_pending());
    event.cancel_handle(MINE);
    assert_eq!(ready(mine), (Err(Status::CANCELED), Signals::SIGNAL_HANDLE_CLOSED));
    assert!(poll(other.as_mut()).is_pending());
}

#[test]
fn a_handle_closed_just_before_the_wait_cancels_it() {
    let event = Event::new();
    let wait = wait_on(&event.base().signals, A, MINE, || false, never());
    assert_eq!(ready(wait), (Err(Status::CANCELED), Signals::SIGNAL_HANDLE_CLOSED));
}

/// A store that was filled.
fn pool() -> &'static WaiterPool {
    let pool: &WaiterPool = Box::leak(Box::default());
    fill(pool, true);
    pool
}

/// Runs the filler until it waits. `memory`: whether there is any.
fn fill(pool: &WaiterPool, memory: bool) {
    let mut filler = pin!(pool.fill(|| memory));
    (0..64).for_each(|_| assert!(poll(filler.as_mut()).is_pending()));
}

fn set_of(objects: &[Object]) -> WaitMany<'static> {
    let mut set = ready(pin!(WaitMany::new(pool(), objects.len()))).unwrap();
    let item = |index: usize| (objects[index].clone(), A, HandleId(index as u64 + 1), Mark::default());
    set.watch(|index| Ok::<_, Status>(item(index))).unwrap();
    set
}

#[test]
fn a_wait_for_many_awaits_only_the_maker_of_waiters() {
    let pool = WaiterPool::new();
    let mut first = pin!(WaitMany::new(&pool, MAX_ITEMS));
    assert!(poll(first.as_mut()).is_pending());
    fill(&pool, true);
    let first = ready(first).unwrap();
    let free = pool.free();
    assert!(free >= MAX_ITEMS);
    drop(first);
    assert_eq!(pool.free(), free + MAX_ITEMS);
}

#[test]
fn a_wait_for_many_is_refused_when_there_is_no_memory() {
    let pool = WaiterPool::new();
    fill(&pool, true);
    let mut sets = Vec::new();
    loop {
        let mut set = pin!(WaitMany::new(&pool, MAX_ITEMS));
        if let Poll::Ready(set) = poll(set.as_mut()) {
            sets.push(set.unwrap());
            continue;
        }
        fill(&pool, false);
        assert_eq!(ready(set).err(), Some(Status::NO_MEMORY));
        break;
    }
    // It was the last that was refused; a waiter that comes back is as good as a new one.
    drop(sets.pop());
    assert!(ready(pin!(WaitMany::new(&pool, MAX_ITEMS))).is_ok());
}

/// A waker that counts.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Has so many begin to wait for waiters, and the filler take one turn after the other. How many had been woken after
/// each turn, and what came of them.
fn herd(takers: usize, memory: bool) -> (Vec<usize>, Vec<Result<WaitMany<'static>, Status>>) {
    let pool: &'static WaiterPool = Box::leak(Box::default());
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut context = Context::from_waker(&waker);
    let mut waits: Vec<_> = (0..takers).map(|_| Box::pin(WaitMany::new(pool, MAX_ITEMS))).collect();
    assert!(waits.iter_mut().all(|wait| wait.as_mut().poll(&mut context).is_pending()));
    let mut filler = pin!(pool.fill(|| memory));
    let (mut woken, mut outcomes) = (Vec::new(), Vec::new());
    while outcomes.len() < takers {
        assert!(woken.len() < 100 * takers, "somebody waits for ever");
        assert!(poll(filler.as_mut()).is_pending());
        woken.push(wakes.0.load(Relaxed));
        waits.retain_mut(|wait| match wait.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => {
                outcomes.push(outcome);
                false
            }
            Poll::Pending => true,
        });
    }
    (woken, outcomes)
}

#[test]
fn as_many_are_woken_as_there_are_waiters_for() {
    let (woken, outcomes) = herd(30, true);
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(woken.windows(2).all(|turn| turn[1] - turn[0] <= 2), "a few in each turn: {woken:?}");
    assert_eq!(woken.last(), Some(&30), "each once");
}

#[test]
fn a_few_are_told_in_a_turn_that_there_is_no_memory() {
    let (woken, outcomes) = herd(5 * MAX_ITEMS + 1, false);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().err() == Some(&Status::NO_MEMORY)));
    assert!(woken.iter().zip([0].iter().chain(&woken)).all(|(after, before)| after - before <= MAX_ITEMS));
}

#[test]
fn waiting_for_many_ends_with_any_and_leaves_no_node_behind() {
    let events = [Event::new(), Event::new(), Event::new()];
    let objects = events.clone().map(Object::from);
    let mut set = set_of(&objects);
    {
        let mut wait = pin!(set.wait(|_, _| true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        events[0].base().signals.assert(B);
        assert!(poll(wait.as_mut()).is_pending());
        events[1].base().signals.assert(A);
        assert_eq!(ready(wait), Ok(()));
    }
    assert!(set.observed().eq([B, A, Signals::empty()]));
    for event in &events {
        assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
    }
}

#[test]
fn waiting_for_many_is_cancelled_by_one_closed_handle() {
    let events = [Event::new(), Event::new()];
    let mut set = set_of(&events.clone().map(Object::from));
    {
        let mut wait = pin!(set.wait(|_, _| true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        events[1].cancel_handle(HandleId(2));
        assert_eq!(ready(wait), Err(Status::CANCELED));
    }
    assert!(set.observed().eq([Signals::empty(), Signals::SIGNAL_HANDLE_CLOSED]));
}

#[test]
fn a_dropped_wait_for_many_takes_its_nodes_out() {
    let event = Event::new();
    let mut set = set_of(&[Object::from(event.clone())]);
    {
        let mut wait = pin!(set.wait(|_, _| true, never()));
        assert!(poll(wait.as_mut()).is_pending());
    }
    assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
}

#[test]
fn event_pairs_signal_each_other_until_one_is_gone() {
    let (first, second) = EventPair::new();
    assert_eq!(first.base().related_koid(), second.base().koid());
    let handles = [crate::testing::handle(&first), crate::testing::handle(&second)];
    assert_eq!(first.signal_peer(Signals::empty(), A), Ok(()));
    assert_eq!(second.base().signals.get(), A);
    assert_eq!(
        first.signal_peer(Signals::empty(), Signals::EVENTPAIR_PEER_CLOSED),
        Err(Status::INVALID_ARGS)
    );
    let [one, other] = handles;
    drop(other);
    assert_eq!(first.base().signals.get(), Signals::EVENTPAIR_PEER_CLOSED);
    assert_eq!(first.signal_peer(Signals::empty(), A), Err(Status::PEER_CLOSED));
    drop(one);
}
