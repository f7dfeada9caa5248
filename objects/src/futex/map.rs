//! A map from numbers that are not 0, which allocates only when it is told to make room.
//!
//! Open addressing with linear probing. Removing moves later entries back into the gap (Knuth, TAOCP 3,
//! 6.4, algorithm R), so that the map does not become slower with age. At most half of it is used.

use crate::memory::NoMemory;
use alloc::vec::Vec;

/// The map. Key 0 marks a free slot.
#[derive(Default)]
pub(super) struct Map<V> {
    /// None, or a power of two of them, that only grows.
    slots: Vec<(u64, V)>,
    used: usize,
}

impl<V: Copy + Default> Map<V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Makes room for so many entries.
    pub fn reserve(&mut self, entries: usize) -> Result<(), NoMemory> {
        let wanted = (2 * entries).next_power_of_two();
        if wanted <= self.slots.len() {
            return Ok(());
        }
        let mut slots = Vec::new();
        slots.try_reserve_exact(wanted).map_err(|_| NoMemory)?;
        slots.resize(wanted, (0, V::default()));
        let old = core::mem::replace(self, Self { slots, used: 0 });
        old.slots.into_iter().filter(|slot| slot.0 != 0).for_each(|(key, value)| self.insert(key, value));
        Ok(())
    }

    /// Adds an entry, or replaces the one with this key. There must be room.
    pub fn insert(&mut self, key: u64, value: V) {
        let index = self.find(key);
        self.used += usize::from(self.slots[index].0 == 0);
        self.slots[index] = (key, value);
    }

    /// The value of a key.
    pub fn get(&self, key: u64) -> Option<&V> {
        let slot = self.slots.get(self.find(key))?;
        (slot.0 != 0).then_some(&slot.1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let index = self.find(key);
        let slot = self.slots.get_mut(index)?;
        (slot.0 != 0).then_some(&mut slot.1)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: u64) -> Option<V> {
        let mut gap = self.find(key);
        let (found, value) = *self.slots.get(gap)?;
        if found == 0 {
            return None;
        }
        self.used -= 1;
        let mut index = gap;
        loop {
            index = self.after(index);
            let entry = self.slots[index];
            if entry.0 == 0 {
                break;
            }
            // An entry may move back as far as to its home, not beyond.
            if self.distance(self.home(entry.0), index) >= self.distance(gap, index) {
                self.slots[gap] = entry;
                gap = index;
            }
        }
        self.slots[gap] = (0, V::default());
        Some(value)
    }

    /// The slot with this key, or the free one where it would be. 0 in an empty map.
    fn find(&self, key: u64) -> usize {
        let mut index = self.home(key);
        while self.slots.get(index).is_some_and(|slot| slot.0 != 0 && slot.0 != key) {
            index = self.after(index);
        }
        index
    }

    /// Multiplicative hashing, of whose product the high half is the better one.
    fn home(&self, key: u64) -> usize {
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        hash as usize & self.slots.len().saturating_sub(1)
    }

    fn after(&self, index: usize) -> usize {
        (index + 1) & (self.slots.len() - 1)
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        /// Does what an ordinary map does, at every fullness that is allowed.
        #[test]
        fn is_a_map(steps in prop::collection::vec((1_u64..40, any::<bool>()), 1..400)) {
            let (mut map, mut model) = (Map::default(), BTreeMap::new());
            prop_assert_eq!(map.remove(1), None);
            for (value, (key, insert)) in steps.into_iter().enumerate() {
                if insert {
                    map.reserve(map.len() + 1).unwrap();
                    map.insert(key, value);
                    model.insert(key, value);
                } else {
                    prop_assert_eq!(map.remove(key), model.remove(&key));
                }
                prop_assert_eq!(map.len(), model.len());
                prop_assert!((1..40).all(|key| map.get(key) == model.get(&key)));
            }
        }
    }
}
