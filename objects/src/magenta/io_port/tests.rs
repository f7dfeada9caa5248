//! What bindings cost their port, and whom a packet wakes. What else a port does is tested in `magenta/tests.rs`.

use super::*;
use crate::Observation;
use crate::magenta::tests::{SIGNALED, Table, at_once, clear, event, key, set};
use crate::object::KernelObject;
use crate::object::Object;
use crate::testing::{never, poll, ready, without_memory};
use crate::wait::{Holder, MAX_USER_PACKETS};
use crate::{Channel, Event, Handle, HandleId, Message, Socket};
use alloc::sync::Weak;
use core::pin::pin;

/// These signals of an object, through a handle with this number.
fn subject(table: &Arc<Table>, object: impl Into<Object>, handle: u64, mask: Signals) -> Subject {
    table.open(handle);
    let holder = Arc::downgrade(table) as Weak<dyn Holder>;
    Subject { object: object.into(), handle: HandleId(handle), holder, mask }
}

fn packet(key: u64, signals: Signals, timestamp: i64) -> IoPortPacket {
    let hdr = PacketHeader { key, kind: abi::PORT_PKT_TYPE_IOSN, extra: 0 };
    IoPortPacket::Bound(IoPacket { hdr, timestamp, bytes: 0, signals, reserved: 0 })
}

fn take(port: &IoPort) -> Result<IoPortPacket, Status> {
    ready(port.wait(|_| true, at_once()))
}

fn user(byte: u8) -> Box<[u8]> {
    Box::new([byte; 4])
}

/// How many bindings and packets a port has.
fn sizes(port: &IoPort) -> (usize, usize) {
    port.queue.with(|state, _| {
        let queued = state.bindings.iter().filter(|bound| bound.count > 0).count();
        (state.bindings.len(), state.packets.of_user() + queued)
    })
}

fn binding(port: &IoPort, index: usize) -> Binding {
    port.queue
        .with(|state, _| state.bindings.get(index).map(|bound| bound.binding.clone()))
        .expect("a binding")
}

#[test]
fn so_many_packets_of_user_code_wait_and_no_more() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 0), event(&table, 1));
    port.bind(7, subject(), || true).expect("bound");
    for _ in 0..MAX_USER_PACKETS {
        assert_eq!(port.queue(user(1)), Ok(()));
    }
    assert_eq!(port.queue(user(2)), Err(Status::SHOULD_WAIT));
    set(&event);
    assert_eq!(sizes(&port), (1, 2049), "those of bindings have room of their own");
    assert_eq!(key(&port), Ok(1));
    assert_eq!([port.queue(user(3)), port.queue(user(4))], [Ok(()), Err(Status::SHOULD_WAIT)]);
    (1..MAX_USER_PACKETS).for_each(|_| assert_eq!(key(&port), Ok(1)));
    assert_eq!([key(&port), key(&port), key(&port)], [Ok(7), Ok(3), Err(Status::TIMED_OUT)]);
    assert_eq!(port.queue(user(5)), Ok(()));
}

#[test]
fn a_port_has_so_many_bindings_and_no_more() {
    let table = Arc::default();
    let (port, (one, first), (_other, second)) = (IoPort::new(|| 0), event(&table, 1), event(&table, 2));
    port.bind(1, first(), || true).expect("bound");
    // The same again stands for many others.
    let binding = binding(&port, 0);
    port.queue.with(|state, _| {
        while state.bindings.len() < MAX_OBSERVERS - 1 {
            state.bindings.insert(Bound::new(binding.clone())).expect("there is memory");
        }
    });
    let two = Subject { mask: SIGNALED | Signals::USER_SIGNAL_0, ..second() };
    assert_eq!(port.bind(2, two, || true), Err(Status::NO_RESOURCES));
    assert_eq!(sizes(&port), (MAX_OBSERVERS - 1, 0));
    assert_eq!(port.bind(3, second(), || true), Ok(()));
    assert_eq!(port.bind(4, second(), || true), Err(Status::NO_RESOURCES));
    set(&one);
    assert_eq!(take(&port), Ok(packet(1, SIGNALED, 0)), "who was refused took nothing away");
}

#[test]
fn to_be_told_takes_no_memory() {
    let (table, event, port) = (Arc::default(), Event::new(), IoPort::new(|| 0));
    port.bind(1, subject(&table, event.clone(), 1, Signals::USER_SIGNAL_ALL), || true).expect("bound");
    without_memory(|| {
        assert_eq!(port.queue(user(1)), Err(Status::NO_MEMORY));
        event.base().signals.assert(Signals::USER_SIGNAL_ALL);
    });
    assert_eq!(sizes(&port), (8, 8));
    assert_eq!(core::iter::from_fn(|| key(&port).ok()).count(), 8);
    let more = subject(&table, event, 1, SIGNALED);
    without_memory(|| assert_eq!(port.bind(2, more, || true), Err(Status::NO_MEMORY)));
    assert_eq!(sizes(&port), (8, 0));
}

/// They are in its place until the last one is taken, and count for what a port may have.
#[test]
fn packets_outlive_their_binding() {
    let table = Arc::default();
    let (port, (one, first), (other, second)) = (IoPort::new(|| 0), event(&table, 1), event(&table, 2));
    let held = Arc::strong_count(&one);
    port.bind(1, first(), || true).expect("bound");
    port.bind(2, second(), || true).expect("bound");
    for _ in 0..2 {
        set(&one);
        clear(&one);
    }
    let ended = binding(&port, 0);
    table.close(&one, 1);
    assert_eq!(sizes(&port), (2, 1), "two packets of one signal");
    port.arrived(&ended, 1);
    drop(ended);
    set(&other);
    assert_eq!([key(&port), key(&port)], [Ok(1), Ok(2)]);
    assert_eq!(sizes(&port), (2, 1));
    assert_eq!([key(&port), key(&port)], [Ok(1), Err(Status::TIMED_OUT)]);
    assert_eq!((sizes(&port), Arc::strong_count(&one)), ((1, 0), held));
}

#[test]
fn each_signal_asks_for_memory_of_its_own() {
    let (table, port, event) = (Arc::default(), IoPort::new(|| 5), Event::new());
    let watched = Signals::USER_SIGNAL_0 | Signals::USER_SIGNAL_3 | SIGNALED;
    let asked = core::cell::Cell::new(0);
    for admitted in 0..3 {
        asked.set(0);
        let admit = || asked.replace(asked.get() + 1) < admitted;
        let bound = port.bind(1, subject(&table, event.clone(), 1, watched), admit);
        assert_eq!((bound, asked.get()), (Err(Status::NO_MEMORY), admitted + 1));
        assert_eq!((sizes(&port), Arc::strong_count(&event)), ((0, 0), 1), "nothing is left of it");
    }
    asked.set(0);
    let admit = || asked.replace(asked.get() + 1) < 3;
    assert_eq!(port.bind(1, subject(&table, event.clone(), 1, watched), admit), Ok(()));
    assert_eq!((asked.get(), sizes(&port)), (3, (3, 0)));
    for signal in [Signals::USER_SIGNAL_3, SIGNALED, Signals::USER_SIGNAL_1, Signals::USER_SIGNAL_0] {
        event.base().signals.assert(signal);
    }
    assert_eq!(take(&port), Ok(packet(1, Signals::USER_SIGNAL_3, 5)));
    assert_eq!(take(&port), Ok(packet(1, SIGNALED, 5)));
    assert_eq!(take(&port), Ok(packet(1, Signals::USER_SIGNAL_0, 5)));
    assert_eq!(take(&port), Err(Status::TIMED_OUT), "each tells of one signal that is bound");
}

#[test]
fn an_object_with_too_many_bindings_is_not_bound() {
    let (table, port, event) = (Arc::default(), IoPort::new(|| 0), Event::new());
    let most = crate::core::signals::MAX_COUNTING / 8;
    for key in 0..most as u64 {
        let eight = subject(&table, event.clone(), 1, Signals::USER_SIGNAL_ALL);
        assert_eq!(port.bind(key, eight, || true), Ok(()));
    }
    let held = Arc::strong_count(&event);
    let two = subject(&table, event.clone(), 1, SIGNALED | Signals::USER_SIGNAL_0);
    assert_eq!(port.bind(9, two, || true), Err(Status::NO_RESOURCES));
    assert_eq!(sizes(&port), (8 * most, 0));
    assert_eq!(Arc::strong_count(&event), held);
}

#[test]
fn a_binding_is_let_go_with_its_handle() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 0), event(&table, 1));
    let held = Arc::strong_count(&event);
    port.bind(1, subject(), || true).expect("bound");
    assert!(Arc::strong_count(&event) > held);
    table.close(&event, 1);
    assert_eq!((sizes(&port), Arc::strong_count(&event)), ((0, 0), held));
    assert_eq!(port.bind(2, subject(), || true), Ok(()), "as if it had been closed afterwards");
    assert_eq!((sizes(&port), Arc::strong_count(&event)), ((0, 0), held));
}

/// It was on its way when the handle was closed, and its place has gone to another binding meanwhile.
#[test]
fn what_comes_after_the_end_of_a_binding_concerns_no_other() {
    let table = Arc::default();
    let (port, (one, first), (other, second)) = (IoPort::new(|| 0), event(&table, 1), event(&table, 2));
    port.bind(1, first(), || true).expect("bound");
    let ended = binding(&port, 0);
    table.close(&one, 1);
    port.arrived(&ended, 1);
    assert_eq!(sizes(&port), (0, 0), "there is no room for it any more");
    port.bind(2, second(), || true).expect("bound");
    port.arrived(&ended, 1);
    let observation = Observation::of(SIGNALED, HandleId(1));
    port.woken(&ended, Seen { observation, object: None });
    assert_eq!(sizes(&port), (1, 0));
    port.arrived(&binding(&port, 0), 0);
    assert_eq!(sizes(&port), (1, 0), "nothing came");
    set(&other);
    assert_eq!([key(&port), key(&port)], [Ok(2), Err(Status::TIMED_OUT)]);
}

/// A channel with unread messages, as its binding sees it.
fn channel(unread: usize) -> (Arc<Channel>, Arc<Channel>) {
    let (near, far) = Channel::new();
    (0..unread).for_each(|_| assert!(near.write(Message::default()).is_ok()));
    (near, far)
}

#[test]
fn packets_that_come_at_once_wake_one_waiter_each() {
    let (table, port) = (Arc::default(), IoPort::new(|| 0));
    let mut waits = [(); 3].map(|()| Box::pin(port.wait(|_| true, never())));
    for wait in &mut waits {
        assert!(poll(wait.as_mut()).is_pending());
    }
    let (_near, far) = channel(2);
    port.bind(4, subject(&table, far, 1, Signals::CHANNEL_READABLE), || true).expect("bound");
    let [first, second, mut third] = waits;
    assert_eq!(ready(first), Ok(packet(4, Signals::CHANNEL_READABLE, 0)));
    assert_eq!(ready(second), Ok(packet(4, Signals::CHANNEL_READABLE, 0)));
    assert!(poll(third.as_mut()).is_pending(), "there were two");
    port.queue(user(1)).expect("queued");
    assert_eq!(ready(third), Ok(IoPortPacket::User(user(1))));
}

#[test]
fn who_has_too_little_room_wakes_the_next() {
    let port = IoPort::new(|| 0);
    let mut small = pin!(port.wait(|size| size < 4, never()));
    let mut large = pin!(port.wait(|size| size == 4, never()));
    assert!(poll(small.as_mut()).is_pending() && poll(large.as_mut()).is_pending());
    port.queue(user(1)).expect("queued");
    assert_eq!(ready(small), Err(Status::INVALID_ARGS));
    assert_eq!(ready(large), Ok(IoPortPacket::User(user(1))));
}

#[test]
fn packets_of_one_signal_take_turns_with_others() {
    let (table, port, event) = (Arc::default(), IoPort::new(|| 0), Event::new());
    let (_near, far) = channel(3);
    port.bind(1, subject(&table, far, 1, Signals::CHANNEL_READABLE), || true).expect("bound");
    port.bind(2, subject(&table, event.clone(), 2, SIGNALED), || true).expect("bound");
    set(&event);
    port.queue(user(3)).expect("queued");
    assert_eq!([(); 6].map(|()| key(&port)), [Ok(1), Ok(2), Ok(3), Ok(1), Ok(1), Err(Status::TIMED_OUT)]);
}

/// Not those that write nothing.
#[test]
fn each_write_to_a_socket_arrives() {
    for datagram in [false, true] {
        let (table, port, (left, right)) = (Arc::default(), IoPort::new(|| 0), Socket::new(datagram));
        let write = |bytes: &[u8]| assert_eq!(left.send(bytes), Ok(bytes.len()));
        let told = || core::iter::from_fn(|| key(&port).ok()).take(9).count();
        write(b"before");
        write(b"before");
        port.bind(1, subject(&table, right.clone(), 1, Signals::SOCKET_READABLE), || true).expect("bound");
        assert_eq!(told(), 1, "those before have become one");
        for (bytes, arrived) in [(&b"a"[..], 1), (b"", 0), (b"bc", 1)] {
            write(bytes);
            assert_eq!(told(), arrived);
        }
        (0..5).for_each(|_| _ = right.read(100, false, &mut Nowhere));
        assert_eq!(right.readable(), 0);
        for (bytes, arrived) in [(&b""[..], 0), (b"d", 1), (b"e", 1)] {
            write(bytes);
            assert_eq!(told(), arrived);
        }
    }
}

struct Nowhere;

impl crate::Destination for Nowhere {
    fn put(&mut self, _: usize, _: &[u8]) -> Result<(), Status> {
        Ok(())
    }

    fn tell(&mut self, _: usize) -> Result<(), Status> {
        Ok(())
    }
}

#[test]
fn all_goes_with_a_closed_port() {
    let table = Arc::default();
    let (port, (event, subject)) = (IoPort::new(|| 0), event(&table, 1));
    let held = Arc::strong_count(&event);
    for key in 0..3 {
        port.bind(key, subject(), || true).expect("bound");
    }
    let mut waits = [(); 2].map(|()| Box::pin(port.wait(|_| true, never())));
    for wait in &mut waits {
        assert!(poll(wait.as_mut()).is_pending());
    }
    let mut doomed = Doomed::default();
    Handle::to_new(port.clone()).expect("a handle").close_into(&mut doomed);
    set(&event);
    assert_eq!(sizes(&port), (3, 0), "nothing comes any more");
    assert_eq!(port.bind(4, subject(), || true), Err(Status::CANCELED));
    doomed.finish();
    assert_eq!(waits.map(ready), [Err(Status::CANCELED), Err(Status::CANCELED)]);
    assert_eq!((sizes(&port), Arc::strong_count(&event)), ((0, 0), held));

    let port = IoPort::new(|| 0);
    clear(&event);
    for key in 0..3 {
        port.queue(user(1)).expect("queued");
        port.bind(key, subject(), || true).expect("bound");
    }
    set(&event);
    assert_eq!(sizes(&port), (3, 6));
    drop(Handle::to_new(port.clone()).expect("a handle"));
    assert_eq!((sizes(&port), Arc::strong_count(&event)), ((0, 0), held));
}
