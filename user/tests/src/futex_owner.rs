//! The owners of futexes: futex_wake_single_owner, futex_requeue_single_owner, futex_get_owner.

use alloc::sync::Arc;
use core::sync::atomic::AtomicU32;

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Signals, Status, Thread,
    abi::{INFO_PROCESS_THREADS, PA_USER0, THREAD_STATE_BLOCKED_FUTEX},
    clock::{INFINITE, MILLISECOND, deadline_after},
    futex, info,
    task::{self, Task},
    thread::{self, JoinHandle},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, child, first_thread, process, user_test},
};

type Word = Arc<AtomicU32>;

fn word() -> Word {
    Arc::new(AtomicU32::new(0))
}

/// Starts a thread that waits on `word` and names `owner`.
fn waiter(word: &Word, owner: u32) -> JoinHandle<Status> {
    let word = word.clone();
    blocked(THREAD_STATE_BLOCKED_FUTEX, move || {
        futex::wait_until(&word, 0, owner, INFINITE).err().unwrap_or(Status::OK)
    })
}

fn koid(thread: &impl AsHandle) -> u64 {
    info::basic(thread).expect("every handle here has INSPECT").koid
}

fn waits(thread: &JoinHandle<Status>) -> bool {
    info::thread(thread.thread()).expect("info").state == THREAD_STATE_BLOCKED_FUTEX
}

fn finish(word: &Word, waiters: impl IntoIterator<Item = JoinHandle<Status>>) {
    futex::wake(word, u32::MAX).expect("wake");
    waiters.into_iter().for_each(|waiter| assert_eq!(waiter.join(), Some(Status::OK)));
}

user_test! {
    fn a_wait_sets_the_owner_and_wake_clears_it() {
        let word = word();
        assert_eq!(futex::owner(&word), Ok(0));
        let owned = waiter(&word, first_thread().raw());
        assert_eq!(futex::owner(&word), Ok(koid(first_thread())));
        let unowned = waiter(&word, 0);
        assert_eq!(futex::owner(&word), Ok(0));
        let again = waiter(&word, first_thread().raw());
        futex::wake(&word, 0).expect("wake");
        assert_eq!(futex::owner(&word), Ok(0));
        finish(&word, [owned, unowned, again]);
    }

    fn a_mismatch_leaves_the_owner_and_hides_bad_ones() {
        let (word, event) = (word(), Event::create().expect("an event"));
        let waiting = waiter(&word, first_thread().raw());
        for owner in [0, NO_HANDLE, event.raw(), waiting.thread().raw()] {
            assert_eq!(futex::wait_until(&word, 1, owner, 0), Err(Status::BAD_STATE));
            let requeue = futex::requeue_single_owner(&word, 1, &AtomicU32::new(0), 1, owner);
            assert_eq!(requeue, Err(Status::BAD_STATE));
        }
        assert_eq!(futex::wait_until(&word, 0, waiting.thread().raw(), 0), Err(Status::INVALID_ARGS));
        assert_eq!(futex::owner(&word), Ok(koid(first_thread())));
        finish(&word, [waiting]);
    }

    fn wake_single_owner_wakes_one_which_owns() {
        let word = word();
        futex::wake_single_owner(&word).expect("nobody to wake");
        let (stay, seen, others) = (self::word(), word.clone(), self::word());
        let gate = stay.clone();
        let first = blocked(THREAD_STATE_BLOCKED_FUTEX, move || {
            futex::wait(&seen, 0).expect("woken");
            // Only who lives can own.
            futex::wait(&gate, 0).expect("woken");
        });
        let second = waiter(&word, first_thread().raw());
        futex::wake_single_owner(&word).expect("wake");
        assert_eq!(futex::owner(&word), Ok(koid(first.thread())));
        assert_eq!(futex::owner(&others), Ok(0));
        while first.thread().wait(Signals::THREAD_TERMINATED, 0).is_err() {
            futex::wake(&stay, 1).expect("wake");
        }
        futex::wake_single_owner(&word).expect("wake");
        assert_eq!(second.join(), Some(Status::OK));
        assert_eq!(futex::owner(&word), Ok(0), "nobody waits any more");
    }

    fn requeue_single_owner_wakes_one_and_moves_others() {
        let (word, target, stay) = (word(), word(), word());
        let (seen, gate) = (word.clone(), stay.clone());
        let woken = blocked(THREAD_STATE_BLOCKED_FUTEX, move || {
            futex::wait(&seen, 0).expect("woken");
            futex::wait(&gate, 0).expect("woken");
        });
        let (moved, left) = (waiter(&word, 0), waiter(&word, 0));
        let owner = first_thread();
        let refused = futex::requeue_single_owner(&word, 0, &target, 1, moved.thread().raw());
        assert_eq!(refused, Err(Status::INVALID_ARGS));
        futex::requeue_single_owner(&word, 0, &target, 1, owner.raw()).expect("requeue");
        assert_eq!(futex::owner(&word), Ok(koid(woken.thread())));
        assert_eq!(futex::owner(&target), Ok(koid(owner)));
        while woken.thread().wait(Signals::THREAD_TERMINATED, 0).is_err() {
            futex::wake(&stay, 1).expect("wake");
        }
        assert!([&moved, &left].iter().all(|waiter| waits(waiter)), "one was woken");
        finish(&target, [moved]);
        assert_eq!(futex::owner(&target), Ok(0));
        assert!(waits(&left), "one was moved");
        finish(&word, [left]);
    }

    fn requeue_takes_the_owner_away_also_when_it_wakes_nobody() {
        let (word, target, event) = (word(), word(), Event::create().expect("an event"));
        let (first, second) = (waiter(&word, 0), waiter(&word, first_thread().raw()));
        let there = waiter(&target, 0);
        // What fails changes no owner: bad owners, and one that waits at the target.
        for (owner, status) in [
            (NO_HANDLE, Status::BAD_HANDLE),
            (event.raw(), Status::WRONG_TYPE),
            (there.thread().raw(), Status::INVALID_ARGS),
        ] {
            let refused = futex::requeue_single_owner(&word, 0, &target, 1, owner);
            assert_eq!(refused, Err(status));
        }
        assert_eq!((futex::owner(&word), futex::owner(&target)), (Ok(koid(first_thread())), Ok(0)));
        futex::requeue(&word, 0, 0, &target, 1).expect("requeue");
        assert_eq!(futex::owner(&word), Ok(0), "one still waits there");
        finish(&word, [second]);
        finish(&target, [first, there]);
    }

    fn requeue_single_owner_checks_the_value() {
        let (word, target) = (word(), word());
        let waiter = waiter(&word, 0);
        assert_eq!(futex::requeue_single_owner(&word, 1, &target, 1, 0), Err(Status::BAD_STATE));
        assert_eq!(futex::owner(&word), Ok(0));
        finish(&word, [waiter]);
    }

    fn a_dead_thread_owns_nothing() {
        let (word, idle) = (word(), word());
        let owner = waiter(&idle, 0);
        let waiting = waiter(&word, owner.thread().raw());
        assert_eq!(futex::owner(&word), Ok(koid(owner.thread())));
        finish(&idle, []);
        owner.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(futex::owner(&word), Ok(0));
        let second = waiter(&word, owner.thread().raw());
        assert_eq!(futex::owner(&word), Ok(0), "as if no owner had been named");
        finish(&word, [waiting, second]);
    }

    #[needs("counted")]
    fn the_owner_stays_when_who_named_it_gives_up() {
        let word = word();
        let waiting = waiter(&word, 0);
        let other = word.clone();
        let late = thread::spawn("late", move || {
            futex::wait_until(&other, 0, first_thread().raw(), deadline_after(MILLISECOND))
        });
        assert_eq!(late.expect("a thread").join(), Some(Err(Status::TIMED_OUT)));
        assert_eq!(futex::owner(&word), Ok(koid(first_thread())));
        finish(&word, [waiting]);
        assert_eq!(futex::owner(&word), Ok(0));
    }

    fn threads_of_other_processes_can_not_own() {
        let ((word, target), (near, far)) = ((word(), word()), Channel::create().expect("a channel"));
        let process = child("wait-event", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it runs");
        let threads = info::koids(&process, INFO_PROCESS_THREADS).expect("info");
        let theirs = task::child(&process, threads[0], Rights::SAME_RIGHTS).expect("a thread");
        assert_eq!(futex::wait_until(&word, 0, theirs.raw(), 0), Err(Status::INVALID_ARGS));
        let requeue = futex::requeue_single_owner(&word, 0, &target, 1, theirs.raw());
        assert_eq!(requeue, Err(Status::INVALID_ARGS));
        process.kill().expect("killed");
        process.wait(Signals::TASK_TERMINATED, INFINITE).expect("it ends");
    }

    fn a_thread_that_has_not_started_can_not_own() {
        let (word, thread) = (word(), Thread::create(&process(), "new").expect("a thread"));
        assert_eq!(futex::wait_until(&word, 0, thread.raw(), 0), Err(Status::INVALID_ARGS));
    }

    fn bad_futexes_and_pointers_are_refused() {
        let (memory, words) = (BadMemory::new(), [0u32; 2]);
        let skewed = words.as_ptr().expose_provenance() + 1;
        let good: *const i32 = words.as_ptr().cast();
        let mut koid = 0;
        for bad in [0, skewed, 0xffff_8000_0000_0000] {
            assert_eq!(call!(zx_futex_wake_single_owner(bad as _)), Status::INVALID_ARGS);
            assert_eq!(call!(zx_futex_get_owner(bad as _, &mut koid)), Status::INVALID_ARGS);
            let requeue = call!(zx_futex_requeue_single_owner(bad as _, 0, good, 1, 0));
            assert_eq!(requeue, Status::INVALID_ARGS);
            let requeue = call!(zx_futex_requeue_single_owner(good, 0, bad as _, 1, 0));
            assert_eq!(requeue, Status::INVALID_ARGS);
        }
        let same = call!(zx_futex_requeue_single_owner(good, 0, good, 1, 0));
        assert_eq!(same, Status::INVALID_ARGS);
        for (kind, bad) in memory.unwritable(8) {
            assert_eq!(call!(zx_futex_get_owner(good, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
