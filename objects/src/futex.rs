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

impl NewOwner {
    /// The owner, when `woken` is the thread that was woken last, or 0.
    fn given(self, woken: Koid) -> Koid {
        match self {
            Self::Nobody => 0,
            Self::Woken => woken,
            Self::Thread(thread) => thread,
        }
    }
}

/// What [`FutexTable::requeue`] does.
#[derive(Clone, Copy, Debug)]
pub struct Requeue {
    /// Most waiters to wake.
    pub wake: usize,
    /// Who owns the futex that they waited for.
    pub woken_owner: NewOwner,
    /// The futex that others go to.
    pub target: u64,
    /// Most waiters to move there.
    pub requeue: usize,
    /// Who owns it then.
    pub owner: Koid,
}

type Waiters<'a> = waitq::Waiters<'a, Waiter, Buckets<Waiter>>;

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
        let waits =
            near.owner == near.thread || self.queue.with(|_, waiters| waits_for(waiters, near, near.owner));
        if waits { Err(Status::INVALID_ARGS) } else { Ok(()) }
    }

    /// Wakes at most `count` waiters of `address`, first come first served. How many.
    pub fn wake(&self, address: u64, count: usize, owner: NewOwner) -> usize {
        let near = Waiter { address, thread: 0, owner: 0 };
        self.queue.with(|_, waiters| {
            let (woken, thread) = wake_some(waiters, near, count);
            set_owner(waiters, near, owner.given(thread));
            woken
        })
    }

    /// Wakes some waiters of `address` and moves others, if `compare`, called under the lock, finds the
    /// expected value.
    ///
    /// # Errors
    /// As for [`FutexTable::wait`]; `INVALID_ARGS` when the new owner waits for either futex.
    pub fn requeue(
        &self,
        address: u64,
        plan: Requeue,
        compare: impl FnOnce() -> Compared,
    ) -> Result<(), Status> {
        let near = Waiter { address, thread: 0, owner: 0 };
        let far = Waiter { address: plan.target, ..near };
        self.queue.with(|_, waiters| {
            match compare() {
                Compared::Equal => {}
                Compared::Different => return Err(Status::BAD_STATE),
                Compared::Fault => return Err(Status::SHOULD_WAIT),
            }
            if plan.owner != 0
                && (waits_for(waiters, near, plan.owner) || waits_for(waiters, far, plan.owner))
            {
                return Err(Status::INVALID_ARGS);
            }
            let woken = wake_some(waiters, near, plan.wake).1;
            waiters.retag(&near, plan.requeue, |waiter| {
                (waiter.address == address).then_some(Waiter { address: plan.target, ..*waiter })
            });
            set_owner(waiters, far, plan.owner);
            set_owner(waiters, near, plan.woken_owner.given(woken));
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

fn set_owner(waiters: &mut Waiters<'_>, futex: Waiter, owner: Koid) {
    waiters.for_each(&futex, |waiter| {
        if waiter.address == futex.address {
            waiter.owner = owner;
        }
    });
}

/// Wakes at most `count` waiters, in order. How many, and the last one's thread.
fn wake_some(waiters: &mut Waiters<'_>, futex: Waiter, count: usize) -> (usize, Koid) {
    let mut thread = 0;
    let woken = waiters.wake_some(&futex, count, |waiter| {
        let hit = waiter.address == futex.address;
        if hit {
            thread = waiter.thread;
        }
        hit
    });
    (woken, thread)
}

fn waits_for(waiters: &mut Waiters<'_>, futex: Waiter, thread: Koid) -> bool {
    let mut waits = false;
    waiters.for_each(&futex, |waiter| waits |= waiter.address == futex.address && waiter.thread == thread);
    waits
}
