//! Futexes: waiting on a word of user memory.
//!
//! A futex is nothing but the waiters for its address, and its owner nothing but what they say it is:
//! without waiters there is nothing to keep. All futexes of a process share one lock, under which the
//! word is compared; those who wait at one address have a list of their own, so nobody else's wait costs them anything.
//!
//! Waking and moving take steps of [`FUTEX_STEP`] waiters. Who comes while they are under way is not meant: an operation
//! that takes several steps begins a new *era* with the first, and waiters know in which they came, by themselves or
//! because they were moved. So no operation moves a waiter twice, and two that move to each other's futex end.
//!
//! Owners cost nothing to a process that never names one. What they take from then on is in `owners.rs`.

mod map;
mod owners;

use self::owners::Owners;
use crate::core::base::Koid;
use crate::wait::{Deadline, until_pinned};
use abi::Status;
use core::future::poll_fn;
use core::ops::Deref;
use core::pin::{Pin, pin};
use core::task::{Poll, Waker};
use waitq::{Below, Buckets, First, Keyed, Tag, WaitQueue, Waiter};

/// What a thread waits for at a futex.
#[derive(Clone, Copy, Debug)]
pub struct FutexTag {
    address: u64,
    thread: Koid,
    /// In which era it came to this futex.
    era: Era,
    /// Somebody woke it at this futex, and has noted that it waits no more.
    woken: bool,
}

impl FutexTag {
    /// Of those who wait at `address`, or of nobody yet.
    fn at(address: u64) -> Self {
        Self { address, thread: 0, era: Era(0), woken: false }
    }

    /// Whether it waited at its futex in this era already.
    #[inline]
    fn came_by(&self, era: Era) -> bool {
        self.era <= era
    }
}

/// The time between two long operations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Default, Debug)]
struct Era(u64);

impl Era {
    /// This era is over: who comes now comes later.
    fn end(&mut self) {
        self.0 += 1;
    }
}

/// How many waiters are woken or moved in one step.
pub const FUTEX_STEP: usize = 64;

impl Tag for FutexTag {
    type Beside = Below<Self>;
}

impl Keyed for FutexTag {
    #[inline(always)]
    fn key(&self) -> u64 {
        self.address
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
pub type Queue = WaitQueue<FutexTag, Owners, Buckets<FutexTag>>;

/// One who waits at one futex after the other, of a table that `Q` keeps.
pub type FutexWaiter<Q> = Waiter<Q, FutexTag, Owners, Buckets<FutexTag>>;

/// A wake or requeue that is under way: see [`FutexTable::go_on`].
#[derive(Clone, Copy, Debug)]
pub struct FutexUnderWay {
    address: u64,
    era: Era,
    /// How many are to be woken still, the first.
    wake: usize,
    /// How many are to be moved then, and to which futex.
    requeue: usize,
    target: u64,
    /// Who is to own that futex, as soon as somebody waits there.
    owner: Option<Koid>,
}

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

/// A waiter for the futexes of the table that `table` leads to, and that it keeps.
pub fn futex_waiter<Q>(table: Q) -> FutexWaiter<Q> {
    Waiter::of(table, FutexTag::at(0))
}

type Locked<'a> = waitq::Locked<'a, FutexTag, Owners, Buckets<FutexTag>>;
type Waiters<'a> = waitq::Waiters<'a, FutexTag, Buckets<FutexTag>>;

/// The futexes of one process.
pub struct FutexTable {
    queue: Queue,
}

impl Default for FutexTable {
    fn default() -> Self {
        Self { queue: WaitQueue::with_lists(Buckets::new(), Owners::default()) }
    }
}

impl AsRef<Queue> for FutexTable {
    fn as_ref(&self) -> &Queue {
        &self.queue
    }
}

/// How wide a table becomes: more would take too long to move in one step.
const WIDEST: usize = 8192;

impl FutexTable {
    /// Makes the table wider if there are more threads than it has places, within bounds and not by much: to be called for
    /// each new thread. Without memory it stays narrower, and slower.
    pub fn widen(&self, threads: usize) {
        let threads = threads.min(WIDEST);
        self.queue.with(|owners, waiters| {
            waiters.lists().reserve(threads);
            owners.reserve(threads);
        });
    }

    /// Begins to wait as [`FutexTable::wait`] does, in a waiter for this table. How the wait ended is to be
    /// told to [`FutexTable::end_wait`], or that it never will to [`FutexTable::leave`].
    ///
    /// # Errors
    /// As for [`FutexTable::wait`].
    #[inline(always)] // reason: for a wait that names no owner, which is known where it is called, little is left
    pub fn begin_wait<Q, F>(
        &self,
        waiter: Pin<&mut FutexWaiter<Q>>,
        wait: FutexWait,
        compare: impl Fn() -> Result<bool, F>,
        waker: &Waker,
    ) -> Result<(), Refused<F>>
    where
        Q: Deref<Target: AsRef<Queue>>,
    {
        let FutexWait { address, thread, owner } = wait;
        if !matches!(owner, Ok(0) | Err(_)) {
            self.learn_owners()?;
        }
        let mut joined = Ok(());
        let join = |owners: &mut Owners, _: &Buckets<FutexTag>, place: &mut FutexTag| {
            place.era = owners.era;
            joined = equal(compare).and_then(|()| {
                let owner = owner?;
                if owner != 0 && (owner == thread || owners.waits(owner, address)) {
                    return Err(Status::INVALID_ARGS.into());
                }
                Ok(owners.join(thread, address, owner)?)
            });
            joined.is_err()
        };
        let _ = waiter.begin_there(FutexTag { thread, ..FutexTag::at(address) }, join, waker);
        joined
    }

    /// What a wait came to that was [begun](FutexTable::begin_wait) here and ended at this place, `woken` or
    /// because its deadline passed.
    ///
    /// # Errors
    /// `TIMED_OUT`.
    #[inline]
    pub fn end_wait(&self, place: FutexTag, woken: bool) -> Result<(), Status> {
        if !place.woken {
            self.leave(place.thread);
        }
        if woken { Ok(()) } else { Err(Status::TIMED_OUT) }
    }

    /// Forgets the wait of a thread that ended without [`FutexTable::end_wait`].
    pub fn leave(&self, thread: Koid) {
        self.queue.with(|owners, _| owners.leave(thread));
    }

    /// Waits to be woken at `address`, unless `compare`, called under the lock, finds another value. The
    /// futex has `owner` from then on, or nobody if 0.
    ///
    /// # Errors
    /// `BAD_STATE` when the value differs; what is wrong with `owner`, and `INVALID_ARGS` when it waits
    /// for this futex or is the caller; `TIMED_OUT`; `NO_MEMORY` when `owner` is the first of all owners.
    pub async fn wait<F>(
        &self,
        address: u64,
        thread: Koid,
        owner: Result<Koid, Status>,
        compare: impl Fn() -> Result<bool, F>,
        deadline: Deadline,
    ) -> Result<(), Refused<F>> {
        let _forget = Forget { table: self, thread };
        let mut waiter = pin!(futex_waiter(&self.queue));
        let wait = FutexWait { address, thread, owner };
        poll_fn(|context| Poll::Ready(self.begin_wait(waiter.as_mut(), wait, &compare, context.waker())))
            .await?;
        let ended = until_pinned(waiter, deadline).await;
        let (Ok(place) | Err(place)) = ended;
        Ok(self.end_wait(place, ended.is_ok())?)
    }

    /// Wakes at most `count` waiters of `address`, first come first served, and no more than [`FUTEX_STEP`]. How many.
    #[inline]
    pub fn wake(&self, address: u64, count: usize, owner: NewOwner) -> usize {
        if owner != NewOwner::Nobody {
            // Without memory nobody is known to own it. That is no reason to let its waiters sleep.
            let _ = self.learn_owners();
        }
        if count == 1 {
            return usize::from(self.wake_first(address, owner));
        }
        self.wake_several(address, count, owner).0
    }

    /// [`FutexTable::wake`] of one waiter, which does not own the futex then.
    #[inline]
    pub fn wake_one(&self, address: u64) -> bool {
        self.wake_first(address, NewOwner::Nobody)
    }

    /// The first step of a wake, in the one locked section that also begins the era of those who come later: how many
    /// it woke, and what is left.
    #[inline(never)] // reason: most wakes are for one, and a batch takes a large frame
    fn wake_several(&self, address: u64, count: usize, owner: NewOwner) -> (usize, Option<FutexUnderWay>) {
        self.queue.with(|owners, waiters| {
            let era = owners.era;
            let (woken, thread) = wake_some(owners, waiters, address, era, count.min(FUTEX_STEP));
            owners.set(address, owner.given(thread));
            if woken < FUTEX_STEP || woken == count {
                return (woken, None);
            }
            owners.era.end();
            let wake = count - woken;
            (woken, Some(FutexUnderWay { address, era, wake, requeue: 0, target: 0, owner: None }))
        })
    }

    /// Wakes `count` waiters of `address`, of those who wait now, and nobody owns it then: the first step of that, and
    /// what is left, if that is not all.
    #[inline]
    pub fn begin_wake(&self, address: u64, count: usize) -> Option<FutexUnderWay> {
        self.wake_several(address, count, NewOwner::Nobody).1
    }

    /// A step of waking and moving; whether it was the last one.
    pub fn go_on(&self, under_way: &mut FutexUnderWay) -> bool {
        self.queue.with(|owners, waiters| under_way.step(owners, waiters).0)
    }

    /// Wakes the waiter of `address` that came first. Whether there was one.
    #[inline]
    fn wake_first(&self, address: u64, owner: NewOwner) -> bool {
        let Some(mut owners) = self.queue.try_lock() else {
            return self.wake_first_when_free(address, owner);
        };
        let at_hand = match owners.are_known() {
            true => None,
            false => owners.take_at_hand(&FutexTag::at(address), |waiter| waiter.woken = true),
        };
        let Some(first) = at_hand else { return Self::wake_first_in(owners, address, owner) };
        drop(owners);
        first.wake();
        true
    }

    #[cold]
    #[inline(never)]
    fn wake_first_when_free(&self, address: u64, owner: NewOwner) -> bool {
        Self::wake_first_in(self.queue.lock(), address, owner)
    }

    /// [`FutexTable::wake_first`] of one who may have to be looked for, in a process that may have named owners.
    #[inline(never)] // reason: most are at hand, and who wakes them is spared the registers that this takes
    fn wake_first_in(mut owners: Locked<'_>, address: u64, owner: NewOwner) -> bool {
        let first = owners.take_first(&FutexTag::at(address), |waiter| {
            waiter.woken = true;
            true
        });
        if owners.are_known() {
            let thread = first.as_ref().map_or(0, |first| first.tag.thread);
            owners.hand_over(address, thread, owner.given(thread));
        }
        drop(owners);
        first.map(First::wake).is_some()
    }

    /// Wakes some waiters of `address` and moves others, if `compare`, called under the lock, finds the
    /// expected value: the first step of that, and what is left, if that is not all.
    ///
    /// # Errors
    /// As for [`FutexTable::wait`]; `INVALID_ARGS` when the new owner waits for either futex.
    pub fn requeue<F>(
        &self,
        address: u64,
        plan: Requeue,
        compare: impl Fn() -> Result<bool, F>,
    ) -> Result<Option<FutexUnderWay>, Refused<F>> {
        let named = plan.woken_owner != NewOwner::Nobody || !matches!(plan.owner, Ok(0) | Err(_));
        if named {
            self.learn_owners()?;
        }
        self.queue.with(|owners, waiters| {
            equal(compare)?;
            let owner = plan.owner?;
            if owner != 0 && (owners.waits(owner, address) || owners.waits(owner, plan.target)) {
                return Err(Status::INVALID_ARGS.into());
            }
            let Requeue { wake, target, requeue, .. } = plan;
            let (era, owner) = (owners.era, Some(owner));
            let mut under_way = FutexUnderWay { address, era, wake, requeue, target, owner };
            let (is_done, woken) = under_way.step(owners, waiters);
            if let Some(owner) = under_way.owner {
                // Nobody has been moved yet; others may wait there.
                owners.set(target, owner);
            }
            owners.set(address, plan.woken_owner.given(woken));
            if !is_done {
                owners.era.end();
            }
            Ok((!is_done).then_some(under_way))
        })
    }

    /// From now on owners matter: one was named.
    #[inline(never)] // reason: few programs name any
    fn learn_owners(&self) -> Result<(), Status> {
        self.queue.with(|owners, waiters| {
            owners.learn(|each| waiters.lists().for_each(|place| each(place.thread, place.address)))
        })
    }

    /// The owner of the futex; 0 if it has none.
    pub fn owner(&self, address: u64) -> Koid {
        self.queue.with(|owners, _| owners.get(address))
    }
}

/// Tells a table that a thread does not wait there, when it goes away.
struct Forget<'a> {
    table: &'a FutexTable,
    thread: Koid,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.table.leave(self.thread);
    }
}

/// That `compare` finds the expected value; `BAD_STATE` if not.
fn equal<F>(compare: impl Fn() -> Result<bool, F>) -> Result<(), Refused<F>> {
    if compare().map_err(Refused::Fault)? { Ok(()) } else { Err(Status::BAD_STATE.into()) }
}

impl FutexUnderWay {
    /// A step: whether it was the last one, and the thread that it woke last, or 0.
    fn step(&mut self, owners: &mut Owners, waiters: &mut Waiters<'_>) -> (bool, Koid) {
        let Self { address, era, target, .. } = *self;
        let wake = self.wake.min(FUTEX_STEP);
        let (woken, thread) = wake_some(owners, waiters, address, era, wake);
        let moved = waiters.retag(&FutexTag::at(address), self.requeue.min(FUTEX_STEP - wake), |waiter| {
            waiter.came_by(era).then(|| {
                owners.requeue(waiter.thread, target);
                FutexTag { address: target, era: owners.era, ..*waiter }
            })
        });
        if moved > 0
            && let Some(owner) = self.owner.take()
        {
            // In a later step the owner may have begun to wait there meanwhile.
            owners.set(target, if owners.waits(owner, target) { 0 } else { owner });
        }
        self.wake -= woken;
        self.requeue -= moved;
        let is_done = self.wake + self.requeue == 0 || woken + moved < FUTEX_STEP;
        (is_done, thread)
    }
}

/// Wakes at most `count` waiters that came in this era or before, in order. How many, and the last one's thread.
fn wake_some(
    owners: &mut Owners,
    waiters: &mut Waiters<'_>,
    address: u64,
    era: Era,
    count: usize,
) -> (usize, Koid) {
    let mut thread = 0;
    let woken = waiters.wake_while(&FutexTag::at(address), count, |waiter| {
        let hit = waiter.came_by(era);
        if hit {
            thread = waiter.thread;
            waiter.woken = true;
            owners.leave(thread);
        }
        hit
    });
    (woken, thread)
}

#[cfg(all(test, not(loom)))]
mod tests;
