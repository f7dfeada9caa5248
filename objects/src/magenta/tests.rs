//! Wait sets and IO ports: what their watches see, and when they let go.

use crate::testing::{never, poll, ready, timers};
use crate::wait::Deadline;
use crate::{Channel, Event, Handle, HandleId, Holder, IoPort, IoPortPacket, Job};
use crate::{KernelObject, Message, Subject, Waitset};
use abi::{Signals, Status, WaitsetResult};
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::pin::pin;
use std::sync::Mutex;

pub(super) const SIGNALED: Signals = Signals::EVENT_SIGNALED;

/// A process as far as watches know: the handles that are open.
#[derive(Default)]
pub(super) struct Table(Mutex<Vec<HandleId>>);

impl Holder for Table {
    fn holds(&self, handle: HandleId) -> bool {
        self.0.lock().expect("no test panics with it").contains(&handle)
    }
}

impl Table {
    pub fn open(&self, handle: u64) {
        self.0.lock().expect("see above").push(HandleId(handle));
    }

    /// As closing does: first out of the table, then those who wait through it are told.
    pub fn close(&self, event: &Event, handle: u64) {
        self.0.lock().expect("see above").retain(|open| open.0 != handle);
        event.cancel_handle(HandleId(handle));
    }
}

/// An event, and a handle with this number to it.
pub(super) fn event(table: &Arc<Table>, handle: u64) -> (Arc<Event>, impl Fn() -> Subject + use<>) {
    table.open(handle);
    let (event, holder) = (Event::new(), Arc::downgrade(table));
    let object = event.clone();
    let subject = move || Subject {
        object: object.clone().into(),
        handle: HandleId(handle),
        holder: holder.clone() as Weak<dyn Holder>,
        mask: SIGNALED,
    };
    (event, subject)
}

pub(super) fn set(event: &Event) {
    event.base().signals.assert(SIGNALED);
}

pub(super) fn clear(event: &Event) {
    event.base().signals.clear(SIGNALED);
}

pub(super) fn at_once() -> Deadline {
    Deadline { at: 0, timers: timers() }
}

/// What the set reports, if it does.
pub(super) fn report(waitset: &Waitset) -> Result<Vec<(u64, Status)>, Status> {
    ready(waitset.wait(at_once()))?;
    let mut results = [WaitsetResult::default(); 4];
    let (count, _) = waitset.report(None, &mut results);
    Ok(results[..count].iter().map(|result| (result.cookie, result.status)).collect())
}

/// The key of the next packet.
pub(super) fn key(port: &IoPort) -> Result<u64, Status> {
    ready(port.wait(|_| true, at_once())).map(|packet| match packet {
        IoPortPacket::Bound(told) => told.hdr.key,
        IoPortPacket::User(bytes) => u64::from(bytes[0]),
    })
}

#[test]
fn waitset_looks_at_the_level() {
    let table = Arc::default();
    let (waitset, (event, subject)) = (Waitset::new(), event(&table, 1));
    waitset.add(7, subject()).expect("added");
    let mut wait = pin!(waitset.wait(never()));
    assert!(poll(wait.as_mut()).is_pending());
    set(&event);
    clear(&event);
    assert!(poll(wait.as_mut()).is_pending(), "a signal that has gone is not reported");
    set(&event);
    assert!(poll(wait.as_mut()).is_ready());
    for _ in 0..2 {
        assert_eq!(report(&waitset), Ok([(7, Status::OK)].to_vec()));
    }
    clear(&event);
    assert_eq!(report(&waitset), Err(Status::TIMED_OUT));
    set(&event);
    assert_eq!(report(&waitset), Ok([(7, Status::OK)].to_vec()));
}

#[test]
fn waitset_tells_of_closed_handles_whether_armed_or_not() {
    let table = Arc::default();
    let (waitset, (armed, one), (woken, two)) = (Waitset::new(), event(&table, 1), event(&table, 2));
    waitset.add(1, one()).expect("added");
    waitset.add(2, two()).expect("added");
    assert_eq!(waitset.add(2, one()), Err(Status::ALREADY_EXISTS));
    set(&woken);
    assert_eq!(report(&waitset), Ok([(2, Status::OK)].to_vec()));
    table.close(&armed, 1);
    table.close(&woken, 2);
    let closed = [(2, Status::CANCELED), (1, Status::CANCELED)];
    assert_eq!(report(&waitset), Ok(closed.to_vec()));
    waitset.remove(2).expect("it was there");
    assert_eq!(report(&waitset), Ok(closed[1..].to_vec()));
}

#[test]
fn entry_of_a_handle_closed_before_is_told() {
    let table = Arc::default();
    let (waitset, (event, subject)) = (Waitset::new(), event(&table, 1));
    let subject = subject();
    table.close(&event, 1);
    waitset.add(1, subject).expect("added");
    assert_eq!(report(&waitset), Ok([(1, Status::CANCELED)].to_vec()));
}

/// With the last reference to a job its parent is told, whose signals the same set watches.
#[test]
fn entry_that_is_refused_may_be_the_last_to_know_its_object() {
    let (table, waitset, parent) = (Arc::new(Table::default()), Waitset::new(), Job::root());
    table.open(1);
    let subject = |job: Arc<Job>| {
        let holder = Arc::downgrade(&table) as Weak<dyn Holder>;
        Subject { object: job.into(), handle: HandleId(1), holder, mask: Signals::JOB_NO_JOBS }
    };
    let child = parent.create_child().expect("a job");
    waitset.add(1, subject(parent.clone())).expect("added");
    assert_eq!(report(&waitset), Err(Status::TIMED_OUT));
    assert_eq!(waitset.add(1, subject(child)), Err(Status::ALREADY_EXISTS));
    assert_eq!(report(&waitset), Ok(Vec::from([(1, Status::OK)])));
}

#[test]
fn removed_and_dropped_entries_let_go() {
    let table = Arc::default();
    let (waitset, (event, subject)) = (Waitset::new(), event(&table, 1));
    waitset.add(1, subject()).expect("added");
    waitset.add(2, subject()).expect("added");
    let held = Arc::strong_count(&event);
    waitset.remove(1).expect("it was there");
    assert!(Arc::strong_count(&event) < held);
    let mut wait = pin!(waitset.wait(never()));
    assert!(poll(wait.as_mut()).is_pending());
    drop(Handle::to_new(waitset.clone()).expect("a handle"));
    assert_eq!(ready(wait), Err(Status::CANCELED));
    set(&event);
    assert_eq!(waitset.add(3, subject()), Err(Status::CANCELED));
    drop(subject);
    assert_eq!(Arc::strong_count(&event), 1);
}

#[test]
fn binding_tells_each_time_that_it_is_signalled() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 5), event(&table, 1));
    set(&event);
    port.bind(9, subject(), || true).expect("bound");
    assert_eq!([key(&port), key(&port)], [Ok(9), Err(Status::TIMED_OUT)], "it was signalled already");
    set(&event);
    assert_eq!(key(&port), Err(Status::TIMED_OUT), "nothing changed");
    for _ in 0..3 {
        clear(&event);
        set(&event);
    }
    assert_eq!([(); 4].map(|()| key(&port)), [Ok(9), Ok(9), Ok(9), Err(Status::TIMED_OUT)]);
    clear(&event);
    let mut wait = pin!(port.wait(|_| true, never()));
    assert!(poll(wait.as_mut()).is_pending());
    set(&event);
    assert!(matches!(ready(wait), Ok(IoPortPacket::Bound(told)) if told.timestamp == 5));
}

#[test]
fn binding_counts_what_arrives_read_or_not() {
    let table: Arc<Table> = Arc::default();
    table.open(1);
    let (port, (one, other)) = (IoPort::new(|| 0), Channel::new());
    let write = || one.write(Message::default()).map_err(|(_, status)| status).expect("written");
    let holder = Arc::downgrade(&table) as Weak<dyn Holder>;
    let mask = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED | Signals::USER_SIGNAL_0;
    let subject = Subject { object: other.clone().into(), handle: HandleId(1), holder, mask };
    (0..3).for_each(|_| write());
    port.bind(4, subject, || true).expect("bound");
    (0..2).for_each(|_| write());
    other.base().signals.assert(Signals::USER_SIGNAL_0);
    drop(Handle::to_new(one).expect("a handle"));
    let told = || match ready(port.wait(|_| true, at_once())) {
        Ok(IoPortPacket::Bound(told)) => Ok(told.signals),
        Ok(IoPortPacket::User(_)) => panic!("nobody queued anything"),
        Err(status) => Err(status),
    };
    let mut packets: Vec<_> = core::iter::from_fn(|| told().ok()).take(9).collect();
    packets.sort_by_key(|signals| signals.bits());
    let readable = [Signals::CHANNEL_READABLE; 5];
    assert_eq!(packets[..5], readable);
    assert_eq!(packets[5..], [Signals::CHANNEL_PEER_CLOSED, Signals::USER_SIGNAL_0]);
}

/// More than one round of wakers, and each of them more than once.
#[test]
fn many_bindings_of_one_object_all_count() {
    let table = Arc::default();
    let (event, subject) = event(&table, 1);
    let ports: Vec<_> = (0..20).map(|_| IoPort::new(|| 0)).collect();
    for port in &ports {
        port.bind(3, subject(), || true).expect("bound");
    }
    for round in 1..4 {
        set(&event);
        clear(&event);
        for port in ports.iter().skip(round) {
            assert_eq!([key(port), key(port)], [Ok(3), Err(Status::TIMED_OUT)]);
        }
    }
    assert_eq!([(); 4].map(|()| key(&ports[0])), [Ok(3), Ok(3), Ok(3), Err(Status::TIMED_OUT)]);
}

/// Each leaves its own place, in whatever order they go.
#[test]
fn bindings_end_one_by_one() {
    let table = Arc::default();
    let port = IoPort::new(|| 0);
    let events: Vec<_> = (0..5).map(|number| event(&table, number)).collect();
    for (number, (_, subject)) in events.iter().enumerate() {
        port.bind(number as u64, subject(), || true).expect("bound");
    }
    for number in [3, 0, 4] {
        table.close(&events[number].0, number as u64);
    }
    events.iter().for_each(|(event, _)| set(event));
    assert_eq!([(); 3].map(|()| key(&port)), [Ok(1), Ok(2), Err(Status::TIMED_OUT)]);
}

#[test]
fn packets_are_taken_in_order_and_only_if_they_fit() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 0), event(&table, 1));
    port.bind(2, subject(), || true).expect("bound");
    port.queue(Box::new([1; 48])).expect("queued");
    set(&event);
    port.queue(Box::new([3; 16])).expect("queued");
    assert_eq!(ready(port.wait(|size| size < 48, at_once())), Err(Status::INVALID_ARGS));
    assert_eq!([key(&port), key(&port), key(&port)], [1, 2, 3].map(Ok));
    assert_eq!(key(&port), Err(Status::TIMED_OUT));
}

#[test]
fn binding_ends_with_its_handle_or_port() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 0), event(&table, 1));
    port.bind(1, subject(), || true).expect("bound");
    table.close(&event, 1);
    set(&event);
    assert_eq!(key(&port), Err(Status::TIMED_OUT));
    table.open(1);
    port.bind(2, subject(), || true).expect("bound");
    assert_eq!(key(&port), Ok(2));
    clear(&event);
    set(&event);
    table.close(&event, 1);
    assert_eq!([key(&port), key(&port)], [Ok(2), Err(Status::TIMED_OUT)], "what was queued stays");
    table.open(1);
    port.bind(3, subject(), || true).expect("bound");
    drop(Handle::to_new(port.clone()).expect("a handle"));
    assert_eq!(key(&port), Err(Status::CANCELED));
    drop(subject);
    assert_eq!(Arc::strong_count(&event), 1);
}
