//! Futexes: waiting on a word of user memory.
//!
//! A futex is nothing but the waiters for its address, and its owner nothing but what they say it is:
//! without waiters there is nothing to keep. All futexes of a process share one lock, under which the
//! word is compared, and lists by address, of which there is about one a thread.
//!
//! Owners cost nothing to a process that never names one. After the first, a thread that waits does so
//! at an address of its own, the lobby, from where one step under the lock compares the word, checks the
//! owner, makes it known to the other waiters, and moves the thread over.

use crate::base::Koid;
use crate::wait::{Deadline, until_pinned};
use abi::Status;
use core::future::poll_fn;
use core::hash::{Hash, Hasher};
use core::ops::Deref;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Poll, Waker};
use waitq::{Buckets, Cancel, Tag, WaitQueue, Waiter};

/// What a thread waits for at a futex.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    address: u64,
    thread: Koid,
    /// The thread that is said to own the futex; the same for all its waiters.
    owner: Koid,
}

impl Place {
    const NOWHERE: Self = Self { address: 0, thread: 0, owner: 0 };
}

impl Tag for Place {
    fn takes_over(&self, dropped: &Self) -> bool {
        self.address == dropped.address
    }
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.address);
    }
}

/// Why an operation on a futex was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused<F> {
    /// The word could not be read: its page has to be brought in first, without the lock.
    Fault(F),
    /// The documented error.
    Status(Status),
}

impl<F> From<Status> for Refused<F> {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
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
    /// Who owns it then, 0 for nobody; an error is reported if the word has the expected value.
    pub owner: Result<Koid, Status>,
}

/// The waiters of all futexes of a process.
pub type Queue = WaitQueue<Place, (), Buckets<Place>>;

/// One who waits at one futex after the other, of a table that `Q` keeps.
pub type FutexWaiter<Q> = Waiter<Q, Place, (), Buckets<Place>>;

/// A wait at a futex that is to begin.
#[derive(Clone, Copy, Debug)]
pub struct FutexWait {
    /// The futex.
    pub address: u64,
    /// The thread that waits.
    pub thread: Koid,
    /// Who owns the futex then, 0 for nobody; an error is reported if the word has the expected value.
    pub owner: Result<Koid, Status>,
}

/// A waiter that has not waited yet.
pub fn futex_waiter<Q>() -> FutexWaiter<Q> {
    Waiter::new(Place::NOWHERE)
}

type Waiters<'a> = waitq::Waiters<'a, Place, Buckets<Place>>;

/// The futexes of one process.
pub struct FutexTable {
    queue: Queue,
    /// Whether a futex ever had an owner. Set before the lock is taken for the first of them.
    owned: AtomicBool,
}

impl Default for FutexTable {
    fn default() -> Self {
        Self { queue: WaitQueue::with_lists(Buckets::new(), ()), owned: AtomicBool::new(false) }
    }
}

impl AsRef<Queue> for FutexTable {
    fn as_ref(&self) -> &Queue {
        &self.queue
    }
}

impl FutexTable {
    /// Makes the table as wide as there are threads. Without memory it stays narrower, and slower.
    pub fn widen(&self, threads: usize) {
        self.queue.with(|_, waiters| waiters.lists().reserve(threads));
    }

    /// Begins to wait as [`FutexTable::wait`] does; `table` leads to this table, and keeps it.
    ///
    /// # Errors
    /// As for [`FutexTable::wait`].
    pub fn begin_wait<Q, F>(
        &self,
        table: Q,
        mut waiter: Pin<&mut FutexWaiter<Q>>,
        wait: FutexWait,
        compare: impl Fn() -> Result<bool, F>,
        waker: &Waker,
    ) -> Result<(), Refused<F>>
    where
        Q: Deref<Target: AsRef<Queue>> + Clone,
    {
        let FutexWait { address, thread, owner } = wait;
        let place = Place { address, thread, owner: 0 };
        if owner == Ok(0) && !self.has_owners() {
            let mut refused = None;
            let begun = waiter.as_mut().begin(
                table.clone(),
                place,
                |_, _| {
                    // Whoever sets this takes the lock afterwards, and finds this waiter then.
                    refused = if self.has_owners() { Some(Ok(())) } else { equal(&compare).err().map(Err) };
                    refused.is_some()
                },
                waker,
            );
            match refused {
                None => return Ok(()),
                Some(Err(refused)) => return Err(refused),
                Some(Ok(())) => debug_assert!(begun.is_ready()),
            }
        }
        self.note_owner(true);
        let lobby = Place { address: lobby(thread), ..place };
        // Nobody wakes in the lobby, so this only enters it.
        let _ = waiter.as_mut().begin(table, lobby, |_, _| false, waker);
        self.leave_lobby(lobby, place, owner, compare).inspect_err(|_| {
            let _ = waiter.as_mut().cancel();
            waiter.release();
        })
    }

    /// Waits to be woken at `address`, unless `compare`, called under the lock, finds another value. The
    /// futex has `owner` from then on, or nobody if 0.
    ///
    /// # Errors
    /// `BAD_STATE` when the value differs; what is wrong with `owner`, and `INVALID_ARGS` when it waits
    /// for this futex or is the caller; `TIMED_OUT`.
    pub async fn wait<F>(
        &self,
        address: u64,
        thread: Koid,
        owner: Result<Koid, Status>,
        compare: impl Fn() -> Result<bool, F>,
        deadline: Deadline,
    ) -> Result<(), Refused<F>> {
        let mut waiter = pin!(futex_waiter());
        let wait = FutexWait { address, thread, owner };
        poll_fn(|context| {
            Poll::Ready(self.begin_wait(&self.queue, waiter.as_mut(), wait, &compare, context.waker()))
        })
        .await?;
        until_pinned(waiter, deadline).await.map(drop).map_err(|_| Status::TIMED_OUT.into())
    }

    fn has_owners(&self) -> bool {
        self.owned.load(Ordering::Relaxed)
    }

    /// Moves a waiter from the lobby to its futex, which gets the owner, if all is as it should be.
    fn leave_lobby<F>(
        &self,
        lobby: Place,
        waiter: Place,
        owner: Result<Koid, Status>,
        compare: impl Fn() -> Result<bool, F>,
    ) -> Result<(), Refused<F>> {
        self.queue.with(|_, waiters| {
            equal(compare)?;
            let owner = owner?;
            if owner != 0 && (owner == waiter.thread || waits_for(waiters, waiter, owner)) {
                return Err(Status::INVALID_ARGS.into());
            }
            waiters.retag(&lobby, 1, |other| {
                (other.address == lobby.address).then_some(Place { owner, ..waiter })
            });
            set_owner(waiters, waiter, owner);
            Ok(())
        })
    }

    /// Wakes at most `count` waiters of `address`, first come first served. How many.
    pub fn wake(&self, address: u64, count: usize, owner: NewOwner) -> usize {
        let near = Place { address, thread: 0, owner: 0 };
        self.note_owner(owner != NewOwner::Nobody);
        self.queue.with(|_, waiters| {
            let (woken, thread) = wake_some(waiters, near, count);
            if self.has_owners() {
                set_owner(waiters, near, owner.given(thread));
            }
            woken
        })
    }

    /// Wakes some waiters of `address` and moves others, if `compare`, called under the lock, finds the
    /// expected value.
    ///
    /// # Errors
    /// As for [`FutexTable::wait`]; `INVALID_ARGS` when the new owner waits for either futex.
    pub fn requeue<F>(
        &self,
        address: u64,
        plan: Requeue,
        compare: impl Fn() -> Result<bool, F>,
    ) -> Result<(), Refused<F>> {
        let near = Place { address, thread: 0, owner: 0 };
        let far = Place { address: plan.target, ..near };
        self.note_owner(plan.owner != Ok(0) || plan.woken_owner != NewOwner::Nobody);
        self.queue.with(|_, waiters| {
            equal(compare)?;
            let owner = plan.owner?;
            if owner != 0 && (waits_for(waiters, near, owner) || waits_for(waiters, far, owner)) {
                return Err(Status::INVALID_ARGS.into());
            }
            let woken = wake_some(waiters, near, plan.wake).1;
            waiters.retag(&near, plan.requeue, |waiter| {
                (waiter.address == address).then_some(Place { address: plan.target, ..*waiter })
            });
            if self.has_owners() {
                set_owner(waiters, far, owner);
                set_owner(waiters, near, plan.woken_owner.given(woken));
            }
            Ok(())
        })
    }

    /// From now on owners matter, if there `is` one. Called before the lock is taken.
    fn note_owner(&self, is: bool) {
        if is {
            self.owned.store(true, Ordering::Relaxed);
        }
    }

    /// The owner of the futex; 0 if it has none.
    pub fn owner(&self, address: u64) -> Koid {
        let mut owner = 0;
        self.queue.with(|_, waiters| {
            waiters.for_each(&Place { address, thread: 0, owner: 0 }, |waiter| {
                if waiter.address == address {
                    owner = waiter.owner;
                }
            });
        });
        owner
    }
}

/// Where a thread waits until it may wait for a futex: no futex, since those are aligned.
fn lobby(thread: Koid) -> u64 {
    thread << 2 | 1
}

/// That `compare` finds the expected value; `BAD_STATE` if not.
fn equal<F>(compare: impl Fn() -> Result<bool, F>) -> Result<(), Refused<F>> {
    if compare().map_err(Refused::Fault)? { Ok(()) } else { Err(Status::BAD_STATE.into()) }
}

fn set_owner(waiters: &mut Waiters<'_>, futex: Place, owner: Koid) {
    waiters.for_each(&futex, |waiter| {
        if waiter.address == futex.address {
            waiter.owner = owner;
        }
    });
}

/// Wakes at most `count` waiters, in order. How many, and the last one's thread.
fn wake_some(waiters: &mut Waiters<'_>, futex: Place, count: usize) -> (usize, Koid) {
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

fn waits_for(waiters: &mut Waiters<'_>, futex: Place, thread: Koid) -> bool {
    let mut waits = false;
    waiters.for_each(&futex, |waiter| waits |= waiter.address == futex.address && waiter.thread == thread);
    waits
}

#[cfg(test)]
mod tests;
