//! Futexes: waiting on a word of user memory.
//!
//! A futex is nothing but the waiters for its address, and its owner nothing but what they say it is:
//! without waiters there is nothing to keep. All futexes of a process share one lock, under which the
//! word is compared, and lists by address, of which there is about one a thread.

use crate::base::Koid;
use crate::wait::{Deadline, until};
use abi::Status;
use core::hash::{Hash, Hasher};
use waitq::{Buckets, Tag, WaitQueue};

/// A futex that a thread waits for.
#[derive(Clone, Copy, Debug)]
struct Waiter {
    address: u64,
    thread: Koid,
    /// The thread that is said to own the futex; the same for all its waiters.
    owner: Koid,
}

impl Tag for Waiter {
    fn takes_over(&self, dropped: &Self) -> bool {
        self.address == dropped.address
    }
}

impl Hash for Waiter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.address);
    }
}

/// Why a futex word could not be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compared {
    /// It has the expected value.
    Equal,
    /// It has another value.
    Different,
    /// The page has to be brought in first; that can not be done under the lock.
    Fault,
}

/// Who shall own a futex after a wake or requeue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewOwner {
    /// Nobody.
    Nobody,
    /// The one thread that is woken.
    Woken,
    /// This thread, or nobody if 0.
    Thread(Koid),
}

/// The futexes of one process.
pub struct FutexTable {
    queue: WaitQueue<Waiter, (), Buckets<Waiter>>,
}

impl Default for FutexTable {
    fn default() -> Self {
        Self { queue: WaitQueue::with_lists(Buckets::new(), ()) }
    }
}

impl FutexTable {
    /// Makes the table as wide as there are threads. Without memory it stays narrower, and slower.
    pub fn widen(&self, threads: usize) {
        self.queue.with(|_, waiters| waiters.lists().reserve(threads));
    }

    /// Waits to be woken at `address`, unless `compare`, called under the lock, finds another value.
    ///
    /// # Errors
    /// `BAD_STATE` when the value differs, `INVALID_ARGS` when `owner` waits for this futex or is the
    /// caller, `TIMED_OUT`. `SHOULD_WAIT` asks the caller to bring the page in and to try again.
    pub async fn wait(
        &self,
        address: u64,
        thread: Koid,
        owner: Koid,
        compare: impl FnOnce() -> Compared,
        deadline: Deadline,
    ) -> Result<(), Status> {
        let near = Waiter { address, thread, owner };
        let mut refused = None;
        let wait = self.queue.wait_unless(near, |_, _| {
            refused = match compare() {
                Compared::Equal => None,
                Compared::Different => Some(Status::BAD_STATE),
                Compared::Fault => Some(Status::SHOULD_WAIT),
            };
            refused.is_some()
        });
        // The owner is checked and set just before the wait is enqueued; see `claim`.
        self.claim(near)?;
        let outcome = until(wait, deadline).await;
        if let Some(status) = refused {
            return Err(status);
        }
        outcome.map(|_| ()).map_err(|_| Status::TIMED_OUT)
    }

    fn claim(&self, near: Waiter) -> Result<(), Status> {
        if near.owner == 0 {
            return Ok(());
        }
        let mut waits = near.owner == near.thread;
        self.queue.with(|_, waiters| {
            waiters.for_each(&near, |waiter| {
                waits |= waiter.address == near.address && waiter.thread == near.owner;
            });
        });
        if waits { Err(Status::INVALID_ARGS) } else { Ok(()) }
    }

    /// Wakes at most `count` waiters of `address`, first come first served. How many.
    pub fn wake(&self, address: u64, count: usize, owner: NewOwner) -> usize {
        let near = Waiter { address, thread: 0, owner: 0 };
        self.queue.with(|_, waiters| {
            let mut woken_thread = 0;
            let woken = waiters.wake_some(&near, count, |waiter| {
                let hit = waiter.address == address;
                if hit {
                    woken_thread = waiter.thread;
                }
                hit
            });
            let owner = match owner {
                NewOwner::Nobody => 0,
                NewOwner::Woken => woken_thread,
                NewOwner::Thread(thread) => thread,
            };
            set_owner(waiters, near, owner);
            woken
        })
    }

    /// Wakes at most `wake` waiters of `address` and moves at most `requeue` others to `target`, if
    /// `compare`, called under the lock, finds the expected value.
    ///
    /// # Errors
    /// As for [`FutexTable::wait`]; `INVALID_ARGS` when `owner` waits for either futex.
    pub fn requeue(
        &self,
        address: u64,
        wake: usize,
        woken_owner: NewOwner,
        target: u64,
        requeue: usize,
        owner: Koid,
        compare: impl FnOnce() -> Compared,
    ) -> Result<(), Status> {
        let near = Waiter { address, thread: 0, owner: 0 };
        let far = Waiter { address: target, ..near };
        self.queue.with(|_, waiters| {
            match compare() {
                Compared::Equal => {}
                Compared::Different => return Err(Status::BAD_STATE),
                Compared::Fault => return Err(Status::SHOULD_WAIT),
            }
            let mut owner_waits = false;
            for futex in [near, far] {
                waiters.for_each(&futex, |waiter| {
                    owner_waits |= owner != 0 && waiter.address == futex.address && waiter.thread == owner;
                });
            }
            if owner_waits {
                return Err(Status::INVALID_ARGS);
            }
            let mut woken_thread = 0;
            waiters.wake_some(&near, wake, |waiter| {
                let hit = waiter.address == address;
                if hit {
                    woken_thread = waiter.thread;
                }
                hit
            });
            waiters.retag(&near, requeue, |waiter| {
                (waiter.address == address).then_some(Waiter { address: target, ..*waiter })
            });
            set_owner(waiters, far, owner);
            set_owner(waiters, near, if woken_owner == NewOwner::Woken { woken_thread } else { 0 });
            Ok(())
        })
    }

    /// The owner of the futex; 0 if it has none.
    pub fn owner(&self, address: u64) -> Koid {
        let mut owner = 0;
        self.queue.with(|_, waiters| {
            waiters.for_each(&Waiter { address, thread: 0, owner: 0 }, |waiter| {
                if waiter.address == address {
                    owner = waiter.owner;
                }
            });
        });
        owner
    }
}

fn set_owner(waiters: &mut waitq::Waiters<'_, Waiter, Buckets<Waiter>>, futex: Waiter, owner: Koid) {
    waiters.for_each(&futex, |waiter| {
        if waiter.address == futex.address {
            waiter.owner = owner;
        }
    });
}
