//! futex_wait, futex_wake, futex_requeue.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Event, Status,
    abi::THREAD_STATE_BLOCKED_FUTEX,
    clock::{self, INFINITE, MILLISECOND},
    futex, info,
    thread::{self, JoinHandle},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, first_thread, user_test},
};

/// Starts a thread that waits on `word`.
fn waiter(word: &Arc<AtomicU32>, deadline: i64) -> JoinHandle<Status> {
    let word = word.clone();
    blocked(THREAD_STATE_BLOCKED_FUTEX, move || {
        futex::wait_until(&word, 0, 0, deadline).err().unwrap_or(Status::OK)
    })
}

fn word() -> Arc<AtomicU32> {
    Arc::new(AtomicU32::new(0))
}

user_test! {
    fn other_value_is_bad_state() {
        assert_eq!(futex::wait(&AtomicU32::new(1), 0), Err(Status::BAD_STATE));
    }

    fn deadline_passes() {
        let deadline = clock::deadline_after(3 * MILLISECOND);
        let outcome = futex::wait_until(&AtomicU32::new(0), 0, 0, deadline);
        assert_eq!(outcome, Err(Status::TIMED_OUT));
        assert!(clock::monotonic() >= deadline);
    }

    fn passed_deadline_times_out_at_once() {
        assert_eq!(futex::wait_until(&AtomicU32::new(0), 0, 0, 0), Err(Status::TIMED_OUT));
    }

    fn wake_wakes() {
        let word = word();
        let waiter = waiter(&word, INFINITE);
        futex::wake(&word, 1).expect("wake");
        assert_eq!(waiter.join(), Some(Status::OK));
    }

    #[needs("cpus=1,2,4")]
    fn wake_wakes_as_many_as_asked() {
        let word = word();
        let [one, two, three] = [0; 3].map(|_| waiter(&word, INFINITE));
        futex::wake(&word, 2).expect("wake");
        assert_eq!([one, two].map(JoinHandle::join), [Some(Status::OK); 2]);
        assert_eq!(info::thread(three.thread()).expect("info").state, THREAD_STATE_BLOCKED_FUTEX);
        futex::wake(&word, 1).expect("wake");
        assert_eq!(three.join(), Some(Status::OK));
    }

    #[needs("counted")]
    fn wake_of_none_wakes_none() {
        let word = word();
        let waiter = waiter(&word, clock::deadline_after(400 * MILLISECOND));
        futex::wake(&word, 0).expect("wake");
        assert_eq!(waiter.join(), Some(Status::TIMED_OUT));
    }

    #[needs("counted")]
    fn wake_goes_by_address() {
        let (word, other) = (word(), word());
        let waiter = waiter(&word, clock::deadline_after(400 * MILLISECOND));
        futex::wake(&other, u32::MAX).expect("wake");
        assert_eq!(waiter.join(), Some(Status::TIMED_OUT));
    }

    fn wake_without_waiters_is_ok() {
        futex::wake(&AtomicU32::new(0), 1).expect("wake");
    }

    #[needs("counted")]
    fn wakes_come_in_order() {
        let word = word();
        let first = waiter(&word, INFINITE);
        let second = waiter(&word, clock::deadline_after(400 * MILLISECOND));
        futex::wake(&word, 1).expect("wake");
        assert_eq!(first.join(), Some(Status::OK));
        assert_eq!(second.join(), Some(Status::TIMED_OUT));
    }

    #[needs("cpus=1,2,4")]
    fn requeue_wakes_some_and_moves_others() {
        let (word, target) = (word(), word());
        let waiters = [0; 3].map(|_| waiter(&word, INFINITE));
        futex::requeue(&word, 1, 0, &target, 1).expect("requeue");
        futex::wake(&target, u32::MAX).expect("wake the moved one");
        futex::wake(&word, u32::MAX).expect("wake the one that stayed");
        assert!(waiters.into_iter().all(|waiter| waiter.join() == Some(Status::OK)));
    }

    #[needs("counted")]
    fn requeued_waiter_is_no_longer_on_the_old_word() {
        let (word, target) = (word(), word());
        let waiter = waiter(&word, clock::deadline_after(400 * MILLISECOND));
        futex::requeue(&word, 0, 0, &target, 1).expect("requeue");
        futex::wake(&word, u32::MAX).expect("wake");
        assert_eq!(waiter.join(), Some(Status::TIMED_OUT));
        futex::wake(&target, u32::MAX).expect("nobody is left behind there");
    }

    #[needs("counted")]
    fn a_requeued_waiter_that_times_out_takes_no_wake_of_the_target() {
        let (word, target) = (word(), word());
        let short = waiter(&word, clock::deadline_after(300 * MILLISECOND));
        futex::requeue(&word, 0, 0, &target, 1).expect("requeue");
        let stays = waiter(&target, INFINITE);
        assert_eq!(short.join(), Some(Status::TIMED_OUT));
        // Were the first one in the queue still, this would be its wake.
        futex::wake(&target, 1).expect("wake");
        assert_eq!(stays.join(), Some(Status::OK));
    }

    fn requeue_checks_the_value() {
        let (word, target) = (AtomicU32::new(7), AtomicU32::new(0));
        assert_eq!(futex::requeue(&word, 1, 0, &target, 1), Err(Status::BAD_STATE));
        futex::requeue(&word, 1, 7, &target, 1).expect("requeue");
    }

    fn requeue_to_itself_is_refused() {
        let word = AtomicU32::new(0);
        assert_eq!(futex::requeue(&word, 1, 0, &word, 1), Err(Status::INVALID_ARGS));
    }

    fn misaligned_addresses_are_refused() {
        let words = [0u32; 2];
        for skew in 1..4 {
            let address = words.as_ptr().expose_provenance() + skew;
            let wait = call!(zx_futex_wait(address as _, 0, 0, 0));
            assert_eq!(wait, Status::INVALID_ARGS);
            assert_eq!(call!(zx_futex_wake(address as _, 1)), Status::INVALID_ARGS);
            let requeue = call!(zx_futex_requeue(words.as_ptr().cast(), 0, 0, address as _, 1, 0));
            assert_eq!(requeue, Status::INVALID_ARGS);
        }
    }

    fn bad_addresses_are_refused() {
        let memory = BadMemory::new();
        let aligned = memory.unreadable(4).into_iter().filter(|(_, address)| address % 4 == 0);
        for (kind, address) in aligned {
            let status = call!(zx_futex_wait(address as _, 0, 0, 0));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(call!(zx_futex_wake(core::ptr::null(), 1)), Status::INVALID_ARGS);
    }

    fn owner_must_be_a_thread() {
        let (word, event) = (AtomicU32::new(0), Event::create().expect("an event"));
        let wrong = futex::wait_until(&word, 0, event.raw(), 0);
        assert_eq!(wrong, Err(Status::WRONG_TYPE));
        assert_eq!(futex::wait_until(&word, 0, NO_HANDLE, 0), Err(Status::BAD_HANDLE));
    }

    fn a_waiter_cannot_own_what_it_waits_for() {
        let outcome = futex::wait_until(&AtomicU32::new(0), 0, first_thread().raw(), 0);
        assert_eq!(outcome, Err(Status::INVALID_ARGS));
    }

    #[needs("cpus=1,2,4")]
    fn turns_are_never_lost() {
        const TURNS: u32 = 500;
        let word = word();
        let other = word.clone();
        let partner = thread::spawn("partner", move || take_turns(&other, 1, TURNS)).expect("a thread");
        take_turns(&word, 0, TURNS);
        partner.join().expect("it returns");
        assert_eq!(word.load(SeqCst), 2 * TURNS);
    }
}

/// Counts up whenever the parity is `mine`.
fn take_turns(word: &AtomicU32, mine: u32, turns: u32) {
    for _ in 0..turns {
        loop {
            let value = word.load(SeqCst);
            if value % 2 == mine {
                break;
            }
            let outcome = futex::wait_until(word, value, 0, INFINITE);
            assert!(matches!(outcome, Ok(()) | Err(Status::BAD_STATE)), "{outcome:?}");
        }
        word.fetch_add(1, SeqCst);
        futex::wake(word, 1).expect("wake");
    }
}
