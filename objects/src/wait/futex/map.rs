//! A map from numbers, which allocates only when it is told to make room, and of which no step is longer for its size.
//!
//! Linear hashing (Litwin, 1980): it grows by one list at a time, into which a part of one other list moves. So there is
//! about one entry a list, and never a moment when all have to move.

use crate::core::room::{NoMemory, Room};
use crate::core::secret;
use crate::core::slab::Slab;
use alloc::vec::Vec;

/// How many lists lie together.
const CHUNK: usize = 64;

struct Entry<V> {
    key: u64,
    value: V,
    /// The next of its list.
    next: Option<usize>,
}

/// The map.
#[derive(Default)]
pub(super) struct Map<V> {
    entries: Slab<Entry<V>>,
    /// The first entry of each list, with room for more lists.
    firsts: Vec<[Option<usize>; CHUNK]>,
    /// How many lists are in use.
    lists: usize,
}

impl<V> Map<V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// For how many there is room: entries are made room for before their lists.
    pub fn room(&self) -> usize {
        self.firsts.len() * CHUNK
    }

    /// Makes room for so many entries.
    pub fn reserve(&mut self, entries: usize) -> Result<(), NoMemory> {
        self.entries.reserve(entries.saturating_sub(self.entries.len()))?;
        while self.firsts.len() * CHUNK < entries {
            self.firsts.make_room(1)?;
            self.firsts.push([None; CHUNK]);
        }
        Ok(())
    }

    /// Adds an entry, or replaces the one with this key. There must be room.
    pub fn insert(&mut self, key: u64, value: V) {
        if let Some(there) = self.get_mut(key) {
            *there = value;
            return;
        }
        if self.lists <= self.len() {
            self.split();
        }
        let list = self.list(key);
        let next = *self.first(list);
        let index = self.entries.insert(Entry { key, value, next });
        debug_assert!(index.is_ok(), "room was made");
        *self.first(list) = index.ok().or(next);
    }

    /// The value of a key.
    pub fn get(&self, key: u64) -> Option<&V> {
        self.entries.get(self.find(key)?.1).map(|entry| &entry.value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let (_, index) = self.find(key)?;
        self.entries.get_mut(index).map(|entry| &mut entry.value)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: u64) -> Option<V> {
        let (before, index) = self.find(key)?;
        let entry = self.entries.remove(index)?;
        let list = self.list(key);
        *self.link(list, before) = entry.next;
        Some(entry.value)
    }

    /// The entry before that with this key, if it is not the first of its list, and itself.
    fn find(&self, key: u64) -> Option<(Option<usize>, usize)> {
        let list = self.list(key);
        let (mut before, mut cursor) = (None, *self.firsts.get(list / CHUNK)?.get(list % CHUNK)?);
        while let Some(index) = cursor {
            let entry = self.entries.get(index)?;
            if entry.key == key {
                return Some((before, index));
            }
            (before, cursor) = (Some(index), entry.next);
        }
        None
    }

    /// Where the entry behind `before` is noted, or the first of a list.
    fn link(&mut self, list: usize, before: Option<usize>) -> &mut Option<usize> {
        let Self { entries, firsts, .. } = self;
        match before.and_then(|before| entries.get_mut(before)) {
            Some(before) => &mut before.next,
            None => &mut firsts[list / CHUNK][list % CHUNK],
        }
    }

    fn first(&mut self, list: usize) -> &mut Option<usize> {
        &mut self.firsts[list / CHUNK][list % CHUNK]
    }

    /// The list of a key.
    fn list(&self, key: u64) -> usize {
        let hash = secret::hash(0, key) as usize;
        let width = self.lists.next_power_of_two();
        let list = hash & (width - 1);
        if list < self.lists { list } else { list & (width / 2).saturating_sub(1) }
    }

    /// One list more, which gets what belongs there of the one that had it.
    fn split(&mut self) {
        if self.lists == self.firsts.len() * CHUNK {
            return;
        }
        // Without its highest bit: where its entries are so far.
        let old = self.lists & (((self.lists + 1).next_power_of_two() - 1) >> 1);
        self.lists += 1;
        let mut cursor = self.first(old).take();
        while let Some(index) = cursor {
            let Some(key) = self.entries.get(index).map(|entry| entry.key) else { break };
            let list = self.list(key);
            let first = self.first(list).replace(index);
            if let Some(entry) = self.entries.get_mut(index) {
                cursor = core::mem::replace(&mut entry.next, first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    /// How many entries the longest list has.
    fn longest<V>(map: &Map<V>) -> usize {
        let length = |first: &Option<usize>| {
            core::iter::successors(*first, |index| map.entries.get(*index)?.next).count()
        };
        map.firsts.iter().flatten().map(length).max().unwrap_or(0)
    }

    #[test]
    fn lists_become_more_by_one_at_a_time_and_stay_short() {
        let mut map = Map::default();
        map.reserve(0).unwrap();
        assert_eq!(map.firsts.len(), 0);
        for page in 0..500 {
            map.reserve(map.len() + 1).unwrap();
            map.insert(page * 4096, page);
            assert_eq!((map.lists, map.firsts.len()), (map.len(), map.len().div_ceil(CHUNK)));
            assert!(longest(&map) < 16, "{page}: {}", longest(&map));
        }
        assert!((0..500).all(|page| map.get(page * 4096) == Some(&page)));
    }

    proptest! {
        /// Does what an ordinary map does, however large it is.
        #[test]
        fn is_a_map(steps in prop::collection::vec((1_u64..150, any::<bool>()), 1..400)) {
            let (mut map, mut model): (Map<usize>, _) = (Map::default(), BTreeMap::new());
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
                prop_assert!((1..150).all(|key| map.get(key) == model.get(&key)));
            }
        }
    }
}
