//! The waiters of waits for several objects, made beforehand and shared by all threads.
//!
//! A wait for 64 objects needs 64 nodes. Inside each thread they would be several times as large as all
//! the rest of it, and seldom used; allocated by the wait, they would let it fail. So they are in a pool:
//! a wait takes as many as it needs and gives them back in the end. A kernel task, [`WaiterPool::fill`], keeps
//! the pool filled. A wait that finds too few awaits that task, and never another wait: otherwise threads
//! that wait for each other could need each other's waiters. However many await that task, a few go on at once.

use super::many::Item;
use super::one::Observer;
use crate::core::handle::HandleId;
use crate::core::signals::Observation;
use abi::{Signals, Status};
use alloc::boxed::Box;
use waitq::{BoxedWaiter, OutOfMemory, Tag, WaitQueue};

/// The pool is filled when it has less than this: what one wait may need. (Models have small waits.)
const LOW: usize = if cfg!(loom) { 2 } else { super::MAX_ITEMS };
/// It is filled up to this.
const FULL: usize = 2 * LOW;
/// What comes back beyond this is freed.
const MOST: usize = 4 * LOW;
/// How many waiters are made between yields.
const STEP: usize = LOW.div_ceil(4);

/// How many waiters are in the memory of a page, at least: each is two small allocations.
const PER_PAGE: usize = 16;
/// As many as each thread pays for from its start on: who has all memory that it may can wait with them still.
const FEW: usize = 8;

/// How many pages so many threads are to pay for, as each may need a few waiters.
pub(crate) const fn pages_of_threads(threads: usize) -> u64 {
    threads.div_ceil(PER_PAGE / FEW) as u64
}

/// How many pages a wait with so many waiters is to pay for beyond that.
pub const fn pages_for(waiters: usize) -> u64 {
    waiters.saturating_sub(FEW).div_ceil(PER_PAGE) as u64
}

/// A waiter, and what it waits for.
pub(super) struct PooledWaiter {
    pub node: Observer,
    pub item: Option<Item>,
}

/// A waiter in a chain.
struct Link {
    waiter: PooledWaiter,
    next: Option<Box<Link>>,
}

impl Link {
    fn new() -> Result<Box<Self>, OutOfMemory> {
        let node = BoxedWaiter::new(Observation::of(Signals::empty(), HandleId::KERNEL))?;
        Ok(Box::new(Self { waiter: PooledWaiter { node, item: None }, next: None }))
    }
}

/// Waiters, each linked to the next.
#[derive(Default)]
pub(super) struct Chain {
    first: Option<Box<Link>>,
    length: usize,
}

impl Chain {
    fn push(&mut self, mut link: Box<Link>) {
        link.next = self.first.take();
        self.first = Some(link);
        self.length += 1;
    }

    fn pop(&mut self) -> Option<Box<Link>> {
        let mut link = self.first.take()?;
        self.first = link.next.take();
        self.length -= 1;
        Some(link)
    }

    /// How many waiters there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Moves so many waiters, or all, to another chain.
    fn give(&mut self, count: usize, to: &mut Self) {
        for _ in 0..count {
            match self.pop() {
                Some(link) => to.push(link),
                None => return,
            }
        }
    }

    /// The waiters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &PooledWaiter> {
        core::iter::successors(self.first.as_deref(), |link| link.next.as_deref()).map(|link| &link.waiter)
    }

    /// The waiters, in their order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut PooledWaiter> {
        let mut next = self.first.as_deref_mut();
        core::iter::from_fn(move || {
            let Link { waiter, next: after } = next.take()?;
            next = after.as_deref_mut();
            Some(waiter)
        })
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // One at a time: a chain that drops itself would recurse as deep as it is long.
        while self.pop().is_some() {}
    }
}

/// Who waits at the pool: who makes waiters, or who takes some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    Filler,
    Taker,
}

impl Tag for Party {
    type Beside = ();
}

/// What is in the pool.
struct Store {
    free: Chain,
    /// There are few, and the filler is to make more, or does so.
    asked: bool,
    /// How often there was no memory for more.
    failures: u64,
}

/// A pool of waiters.
pub struct WaiterPool {
    queue: WaitQueue<Party, Store>,
}

impl WaiterPool {
    /// An empty pool, which [`WaiterPool::fill`] fills.
    pub fn new() -> Self {
        let store = Store { free: Chain::default(), asked: true, failures: 0 };
        Self { queue: WaitQueue::new(store) }
    }

    /// How many waiters are free.
    pub fn free(&self) -> usize {
        self.queue.with(|store, _| store.free.length)
    }

    /// Takes so many waiters, at most [`MAX_ITEMS`](super::MAX_ITEMS).
    ///
    /// # Errors
    /// `NO_MEMORY`: there are fewer, and no memory for more.
    pub(super) async fn take(&self, count: usize) -> Result<Chain, Status> {
        let mut taken = Chain::default();
        let mut begun = None;
        loop {
            let missing = self.queue.with(|store, waiters| {
                let enough = store.free.length >= count;
                if enough {
                    store.free.give(count, &mut taken);
                }
                if store.free.length < LOW && !store.asked {
                    store.asked = true;
                    waiters.wake_matching(|party| *party == Party::Filler);
                }
                if enough { None } else { Some(store.failures) }
            });
            let Some(failures) = missing else { return Ok(taken) };
            let before = *begun.get_or_insert(failures);
            if before < failures {
                return Err(Status::NO_MEMORY);
            }
            let served =
                |store: &mut Store, _: &mut Party| store.free.length >= count || store.failures > failures;
            self.queue.wait_unless(Party::Taker, served).await;
        }
    }

    /// Takes waiters back. Nothing is left in them.
    pub(super) fn put(&self, mut waiters: Chain) {
        self.queue.with(|store, _| {
            let room = MOST.saturating_sub(store.free.length);
            waiters.give(room, &mut store.free);
        });
    }

    /// Makes waiters whenever there are few, for ever: the life of a kernel task. `admit` says whether
    /// there is memory for small objects.
    pub async fn fill(&self, admit: impl Fn() -> bool) {
        loop {
            self.queue.wait_unless(Party::Filler, |store, _| store.asked).await;
            loop {
                let failed = self.free() < FULL && !self.make_some(&admit);
                if self.serve(failed) {
                    break;
                }
                executor::yield_now().await;
            }
        }
    }

    /// Wakes as many of those who came first as there are waiters for, or, where there is no memory, a few of those who
    /// are to be told. Whether there is nothing left to do. Who is woken need not be the one who takes the waiters, and
    /// waits again then: nobody waits without being served in a round to come.
    fn serve(&self, failed: bool) -> bool {
        self.queue.with(|store, waiters| {
            store.failures += u64::from(failed);
            let most = if failed { LOW } else { store.free.length / LOW };
            // Whoever waits began to before this failure, and is to be told.
            let woken = waiters.wake_some(&Party::Taker, most, |party| *party == Party::Taker);
            store.asked = woken == most || !failed && store.free.length < FULL;
            !store.asked
        })
    }

    /// Makes the first waiters, as far as there is memory: while the machine starts, so that whoever runs first
    /// finds them, and finds memory as it will be.
    pub fn prepare(&self, admit: impl Fn() -> bool) {
        while self.free() < FULL && self.make_some(&admit) {}
    }

    /// Makes some waiters; whether there was memory for them.
    fn make_some(&self, admit: &impl Fn() -> bool) -> bool {
        let mut made = Chain::default();
        while made.length < STEP && admit() {
            let Ok(link) = Link::new() else { break };
            made.push(link);
        }
        let complete = made.length == STEP;
        self.put(made);
        complete
    }
}

impl Default for WaiterPool {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// One that dropped itself waiter by waiter, each inside the one before, would need more than a stack.
    #[test]
    fn a_chain_of_any_length_goes_one_place_after_the_other() {
        const MANY: usize = 100_000;
        let mut chain = Chain::default();
        (0..MANY).for_each(|_| chain.push(Link::new().expect("memory")));
        assert_eq!((chain.len(), chain.iter().count(), chain.iter_mut().count()), (MANY, MANY, MANY));
        drop(chain);
    }

    #[test]
    fn as_many_are_given_as_are_asked_for_or_all() {
        let (mut from, mut to) = (Chain::default(), Chain::default());
        (0..5).for_each(|_| from.push(Link::new().expect("memory")));
        from.give(3, &mut to);
        assert_eq!((from.len(), to.len(), to.iter().count()), (2, 3, 3));
        from.give(3, &mut to);
        assert_eq!((from.len(), to.len()), (0, 5));
    }
}
