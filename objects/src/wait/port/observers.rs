//! The observers of a port, from the moment on that they are armed until their packets are taken: by slot for those
//! that fire, by handle and key for those that cancel, and in the order of their packets.
//!
//! All takes constant time, however many there are, and there is never a moment when all have to move: slots lie in
//! chunks, and the chains of those whose handle and key hash alike become more by one at a time (linear hashing, Litwin
//! 1980). Those with the same handle and key are twins: one of them stands in a chain, for all.

use super::observer::Observer;
use crate::core::handle::HandleId;
use crate::core::room::Room;
use crate::core::secret;
use crate::core::slab::Slab;
use abi::Status;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many chains lie together.
const CHUNK: usize = 256;

/// A slot, or none: in four bytes, as slots are moved.
#[derive(Clone, Copy)]
struct Link(u32);

impl Link {
    const NONE: Self = Self(u32::MAX);

    fn get(self) -> Option<usize> {
        (self.0 != u32::MAX).then_some(self.0 as usize)
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::NONE
    }
}

/// A place for an observer.
struct Slot {
    observer: Arc<Observer>,
    hash: u32,
    /// Its neighbours in the chain, if it has no twin before it.
    chain: Neighbours,
    /// The twins before and behind it.
    twins: Neighbours,
    /// Where its packet stands among all packets of the port; 0 if it is not queued.
    number: u64,
    /// Its neighbours in the queue.
    queue: Neighbours,
}

#[derive(Clone, Copy, Default)]
struct Neighbours {
    prev: Link,
    next: Link,
}

/// Observers.
#[derive(Default)]
pub(super) struct Observers {
    slots: Slab<Slot>,
    /// The first slot of each chain. There are never fewer.
    chains: Vec<Vec<Link>>,
    /// How many chains are in use.
    width: usize,
    /// Those whose packets are queued: first and last.
    first: Link,
    last: Link,
}

/// What [`Observers::pop`] finds.
pub(super) enum Popped {
    One(Arc<Observer>),
    NoneYet,
    Nothing,
}

impl Observers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Makes sure that one more can be inserted.
    pub fn reserve(&mut self) -> Result<(), Status> {
        self.slots.reserve(1)?;
        if self.width == self.chains.len() * CHUNK {
            let mut chunk = Vec::new();
            chunk.make_exact_room(CHUNK)?;
            chunk.resize(CHUNK, Link::NONE);
            self.chains.make_room(1)?;
            self.chains.push(chunk);
        }
        Ok(())
    }

    /// Adds an observer, for which there must be room; its slot.
    ///
    /// # Errors
    /// `NO_MEMORY` when there is no room.
    pub fn insert(&mut self, observer: Arc<Observer>) -> Result<usize, Status> {
        if self.width <= self.len() {
            self.split();
        }
        let hash = secret::hash(observer.handle.0, observer.key);
        let twin = self.find(observer.handle, observer.key, hash);
        let [chain, twins, queue] = [Neighbours::default(); 3];
        let slot = self.slots.insert(Slot { observer, hash, chain, twins, number: 0, queue })?;
        match twin {
            Some(twin) => self.link_behind(twin, slot),
            None => self.link(slot, hash),
        }
        Ok(slot)
    }

    /// Queues the packet of `observer`, which is armed in this slot; whether it still is.
    pub fn queue(&mut self, slot: usize, observer: &Arc<Observer>, number: u64) -> bool {
        let (last, link) = (self.last, Link(slot as u32));
        let Some(entry) = self.slots.get_mut(slot).filter(|slot| slot.has(observer)) else { return false };
        entry.number = number;
        entry.queue = Neighbours { prev: last, next: Link::NONE };
        match last.get().and_then(|last| self.slots.get_mut(last)) {
            Some(last) => last.queue.next = link,
            None => self.first = link,
        }
        self.last = link;
        true
    }

    /// The number of the first packet.
    pub fn first(&self) -> Option<u64> {
        Some(self.slots.get(self.first.get()?)?.number)
    }

    /// Takes out the observer with the first packet.
    pub fn take_first(&mut self) -> Option<Arc<Observer>> {
        self.remove(self.first.get()?)
    }

    /// Takes `observer` out of its slot; `None` if it is not there any more.
    pub fn disarm(&mut self, slot: usize, observer: &Arc<Observer>) -> Option<Arc<Observer>> {
        self.slots.get(slot).filter(|slot| slot.has(observer))?;
        self.remove(slot)
    }

    /// Takes out some observer with this handle and key.
    pub fn cancel(&mut self, handle: HandleId, key: u64) -> Option<Arc<Observer>> {
        let first = self.find(handle, key, secret::hash(handle.0, key))?;
        self.remove(first)
    }

    /// The one that stands in a chain for all with this handle and key.
    fn find(&self, handle: HandleId, key: u64, hash: u32) -> Option<usize> {
        let chain = self.chain(hash);
        let mut cursor = *self.chains.get(chain / CHUNK)?.get(chain % CHUNK)?;
        while let Some(slot) = cursor.get() {
            let entry = self.slots.get(slot)?;
            if entry.hash == hash && entry.observer.is_for(handle, key) {
                return Some(slot);
            }
            cursor = entry.chain.next;
        }
        None
    }

    /// Takes out another one, when no more will be inserted: a step.
    pub fn pop(&mut self) -> Popped {
        const LOOKS: usize = 64;
        for _ in 0..LOOKS {
            let Some(last) = self.width.checked_sub(1) else {
                return if self.slots.trim() { Popped::NoneYet } else { Popped::Nothing };
            };
            if let Some(slot) = self.head(last).get() {
                return self.remove(slot).map_or(Popped::NoneYet, Popped::One);
            }
            self.width = last;
        }
        Popped::NoneYet
    }

    fn remove(&mut self, slot: usize) -> Option<Arc<Observer>> {
        let Slot { observer, hash, chain, twins, number, queue } = self.slots.remove(slot)?;
        if let Some(next) = twins.next.get().and_then(|next| self.slots.get_mut(next)) {
            next.twins.prev = twins.prev;
            next.chain = chain;
        }
        match twins.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.twins.next = twins.next,
            None => self.leave_chain(hash, chain, twins.next),
        }
        if number != 0 {
            self.leave_queue(queue);
        }
        Some(observer)
    }

    /// A slot leaves this place in the chain, for a twin if it has one.
    fn leave_chain(&mut self, hash: u32, place: Neighbours, twin: Link) {
        let instead = |other: Link| if twin.get().is_some() { twin } else { other };
        match place.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.chain.next = instead(place.next),
            None => {
                let number = self.chain(hash);
                *self.head(number) = instead(place.next);
            }
        }
        if let Some(next) = place.next.get().and_then(|next| self.slots.get_mut(next)) {
            next.chain.prev = instead(place.prev);
        }
    }

    fn leave_queue(&mut self, place: Neighbours) {
        match place.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.queue.next = place.next,
            None => self.first = place.next,
        }
        match place.next.get().and_then(|next| self.slots.get_mut(next)) {
            Some(next) => next.queue.prev = place.prev,
            None => self.last = place.prev,
        }
    }

    /// Where the first slot of a chain is noted.
    fn head(&mut self, chain: usize) -> &mut Link {
        &mut self.chains[chain / CHUNK][chain % CHUNK]
    }

    /// Which chain it is.
    fn chain(&self, hash: u32) -> usize {
        let width = self.width.next_power_of_two();
        let chain = hash as usize & (width - 1);
        if chain < self.width { chain } else { chain & (width / 2).saturating_sub(1) }
    }

    fn link(&mut self, slot: usize, hash: u32) {
        let (chain, link) = (self.chain(hash), Link(slot as u32));
        let next = core::mem::replace(self.head(chain), link);
        if let Some(entry) = self.slots.get_mut(slot) {
            entry.chain = Neighbours { prev: Link::NONE, next };
        }
        if let Some(next) = next.get().and_then(|next| self.slots.get_mut(next)) {
            next.chain.prev = link;
        }
    }

    /// Puts a slot behind the twin that stands in the chain.
    fn link_behind(&mut self, twin: usize, slot: usize) {
        let link = Link(slot as u32);
        let Some(first) = self.slots.get_mut(twin) else { return };
        let next = core::mem::replace(&mut first.twins.next, link);
        if let Some(entry) = self.slots.get_mut(slot) {
            entry.twins = Neighbours { prev: Link(twin as u32), next };
        }
        if let Some(next) = next.get().and_then(|next| self.slots.get_mut(next)) {
            next.twins.prev = link;
        }
    }

    /// One chain more, which gets what belongs there of the one that had it.
    fn split(&mut self) {
        if self.width == self.chains.len() * CHUNK {
            return;
        }
        // Without its highest bit: where its observers are so far.
        let old = self.width & (((self.width + 1).next_power_of_two() - 1) >> 1);
        self.width += 1;
        let mut cursor = core::mem::take(self.head(old));
        while let Some(slot) = cursor.get() {
            let Some(entry) = self.slots.get(slot) else { break };
            let hash = entry.hash;
            cursor = entry.chain.next;
            self.link(slot, hash);
        }
    }
}

impl Slot {
    fn has(&self, observer: &Arc<Observer>) -> bool {
        Arc::ptr_eq(&self.observer, observer)
    }
}
