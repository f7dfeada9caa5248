//! Models of races between objects, on the code that ships. Run by `cargo test` at the root, or with
//! `RUSTFLAGS="--cfg loom" cargo test -p hafnon-objects --test loom --release`.
#![cfg(loom)]
#![allow(unsafe_code)] // reason: a platform for the executor that owns the timers

use abi::{PortPacket, Signals, Status};
use executor::{Executor, Platform};
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use objects::wait::{Deadline, wait_on};
use objects::{Channel, Event, Handle, HandleId, KernelObject, Message, Port};
use std::sync::Arc;

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

/// A deadline that never comes.
fn never() -> Deadline {
    let executor: &'static Executor<Nowhere> = Box::leak(Box::new(Executor::new(0, Nowhere)));
    Deadline { at: i64::MAX, timers: executor.timers() }
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
    Message { bytes: vec![0; 4], handles: Vec::new() }
}

/// The reply reaches the call, however early it is written.
#[test]
fn a_reply_reaches_its_call() {
    model(|| {
        let (a, b) = Channel::new();
        let server = thread::spawn(move || {
            loop {
                match b.read(0, false, |_, _| true) {
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
