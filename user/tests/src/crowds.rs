//! Many who wait for one object: how many there may be, and that all are told.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Event, EventPair, Handle, Port, Rights, Signals, Status, abi::TASK_RETCODE_EXCEPTION_KILL,
};

use crate::harness::{call, child, user_test};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

/// Zircon's number.
const MAX_OBSERVERS: u64 = 50_000;

/// So many that they are not all woken at once.
const CLOSED: u64 = 1_000;

/// A child's part: more observers than a port may have.
pub fn observe_too_much() -> i64 {
    let (port, event) = (Port::create().expect("a port"), Event::create().expect("an event"));
    for key in 0..MAX_OBSERVERS {
        event.wait_async(&port, key, SIGNAL, 0).expect("armed");
    }
    let _ = event.wait_async(&port, MAX_OBSERVERS, SIGNAL, 0);
    1
}

fn mx_waitset() -> Handle {
    let mut out = 0;
    assert_eq!(call!(mx_waitset_create(0, &mut out)), Status::OK);
    Handle::from_raw(out)
}

user_test! {
    /// The call closes in steps, and returns when all have been told; what it closes next takes nothing away.
    fn whoever_closes_many_handles_finds_all_packets() {
        for also_the_observed in [false, true] {
            let port = Port::create().expect("a port");
            let (far, near) = EventPair::create().expect("an event pair");
            for key in 0..CLOSED {
                near.wait_async(&port, key, Signals::EVENTPAIR_PEER_CLOSED, 0).expect("armed");
            }
            let mut handles = vec![Handle::from(far).into_raw()];
            if also_the_observed {
                handles.push(Handle::from(near.duplicate(Rights::SAME_RIGHTS).expect("another")).into_raw());
                handles.push(Handle::from(near).into_raw());
            }
            assert_eq!(call!(zx_handle_close_many(handles.as_ptr(), handles.len())), Status::OK);
            for _ in 0..CLOSED {
                port.wait_packet(0).expect("a packet of each");
            }
        }
    }

    fn all_of_many_observers_are_told_and_one_who_comes_later_is_not() {
        let (port, event) = (Port::create().expect("a port"), Event::create().expect("an event"));
        for key in 0..3_000 {
            event.wait_async(&port, key, SIGNAL, 0).expect("armed");
        }
        event.signal(Signals::empty(), SIGNAL).expect("set");
        event.signal(SIGNAL, Signals::empty()).expect("cleared");
        event.wait_async(&port, 3_000, SIGNAL, 0).expect("armed");
        let mut keys: Vec<_> = (0..3_000).map(|_| port.wait_packet(i64::MAX).expect("a packet").key).collect();
        keys.sort_unstable();
        assert!(keys.into_iter().eq(0..3_000));
        assert_eq!(port.wait_packet(0), Err(Status::TIMED_OUT));
    }

    fn too_many_observers_end_their_process() {
        let process = child("observe-too-much", |launch| launch);
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL));
    }

    fn entries_of_a_wait_set_have_a_limit() {
        let (set, event) = (mx_waitset(), Event::create().expect("an event"));
        let add = |cookie| call!(mx_waitset_add(set.raw(), cookie, event.raw(), SIGNAL.bits()));
        assert!((0..MAX_OBSERVERS).all(|cookie| add(cookie) == Status::OK));
        assert_eq!(add(MAX_OBSERVERS), Status::NO_RESOURCES);
        assert_eq!(call!(mx_waitset_remove(set.raw(), 7)), Status::OK);
        assert_eq!(add(MAX_OBSERVERS), Status::OK);
    }

    fn bindings_of_an_object_have_a_limit() {
        let (mut port, event) = (0, Event::create().expect("an event"));
        assert_eq!(call!(mx_port_create(0, &mut port)), Status::OK);
        let port = Handle::from_raw(port);
        let bind = |signals: Signals| call!(mx_port_bind(port.raw(), 1, event.raw(), signals.bits()));
        let mut bound = 0;
        while bind(SIGNAL) == Status::OK {
            bound += 1;
        }
        assert_eq!((bound, bind(SIGNAL)), (128, Status::NO_RESOURCES));
    }
}
