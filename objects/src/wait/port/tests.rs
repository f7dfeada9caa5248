//! Ports and what they observe.

use crate::testing::{discard_until, handle, never, poll, ready, timers, without_memory};
use crate::wait::Deadline;
use crate::{
    AsyncOptions, Channel, Event, HandleId, KernelObject, MAX_USER_PACKETS, Message, Object, PacketWaiter,
    Port,
};
use abi::{PortPacket, Signals, Status};
use alloc::sync::Arc;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

const A: Signals = Signals::USER_SIGNAL_0;
const MINE: HandleId = HandleId(7);

fn observe(port: &Arc<Port>, source: &Object, key: u64, options: AsyncOptions) {
    port.wait_async(source.clone(), MINE, key, A, options, || true).unwrap();
}

fn take(port: &Port) -> Option<PortPacket> {
    ready(port.wait(Deadline { at: 0, timers: timers() })).ok()
}

#[test]
fn packets_come_in_order_and_are_limited_without_loss() {
    let port = Port::new();
    for key in 0..MAX_USER_PACKETS as u64 {
        port.queue(PortPacket::user(key, [0; 4])).unwrap();
    }
    assert_eq!(port.queue(PortPacket::user(9, [0; 4])), Err(Status::SHOULD_WAIT));
    for key in 0..MAX_USER_PACKETS as u64 {
        assert_eq!(take(&port).map(|packet| packet.key), Some(key));
    }
    assert!(take(&port).is_none());
    assert!(port.queue(PortPacket::user(9, [0; 4])).is_ok());
}

#[test]
fn one_packet_goes_to_one_waiter() {
    let port = Port::new();
    let mut first = pin!(port.wait(never()));
    let mut second = pin!(port.wait(never()));
    assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
    port.queue(PortPacket::user(1, [0; 4])).unwrap();
    assert_eq!(ready(first).unwrap().key, 1);
    assert!(poll(second.as_mut()).is_pending());
}

/// A waiter is woken, finds that another took the packet, and at the same time its deadline passes.
#[test]
fn a_packet_taken_by_another_does_not_make_a_wait_miss_its_deadline() {
    let (port, timers) = (Port::new(), timers());
    let (mut waiter, mut sleep) = (pin!(PacketWaiter::new(())), pin!(Some(timers.sleep_until(5))));
    assert!(port.clone().begin_wait(waiter.as_mut(), &mut None, Waker::noop()).is_pending());
    let mut go_on = || {
        let context = &mut Context::from_waker(Waker::noop());
        Port::poll_wait(waiter.as_mut(), sleep.as_mut(), context)
    };
    assert!(go_on().is_pending());
    port.queue(PortPacket::user(1, [0; 4])).unwrap();
    assert_eq!(take(&port).map(|packet| packet.key), Some(1));
    timers.expire(5);
    assert_eq!(go_on(), Poll::Ready(Err(Status::TIMED_OUT)));
}

/// Cancelled packets leave the order of the others alone, and nothing behind.
#[test]
fn cancelling_takes_packets_out_of_the_middle() {
    let (port, event) = (Port::new(), Event::new());
    let source = Object::from(event.clone());
    event.base().signals.assert(A);
    for round in 0..3 {
        for key in 0..60 {
            match key % 3 {
                0 => port.queue(PortPacket::user(key, [0; 4])).unwrap(),
                _ => observe(&port, &source, key, AsyncOptions::default()),
            }
        }
        let cancelled = |key: u64| key % 3 == 1 && (round != 1 || key < 20);
        for key in (0..60).rev() {
            let expected = if cancelled(key) { Ok(()) } else { Err(Status::NOT_FOUND) };
            match key % 3 {
                2 => {}
                1 if !cancelled(key) => {}
                _ => assert_eq!(port.cancel(MINE, key), expected, "{key}"),
            }
        }
        // Its place is used again, behind the others.
        observe(&port, &source, 61, AsyncOptions::default());
        let left = (0..60).filter(|key| !cancelled(*key)).chain([61]);
        left.for_each(|key| assert_eq!(take(&port).map(|packet| packet.key), Some(key)));
        assert!(take(&port).is_none());
    }
}

#[test]
fn a_level_that_is_active_is_reported_at_once_and_only_once() {
    let (port, event) = (Port::new(), Event::new());
    let source = Object::from(event.clone());
    event.base().signals.assert(A);
    observe(&port, &source, 5, AsyncOptions::default());
    let packet = take(&port).expect("a packet");
    let seen = packet.signal().expect("a signal packet");
    assert_eq!((packet.key, seen.trigger, seen.observed, seen.count), (5, A, A, 1));
    event.base().signals.clear(A);
    event.base().signals.assert(A);
    assert!(take(&port).is_none());
}

#[test]
fn an_edge_needs_a_change() {
    let (port, event) = (Port::new(), Event::new());
    event.base().signals.assert(A);
    let edge = AsyncOptions { edge: true, timestamp: Some(|| 77) };
    observe(&port, &Object::from(event.clone()), 5, edge);
    assert!(take(&port).is_none());
    event.base().signals.clear(A);
    event.base().signals.assert(A);
    let packet = take(&port).expect("a packet");
    assert_eq!(packet.signal().expect("a signal packet").timestamp, 77);
}

#[test]
fn the_count_is_the_number_of_unread_messages() {
    let (port, (a, b)) = (Port::new(), Channel::new());
    for _ in 0..3 {
        assert!(a.write(Message::default()).is_ok());
    }
    let readable = Signals::CHANNEL_READABLE;
    port.wait_async(b.into(), MINE, 1, readable, AsyncOptions::default(), || true).unwrap();
    assert_eq!(take(&port).and_then(|packet| packet.signal().map(|seen| seen.count)), Some(3));
}

#[test]
fn cancelling_takes_back_what_is_armed_and_what_is_queued() {
    let (port, event) = (Port::new(), Event::new());
    let source = Object::from(event.clone());
    observe(&port, &source, 1, AsyncOptions::default());
    assert_eq!(port.cancel(MINE, 2), Err(Status::NOT_FOUND));
    assert_eq!(port.cancel(HandleId(8), 1), Err(Status::NOT_FOUND));
    assert_eq!(port.cancel(MINE, 1), Ok(()));
    event.base().signals.assert(A);
    assert!(take(&port).is_none());
    observe(&port, &source, 3, AsyncOptions::default());
    assert_eq!(port.cancel(MINE, 3), Ok(()));
    assert!(take(&port).is_none());
    assert_eq!(port.cancel(MINE, 3), Err(Status::NOT_FOUND));
}

#[test]
fn closing_the_source_disarms_but_keeps_what_is_queued() {
    let (port, fired, armed) = (Port::new(), Event::new(), Event::new());
    fired.base().signals.assert(A);
    observe(&port, &fired.clone().into(), 1, AsyncOptions::default());
    observe(&port, &armed.clone().into(), 2, AsyncOptions::default());
    fired.cancel_handle(MINE);
    armed.cancel_handle(MINE);
    armed.base().signals.assert(A);
    assert_eq!(take(&port).map(|packet| packet.key), Some(1));
    assert!(take(&port).is_none());
}

#[test]
fn closing_the_port_ends_its_waits_and_leaves_nothing_armed() {
    let (port, event) = (Port::new(), Event::new());
    let only = handle(&port);
    observe(&port, &event.clone().into(), 1, AsyncOptions::default());
    let mut wait = pin!(port.wait(never()));
    assert!(poll(wait.as_mut()).is_pending());
    drop(only);
    assert_eq!(ready(wait).err(), Some(Status::CANCELED));
    assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
    event.base().signals.assert(A);
}

#[test]
fn a_thousand_observers_fire_without_loss() {
    let (port, event) = (Port::new(), Event::new());
    for key in 0..1000 {
        observe(&port, &event.clone().into(), key, AsyncOptions::default());
    }
    event.base().signals.assert(A);
    crate::wake_what_is_left();
    let mut seen: alloc::vec::Vec<u64> =
        core::iter::from_fn(|| take(&port)).map(|packet| packet.key).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..1000));
}

/// What comes after a signal takes away none of its packets, though many are not queued yet.
#[test]
fn who_has_been_chosen_is_not_cancelled() {
    const MANY: u64 = 1000;
    let (port, event) = (Port::new(), Event::new());
    (0..MANY).for_each(|key| observe(&port, &event.clone().into(), key, AsyncOptions::default()));
    event.base().signals.assert(A);
    event.base().signals.cancel_handle(MINE);
    crate::wake_what_is_left();
    assert_eq!(core::iter::from_fn(|| take(&port)).count() as u64, MANY);
}

#[test]
fn cancelling_takes_all_of_one_key_and_none_of_another() {
    let (port, event) = (Port::new(), Event::new());
    let source = Object::from(event.clone());
    for round in 0..3 {
        (0..50).for_each(|number| observe(&port, &source, number % 5, AsyncOptions::default()));
        event.base().signals.assert(A);
        event.base().signals.clear(A);
        crate::wake_what_is_left();
        (0..50).for_each(|number| observe(&port, &source, number % 5, AsyncOptions::default()));
        assert_eq!(port.cancel(MINE, round), Ok(()));
        assert_eq!(port.cancel(MINE, round), Err(Status::NOT_FOUND));
        event.base().signals.assert(A);
        event.base().signals.clear(A);
        crate::wake_what_is_left();
        let keys: alloc::vec::Vec<u64> =
            core::iter::from_fn(|| take(&port)).map(|packet| packet.key).collect();
        assert_eq!(keys.len(), 80);
        assert!(!keys.contains(&round));
    }
}

#[test]
fn a_timestamp_is_taken_when_asked_for() {
    let (port, event) = (Port::new(), Event::new());
    observe(&port, &event.clone().into(), 1, AsyncOptions { timestamp: Some(|| 42), edge: false });
    observe(&port, &event.clone().into(), 2, AsyncOptions::default());
    event.base().signals.assert(A);
    let stamps = [(); 2].map(|()| take(&port).and_then(|packet| packet.signal()).map(|seen| seen.timestamp));
    assert_eq!(stamps, [Some(42), Some(0)]);
}

/// Port, source and waiter go in each order, and nothing refers to the objects afterwards.
#[test]
fn the_order_in_which_port_source_and_waiter_go_does_not_matter() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (port, event) = (Port::new(), Event::new());
        let mut handles = [Some(handle(&port)), Some(handle(&event))];
        observe(&port, &event.clone().into(), 1, AsyncOptions::default());
        let waited = port.clone();
        let mut waiter = Some(alloc::boxed::Box::pin(async move { waited.wait(never()).await.err() }));
        assert!(poll(waiter.as_mut().unwrap().as_mut()).is_pending());
        for part in order {
            match handles.get_mut(part) {
                Some(handle) => {
                    drop(handle.take());
                    event.cancel_handle(if part == 1 { MINE } else { HandleId::KERNEL });
                }
                None => drop(waiter.take()),
            }
        }
        assert_eq!((Arc::strong_count(&port), Arc::strong_count(&event)), (1, 1), "{order:?}");
    }
}

#[test]
fn a_port_that_is_closed_takes_nothing_more() {
    let (port, event) = (Port::new(), Event::new());
    drop(handle(&port));
    let refused = port.wait_async(event.clone().into(), MINE, 1, A, AsyncOptions::default(), || true);
    assert_eq!(refused, Err(Status::BAD_HANDLE));
    assert_eq!(Arc::strong_count(&event), 1);
    assert_eq!(port.queue(PortPacket::default()), Err(Status::BAD_HANDLE));
    assert_eq!(ready(port.wait(never())), Err(Status::CANCELED));
}

#[test]
fn a_waiter_is_woken_by_what_the_port_observes() {
    let (port, event) = (Port::new(), Event::new());
    observe(&port, &event.clone().into(), 5, AsyncOptions::default());
    let mut wait = pin!(port.wait(never()));
    assert!(poll(wait.as_mut()).is_pending());
    event.base().signals.assert(A);
    assert_eq!(ready(wait).map(|packet| packet.key), Ok(5));
}

#[test]
fn waiting_for_a_packet_ends_at_its_deadline() {
    let (port, timers) = (Port::new(), timers());
    let mut wait = pin!(port.wait(Deadline { at: 50, timers }));
    assert!(poll(wait.as_mut()).is_pending());
    assert_eq!((timers.expire(49), timers.expire(50)), (0, 1));
    assert_eq!(ready(wait), Err(Status::TIMED_OUT));
}

/// A thread that begins to wait.
#[test]
fn a_packet_that_is_there_is_taken_instead_of_waiting() {
    let (port, event) = (Port::new(), Event::new());
    let mut waiter = pin!(PacketWaiter::new(()));
    let mut begin = |port: &Arc<Port>| {
        let mut packet = None;
        let begun = port.clone().begin_wait(waiter.as_mut(), &mut packet, Waker::noop());
        (begun, packet.map(|packet| packet.key))
    };
    event.base().signals.assert(A);
    port.queue(PortPacket::user(1, [0; 4])).unwrap();
    observe(&port, &event.clone().into(), 2, AsyncOptions::default());
    port.queue(PortPacket::user(3, [0; 4])).unwrap();
    for key in 1..=3 {
        assert_eq!(begin(&port), (Poll::Ready(Ok(())), Some(key)));
    }
    let closed = Port::new();
    drop(handle(&closed));
    assert_eq!(begin(&closed), (Poll::Ready(Err(Status::CANCELED)), None));
    assert_eq!(begin(&port), (Poll::Pending, None));
}

#[test]
fn a_wait_that_is_ended_gives_the_packet_that_came_in_time() {
    let (port, event) = (Port::new(), Event::new());
    let mut waiter = pin!(PacketWaiter::new(()));
    observe(&port, &event.clone().into(), 2, AsyncOptions::default());
    let come: [(&dyn Fn(), _); 4] = [
        (&|| (), Err(Status::TIMED_OUT)),
        (&|| port.queue(PortPacket::user(1, [0; 4])).unwrap(), Ok(1)),
        (&|| event.base().signals.assert(A), Ok(2)),
        (&|| drop(handle(&port)), Err(Status::CANCELED)),
    ];
    for (what, expected) in come {
        assert!(port.clone().begin_wait(waiter.as_mut(), &mut None, Waker::noop()).is_pending());
        what();
        assert_eq!(Port::end_wait(waiter.as_mut()).map(|packet| packet.key), expected);
    }
}

#[test]
fn a_thread_that_waits_gets_the_packet_that_wakes_it_or_times_out() {
    let (port, timers) = (Port::new(), timers());
    let mut waiter = pin!(PacketWaiter::new(()));
    for expected in [Ok(1), Err(Status::TIMED_OUT)] {
        let mut sleep = pin!(Some(timers.sleep_until(5)));
        assert!(port.clone().begin_wait(waiter.as_mut(), &mut None, Waker::noop()).is_pending());
        let mut go_on = || {
            let context = &mut Context::from_waker(Waker::noop());
            Port::poll_wait(waiter.as_mut(), sleep.as_mut(), context).map_ok(|packet| packet.key)
        };
        assert!(go_on().is_pending());
        match expected {
            Ok(key) => port.queue(PortPacket::user(key, [0; 4])).unwrap(),
            Err(_) => assert_eq!(timers.expire(5), 1),
        }
        assert_eq!(go_on(), Poll::Ready(expected));
    }
}

#[test]
fn an_observer_whose_handle_was_closed_is_not_in_the_port_any_more() {
    let (port, event) = (Port::new(), Event::new());
    observe(&port, &event.clone().into(), 1, AsyncOptions::default());
    assert!(Arc::strong_count(&event) > 1);
    event.cancel_handle(MINE);
    assert_eq!(Arc::strong_count(&event), 1);
    assert_eq!(port.cancel(MINE, 1), Err(Status::NOT_FOUND));
    port.wait_async(event.clone().into(), MINE, 2, A, AsyncOptions::default(), || false).unwrap();
    assert_eq!((Arc::strong_count(&event), port.cancel(MINE, 2)), (1, Err(Status::NOT_FOUND)));
}

#[test]
fn closing_the_port_wakes_all_who_wait() {
    let port = Port::new();
    let only = handle(&port);
    let mut waits = [(); 3].map(|()| alloc::boxed::Box::pin(port.wait(never())));
    assert!(waits.iter_mut().all(|wait| poll(wait.as_mut()).is_pending()));
    drop(only);
    for wait in waits {
        assert_eq!(ready(wait), Err(Status::CANCELED));
    }
}

#[test]
fn a_port_without_memory_takes_nothing_in() {
    let (port, event) = (Port::new(), Event::new());
    let queue = || port.queue(PortPacket::user(1, [0; 4]));
    let arm = || port.wait_async(event.clone().into(), MINE, 2, A, AsyncOptions::default(), || true);
    assert_eq!(without_memory(|| (queue(), arm())), (Err(Status::NO_MEMORY), Err(Status::NO_MEMORY)));
    assert_eq!((Arc::strong_count(&event), port.cancel(MINE, 2)), (1, Err(Status::NOT_FOUND)));
    assert!(take(&port).is_none());
    assert_eq!((queue(), arm()), (Ok(()), Ok(())));
    assert_eq!(without_memory(queue), Ok(()), "there is room");
}

#[test]
fn a_large_port_that_is_closed_lets_go_of_all_that_it_observes() {
    let (port, event) = (Port::new(), Event::new());
    let only = handle(&port);
    (0..300).for_each(|key| observe(&port, &event.clone().into(), key % 250, AsyncOptions::default()));
    drop(only);
    discard_until(|| Arc::strong_count(&event) == 1);
    assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
}
