//! A slab: values under small indices that stay the same until they are removed.
//!
//! Insertion and removal take constant time, also when it grows; room is reserved fallibly, and kept until
//! [`Slab::trim`].

use crate::core::room::{NoMemory, Room};
use alloc::vec::Vec;

enum Slot<T> {
    Used(T),
    /// Free, with the index of the next free slot.
    Free(Option<usize>),
}

/// How many values lie together. A slab that grows moves no more of them, and a list of chunks.
const CHUNK: usize = 64;

/// Values under indices.
pub(crate) struct Slab<T> {
    /// Full up to where the slots end.
    chunks: Vec<Vec<Slot<T>>>,
    /// How many slots there are, free ones included.
    slots: usize,
    free: Option<usize>,
    used: usize,
}

impl<T> Slab<T> {
    /// An empty slab.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), slots: 0, free: None, used: 0 }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Adds a value; its index.
    pub fn insert(&mut self, value: T) -> Result<usize, NoMemory> {
        let index = match self.free {
            Some(index) => {
                let slot = &mut self.chunks[index / CHUNK][index % CHUNK];
                let Slot::Free(next) = *slot else { unreachable!("the free list holds free slots") };
                self.free = next;
                *slot = Slot::Used(value);
                index
            }
            None => self.append(Slot::Used(value))?,
        };
        self.used += 1;
        Ok(index)
    }

    /// Makes sure that so many more can be inserted.
    pub fn reserve(&mut self, values: usize) -> Result<(), NoMemory> {
        let (values, mut room) = (values.saturating_sub(self.slots - self.used), 0);
        while room < values {
            let next = self.slots + room;
            let wanted = (CHUNK - next % CHUNK).min(values - room);
            self.chunk_of(next)?.make_room(wanted)?;
            room += wanted;
        }
        Ok(())
    }

    /// The chunk that has the slot with this index, or will have it.
    fn chunk_of(&mut self, index: usize) -> Result<&mut Vec<Slot<T>>, NoMemory> {
        if index / CHUNK == self.chunks.len() {
            self.chunks.make_room(1)?;
            self.chunks.push(Vec::new());
        }
        self.chunks.get_mut(index / CHUNK).ok_or(NoMemory)
    }

    /// Adds a slot behind all others; its index.
    fn append(&mut self, slot: Slot<T>) -> Result<usize, NoMemory> {
        let index = self.slots;
        let chunk = self.chunk_of(index)?;
        chunk.make_room(1)?;
        chunk.push(slot);
        self.slots += 1;
        Ok(index)
    }

    /// The values, in the order of their indices.
    #[cfg(all(test, not(loom)))]
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten().filter_map(|slot| match slot {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        })
    }

    /// Takes the value at this index out.
    pub fn remove(&mut self, index: usize) -> Option<T> {
        let slot = self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)?;
        if let Slot::Free(_) = slot {
            return None;
        }
        let Slot::Used(value) = core::mem::replace(slot, Slot::Free(self.free)) else { return None };
        self.free = Some(index);
        self.used -= 1;
        Some(value)
    }

    /// Gives back some of the memory of an empty slab, into which no more will be inserted; whether there is more.
    pub fn trim(&mut self) -> bool {
        /// Each slot of a chunk is looked at.
        const STEP: usize = 2;
        if self.used == 0 {
            self.free = None;
            self.chunks.truncate(self.chunks.len().saturating_sub(STEP));
            self.slots = self.slots.min(self.chunks.len() * CHUNK);
        }
        !self.chunks.is_empty()
    }

    /// Takes the last one out, when no more will be inserted: a step, which may find none yet. `None` at the end.
    pub fn pop(&mut self) -> Option<Option<T>> {
        self.free = None;
        // Those that were reserved, and are empty.
        self.chunks.truncate(self.slots.div_ceil(CHUNK));
        for _ in 0..CHUNK {
            let last = self.slots.checked_sub(1)?;
            let slot = self.chunks.last_mut()?.pop()?;
            self.slots = last;
            if last.is_multiple_of(CHUNK) {
                self.chunks.pop();
            }
            if let Slot::Used(value) = slot {
                self.used -= 1;
                return Some(Some(value));
            }
        }
        Some(None)
    }

    /// The value at this index.
    pub fn get(&self, index: usize) -> Option<&T> {
        match self.chunks.get(index / CHUNK)?.get(index % CHUNK)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// The value at this index.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        match self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::without_memory;

    #[test]
    fn indices_stay_and_are_used_again() {
        let mut slab = Slab::new();
        let indices: Vec<_> = (0..4).map(|value| slab.insert(value).unwrap()).collect();
        assert_eq!(slab.remove(indices[1]), Some(1));
        assert_eq!(slab.remove(indices[1]), None);
        assert_eq!(slab.remove(indices[2]), Some(2));
        assert_eq!(slab.get(indices[3]), Some(&3));
        assert_eq!(slab.insert(5), Ok(indices[2]));
        assert_eq!(slab.insert(6), Ok(indices[1]));
        assert_eq!(slab.insert(7), Ok(4));
        assert_eq!(
            (0..6).map(|index| slab.get(index).copied()).collect::<Vec<_>>(),
            [0, 6, 5, 3, 7].map(Some).into_iter().chain([None]).collect::<Vec<_>>()
        );
        assert_eq!(slab.len(), 5);
        *slab.get_mut(0).unwrap() += 10;
        assert_eq!(slab.get(0), Some(&10));
        assert_eq!(slab.remove(indices[3]), Some(3));
        assert_eq!(core::iter::from_fn(|| slab.pop()).flatten().collect::<Vec<_>>(), [7, 5, 6, 10]);
        assert_eq!(slab.len(), 0);
    }

    #[test]
    fn room_that_nobody_took_is_not_the_end() {
        let mut slab = Slab::new();
        (0..CHUNK).for_each(|value| _ = slab.insert(value).unwrap());
        slab.reserve(1).unwrap();
        assert_eq!(core::iter::from_fn(|| slab.pop()).flatten().count(), CHUNK);
        assert_eq!(slab.len(), 0);
    }

    #[test]
    fn it_grows_chunk_by_chunk() {
        let mut slab = Slab::new();
        slab.reserve(3 * CHUNK + 1).unwrap();
        let indices: Vec<_> = (0..5 * CHUNK).map(|value| slab.insert(value).unwrap()).collect();
        assert!(indices.iter().enumerate().all(|(value, index)| slab.get(*index) == Some(&value)));
        slab.reserve(1).unwrap();
        let chunks = slab.chunks.len();
        (0..CHUNK).for_each(|index| assert!(slab.remove(index).is_some()));
        slab.reserve(CHUNK).unwrap();
        assert_eq!(slab.chunks.len(), chunks, "what is free is room");
        (0..CHUNK).rev().for_each(|index| assert_eq!(slab.insert(index), Ok(index)));
        assert_eq!(slab.remove(2 * CHUNK), Some(2 * CHUNK));
        assert_eq!(slab.insert(7), Ok(2 * CHUNK));
        assert_eq!(slab.insert(8), Ok(5 * CHUNK));
        assert_eq!(core::iter::from_fn(|| slab.pop()).flatten().count(), 5 * CHUNK + 1);
        assert_eq!(slab.get(0), None);
    }

    #[test]
    fn an_end_is_found_in_steps() {
        let mut slab = Slab::new();
        let indices: Vec<_> = (0..10 * CHUNK).map(|value| slab.insert(value).unwrap()).collect();
        indices[1..].iter().for_each(|index| assert!(slab.remove(*index).is_some()));
        let steps: Vec<_> = core::iter::from_fn(|| slab.pop()).collect();
        assert_eq!(steps, [None; 9].into_iter().chain([Some(0)]).collect::<Vec<_>>());
        assert_eq!((slab.pop(), slab.chunks.len()), (None, 0));
    }

    #[test]
    fn room_is_kept_until_it_is_given_back_in_steps() {
        let mut slab = Slab::new();
        for _ in 0..3 {
            let indices: Vec<_> = (0..40 * CHUNK).map(|value| slab.insert(value).unwrap()).collect();
            indices.into_iter().for_each(|index| assert!(slab.remove(index).is_some()));
            assert_eq!((slab.len(), slab.chunks.len()), (0, 40));
        }
        let steps = (1..).find(|_| !slab.trim());
        assert_eq!((steps, slab.chunks.len()), (Some(20), 0));
    }

    /// Behind what is full, and beside what is free.
    #[test]
    fn who_has_reserved_inserts_without_memory() {
        for (used, reserved) in
            [(0, 1), (0, 3 * CHUNK + 1), (CHUNK, CHUNK), (10, 20), (10, 3 * CHUNK), (CHUNK, 2 * CHUNK)]
        {
            let mut slab = Slab::new();
            (0..used).for_each(|value| assert_eq!(slab.insert(value), Ok(value)));
            slab.reserve(reserved).unwrap();
            assert_eq!(slab.chunks.len(), (used + reserved).div_ceil(CHUNK), "{used} {reserved}");
            without_memory(|| {
                (used..used + reserved).for_each(|value| assert_eq!(slab.insert(value), Ok(value)));
                assert_eq!(slab.reserve(CHUNK), Err(NoMemory));
            });
            assert_eq!(slab.len(), used + reserved);
        }
        let mut slab = Slab::new();
        (0..CHUNK).for_each(|value| _ = slab.insert(value).unwrap());
        slab.reserve(CHUNK + 10).unwrap();
        assert!(slab.chunks[2].capacity() < CHUNK, "and no more");
        (0..3).for_each(|index| assert!(slab.remove(index).is_some()));
        without_memory(|| assert_eq!(slab.reserve(3), Ok(()), "what is free is room"));
        slab.reserve(3 + 20).unwrap();
        without_memory(|| (0..3 + 20).for_each(|value| assert!(slab.insert(value).is_ok())));
    }

    #[test]
    fn what_is_refused_memory_stays_as_it_was() {
        let mut slab = Slab::new();
        without_memory(|| assert_eq!(slab.insert(1), Err(NoMemory)));
        assert!(slab.len() == 0 && slab.get(0).is_none() && slab.pop().is_none());
        (0..CHUNK).for_each(|value| _ = slab.insert(value).unwrap());
        without_memory(|| assert_eq!((slab.insert(1), slab.len()), (Err(NoMemory), CHUNK)));
        assert_eq!(slab.insert(1), Ok(CHUNK));
    }

    #[test]
    fn values_of_all_chunks_are_looked_at_and_changed() {
        let mut slab = Slab::new();
        (0..3 * CHUNK).for_each(|value| _ = slab.insert(value).unwrap());
        for index in [0, 1, CHUNK - 1, CHUNK, CHUNK + 6, 2 * CHUNK + 3] {
            *slab.get_mut(index).unwrap() += 1000;
            assert_eq!(slab.get(index), Some(&(index + 1000)));
            assert_eq!(slab.iter().filter(|value| **value >= 1000).count(), 1);
            assert_eq!((slab.remove(index), slab.get_mut(index)), (Some(index + 1000), None));
        }
        assert!(slab.get(3 * CHUNK).is_none() && slab.get_mut(3 * CHUNK).is_none());
        let gone = [0, 1, CHUNK - 1, CHUNK, CHUNK + 6, 2 * CHUNK + 3];
        assert!(slab.iter().copied().eq((0..3 * CHUNK).filter(|value| !gone.contains(value))));
        assert_eq!(slab.len(), 3 * CHUNK - gone.len());
        for index in gone.into_iter().rev() {
            assert_eq!(slab.insert(index), Ok(index), "the last that went is the first");
        }
        assert!(slab.iter().copied().eq(0..3 * CHUNK));
    }

    #[test]
    fn only_an_empty_slab_gives_memory_back_and_knows_what_it_has_left() {
        let mut slab = Slab::new();
        (0..3 * CHUNK).for_each(|value| _ = slab.insert(value).unwrap());
        (1..3 * CHUNK).for_each(|index| assert!(slab.remove(index).is_some()));
        assert!(slab.trim() && slab.chunks.len() == 3 && slab.get(0) == Some(&0));
        assert_eq!(slab.remove(0), Some(0));
        assert!(slab.trim() && slab.chunks.len() == 1);
        assert_eq!((slab.pop(), slab.pop()), (Some(None), None), "the slots of one chunk");
        assert!(!slab.trim());
    }
}
