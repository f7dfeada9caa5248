//! Many who wait for one object: how many there may be, and that all are told.

use alloc::vec::Vec;

use hafnon_user::{AsHandle, Event, Handle, Port, Signals, Status, abi::TASK_RETCODE_EXCEPTION_KILL};

use crate::harness::{call, child, user_test};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

/// Zircon's number.
const MAX_OBSERVERS: u64 = 50_000;

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
