//! object_wait_async and port_cancel.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Handle, Port, Rights, Signals, Status, Timer,
    abi::{PKT_TYPE_SIGNAL_ONE, WAIT_ASYNC_EDGE, WAIT_ASYNC_TIMESTAMP},
    clock::{self, INFINITE},
};

use crate::harness::{NO_HANDLE, call, user_test, without};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

fn port_and_event() -> (Port, Event) {
    (Port::create().expect("a port"), Event::create().expect("an event"))
}

fn set(event: &Event) {
    event.signal(Signals::empty(), SIGNAL).expect("set");
}

fn clear(event: &Event) {
    event.signal(SIGNAL, Signals::empty()).expect("clear");
}

fn is_empty(port: &Port) -> bool {
    port.wait_packet(0) == Err(Status::TIMED_OUT)
}

user_test! {
    fn packet_tells_trigger_and_observed() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 77, SIGNAL | Signals::USER_SIGNAL_1, 0).expect("armed");
        assert!(is_empty(&port));
        event.signal(Signals::empty(), SIGNAL | Signals::USER_SIGNAL_2).expect("signal");
        let packet = port.wait_packet(0).expect("a packet");
        let signal = packet.signal().expect("a signal packet");
        assert_eq!((packet.key, packet.kind), (77, u32::from(PKT_TYPE_SIGNAL_ONE)));
        assert_eq!(packet.status, Status::OK);
        assert_eq!(signal.trigger, SIGNAL | Signals::USER_SIGNAL_1);
        assert_eq!(signal.observed, SIGNAL | Signals::USER_SIGNAL_2);
        assert_eq!((signal.count, signal.timestamp), (1, 0));
    }

    fn already_active_fires_at_once() {
        let (port, event) = port_and_event();
        set(&event);
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        assert_eq!(port.wait_packet(0).expect("a packet").key, 1);
    }

    fn one_packet_per_arm() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        for _ in 0..3 {
            set(&event);
            clear(&event);
        }
        port.wait_packet(0).expect("a packet");
        assert!(is_empty(&port));
    }

    fn several_arms_give_several_packets() {
        let (port, event) = port_and_event();
        for key in 0..5 {
            event.wait_async(&port, key, SIGNAL, 0).expect("armed");
        }
        set(&event);
        let mut keys: Vec<_> = (0..5).map(|_| port.wait_packet(0).expect("a packet").key).collect();
        keys.sort_unstable();
        assert_eq!(keys, [0, 1, 2, 3, 4]);
    }

    fn edge_ignores_what_is_active_already() {
        let (port, event) = port_and_event();
        set(&event);
        event.wait_async(&port, 1, SIGNAL, WAIT_ASYNC_EDGE).expect("armed");
        assert!(is_empty(&port));
        set(&event);
        assert!(is_empty(&port), "setting what is set is no edge");
        clear(&event);
        set(&event);
        assert_eq!(port.wait_packet(0).expect("a packet").key, 1);
    }

    fn timestamp_is_filled_in() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 1, SIGNAL, WAIT_ASYNC_TIMESTAMP).expect("armed");
        let before = clock::monotonic();
        set(&event);
        let after = clock::monotonic();
        let packet = port.wait_packet(0).expect("a packet");
        let timestamp = packet.signal().expect("a signal packet").timestamp as i64;
        assert!((before..=after).contains(&timestamp), "{before} {timestamp} {after}");
    }

    fn count_is_the_number_of_messages() {
        let port = Port::create().expect("a port");
        let (left, right) = Channel::create().expect("a channel");
        for _ in 0..3 {
            left.write(b"x", Vec::new()).expect("write");
        }
        right.wait_async(&port, 1, Signals::CHANNEL_READABLE, 0).expect("armed");
        let packet = port.wait_packet(0).expect("a packet");
        assert_eq!(packet.signal().expect("a signal packet").count, 3);
    }

    fn closing_the_source_disarms() {
        let (port, event) = port_and_event();
        let other = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        drop(event);
        set(&other);
        assert!(is_empty(&port));
    }

    fn transferring_or_replacing_the_source_disarms() {
        let replace = |event: Event| Handle::from(event).replace(Rights::SAME_RIGHTS).expect("replaced");
        let (near, far) = Channel::create().expect("a channel");
        let transfer = |event: Event| {
            near.write(b"", [event.into()].into()).expect("write");
            far.read().expect("read").handles.remove(0)
        };
        let ways: [&dyn Fn(Event) -> Handle; 2] = [&replace, &transfer];
        for give_away in ways {
            let (port, event) = port_and_event();
            event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
            let event = Event::from(give_away(event));
            set(&event);
            assert!(is_empty(&port));
            event.wait_async(&port, 2, SIGNAL, 0).expect("armed anew");
            assert_eq!(port.wait_packet(0).expect("a packet").key, 2);
        }
    }

    fn packets_stand_in_the_order_of_their_events() {
        let (port, event) = port_and_event();
        let other = Event::create().expect("an event");
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        other.wait_async(&port, 3, SIGNAL, 0).expect("armed");
        port.queue(0, [0; 4]).expect("queue");
        set(&event);
        port.queue(2, [0; 4]).expect("queue");
        set(&other);
        port.queue(4, [0; 4]).expect("queue");
        let keys = (0..5).map(|_| port.wait_packet(0).expect("a packet").key);
        assert!(keys.eq(0..5));
        assert!(is_empty(&port));
    }

    fn queued_packet_survives_its_source() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 5, SIGNAL, 0).expect("armed");
        set(&event);
        drop(event);
        assert_eq!(port.wait_packet(0).expect("a packet").key, 5);
    }

    fn port_may_close_first() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        drop(port);
        set(&event);
        clear(&event);
    }

    fn port_source_and_peer_close_in_any_order() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let port = Port::create().expect("a port");
            let (near, far) = Channel::create().expect("a channel");
            let wanted = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
            far.wait_async(&port, 1, wanted, 0).expect("armed");
            let handles: [Handle; 3] = [port.into(), near.into(), far.into()];
            let mut handles = handles.map(Some);
            order.iter().for_each(|&index| drop(handles[index].take()));
        }
    }

    fn a_timer_fires_into_a_port() {
        let (port, timer) = (Port::create().expect("a port"), Timer::create().expect("a timer"));
        timer.wait_async(&port, 4, Signals::TIMER_SIGNALED, 0).expect("armed");
        timer.set(clock::deadline_after(2 * clock::MILLISECOND), 0).expect("set");
        let packet = port.wait_packet(INFINITE).expect("a packet");
        assert_eq!(packet.key, 4);
        assert_eq!(packet.signal().expect("a signal packet").observed, Signals::TIMER_SIGNALED);
        timer.wait_async(&port, 5, Signals::TIMER_SIGNALED, 0).expect("armed");
        assert_eq!(port.wait_packet(0).expect("it is signalled still").key, 5);
    }

    fn cancel_goes_by_the_handle_that_was_waited_through() {
        let (port, event) = port_and_event();
        let other = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        assert_eq!(port.cancel(&other, 1), Err(Status::NOT_FOUND));
        let deaf = without(&event, Rights::WAIT);
        assert_eq!(port.cancel(&deaf, 1), Err(Status::ACCESS_DENIED));
        port.cancel(&event, 1).expect("cancelled");
    }

    fn cancel_removes_what_is_armed() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        event.wait_async(&port, 2, SIGNAL, 0).expect("armed");
        port.cancel(&event, 1).expect("cancelled");
        set(&event);
        assert_eq!(port.wait_packet(0).expect("a packet").key, 2);
        assert!(is_empty(&port));
    }

    fn cancel_removes_what_is_queued() {
        let (port, event) = port_and_event();
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        set(&event);
        port.cancel(&event, 1).expect("cancelled");
        assert!(is_empty(&port));
    }

    fn cancel_removes_all_of_the_key_armed_and_queued() {
        let (port, event) = port_and_event();
        for _ in 0..3 {
            event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
            event.wait_async(&port, 1, Signals::USER_SIGNAL_1, 0).expect("armed");
        }
        event.wait_async(&port, 2, SIGNAL, 0).expect("armed");
        set(&event);
        port.cancel(&event, 1).expect("cancelled");
        event.signal(Signals::empty(), Signals::USER_SIGNAL_1).expect("signal");
        assert_eq!(port.wait_packet(0).expect("a packet").key, 2);
        assert!(is_empty(&port));
        assert_eq!(port.cancel(&event, 1), Err(Status::NOT_FOUND));
    }

    fn cancel_matches_source_and_key() {
        let ((port, event), other) = (port_and_event(), Event::create().expect("an event"));
        event.wait_async(&port, 1, SIGNAL, 0).expect("armed");
        assert_eq!(port.cancel(&event, 2), Err(Status::NOT_FOUND));
        assert_eq!(port.cancel(&other, 1), Err(Status::NOT_FOUND));
        set(&event);
        assert_eq!(port.wait_packet(0).expect("a packet").key, 1);
        assert_eq!(port.cancel(&event, 1), Err(Status::NOT_FOUND));
    }

    fn cancel_leaves_user_packets() {
        let (port, event) = port_and_event();
        port.queue(1, [0; 4]).expect("queue");
        assert_eq!(port.cancel(&event, 1), Err(Status::NOT_FOUND));
        port.wait_packet(0).expect("a packet");
    }

    fn options_are_checked() {
        let (port, event) = port_and_event();
        for options in [4, 1 << 31] {
            assert_eq!(event.wait_async(&port, 0, SIGNAL, options), Err(Status::INVALID_ARGS));
        }
        // Options are looked at before the port, and that before what is to be waited for.
        let wait = |handle, port, options| call!(zx_object_wait_async(handle, port, 0, SIGNAL.bits(), options));
        assert_eq!(wait(NO_HANDLE, NO_HANDLE, 4), Status::INVALID_ARGS);
        assert_eq!(wait(NO_HANDLE, event.raw(), 0), Status::WRONG_TYPE);
        assert_eq!(wait(NO_HANDLE, port.raw(), 0), Status::BAD_HANDLE);
    }

    fn rights_are_checked() {
        let (port, event) = port_and_event();
        let (deaf, mute) = (without(&event, Rights::WAIT), without(&port, Rights::WRITE));
        assert_eq!(deaf.wait_async(&port, 0, SIGNAL, 0), Err(Status::ACCESS_DENIED));
        assert_eq!(event.wait_async(&mute, 0, SIGNAL, 0), Err(Status::ACCESS_DENIED));
        assert_eq!(mute.cancel(&event, 0), Err(Status::ACCESS_DENIED));
    }
}
