//! A slab: values under small indices that stay the same until they are removed.
//!
//! Insertion and removal take constant time; room is reserved fallibly.

use crate::memory::NoMemory;
use alloc::vec::Vec;

enum Slot<T> {
    Used(T),
    /// Free, with the index of the next free slot.
    Free(Option<usize>),
}

/// Values under indices.
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Option<usize>,
    used: usize,
}

impl<T> Slab<T> {
    /// An empty slab.
    pub const fn new() -> Self {
        Self { slots: Vec::new(), free: None, used: 0 }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Makes sure that so many more can be inserted.
    pub fn reserve(&mut self, values: usize) -> Result<(), NoMemory> {
        self.slots.try_reserve(values).map_err(|_| NoMemory)
    }

    /// Adds a value; its index.
    pub fn insert(&mut self, value: T) -> Result<usize, NoMemory> {
        let index = match self.free {
            Some(index) => {
                let Slot::Free(next) = self.slots[index] else {
                    unreachable!("the free list holds free slots")
                };
                self.free = next;
                self.slots[index] = Slot::Used(value);
                index
            }
            None => {
                self.slots.try_reserve(1).map_err(|_| NoMemory)?;
                self.slots.push(Slot::Used(value));
                self.slots.len() - 1
            }
        };
        self.used += 1;
        Ok(index)
    }

    /// Takes the value at this index out.
    pub fn remove(&mut self, index: usize) -> Option<T> {
        self.get(index)?;
        let slot = core::mem::replace(&mut self.slots[index], Slot::Free(self.free));
        self.free = Some(index);
        self.used -= 1;
        if self.used == 0 {
            *self = Self::new();
        }
        match slot {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// Takes the last one out, when no more will be inserted.
    pub fn pop(&mut self) -> Option<T> {
        self.free = None;
        while let Some(slot) = self.slots.pop() {
            if let Slot::Used(value) = slot {
                self.used -= 1;
                return Some(value);
            }
        }
        None
    }

    /// The value at this index.
    pub fn get(&self, index: usize) -> Option<&T> {
        match self.slots.get(index)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// The value at this index.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        match self.slots.get_mut(index)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// Every value.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        })
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(slab.iter().copied().collect::<Vec<_>>(), [0, 6, 5, 3, 7]);
        assert_eq!(slab.len(), 5);
        *slab.get_mut(0).unwrap() += 10;
        assert_eq!(slab.get(0), Some(&10));
        assert_eq!(slab.remove(indices[3]), Some(3));
        assert_eq!(core::iter::from_fn(|| slab.pop()).collect::<Vec<_>>(), [7, 5, 6, 10]);
        assert_eq!(slab.len(), 0);
    }
}
