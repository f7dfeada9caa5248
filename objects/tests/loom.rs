//! Models of races between objects, on the code that ships. Run by `cargo test` at the root, or with
//! `RUSTFLAGS="--cfg loom" cargo test -p hafnon-objects --test loom --release`.
#![cfg(loom)]
#![allow(unsafe_code)] // reason: a platform for the executor that owns the timers

mod no_machine;
#[path = "loom/watches.rs"]
mod watches;

use abi::{PortPacket, Signals, Status};
use executor::{Executor, Platform};
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use objects::wait::{Deadline, WaitMany, WaiterPool, wait_on};
use objects::{
    AsyncOptions, Call, Channel, Event, Handle, HandleId, KERNEL_TXID, KernelObject, Mark, Message, Port,
};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

#[path = "loom/accounts.rs"]
mod accounts;
#[path = "loom/futex.rs"]
mod futex;
#[path = "loom/handles.rs"]
mod handles;
#[path = "loom/replies.rs"]
mod replies;
#[path = "loom/signals.rs"]
mod signals;
#[path = "loom/starving.rs"]
mod starving;
#[path = "loom/tasks.rs"]
mod tasks;
#[path = "loom/timers.rs"]
mod timers;

const A: Signals = Signals::USER_SIGNAL_0;
const MINE: HandleId = HandleId(7);

struct Nowhere;

// SAFETY: no model runs the executor; only its timers are named.
unsafe impl Platform for Nowhere {
    fn now(&self) -> u64 {
        0
    }

    fn is_current(&self) -> bool {
        false
    }

    fn kick(&self) {}
}

fn deadline(at: i64) -> Deadline {
    let executor: &'static Executor<Nowhere> = Box::leak(Box::new(Executor::new(0, Nowhere)));
    Deadline { at, timers: executor.timers() }
}

/// A deadline that never comes.
fn never() -> Deadline {
    deadline(i64::MAX)
}

/// Polls a future once, with a waker that does nothing: what woke it is in its node.
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets the deadline come; the outcome of the future that had to wait until then.
fn expired<F: Future>(future: Pin<&mut F>, deadline: Deadline) -> F::Output {
    deadline.timers.expire(deadline.at as u64);
    match poll(future) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the deadline has passed"),
    }
}

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(check);
}

/// A signal that is asserted while a wait begins ends it.
#[test]
fn a_signal_that_races_with_a_wait_is_seen() {
    model(|| {
        let event = Event::new();
        let other = event.clone();
        let asserter = thread::spawn(move || other.base().signals.assert(A));
        let wait = wait_on(&event.base().signals, A, MINE, || true, never());
        assert_eq!(block_on(wait), (Ok(()), A));
        asserter.join().unwrap();
    });
}

/// A handle closed while a wait through it begins ends the wait, whichever comes first.
#[test]
fn a_handle_closed_while_a_wait_begins_cancels_it() {
    model(|| {
        let (event, open) = (Event::new(), Arc::new(AtomicBool::new(true)));
        let (other, gate) = (event.clone(), open.clone());
        let closer = thread::spawn(move || {
            gate.store(false, Ordering::Release);
            other.cancel_handle(MINE);
        });
        let still_open = || open.load(Ordering::Acquire);
        let wait = wait_on(&event.base().signals, A, MINE, still_open, never());
        assert_eq!(block_on(wait).0, Err(Status::CANCELED));
        closer.join().unwrap();
    });
}

/// Two packets end two waits.
#[test]
fn every_packet_finds_a_waiter() {
    model(|| {
        let port = Port::new();
        let other = port.clone();
        let waiter = thread::spawn(move || block_on(other.wait(never())).unwrap().key);
        port.queue(PortPacket::user(1, [0; 4])).unwrap();
        port.queue(PortPacket::user(2, [0; 4])).unwrap();
        let keys = [block_on(port.wait(never())).unwrap().key, waiter.join().unwrap()];
        assert!(keys == [1, 2] || keys == [2, 1]);
    });
}

fn request() -> Message {
    Message { bytes: [0; 4].into(), handles: [].into() }
}

/// The reply reaches the call, however early it is written.
#[test]
fn a_reply_reaches_its_call() {
    model(|| {
        let (a, b) = Channel::new();
        let server = thread::spawn(move || {
            loop {
                match b.read(0, false, |_, _| Ok(true)) {
                    Ok(request) => return assert!(b.write(request).is_ok()),
                    Err(_) => thread::yield_now(),
                }
            }
        });
        assert!(block_on(a.call(request(), MINE, || true, never())).is_ok());
        server.join().unwrap();
    });
}

/// A peer that closes while a call begins ends it.
#[test]
fn a_peer_that_closes_ends_the_call() {
    model(|| {
        let (a, b) = Channel::new();
        let (_ours, theirs) = (Handle::to_new(a.clone()).unwrap(), Handle::to_new(b).unwrap());
        let closer = thread::spawn(move || drop(theirs));
        let called = block_on(a.call(request(), MINE, || true, never()));
        assert_eq!(called.err(), Some(Status::PEER_CLOSED));
        closer.join().unwrap();
    });
}

/// A signal and a deadline at once: the wait says which it was, and the signal wins if it came before.
#[test]
fn a_signal_that_races_with_the_deadline_is_reported_or_too_late() {
    model(|| {
        let (event, deadline) = (Event::new(), deadline(5));
        let other = event.clone();
        let mut wait = pin!(wait_on(&event.base().signals, A, MINE, || true, deadline));
        assert!(poll(wait.as_mut()).is_pending());
        let asserter = thread::spawn(move || other.base().signals.assert(A));
        let (outcome, seen) = expired(wait, deadline);
        assert!(matches!((outcome, seen.contains(A)), (Ok(()), true) | (Err(Status::TIMED_OUT), false)));
        asserter.join().unwrap();
    });
}

/// A wait is dropped while a signal wakes it; the other observer is woken in any case.
#[test]
fn a_dropped_wait_takes_no_wake_from_others() {
    model(|| {
        let event = Event::new();
        let other = event.clone();
        let mut stays = pin!(wait_on(&event.base().signals, A, MINE, || true, never()));
        assert!(poll(stays.as_mut()).is_pending());
        {
            let mut goes = pin!(wait_on(&event.base().signals, A, MINE, || true, never()));
            assert!(poll(goes.as_mut()).is_pending());
            thread::spawn(move || other.base().signals.assert(A));
        }
        assert_eq!(block_on(stays), (Ok(()), A));
    });
}

/// A pool with waiters for two.
fn filled_pool() -> WaiterPool {
    let pool = WaiterPool::new();
    {
        let mut filler = pin!(pool.fill(|| true));
        while pool.free() < 2 {
            assert!(poll(filler.as_mut()).is_pending());
        }
    }
    pool
}

/// A wait for two objects, of which one is signalled and the other's handle closed, ends and leaves no
/// node behind.
#[test]
fn a_wait_for_many_races_with_both_its_objects() {
    model(|| {
        let pool = filled_pool();
        let events = [Event::new(), Event::new()];
        let [first, second] = events.clone();
        let asserter = thread::spawn(move || first.base().signals.assert(A));
        let closer = thread::spawn(move || second.cancel_handle(MINE));
        let mut set = block_on(WaitMany::new(&pool, 2)).unwrap();
        let handles = [HandleId(8), MINE];
        let item = |index: usize| (events[index].clone().into(), A, handles[index], Mark::default());
        set.watch(|index| Ok::<_, Status>(item(index))).unwrap();
        let outcome = block_on(set.wait(|_, _| true, never()));
        assert!(matches!(outcome, Ok(()) | Err(Status::CANCELED)));
        for event in &events {
            assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
        }
        asserter.join().unwrap();
        closer.join().unwrap();
    });
}

/// One who finds no pool gets some, whenever the filler runs.
#[test]
fn waiters_are_asked_for_while_they_are_made() {
    model(|| {
        let pool = Arc::new(WaiterPool::new());
        let store = pool.clone();
        let filler = thread::spawn(move || {
            let mut filler = pin!(store.fill(|| true));
            // Four fill the store, and with the others the filler waits again, or makes what was taken meanwhile.
            for _ in 0..6 {
                let _ = filler.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
        });
        let set = block_on(WaitMany::new(&pool, 1));
        assert!(set.is_ok());
        drop(set);
        filler.join().unwrap();
    });
}

fn observe(port: &Arc<Port>, event: &Arc<Event>) -> Result<(), Status> {
    port.wait_async(event.clone().into(), MINE, 1, A, AsyncOptions::default(), || true)
}

fn take(port: &Port) -> Option<u64> {
    block_on(port.wait(deadline(0))).ok().map(|packet| packet.key)
}

/// No packet comes once a cancel is over, also when the observer was about to fire.
#[test]
fn a_packet_that_races_with_its_cancel_does_not_come_after_it() {
    model(|| {
        let (port, event) = (Port::new(), Event::new());
        let other = event.clone();
        observe(&port, &event).unwrap();
        let asserter = thread::spawn(move || other.base().signals.assert(A));
        assert_eq!(port.cancel(MINE, 1), Ok(()));
        asserter.join().unwrap();
        assert_eq!(take(&port), None);
        assert_eq!((Arc::strong_count(&port), Arc::strong_count(&event)), (1, 1));
    });
}

/// As above, while the observation is being made: it is cancelled, or not yet there.
#[test]
fn a_cancel_races_with_the_arming() {
    model(|| {
        let (port, event) = (Port::new(), Event::new());
        let (same_port, same_event) = (port.clone(), event.clone());
        let armer = thread::spawn(move || assert_eq!(observe(&same_port, &same_event), Ok(())));
        let cancelled = port.cancel(MINE, 1).is_ok();
        armer.join().unwrap();
        assert_eq!(Arc::strong_count(&event) == 1, cancelled);
        event.base().signals.assert(A);
        assert_eq!(take(&port), (!cancelled).then_some(1));
        assert_eq!((Arc::strong_count(&port), Arc::strong_count(&event)), (1, 1));
    });
}

/// A port that is closed while it is told to observe, or while that fires, keeps nothing alive.
#[test]
fn a_port_that_closes_races_with_arming_and_firing() {
    for fires in [false, true] {
        model(move || {
            let (port, event) = (Port::new(), Event::new());
            let only = Handle::to_new(port.clone()).unwrap();
            let other = event.clone();
            let closer = thread::spawn(move || drop(only));
            let asserter = fires.then(|| thread::spawn(move || other.base().signals.assert(A)));
            assert!(matches!(observe(&port, &event), Ok(()) | Err(Status::BAD_HANDLE)));
            closer.join().unwrap();
            asserter.into_iter().for_each(|asserter| asserter.join().unwrap());
            assert_eq!((Arc::strong_count(&port), Arc::strong_count(&event)), (1, 1));
        });
    }
}

/// A call that has been written, and its reply being written.
fn replied_call()
-> (Arc<Channel>, thread::JoinHandle<()>, Deadline, impl Future<Output = Result<Message, Status>>) {
    let ((a, b), deadline) = (Channel::new(), deadline(5));
    let caller = a.clone();
    let mut call = Box::pin(async move { caller.call(request(), MINE, || true, deadline).await });
    assert!(poll(call.as_mut()).is_pending());
    let server = thread::spawn(move || {
        let request = b.read(0, false, |_, _| Ok(true)).unwrap_or_default();
        assert!(b.write(request).is_ok());
    });
    (a, server, deadline, call)
}

/// The reply reaches the call, or is in the queue: never both, never neither.
#[test]
fn a_reply_that_races_with_the_deadline_is_not_lost() {
    model(|| {
        let (a, server, deadline, call) = replied_call();
        let called = expired(pin!(call), deadline);
        server.join().unwrap();
        assert_eq!(called.is_ok(), a.pending() == 0);
    });
}

/// A call that is dropped leaves its reply in the queue.
#[test]
fn a_reply_that_races_with_the_drop_of_its_call_is_not_lost() {
    model(|| {
        let (a, server, _, call) = replied_call();
        drop(call);
        server.join().unwrap();
        assert_eq!(a.pending(), 1);
    });
}

/// An end and its handle, twice: the ends of a channel.
fn channel() -> [(Arc<Channel>, Handle); 2] {
    let (one, other) = Channel::new();
    [one, other].map(|end| {
        let handle = Handle::to_new(end.clone()).expect("a handle");
        (end, handle)
    })
}

/// A peer that guesses the id of a call, replies before it was asked, and goes: the reply is the call's or in
/// the queue, whichever way the call ended.
#[test]
fn a_reply_that_comes_before_its_request_is_not_lost() {
    model(|| {
        let [(a, _a), (b, handle)] = channel();
        let peer = thread::spawn(move || {
            let guess = Message { bytes: KERNEL_TXID.to_ne_bytes().into(), handles: [].into() };
            assert!(b.write(guess).is_ok());
            drop(handle);
        });
        let mut call = Box::pin(Call::default());
        let begun = call.as_mut().begin(a.clone(), request(), MINE, || true, Waker::noop());
        peer.join().unwrap();
        let replied = begun.is_ok() && call.as_mut().end().is_ok();
        assert_eq!(replied, a.pending() == 0);
    });
}

fn carrying(handle: Handle) -> Message {
    Message { bytes: Box::default(), handles: [handle].into() }
}

/// Two ends that are sent into each other's queues at once do not stay there.
#[test]
fn ends_sent_into_each_other_are_closed() {
    model(|| {
        let [(a, _a), (b, far_a)] = channel();
        let [(c, _c), (d, far_c)] = channel();
        let other = thread::spawn(move || assert!(c.write(carrying(far_a)).is_ok()));
        assert!(a.write(carrying(far_c)).is_ok());
        other.join().unwrap();
        assert_eq!((b.base().handle_count(), d.base().handle_count()), (0, 0));
    });
}

/// An end that is read out of a queue while that queue's end is sent to it: whoever comes first.
#[test]
fn an_end_is_read_out_or_in_a_ring() {
    const READER: u64 = 5;
    model(|| {
        let [(a, _a), (_b, far_a)] = channel();
        let [(c, _c), (d, far_c)] = channel();
        assert!(c.write(carrying(far_a)).is_ok());
        d.set_owner(READER);
        let (end, in_table) = (d.clone(), Arc::new(AtomicBool::new(true)));
        let found = in_table.clone();
        let reader = thread::spawn(move || match found.load(Ordering::Acquire) {
            true => end.read(READER, false, |_, _| Ok(true)),
            false => Err(Status::BAD_HANDLE),
        });
        in_table.store(false, Ordering::Release);
        d.set_owner(0);
        assert!(a.write(carrying(far_c)).is_ok());
        let read = reader.join().unwrap();
        assert_eq!(d.base().handle_count(), u32::from(read.is_ok()));
    });
}
