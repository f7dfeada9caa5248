//! The places in which waits for several objects stand, made beforehand and shared by all threads.
//!
//! A wait for 64 objects needs 64 nodes. Inside each thread they would be several times as large as all
//! the rest of it, and seldom used; allocated by the wait, they would let it fail. So they are in a store:
//! a wait takes as many as it needs and gives them back in the end. A kernel task, [`Places::fill`], keeps
//! the store filled; a wait that finds too few awaits that task, and never another wait. Otherwise threads
//! that wait for each other could wait for each other's places.

use super::Observer;
use super::many::Item;
use crate::handle::HandleId;
use crate::signals::Observation;
use abi::{Signals, Status};
use alloc::boxed::Box;
use waitq::{OutOfMemory, Registration, Tag, WaitQueue};

/// The store is filled when it has less than this: what one wait may need. (Models have small waits.)
const LOW: usize = if cfg!(loom) { 2 } else { super::MAX_ITEMS };
/// It is filled up to this.
const FULL: usize = 2 * LOW;
/// What comes back beyond this is freed.
const MOST: usize = 4 * LOW;
/// How many places are made between yields.
const STEP: usize = LOW.div_ceil(4);

/// How many places are in the memory of a page, at least: each is two small allocations.
const PER_PAGE: usize = 16;
/// As many as take little beside the thread that waits.
const FEW: usize = 8;

/// How many pages a wait in so many places is to pay for, so that no job's threads hold more than the job may. Few
/// places cost nothing: who has all memory that it may can wait still.
pub const fn pages_for(places: usize) -> u64 {
    places.saturating_sub(FEW).div_ceil(PER_PAGE) as u64
}

/// A node, and what it waits for.
pub(super) struct Place {
    pub node: Observer,
    pub item: Option<Item>,
    next: Option<Box<Place>>,
}

impl Place {
    fn new() -> Result<Box<Self>, OutOfMemory> {
        let node = Registration::new(Observation::of(Signals::empty(), HandleId::KERNEL))?;
        Ok(Box::new(Self { node, item: None, next: None }))
    }
}

/// Places, each linked to the next.
#[derive(Default)]
pub(super) struct Chain {
    first: Option<Box<Place>>,
    length: usize,
}

impl Chain {
    fn push(&mut self, mut place: Box<Place>) {
        place.next = self.first.take();
        self.first = Some(place);
        self.length += 1;
    }

    fn pop(&mut self) -> Option<Box<Place>> {
        let mut place = self.first.take()?;
        self.first = place.next.take();
        self.length -= 1;
        Some(place)
    }

    /// Moves so many places, or all, to another chain.
    fn give(&mut self, count: usize, to: &mut Self) {
        for _ in 0..count {
            match self.pop() {
                Some(place) => to.push(place),
                None => return,
            }
        }
    }

    /// The places, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        core::iter::successors(self.first.as_deref(), |place| place.next.as_deref())
    }

    /// Visits the places in their order, until one refuses.
    pub fn try_for_each<E>(&mut self, mut visit: impl FnMut(&mut Place) -> Result<(), E>) -> Result<(), E> {
        let mut next = &mut self.first;
        while let Some(place) = next {
            visit(place)?;
            next = &mut place.next;
        }
        Ok(())
    }

    /// Visits the places in their order.
    pub fn for_each(&mut self, mut visit: impl FnMut(&mut Place)) {
        let Ok(()) = self.try_for_each(|place| {
            visit(place);
            Ok::<_, core::convert::Infallible>(())
        });
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // One at a time: a chain that drops itself would recurse as deep as it is long.
        while self.pop().is_some() {}
    }
}

/// Who waits at the store: who takes places, and who makes them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    Taker,
    Filler,
}

impl Tag for Party {
    type Beside = ();
}

/// What is in the store.
struct Store {
    free: Chain,
    /// There are few; the filler has yet to end a round.
    asked: bool,
    /// How often the filler has ended a round.
    rounds: u64,
    /// In the last one there was no memory.
    failed: bool,
}

/// A store of places.
pub struct Places {
    queue: WaitQueue<Party, Store>,
}

impl Places {
    /// An empty store, which [`Places::fill`] fills.
    pub fn new() -> Self {
        let store = Store { free: Chain::default(), asked: true, rounds: 0, failed: false };
        Self { queue: WaitQueue::new(store) }
    }

    /// How many places are free.
    pub fn free(&self) -> usize {
        self.queue.with(|store, _| store.free.length)
    }

    /// Takes so many places, at most [`MAX_ITEMS`](super::MAX_ITEMS).
    ///
    /// # Errors
    /// `NO_MEMORY`: there are fewer, and no memory for more.
    pub(super) async fn take(&self, count: usize) -> Result<Chain, Status> {
        let mut taken = Chain::default();
        let mut asked_in = None;
        loop {
            let round = self.queue.with(|store, waiters| {
                let enough = store.free.length >= count;
                if enough {
                    store.free.give(count, &mut taken);
                }
                if store.free.length < LOW && !store.asked {
                    store.asked = true;
                    waiters.wake_matching(|party| *party == Party::Filler);
                }
                if enough { None } else { Some((store.rounds, store.failed)) }
            });
            let Some((round, failed)) = round else { return Ok(taken) };
            if failed && asked_in.is_some_and(|asked_in| asked_in < round) {
                return Err(Status::NO_MEMORY);
            }
            asked_in = Some(round);
            self.queue.wait_unless(Party::Taker, |store, _| store.rounds != round).await;
        }
    }

    /// Takes places back. Nothing is left in them.
    pub(super) fn put(&self, mut places: Chain) {
        self.queue.with(|store, _| {
            let room = MOST.saturating_sub(store.free.length);
            places.give(room, &mut store.free);
        });
    }

    /// Makes places whenever there are few, for ever: the life of a kernel task. `admit` says whether
    /// there is memory for small objects.
    pub async fn fill(&self, admit: impl Fn() -> bool) {
        loop {
            self.queue.wait_unless(Party::Filler, |store, _| store.asked).await;
            let mut failed = false;
            while !failed && self.free() < FULL {
                failed = !self.make_some(&admit);
                executor::yield_now().await;
            }
            self.queue.with(|store, waiters| {
                store.asked = false;
                store.rounds += 1;
                store.failed = failed;
                waiters.wake_matching(|party| *party == Party::Taker);
            });
        }
    }

    /// Makes the first places, as far as there is memory: while the machine starts, so that whoever runs first
    /// finds them, and finds memory as it will be.
    pub fn prepare(&self, admit: impl Fn() -> bool) {
        while self.free() < FULL && self.make_some(&admit) {}
    }

    /// Makes some places; whether there was memory for them.
    fn make_some(&self, admit: &impl Fn() -> bool) -> bool {
        let mut made = Chain::default();
        while made.length < STEP && admit() {
            let Ok(place) = Place::new() else { break };
            made.push(place);
        }
        let complete = made.length == STEP;
        self.put(made);
        complete
    }
}

impl Default for Places {
    fn default() -> Self {
        Self::new()
    }
}
