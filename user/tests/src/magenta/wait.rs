//! handle_wait_one, handle_wait_many and their newer names; nanosleep; futexes: times are timeouts.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicI32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Event, Rights, Signals, Status,
    abi::{self, WaitItem},
    clock::{self, MILLISECOND},
};

use super::{NEVER, event, unreadable};
use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, stale_handle, user_test, without},
};

const SIGNALED: Signals = Signals::EVENT_SIGNALED;

fn signalled() -> Event {
    let event = Event::create().expect("an event");
    assert_eq!(call!(mx_object_signal(event.raw(), 0, SIGNALED.bits())), Status::OK);
    event
}

fn item(event: &Event) -> WaitItem {
    WaitItem { handle: event.raw(), waitfor: SIGNALED, pending: Signals::empty() }
}

/// By the older or the newer of the call's names.
fn wait_one(newer: bool, raw: u32, timeout: i64, observed: &mut u32) -> Status {
    match newer {
        false => call!(mx_handle_wait_one(raw, SIGNALED.bits(), timeout, observed)),
        true => call!(mx_object_wait_one(raw, SIGNALED.bits(), timeout, observed)),
    }
}

fn wait_many(newer: bool, items: &mut [WaitItem], timeout: i64) -> Status {
    let count = items.len() as u32;
    match newer {
        false => call!(mx_handle_wait_many(items.as_mut_ptr(), count, timeout)),
        true => call!(mx_object_wait_many(items.as_mut_ptr(), count, timeout)),
    }
}

user_test! {
    fn satisfied_wait_tells_the_signals() {
        let (event, mut observed) = (signalled(), 0);
        let status = call!(mx_handle_wait_one(event.raw(), SIGNALED.bits(), 0, &mut observed));
        assert_eq!((status, observed), (Status::OK, SIGNALED.bits()));
        let null = core::ptr::null_mut();
        assert_eq!(call!(mx_object_wait_one(event.raw(), SIGNALED.bits(), NEVER, null)), Status::OK);
    }

    fn timeout_counts_from_now() {
        let (event, mut observed) = (Event::create().expect("an event"), 9);
        for (timeout, newer) in [(0, false), (3 * MILLISECOND, false), (MILLISECOND, true)] {
            let before = clock::monotonic();
            let status = wait_one(newer, event.raw(), timeout, &mut observed);
            assert_eq!((status, observed), (Status::TIMED_OUT, 0));
            assert!(clock::monotonic() - before >= timeout);
        }
    }

    fn all_ones_is_never() {
        let event = Arc::new(Event::create().expect("an event"));
        for never in [NEVER, i64::MIN, i64::MAX] {
            let waits = event.clone();
            let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
                call!(mx_handle_wait_one(waits.raw(), SIGNALED.bits(), never, core::ptr::null_mut()))
            });
            assert_eq!(call!(mx_object_signal(event.raw(), 0, SIGNALED.bits())), Status::OK);
            assert_eq!(waiter.join(), Some(Status::OK));
            assert_eq!(call!(mx_object_signal(event.raw(), SIGNALED.bits(), 0)), Status::OK);
        }
    }

    fn closing_the_handle_ends_the_wait() {
        for newer in [false, true] {
            let raw = event().into_raw();
            let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
                let mut observed = 0;
                (wait_one(newer, raw, NEVER, &mut observed), observed)
            });
            assert_eq!(call!(mx_handle_close(raw)), Status::OK);
            let closed = Signals::SIGNAL_HANDLE_CLOSED.bits();
            assert_eq!(waiter.join(), Some((Status::CANCELED, closed)));
        }
    }

    fn closing_a_handle_ends_the_wait_for_many() {
        for newer in [false, true] {
            let raw = event().into_raw();
            let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
                let mut items = [WaitItem { handle: raw, waitfor: SIGNALED, pending: Signals::empty() }];
                wait_many(newer, &mut items, NEVER)
            });
            assert_eq!(call!(mx_handle_close(raw)), Status::OK);
            assert_eq!(waiter.join(), Some(Status::CANCELED));
        }
    }

    fn wait_one_refuses() {
        let (event, mut observed) = (signalled(), 0);
        for raw in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(call!(mx_handle_wait_one(raw, 1, 0, &mut observed)), Status::BAD_HANDLE);
        }
        for blind in [without(&event, Rights::WAIT).into(), unreadable()] {
            assert_eq!(call!(mx_handle_wait_one(blind.raw(), 1, 0, &mut observed)), Status::ACCESS_DENIED);
        }
        let memory = BadMemory::new();
        for (kind, bad) in memory.unwritable(4).into_iter().filter(|(_, address)| *address != 0) {
            let status = call!(mx_handle_wait_one(event.raw(), SIGNALED.bits(), 0, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }

    fn wait_many_tells_what_is_pending() {
        let (quiet, loud) = (Event::create().expect("an event"), signalled());
        let mut items = [item(&quiet), item(&loud)];
        assert_eq!(call!(mx_handle_wait_many(items.as_mut_ptr(), 2, NEVER)), Status::OK);
        assert_eq!(items.map(|item| item.pending), [Signals::empty(), SIGNALED]);
        assert_eq!(call!(mx_object_wait_many(items.as_mut_ptr(), 1, MILLISECOND)), Status::TIMED_OUT);
    }

    fn wait_many_without_items_sleeps() {
        let before = clock::monotonic();
        let timeout = 2 * MILLISECOND;
        assert_eq!(call!(mx_handle_wait_many(core::ptr::null_mut(), 0, timeout)), Status::TIMED_OUT);
        assert!(clock::monotonic() - before >= timeout);
    }

    fn wait_many_refuses() {
        let event = signalled();
        let mut items = [item(&event); 65];
        let blind = [without(&event, Rights::WAIT).into(), unreadable()];
        for newer in [false, true] {
            assert_eq!(wait_many(newer, &mut items[..64], 0), Status::OK);
            assert_eq!(wait_many(newer, &mut items, 0), Status::INVALID_ARGS);
            items[1].handle = NO_HANDLE;
            assert_eq!(wait_many(newer, &mut items[..2], 0), Status::BAD_HANDLE);
            for blind in &blind {
                items[1].handle = blind.raw();
                assert_eq!(wait_many(newer, &mut items[..2], 0), Status::ACCESS_DENIED);
            }
            items[1].handle = event.raw();
        }
        let memory = BadMemory::new();
        for (kind, bad) in memory.unreadable(size_of::<WaitItem>()) {
            assert_eq!(call!(mx_handle_wait_many(bad as _, 1, 0)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn nanosleep_sleeps_that_long() {
        let before = clock::monotonic();
        assert_eq!(call!(mx_nanosleep(2 * MILLISECOND)), Status::OK);
        assert!(clock::monotonic() - before >= 2 * MILLISECOND);
        assert_eq!(call!(mx_nanosleep(0)), Status::OK);
    }

    fn futex_wait_is_woken_or_times_out() {
        static WORD: AtomicI32 = AtomicI32::new(5);
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_FUTEX, || {
            call!(mx_futex_wait(WORD.as_ptr(), 5, NEVER))
        });
        assert_eq!(call!(mx_futex_wake(WORD.as_ptr(), 1)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::OK));
        let before = clock::monotonic();
        assert_eq!(call!(mx_futex_wait(WORD.as_ptr(), 5, MILLISECOND)), Status::TIMED_OUT);
        assert!(clock::monotonic() - before >= MILLISECOND);
        assert_eq!(call!(mx_futex_wait(WORD.as_ptr(), 6, NEVER)), Status::BAD_STATE);
    }

    fn futex_requeue_moves_waiters() {
        static WORDS: [AtomicI32; 2] = [AtomicI32::new(0), AtomicI32::new(0)];
        let [from, to] = [WORDS[0].as_ptr(), WORDS[1].as_ptr()];
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_FUTEX, || {
            call!(mx_futex_wait(WORDS[0].as_ptr(), 0, NEVER))
        });
        assert_eq!(call!(mx_futex_requeue(from, 0, 1, to, 1)), Status::BAD_STATE);
        assert_eq!(call!(mx_futex_requeue(from, 0, 0, from, 1)), Status::INVALID_ARGS);
        let null = core::ptr::null();
        assert_eq!(call!(mx_futex_requeue(from, 0, 0, null, 0)), Status::OK, "nobody is moved");
        assert_eq!(call!(mx_futex_requeue(from, 0, 1, null, 0)), Status::BAD_STATE);
        assert_eq!(call!(mx_futex_requeue(from, 0, 0, to, 1)), Status::OK);
        assert_eq!(call!(mx_futex_wake(from, 1)), Status::OK);
        WORDS[0].store(1, SeqCst);
        assert_eq!(call!(mx_futex_wake(to, 1)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::OK));
    }

    fn futexes_must_be_user_words() {
        let word = [0i32; 2];
        let odd = (word.as_ptr() as usize + 1) as *const i32;
        for address in [core::ptr::null(), odd, (1usize << 63) as *const i32] {
            assert_eq!(call!(mx_futex_wait(address, 0, 0)), Status::INVALID_ARGS);
            assert_eq!(call!(mx_futex_wake(address, 1)), Status::INVALID_ARGS);
            assert_eq!(call!(mx_futex_requeue(word.as_ptr(), 1, 0, address, 1)), Status::INVALID_ARGS);
            assert_eq!(call!(mx_futex_requeue(address, 1, 0, word.as_ptr(), 1)), Status::INVALID_ARGS);
        }
    }
}
