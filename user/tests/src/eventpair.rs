//! eventpair_create, and signalling across the pair.

use hafnon_user::{AsHandle, EventPair, Rights, Signals, Status, info};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test, without},
};

fn pair() -> (EventPair, EventPair) {
    EventPair::create().expect("an event pair")
}

fn active(end: &EventPair) -> Signals {
    end.wait_observed(Signals::empty(), 0).1
}

user_test! {
    fn starts_without_signals() {
        let (left, right) = pair();
        assert_eq!((active(&left), active(&right)), (Signals::empty(), Signals::empty()));
    }

    fn ends_know_each_other() {
        let (left, right) = pair();
        let (one, two) = (info::basic(&left).expect("info"), info::basic(&right).expect("info"));
        assert_eq!((one.koid, one.related_koid), (two.related_koid, two.koid));
        assert_ne!(one.koid, two.koid);
    }

    fn create_refuses_options() {
        let (mut left, mut right) = (0, 0);
        assert_eq!(call!(zx_eventpair_create(1, &mut left, &mut right)), Status::NOT_SUPPORTED);
    }

    fn create_refuses_bad_pointers_and_keeps_nothing() {
        let (memory, mut out) = (BadMemory::new(), 0);
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_eventpair_create(0, address as _, &mut out)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_eventpair_create(0, &mut out, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn signal_acts_on_this_end() {
        let (left, right) = pair();
        left.signal(Signals::empty(), Signals::EVENTPAIR_SIGNALED).expect("signal");
        assert_eq!((active(&left), active(&right)), (Signals::EVENTPAIR_SIGNALED, Signals::empty()));
    }

    fn signal_peer_acts_on_the_other_end() {
        let (left, right) = pair();
        left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_2).expect("signal");
        assert_eq!((active(&left), active(&right)), (Signals::empty(), Signals::USER_SIGNAL_2));
        left.signal_peer(Signals::USER_SIGNAL_2, Signals::empty()).expect("clear");
        assert_eq!(active(&right), Signals::empty());
    }

    fn signal_peer_needs_the_right() {
        let (left, _right) = pair();
        let left = without(&left, Rights::SIGNAL_PEER);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::ACCESS_DENIED));
    }

    fn signal_peer_refuses_kernel_signals() {
        let (left, right) = pair();
        let closed = Signals::EVENTPAIR_PEER_CLOSED;
        assert_eq!(left.signal_peer(Signals::empty(), closed), Err(Status::INVALID_ARGS));
        assert_eq!(active(&right), Signals::empty());
    }

    fn closing_one_end_is_seen_at_the_other() {
        let (left, right) = pair();
        let duplicate = right.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        drop(right);
        assert_eq!(active(&left), Signals::empty(), "the duplicate keeps it open");
        drop(duplicate);
        assert_eq!(active(&left), Signals::EVENTPAIR_PEER_CLOSED);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::PEER_CLOSED));
        left.signal(Signals::empty(), Signals::USER_SIGNAL_0).expect("this end still works");
    }
}
