//! event_create, and object_signal on events.

use hafnon_user::{AsHandle, Event, Port, Rights, Signals, Status};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
};

/// What a signal call does to the object, read back without waiting.
fn active(event: &Event) -> Signals {
    event.wait_observed(Signals::empty(), 0).1
}

user_test! {
    fn starts_without_signals() {
        assert_eq!(active(&Event::create().expect("an event")), Signals::empty());
    }

    fn create_refuses_options() {
        let mut out = 0;
        for options in [1, 1 << 31] {
            assert_eq!(call!(zx_event_create(options, &mut out)), Status::INVALID_ARGS);
        }
    }

    fn create_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_event_create(0, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn signals_set_and_clear() {
        let event = Event::create().expect("an event");
        event.signal(Signals::empty(), Signals::EVENT_SIGNALED | Signals::USER_SIGNAL_7).expect("set");
        assert_eq!(active(&event), Signals::EVENT_SIGNALED | Signals::USER_SIGNAL_7);
        event.signal(Signals::EVENT_SIGNALED, Signals::USER_SIGNAL_0).expect("clear and set");
        assert_eq!(active(&event), Signals::USER_SIGNAL_0 | Signals::USER_SIGNAL_7);
    }

    fn a_signal_both_cleared_and_set_is_set() {
        let event = Event::create().expect("an event");
        event.signal(Signals::USER_SIGNAL_1, Signals::USER_SIGNAL_1).expect("both");
        assert_eq!(active(&event), Signals::USER_SIGNAL_1);
    }

    fn all_user_signals_are_allowed() {
        let event = Event::create().expect("an event");
        event.signal(Signals::empty(), Signals::EVENT_SIGNAL_MASK).expect("all of them");
        assert_eq!(active(&event), Signals::EVENT_SIGNAL_MASK);
    }

    fn kernel_signals_are_refused() {
        let event = Event::create().expect("an event");
        for bit in (0..24).filter(|&bit| bit != 3) {
            let signal = Signals::from_bits_retain(1 << bit);
            assert_eq!(event.signal(Signals::empty(), signal), Err(Status::INVALID_ARGS), "set {bit}");
            assert_eq!(event.signal(signal, Signals::empty()), Err(Status::INVALID_ARGS), "clear {bit}");
        }
        assert_eq!(active(&event), Signals::empty());
    }

    fn signal_needs_the_right() {
        let event = without(&Event::create().expect("an event"), Rights::SIGNAL);
        assert_eq!(event.signal(Signals::empty(), Signals::EVENT_SIGNALED), Err(Status::ACCESS_DENIED));
    }

    fn signal_of_nothing_is_bad_handle() {
        for raw in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(call!(zx_object_signal(raw, 0, 0)), Status::BAD_HANDLE);
            assert_eq!(call!(zx_object_signal_peer(raw, 0, 0)), Status::BAD_HANDLE);
        }
    }

    fn an_event_has_no_peer() {
        let event = Event::create().expect("an event");
        let signalled = event.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0);
        // An event's handle comes without SIGNAL_PEER, which is looked at first.
        assert_eq!(signalled, Err(Status::ACCESS_DENIED));
    }

    fn a_port_takes_no_signals() {
        let port = Port::create().expect("a port");
        assert_eq!(port.signal(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::ACCESS_DENIED));
    }
}
