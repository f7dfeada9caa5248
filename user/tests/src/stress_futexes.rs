//! Futexes whose waiters are moved to another one while their deadlines pass: a mutex and a condition made
//! of them, whose users would sleep for ever if a wake were lost.

use alloc::{sync::Arc, vec::Vec};
use core::sync::atomic::{
    AtomicU32,
    Ordering::{Relaxed, SeqCst},
};

use hafnon_user::{
    AsHandle, Status,
    clock::{self, MICROSECOND},
    futex, thread,
};

use crate::{
    harness::{call, user_test},
    stress::{LOST, Random, leaves_nothing},
};

/// Threads that take turns.
const THREADS: usize = 4;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const CONTENDED: u32 = 2;

/// A mutex, a condition, and what they guard.
#[derive(Default)]
struct Monitor {
    mutex: AtomicU32,
    /// Counts the announcements.
    condition: AtomicU32,
    /// Turns taken. Changed by whoever has the mutex.
    turns: AtomicU32,
    /// Raw handles of the threads, once they are known, to name owners.
    threads: [AtomicU32; THREADS],
}

user_test! {
    /// Threads take turns. Who waits for its turn is moved from the condition to the mutex, with and without
    /// a deadline that may pass on the way.
    #[needs("cpus=4 timeout=120")]
    fn requeued_while_they_time_out() {
        leaves_nothing(|rounds| {
            let monitor = Arc::new(Monitor::default());
            let spawn = |me: usize| {
                let monitor = monitor.clone();
                let play = move || monitor.take_turns(me, rounds as u32);
                thread::spawn("stress", play).expect("a thread")
            };
            let threads: Vec<_> = (0..THREADS).map(spawn).collect();
            for (place, thread) in monitor.threads.iter().zip(&threads) {
                place.store(thread.thread().raw(), SeqCst);
            }
            assert!(threads.into_iter().all(|thread| thread.join().is_some()), "a thread panicked");
            assert_eq!(monitor.turns.load(SeqCst), rounds as u32);
            assert_eq!([&monitor.mutex, &monitor.condition].map(futex::owner), [Ok(0), Ok(0)]);
        });
    }
}

impl Monitor {
    /// Takes every turn that is this thread's, until there were so many.
    fn take_turns(&self, me: usize, rounds: u32) {
        let mut random = Random::new(me as u64 + 1);
        self.lock(TAKEN);
        loop {
            let turns = self.turns.load(Relaxed);
            if turns >= rounds {
                break;
            }
            if turns as usize % THREADS == me {
                self.turns.store(turns + 1, Relaxed);
                self.announce(me, &mut random);
                self.unlock();
                random.dawdle();
                self.lock(TAKEN);
            } else {
                self.wait(&mut random);
            }
        }
        self.unlock();
    }

    /// Takes the mutex, and leaves it `TAKEN`, or `CONTENDED` where somebody may wait for it.
    fn lock(&self, mut how: u32) {
        if how == TAKEN && self.mutex.compare_exchange(FREE, TAKEN, SeqCst, SeqCst).is_ok() {
            return;
        }
        how = CONTENDED;
        while self.mutex.swap(how, SeqCst) != FREE {
            let outcome = futex::wait_until(&self.mutex, CONTENDED, 0, clock::deadline_after(LOST));
            assert!(matches!(outcome, Ok(()) | Err(Status::BAD_STATE)), "the mutex: {outcome:?}");
        }
    }

    fn unlock(&self) {
        if self.mutex.swap(FREE, SeqCst) == CONTENDED {
            futex::wake(&self.mutex, 1).expect("wake");
        }
    }

    /// Waits for an announcement. Half of the waits have deadlines that pass about when it comes.
    fn wait(&self, random: &mut Random) {
        let announced = self.condition.load(SeqCst);
        self.unlock();
        let short = random.below(2) == 0;
        let patience = if short { random.below(60) as i64 * MICROSECOND } else { LOST };
        let outcome = futex::wait_until(&self.condition, announced, 0, clock::deadline_after(patience));
        match outcome {
            Ok(()) | Err(Status::BAD_STATE) => {}
            Err(Status::TIMED_OUT) if short => {}
            outcome => panic!("the condition: {outcome:?}"),
        }
        // Others may have been moved to the mutex together with this one.
        self.lock(CONTENDED);
    }

    /// With the mutex: wakes nobody or one, and moves the others to the mutex, which this thread owns.
    fn announce(&self, me: usize, random: &mut Random) {
        let announced = self.condition.load(SeqCst) + 1;
        self.condition.store(announced, SeqCst);
        self.mutex.store(CONTENDED, SeqCst);
        let owner = if random.below(2) == 0 { self.threads[me].load(SeqCst) } else { 0 };
        let (from, to) = (self.condition.as_ptr().cast_const(), self.mutex.as_ptr().cast_const());
        let (value, wake) = (announced.cast_signed(), random.below(2) as u32);
        let status = call!(zx_futex_requeue(from.cast(), wake, value, to.cast(), u32::MAX, owner));
        assert_eq!(status, Status::OK);
    }
}
