//! The observers of a port, from the moment on that they are armed until their packets are taken: by slot for those
//! that fire and for packets, by handle and key for those that cancel. All take constant time, however many there are.

use super::observer::Observer;
use crate::handle::HandleId;
use abi::Status;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A place for an observer. Used slots whose handle and key hash alike form a chain.
struct Slot {
    observer: Option<Arc<Observer>>,
    /// How many observers were here before.
    serial: u32,
    queued: bool,
    /// The next slot of the chain, or of the free ones.
    next: Option<usize>,
    prev: Option<usize>,
}

/// An observer that is in the queue of packets, or was.
#[derive(Clone, Copy)]
pub(super) struct Queued {
    slot: usize,
    serial: u32,
}

/// Observers.
#[derive(Default)]
pub(super) struct Observers {
    slots: Vec<Slot>,
    free: Option<usize>,
    /// The first slot of each chain. None of them, or a power of two that only grows.
    chains: Vec<Option<usize>>,
    count: usize,
    queued: usize,
}

impl Observers {
    /// How many are armed, and not queued yet.
    pub fn armed(&self) -> usize {
        self.count - self.queued
    }

    /// Makes sure that one more can be inserted.
    pub fn reserve(&mut self) -> Result<(), Status> {
        if self.free.is_none() {
            self.slots.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
        }
        if self.count == self.chains.len() {
            self.widen((self.count * 2).max(4))?;
        }
        Ok(())
    }

    /// Adds an observer, for which there must be room; its slot.
    pub fn insert(&mut self, observer: Arc<Observer>) -> usize {
        let slot = match self.free {
            Some(slot) => {
                self.free = self.slots[slot].next;
                slot
            }
            None => {
                self.slots.push(Slot { observer: None, serial: 0, queued: false, next: None, prev: None });
                self.slots.len() - 1
            }
        };
        self.link(slot, self.chain(observer.handle, observer.key));
        self.slots[slot].observer = Some(observer);
        self.count += 1;
        slot
    }

    /// Notes that `observer`, which is armed in this slot, is queued; `None` if it is not there any more.
    pub fn queue(&mut self, slot: usize, observer: &Arc<Observer>) -> Option<Queued> {
        let entry = self.slots.get_mut(slot).filter(|slot| slot.has(observer))?;
        entry.queued = true;
        self.queued += 1;
        Some(Queued { slot, serial: entry.serial })
    }

    /// Whether an observer is queued still.
    pub fn is_queued(&self, queued: Queued) -> bool {
        self.slots.get(queued.slot).is_some_and(|slot| slot.queued && slot.serial == queued.serial)
    }

    /// Takes out a queued observer; `None` if it is not there any more.
    pub fn take(&mut self, queued: Queued) -> Option<Arc<Observer>> {
        if self.is_queued(queued) { self.remove(queued.slot) } else { None }
    }

    /// Takes `observer` out of its slot; `None` if it is not there any more.
    pub fn disarm(&mut self, slot: usize, observer: &Arc<Observer>) -> Option<Arc<Observer>> {
        self.slots.get(slot).filter(|slot| slot.has(observer))?;
        self.remove(slot)
    }

    /// Takes out some observer with this handle and key, and tells whether it was queued.
    pub fn cancel(&mut self, handle: HandleId, key: u64) -> Option<(Arc<Observer>, bool)> {
        let mut cursor = *self.chains.get(self.chain(handle, key))?;
        while let Some(slot) = cursor {
            match &self.slots[slot].observer {
                Some(observer) if observer.is_for(handle, key) => {
                    let queued = self.slots[slot].queued;
                    return self.remove(slot).map(|observer| (observer, queued));
                }
                _ => cursor = self.slots[slot].next,
            }
        }
        None
    }

    fn remove(&mut self, slot: usize) -> Option<Arc<Observer>> {
        let observer = self.slots[slot].observer.take()?;
        self.unlink(slot, self.chain(observer.handle, observer.key));
        self.count -= 1;
        let free = self.free.replace(slot);
        let slot = &mut self.slots[slot];
        self.queued -= usize::from(slot.queued);
        (slot.next, slot.queued, slot.serial) = (free, false, slot.serial.wrapping_add(1));
        Some(observer)
    }

    /// Takes the last one out, when no more will be inserted.
    pub fn pop(&mut self) -> Option<Arc<Observer>> {
        while let Some(slot) = self.slots.len().checked_sub(1) {
            let removed = self.remove(slot);
            self.slots.pop();
            if removed.is_some() {
                return removed;
            }
        }
        None
    }

    /// Which chain it is: multiplicative hashing, of whose product the high half is the better one.
    fn chain(&self, handle: HandleId, key: u64) -> usize {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = (handle.0.wrapping_mul(GOLDEN) ^ key).wrapping_mul(GOLDEN) >> 32;
        hash as usize & self.chains.len().wrapping_sub(1)
    }

    fn link(&mut self, slot: usize, chain: usize) {
        let next = self.chains[chain].replace(slot);
        (self.slots[slot].prev, self.slots[slot].next) = (None, next);
        if let Some(next) = next {
            self.slots[next].prev = Some(slot);
        }
    }

    fn unlink(&mut self, slot: usize, chain: usize) {
        let Slot { next, prev, .. } = self.slots[slot];
        match prev {
            Some(prev) => self.slots[prev].next = next,
            None => self.chains[chain] = next,
        }
        if let Some(next) = next {
            self.slots[next].prev = prev;
        }
    }

    /// Spreads the observers over so many chains.
    fn widen(&mut self, chains: usize) -> Result<(), Status> {
        let more = chains - self.chains.len();
        self.chains.try_reserve_exact(more).map_err(|_| Status::NO_MEMORY)?;
        self.chains.fill(None);
        self.chains.resize(chains, None);
        for slot in 0..self.slots.len() {
            if let Some(observer) = &self.slots[slot].observer {
                self.link(slot, self.chain(observer.handle, observer.key));
            }
        }
        Ok(())
    }
}

impl Slot {
    fn has(&self, observer: &Arc<Observer>) -> bool {
        self.observer.as_ref().is_some_and(|other| Arc::ptr_eq(other, observer))
    }
}
