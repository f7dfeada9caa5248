//! waitset_create, waitset_add, waitset_remove, waitset_wait.

use alloc::{sync::Arc, vec::Vec};

use hafnon_user::{
    AsHandle, Event, Rights, Signals, Status,
    abi::{self, WAITSET_MAX_RESULTS, WaitsetResult},
    clock::{self, MILLISECOND},
    handle::Handle,
};

use super::{NEVER, event, owned, unreadable};
use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, user_test, without},
};

const SIGNALED: Signals = Signals::EVENT_SIGNALED;

fn waitset() -> Handle {
    let mut out = 0;
    assert_eq!(call!(mx_waitset_create(0, &mut out)), Status::OK);
    owned(out)
}

fn events<const N: usize>() -> [Event; N] {
    core::array::from_fn(|_| Event::create().expect("an event"))
}

fn add(waitset: &Handle, cookie: u64, handle: &impl AsHandle) -> Status {
    call!(mx_waitset_add(waitset.raw(), cookie, handle.raw(), SIGNALED.bits()))
}

fn remove(waitset: &Handle, cookie: u64) -> Status {
    call!(mx_waitset_remove(waitset.raw(), cookie))
}

/// The results of a wait: cookie, status and signals of each, at most `most`.
fn wait(waitset: &Handle, timeout: i64, most: u32) -> Result<Vec<(u64, Status, Signals)>, Status> {
    let (mut results, mut count) = ([WaitsetResult::default(); 64], most);
    match call!(mx_waitset_wait(waitset.raw(), timeout, results.as_mut_ptr(), &mut count)) {
        Status::OK => {
            let told = &results[..count as usize];
            Ok(told.iter().map(|result| (result.cookie, result.status, result.observed)).collect())
        }
        status => {
            assert_eq!(count, most, "the count is told on success only");
            Err(status)
        }
    }
}

/// The cookies alone.
fn cookies(waitset: &Handle) -> Result<Vec<u64>, Status> {
    cookies_of(wait(waitset, 0, 64))
}

user_test! {
    fn entry_is_told_as_long_as_it_is_signalled() {
        let (waitset, [event]) = (waitset(), events());
        assert_eq!(add(&waitset, u64::MAX, &event), Status::OK);
        assert_eq!(wait(&waitset, 0, 64), Err(Status::TIMED_OUT));
        event.signal(Signals::empty(), SIGNALED | Signals::USER_SIGNAL_1).expect("signal");
        for _ in 0..3 {
            let observed = SIGNALED | Signals::USER_SIGNAL_1;
            assert_eq!(wait(&waitset, 0, 64), Ok([(u64::MAX, Status::OK, observed)].to_vec()));
        }
        event.signal(SIGNALED, Signals::empty()).expect("signal");
        assert_eq!(wait(&waitset, 0, 64), Err(Status::TIMED_OUT));
        event.signal(Signals::empty(), SIGNALED).expect("signal");
        assert_eq!(cookies(&waitset), Ok([u64::MAX].to_vec()));
    }

    fn entries_are_told_in_the_order_in_which_they_were_signalled() {
        let (waitset, events) = (waitset(), events::<40>());
        for (cookie, event) in events.iter().enumerate() {
            assert_eq!(add(&waitset, cookie as u64, event), Status::OK);
        }
        for event in events.iter().rev().step_by(2) {
            event.signal(Signals::empty(), SIGNALED).expect("signal");
        }
        let odd: Vec<u64> = (0..40).rev().step_by(2).collect();
        assert_eq!(cookies(&waitset), Ok(odd));
        assert_eq!(wait(&waitset, 0, 2).map(|results| results.len()), Ok(2));
        assert_eq!(wait(&waitset, 0, 0).map(|results| results.len()), Ok(0));
    }

    fn signalled_object_is_told_at_once() {
        let (waitset, [event]) = (waitset(), events());
        event.signal(Signals::empty(), SIGNALED).expect("signal");
        for cookie in [2, 1] {
            assert_eq!(add(&waitset, cookie, &event), Status::OK, "several entries may have the same handle");
        }
        assert_eq!(cookies(&waitset), Ok([2, 1].to_vec()));
    }

    fn removed_entry_is_not_told() {
        let (waitset, [one, two]) = (waitset(), events());
        assert_eq!((add(&waitset, 1, &one), add(&waitset, 2, &two)), (Status::OK, Status::OK));
        one.signal(Signals::empty(), SIGNALED).expect("signal");
        assert_eq!((remove(&waitset, 1), remove(&waitset, 2)), (Status::OK, Status::OK));
        two.signal(Signals::empty(), SIGNALED).expect("signal");
        assert_eq!(cookies(&waitset), Err(Status::TIMED_OUT));
        assert_eq!(remove(&waitset, 1), Status::NOT_FOUND);
        assert_eq!(add(&waitset, 1, &two), Status::OK, "the cookie is free again");
        assert_eq!(cookies(&waitset), Ok([1].to_vec()));
    }

    fn closed_handle_is_told_until_it_is_removed() {
        let (waitset, [event, signalled]) = (waitset(), events());
        assert_eq!((add(&waitset, 1, &event), add(&waitset, 2, &signalled)), (Status::OK, Status::OK));
        signalled.signal(Signals::empty(), SIGNALED).expect("signal");
        assert_eq!(cookies(&waitset), Ok([2].to_vec()));
        drop(event);
        drop(signalled);
        let closed = |cookie| (cookie, Status::CANCELED, Signals::empty());
        for _ in 0..2 {
            assert_eq!(wait(&waitset, 0, 64), Ok([closed(2), closed(1)].to_vec()));
        }
        assert_eq!((remove(&waitset, 2), remove(&waitset, 1)), (Status::OK, Status::OK));
        assert_eq!(cookies(&waitset), Err(Status::TIMED_OUT));
    }

    fn all_waiters_are_woken() {
        let (waitset, [event]) = (Arc::new(waitset()), events());
        assert_eq!(add(&waitset, 3, &event), Status::OK);
        let waiters = [(); 2].map(|()| {
            let waits = waitset.clone();
            blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || wait(&waits, NEVER, 1))
        });
        event.signal(Signals::empty(), SIGNALED).expect("signal");
        for waiter in waiters {
            assert_eq!(waiter.join(), Some(Ok([(3, Status::OK, SIGNALED)].to_vec())));
        }
    }

    fn entry_added_during_the_wait_wakes() {
        let (waitset, [event]) = (Arc::new(waitset()), events());
        event.signal(Signals::empty(), SIGNALED).expect("signal");
        let waits = waitset.clone();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || cookies_of(wait(&waits, NEVER, 9)));
        assert_eq!(add(&waitset, 8, &event), Status::OK);
        assert_eq!(waiter.join(), Some(Ok([8].to_vec())));
    }

    fn wait_counts_from_now() {
        let (waitset, before) = (waitset(), clock::monotonic());
        assert_eq!(wait(&waitset, 2 * MILLISECOND, 1), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() - before >= 2 * MILLISECOND);
    }

    fn closing_the_set_ends_the_wait() {
        let raw = waitset().into_raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_MANY, move || {
            let mut count = 0;
            call!(mx_waitset_wait(raw, NEVER, core::ptr::null_mut(), &mut count))
        });
        assert_eq!(call!(mx_handle_close(raw)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::CANCELED));
    }

    fn create_refuses() {
        let mut out = 0;
        assert_eq!(call!(mx_waitset_create(1, &mut out)), Status::INVALID_ARGS);
        for (kind, bad) in BadMemory::new().unwritable(4) {
            assert_eq!(call!(mx_waitset_create(0, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn add_and_remove_refuse() {
        let (waitset, [event]) = (waitset(), events());
        assert_eq!(add(&waitset, 1, &event), Status::OK);
        assert_eq!(add(&waitset, 1, &event), Status::ALREADY_EXISTS);
        assert_eq!(add(&waitset, 2, &without(&event, Rights::WAIT)), Status::ACCESS_DENIED);
        assert_eq!(add(&waitset, 2, &unreadable()), Status::ACCESS_DENIED);
        assert_eq!(call!(mx_waitset_add(waitset.raw(), 2, NO_HANDLE, 8)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_waitset_add(NO_HANDLE, 2, event.raw(), 8)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_waitset_add(event.raw(), 2, event.raw(), 8)), Status::WRONG_TYPE);
        assert_eq!(call!(mx_waitset_remove(NO_HANDLE, 1)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_waitset_remove(event.raw(), 1)), Status::WRONG_TYPE);
        let waitset = waitset.replace(Rights::READ).expect("a handle");
        assert_eq!(add(&waitset, 2, &event), Status::ACCESS_DENIED);
        assert_eq!(remove(&waitset, 1), Status::ACCESS_DENIED);
    }

    fn wait_refuses() {
        let (waitset, object, [signalled]) = (waitset(), event(), events());
        signalled.signal(Signals::empty(), SIGNALED).expect("signal");
        assert_eq!(add(&waitset, 1, &signalled), Status::OK);
        let memory = BadMemory::new();
        for (kind, bad) in memory.unwritable(16) {
            let mut count = 1;
            let status = call!(mx_waitset_wait(waitset.raw(), 0, bad as _, &mut count));
            assert_eq!((status, count), (Status::INVALID_ARGS, 1), "results: {kind}");
        }
        let mut results = [WaitsetResult::default()];
        for (kind, bad) in memory.unwritable(4).into_iter().filter(|(kind, _)| *kind != "read-only") {
            let status = call!(mx_waitset_wait(waitset.raw(), 0, results.as_mut_ptr(), bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "count: {kind}");
        }
        assert_eq!(wait(&waitset, 0, WAITSET_MAX_RESULTS + 1), Err(Status::OUT_OF_RANGE));
        assert_eq!(wait(&object, 0, 1), Err(Status::WRONG_TYPE));
        let mut count = 1;
        assert_eq!(call!(mx_waitset_wait(NO_HANDLE, 0, results.as_mut_ptr(), &mut count)), Status::BAD_HANDLE);
        let waitset = waitset.replace(Rights::WRITE).expect("a handle");
        assert_eq!(wait(&waitset, 0, 1), Err(Status::ACCESS_DENIED));
    }
}

fn cookies_of(results: Result<Vec<(u64, Status, Signals)>, Status>) -> Result<Vec<u64>, Status> {
    results.map(|results| results.into_iter().map(|(cookie, ..)| cookie).collect())
}
