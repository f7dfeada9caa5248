//! object_wait_one.

use alloc::sync::Arc;

use hafnon_user::{
    AsHandle, Channel, Event, Port, Rights, Signals, Status, abi,
    clock::{self, INFINITE, MILLISECOND},
    handle::Handle,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, stale_handle, user_test, without},
};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

fn event() -> Event {
    Event::create().expect("an event")
}

user_test! {
    fn satisfied_at_once() {
        let event = event();
        event.signal(Signals::empty(), SIGNAL | Signals::USER_SIGNAL_1).expect("signal");
        assert_eq!(event.wait(SIGNAL, INFINITE), Ok(SIGNAL | Signals::USER_SIGNAL_1));
    }

    fn satisfied_beats_a_passed_deadline() {
        let event = event();
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(event.wait(SIGNAL, 0), Ok(SIGNAL));
        assert_eq!(event.wait(SIGNAL, i64::MIN), Ok(SIGNAL));
    }

    fn deadline_passes() {
        let event = event();
        let deadline = clock::deadline_after(3 * MILLISECOND);
        assert_eq!(event.wait(SIGNAL, deadline), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
    }

    fn observed_is_written_on_timeout() {
        let event = event();
        event.signal(Signals::empty(), Signals::USER_SIGNAL_4).expect("signal");
        assert_eq!(event.wait_observed(SIGNAL, 0), (Status::TIMED_OUT, Signals::USER_SIGNAL_4));
    }

    #[needs("cpus=1,2,4")]
    fn another_thread_wakes() {
        let event = Arc::new(event());
        let other = event.clone();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || other.wait(SIGNAL, INFINITE));
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(waiter.join(), Some(Ok(SIGNAL)));
    }

    #[needs("counted")]
    fn other_signals_do_not_wake() {
        let event = Arc::new(event());
        let other = event.clone();
        let deadline = clock::deadline_after(400 * MILLISECOND);
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || other.wait_observed(SIGNAL, deadline));
        event.signal(Signals::empty(), Signals::USER_SIGNAL_6).expect("signal");
        let (status, observed) = waiter.join().expect("it returns");
        assert_eq!(status, Status::TIMED_OUT);
        assert!(observed.contains(Signals::USER_SIGNAL_6), "what was seen is told all the same");
    }

    fn a_pulse_wakes() {
        let event = Arc::new(event());
        let other = event.clone();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || other.wait(SIGNAL, INFINITE));
        event.signal(Signals::empty(), SIGNAL).expect("set");
        event.signal(SIGNAL, Signals::empty()).expect("clear");
        let observed = waiter.join().expect("it returns").expect("it is woken");
        assert!(observed.contains(SIGNAL));
    }

    #[needs("cpus=1,2,4")]
    fn closing_the_handle_cancels() {
        let event = event();
        let keep = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        let raw = Handle::from(event).into_raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            let mut observed = 0;
            let status = call!(zx_object_wait_one(raw, SIGNAL.bits(), INFINITE, &mut observed));
            (status, Signals::from_bits_retain(observed))
        });
        assert_eq!(call!(zx_handle_close(raw)), Status::OK);
        let (status, observed) = waiter.join().expect("it returns");
        assert_eq!(status, Status::CANCELED);
        assert!(observed.contains(Signals::SIGNAL_HANDLE_CLOSED));
        drop(keep);
    }

    fn closing_a_duplicate_cancels_nothing() {
        let event = Arc::new(event());
        let (other, duplicate) =
            (event.clone(), event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate"));
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || other.wait(SIGNAL, INFINITE));
        drop(duplicate);
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        assert_eq!(waiter.join(), Some(Ok(SIGNAL)));
    }

    fn transferring_the_handle_cancels() {
        let event = Handle::from(event());
        let raw = event.raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            call!(zx_object_wait_one(raw, SIGNAL.bits(), INFINITE, core::ptr::null_mut()))
        });
        let (left, _right) = Channel::create().expect("a channel");
        left.write(b"", alloc::vec![event]).expect("write");
        assert_eq!(waiter.join(), Some(Status::CANCELED));
    }

    fn replacing_the_handle_cancels() {
        let event = Handle::from(event());
        let raw = event.raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            call!(zx_object_wait_one(raw, SIGNAL.bits(), INFINITE, core::ptr::null_mut()))
        });
        event.replace(Rights::SAME_RIGHTS).expect("a replacement");
        assert_eq!(waiter.join(), Some(Status::CANCELED));
    }

    fn nothing_is_bad_handle() {
        for raw in [0, NO_HANDLE, stale_handle()] {
            let status = call!(zx_object_wait_one(raw, 1, 0, core::ptr::null_mut()));
            assert_eq!(status, Status::BAD_HANDLE);
        }
    }

    fn waiting_needs_the_right() {
        let event = without(&event(), Rights::WAIT);
        assert_eq!(event.wait(SIGNAL, 0), Err(Status::ACCESS_DENIED));
        assert_eq!(Port::create().expect("a port").wait(SIGNAL, 0), Err(Status::ACCESS_DENIED));
    }

    fn bad_pointer_is_refused() {
        let (memory, event) = (BadMemory::new(), event());
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        // Null is allowed here: the caller does not want to know.
        for (kind, address) in &memory.unwritable(4)[1..] {
            let status = call!(zx_object_wait_one(event.raw(), SIGNAL.bits(), 0, *address as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        let status = call!(zx_object_wait_one(event.raw(), SIGNAL.bits(), 0, core::ptr::null_mut()));
        assert_eq!(status, Status::OK);
    }
}
