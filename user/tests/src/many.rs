//! object_wait_many.

use alloc::{sync::Arc, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Signals, Status, abi,
    clock::{self, INFINITE, MILLISECOND},
    handle::{Handle, WAIT_MANY_MAX, WaitItem, wait_many},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, user_test, without},
};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

fn events(count: usize) -> Vec<Event> {
    (0..count).map(|_| Event::create().expect("an event")).collect()
}

fn items(events: &[Event]) -> Vec<WaitItem<'_>> {
    events.iter().map(|event| WaitItem::new(event, SIGNAL)).collect()
}

fn raw_item(raw: u32) -> abi::WaitItem {
    abi::WaitItem { handle: raw, waitfor: SIGNAL, pending: Signals::empty() }
}

user_test! {
    fn any_of_them_satisfies() {
        let events = events(3);
        for (index, event) in events.iter().enumerate() {
            event.signal(Signals::empty(), SIGNAL).expect("signal");
            let mut items = items(&events);
            wait_many(&mut items, INFINITE).expect("satisfied");
            assert_eq!(items[index].pending, SIGNAL);
            event.signal(SIGNAL, Signals::empty()).expect("clear");
        }
    }

    fn all_states_are_told() {
        let events = events(3);
        events[0].signal(Signals::empty(), Signals::USER_SIGNAL_5).expect("signal");
        events[2].signal(Signals::empty(), SIGNAL).expect("signal");
        let mut items = items(&events);
        wait_many(&mut items, INFINITE).expect("satisfied");
        let pending: Vec<_> = items.iter().map(|item| item.pending).collect();
        assert_eq!(pending, [Signals::USER_SIGNAL_5, Signals::empty(), SIGNAL]);
    }

    fn as_many_as_allowed() {
        let events = events(WAIT_MANY_MAX);
        events[WAIT_MANY_MAX - 1].signal(Signals::empty(), SIGNAL).expect("signal");
        let mut items = items(&events);
        wait_many(&mut items, INFINITE).expect("satisfied");
        assert_eq!(items[WAIT_MANY_MAX - 1].pending, SIGNAL);
    }

    fn more_are_out_of_range() {
        let event = Event::create().expect("an event");
        let mut raw = [raw_item(event.raw()); WAIT_MANY_MAX + 1];
        let status = call!(zx_object_wait_many(raw.as_mut_ptr(), raw.len(), 0));
        assert_eq!(status, Status::OUT_OF_RANGE);
    }

    fn none_sleeps_until_the_deadline() {
        let deadline = clock::deadline_after(3 * MILLISECOND);
        assert_eq!(wait_many(&mut [], deadline), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
    }

    fn deadline_passes_and_states_are_told() {
        let events = events(2);
        events[1].signal(Signals::empty(), Signals::USER_SIGNAL_1).expect("signal");
        let mut items = items(&events);
        let deadline = clock::deadline_after(3 * MILLISECOND);
        assert_eq!(wait_many(&mut items, deadline), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
        assert_eq!(items[1].pending, Signals::USER_SIGNAL_1);
    }

    fn satisfied_beats_a_passed_deadline() {
        let events = events(2);
        events[1].signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(wait_many(&mut items(&events), 0), Ok(()));
    }

    #[needs("cpus=1,2,4")]
    fn another_thread_wakes() {
        let events = Arc::new(events(2));
        let other = events.clone();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut items = items(&other);
            wait_many(&mut items, INFINITE).map(|()| items[1].pending)
        });
        events[1].signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(waiter.join(), Some(Ok(SIGNAL)));
    }

    fn a_pulse_wakes() {
        let events = Arc::new(events(2));
        let other = events.clone();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut items = items(&other);
            wait_many(&mut items, INFINITE).map(|()| [items[0].pending, items[1].pending])
        });
        events[1].signal(Signals::empty(), SIGNAL).expect("set");
        events[1].signal(SIGNAL, Signals::empty()).expect("clear");
        assert_eq!(waiter.join(), Some(Ok([Signals::empty(), SIGNAL])));
    }

    #[needs("counted")]
    fn a_pulse_of_other_signals_is_told_on_timeout() {
        let events = Arc::new(events(2));
        let other = events.clone();
        let deadline = clock::deadline_after(400 * MILLISECOND);
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut items = items(&other);
            (wait_many(&mut items, deadline), [items[0].pending, items[1].pending])
        });
        events[1].signal(Signals::empty(), Signals::USER_SIGNAL_6).expect("set");
        events[1].signal(Signals::USER_SIGNAL_6, Signals::empty()).expect("clear");
        let (outcome, pending) = waiter.join().expect("it returns");
        assert_eq!(outcome, Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
        assert_eq!(pending, [Signals::empty(), Signals::USER_SIGNAL_6]);
    }

    #[needs("cpus=1,2,4")]
    fn closing_a_handle_cancels() {
        let (one, two) = (Event::create().expect("an event"), Event::create().expect("an event"));
        let raw = Handle::from(two).into_raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut raw = [raw_item(one.raw()), raw_item(raw)];
            let status = call!(zx_object_wait_many(raw.as_mut_ptr(), raw.len(), INFINITE));
            (status, raw[1].pending)
        });
        assert_eq!(call!(zx_handle_close(raw)), Status::OK);
        let (status, pending) = waiter.join().expect("it returns");
        assert_eq!(status, Status::CANCELED);
        assert!(pending.contains(Signals::SIGNAL_HANDLE_CLOSED));
    }

    fn closing_a_duplicate_cancels_nothing() {
        let event = Arc::new(Event::create().expect("an event"));
        let (other, duplicate) =
            (event.clone(), event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate"));
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut items = [WaitItem::new(&*other, SIGNAL)];
            wait_many(&mut items, INFINITE).map(|()| items[0].pending)
        });
        drop(duplicate);
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(waiter.join(), Some(Ok(SIGNAL)));
    }

    fn transferring_a_handle_cancels() {
        let (one, two) = (Event::create().expect("an event"), Handle::from(Event::create().expect("an event")));
        let (stays, goes) = (one.raw(), two.raw());
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut raw = [raw_item(stays), raw_item(goes)];
            let status = call!(zx_object_wait_many(raw.as_mut_ptr(), raw.len(), INFINITE));
            (status, raw.map(|item| item.pending.contains(Signals::SIGNAL_HANDLE_CLOSED)))
        });
        let (left, _right) = Channel::create().expect("a channel");
        left.write(b"", alloc::vec![two]).expect("write");
        assert_eq!(waiter.join(), Some((Status::CANCELED, [false, true])));
    }

    fn closing_many_handles_cancels() {
        let raw = [(); 2].map(|()| Handle::from(Event::create().expect("an event")).into_raw());
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut raw = raw.map(raw_item);
            call!(zx_object_wait_many(raw.as_mut_ptr(), raw.len(), INFINITE))
        });
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::OK);
        assert_eq!(waiter.join(), Some(Status::CANCELED));
    }

    fn the_same_handle_may_be_waited_for_twice() {
        let event = Event::create().expect("an event");
        event.signal(Signals::empty(), Signals::USER_SIGNAL_7).expect("signal");
        let mut raw = [raw_item(event.raw()), raw_item(event.raw())];
        raw[1].waitfor = Signals::USER_SIGNAL_7;
        assert_eq!(call!(zx_object_wait_many(raw.as_mut_ptr(), 2, 0)), Status::OK);
        assert!(raw.iter().all(|item| item.pending == Signals::USER_SIGNAL_7));
    }

    fn one_bad_handle_spoils_it() {
        let event = Event::create().expect("an event");
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        let mut raw = [raw_item(event.raw()), raw_item(NO_HANDLE)];
        assert_eq!(call!(zx_object_wait_many(raw.as_mut_ptr(), 2, 0)), Status::BAD_HANDLE);
    }

    fn every_handle_needs_the_right() {
        let event = Event::create().expect("an event");
        let deaf = without(&event, Rights::WAIT);
        let mut raw = [raw_item(event.raw()), raw_item(deaf.raw())];
        assert_eq!(call!(zx_object_wait_many(raw.as_mut_ptr(), 2, 0)), Status::ACCESS_DENIED);
    }

    fn bad_pointer_is_refused() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unreadable(12) {
            assert_eq!(call!(zx_object_wait_many(address as _, 1, 0)), Status::INVALID_ARGS, "{kind}");
        }
        // All are read before the first is looked up, so handles that are bad do not hide what can not be read.
        for (kind, address) in memory.unreadable(12 * WAIT_MANY_MAX) {
            let status = call!(zx_object_wait_many(address as _, WAIT_MANY_MAX, 0));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
