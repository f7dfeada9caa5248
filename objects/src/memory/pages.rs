//! The pages of a VMO: a radix tree from page index to frame.
//!
//! Tables have 64 entries and the tree is only as high as its largest index needs, nine levels at
//! most, so a small VMO is one table and an enormous sparse one costs what is in it. Recursion is as
//! deep as the tree is high, never more. Tables are allocated fallibly and freed when they are empty.
//!
//! A tree that is not used any more is a stack of tables ([`Discarded`]), linked through them: taking one table off,
//! and putting those on that it names, is a bounded step, and allocates nothing.

use crate::memory::{Frame, NoMemory, PageFrames};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Page indices are below this: a VMO has less than 2^63 bytes.
pub const MAX_PAGES: u64 = 1 << 51;

const BITS: u32 = 6;
const ENTRIES: usize = 1 << BITS;

/// `Box::try_new` is not stable; a vector of one element can be allocated fallibly and becomes this.
type TableBox = Box<[Table; 1]>;

enum Slot {
    Empty,
    Page(Frame),
    Table(TableBox),
}

struct Table {
    /// How many slots are not empty.
    used: usize,
    /// The next in a stack of discarded tables, and whose frames are in this one.
    next: Option<TableBox>,
    owner: Option<&'static dyn PageFrames>,
    slots: [Slot; ENTRIES],
}

impl Table {
    fn allocate() -> Result<TableBox, NoMemory> {
        let mut one = Vec::new();
        one.try_reserve_exact(1).map_err(|_| NoMemory)?;
        one.push(Self { used: 0, next: None, owner: None, slots: [const { Slot::Empty }; ENTRIES] });
        one.into_boxed_slice().try_into().map_err(|_| NoMemory)
    }

    /// Tables down from this level, in which nothing but a frame is.
    fn with(index: u64, level: u32, frame: Frame) -> Result<TableBox, NoMemory> {
        let slot = match level {
            0 => Slot::Page(frame),
            _ => Slot::Table(Self::with(index, level - 1, frame)?),
        };
        let mut table = Self::allocate()?;
        table[0].slots[position(index, level)] = slot;
        table[0].used = 1;
        Ok(table)
    }

    fn remove(&mut self, index: u64, level: u32) -> Option<Frame> {
        let slot = &mut self.slots[position(index, level)];
        let (frame, emptied) = match slot {
            Slot::Empty => return None,
            Slot::Page(frame) => (*frame, true),
            Slot::Table(table) => (table[0].remove(index, level - 1)?, table[0].used == 0),
        };
        if emptied {
            *slot = Slot::Empty;
            self.used -= 1;
        }
        Some(frame)
    }

    /// The first page at or after `from`; indices are relative to this table's first page.
    fn first_from(&self, from: u64, level: u32) -> Option<(u64, Frame)> {
        let start = position(from, level);
        for (at, slot) in self.slots.iter().enumerate().skip(start) {
            let offset = (at as u64) << (BITS * level);
            match slot {
                Slot::Empty => {}
                Slot::Page(frame) => return Some((offset, *frame)),
                Slot::Table(table) => {
                    let rest = from.saturating_sub(offset);
                    if let Some((index, frame)) = table[0].first_from(rest, level - 1) {
                        return Some((offset + index, frame));
                    }
                }
            }
        }
        None
    }
}

fn position(index: u64, level: u32) -> usize {
    (index >> (BITS * level)) as usize % ENTRIES
}

/// Frames under page indices.
pub struct PageTree {
    root: Option<TableBox>,
    /// Levels of tables; 0 without a root.
    height: u32,
    pages: u64,
}

impl PageTree {
    /// An empty tree.
    pub const fn new() -> Self {
        Self { root: None, height: 0, pages: 0 }
    }

    /// How many pages there are.
    pub fn len(&self) -> u64 {
        self.pages
    }

    fn covers(&self, index: u64) -> bool {
        self.height > 0 && index >> (BITS * self.height) == 0
    }

    /// The frame at this index.
    pub fn get(&self, index: u64) -> Option<Frame> {
        if !self.covers(index) {
            return None;
        }
        let mut table = self.root.as_ref()?;
        for level in (0..self.height).rev() {
            match &table[0].slots[position(index, level)] {
                Slot::Empty => return None,
                Slot::Page(frame) => return Some(*frame),
                Slot::Table(next) => table = next,
            }
        }
        None
    }

    /// Puts a frame at an index where there is none. On failure the tree holds what it held.
    pub fn insert(&mut self, index: u64, frame: Frame) -> Result<(), NoMemory> {
        debug_assert!(index < MAX_PAGES && self.get(index).is_none());
        self.grow_to(index)?;
        let Some(root) = self.root.as_mut() else { return Err(NoMemory) };
        let (mut table, mut level) = (&mut root[0], self.height - 1);
        while level > 0 && matches!(table.slots[position(index, level)], Slot::Table(_)) {
            let Slot::Table(next) = &mut table.slots[position(index, level)] else {
                unreachable!("it is one")
            };
            (table, level) = (&mut next[0], level - 1);
        }
        // Tables that are missing come in once all are there.
        table.slots[position(index, level)] = match level {
            0 => Slot::Page(frame),
            _ => Slot::Table(Table::with(index, level - 1, frame)?),
        };
        table.used += 1;
        self.pages += 1;
        Ok(())
    }

    /// Adds levels on top until the tree covers `index`.
    fn grow_to(&mut self, index: u64) -> Result<(), NoMemory> {
        while !self.covers(index) {
            if self.root.as_ref().is_none_or(|root| root[0].used > 0) {
                let mut top = Table::allocate()?;
                if let Some(old) = self.root.take() {
                    top[0].slots[0] = Slot::Table(old);
                    top[0].used = 1;
                }
                self.root = Some(top);
            }
            self.height += 1;
        }
        Ok(())
    }

    /// Takes the frame at this index out.
    pub fn remove(&mut self, index: u64) -> Option<Frame> {
        if !self.covers(index) {
            return None;
        }
        let root = self.root.as_mut()?;
        let frame = root[0].remove(index, self.height - 1)?;
        self.pages -= 1;
        if self.pages == 0 {
            *self = Self::new();
        }
        Some(frame)
    }

    /// Gives up all pages, frames of `owner`.
    pub fn discard(&mut self, owner: &'static dyn PageFrames) -> Discarded {
        let mut top = core::mem::take(self).root;
        if let Some(table) = &mut top {
            table[0].owner = Some(owner);
        }
        Discarded { top }
    }

    /// What it costs to go on from one page to the next, to look at it or to take it out: as much as so many pages side
    /// by side. Between others there is a way up and down the tree, with tables of empty places, or tables that go.
    pub fn distance(&self, from: u64, to: u64) -> u64 {
        if to == from + 1 { 1 } else { 1 + 6 * u64::from(self.height) }
    }

    /// Whether it is so small that all of it can be freed at once.
    pub fn is_small(&self) -> bool {
        self.pages <= 4 && self.height <= 2
    }

    /// The first page at or after this index. Holes cost nothing.
    pub fn first_from(&self, index: u64) -> Option<(u64, Frame)> {
        if !self.covers(index) {
            return None;
        }
        self.root.as_ref()?[0].first_from(index, self.height - 1)
    }
}

impl Default for PageTree {
    fn default() -> Self {
        Self::new()
    }
}

/// Tables whose frames are to be freed.
pub struct Discarded {
    top: Option<TableBox>,
}

impl Discarded {
    /// None.
    pub const NONE: Self = Self { top: None };

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.top.is_none()
    }

    /// Takes one table off, if there is one.
    pub fn pop(&mut self) -> Self {
        Self { top: self.take_top() }
    }

    fn take_top(&mut self) -> Option<TableBox> {
        let mut top = self.top.take()?;
        self.top = top[0].next.take();
        Some(top)
    }

    /// Puts another stack, of no more tables than one names, on top of this one.
    pub fn push(&mut self, mut other: Self) {
        while let Some(mut table) = other.take_top() {
            table[0].next = self.top.take();
            self.top = Some(table);
        }
    }

    /// Frees the frames in the topmost table, and puts the tables that it names on top: a step.
    pub fn free_one(&mut self) {
        let Some(mut table) = self.take_top() else { return };
        let owner = table[0].owner;
        for slot in &mut table[0].slots {
            match core::mem::replace(slot, Slot::Empty) {
                Slot::Empty => {}
                Slot::Page(frame) => drop(owner.map(|owner| owner.free(frame))),
                Slot::Table(mut child) => {
                    child[0].next = self.top.take();
                    child[0].owner = owner;
                    self.top = Some(child);
                }
            }
        }
    }
}

impl Drop for Discarded {
    fn drop(&mut self) {
        while !self.is_empty() {
            self.free_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HostFrames;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    #[test]
    fn the_largest_index_needs_nine_levels() {
        let mut tree = PageTree::new();
        tree.insert(0, Frame(1)).unwrap();
        tree.insert(MAX_PAGES - 1, Frame(2)).unwrap();
        assert_eq!(tree.height, 9);
        assert_eq!(tree.get(0), Some(Frame(1)));
        assert_eq!(tree.first_from(1), Some((MAX_PAGES - 1, Frame(2))));
        assert_eq!(tree.first_from(MAX_PAGES), None);
        assert_eq!(tree.remove(MAX_PAGES - 1), Some(Frame(2)));
        assert_eq!(tree.remove(0), Some(Frame(1)));
        assert!(tree.len() == 0 && tree.root.is_none());
    }

    #[test]
    fn a_first_page_far_up_costs_one_table_a_level() {
        let mut tree = PageTree::new();
        tree.insert(64 * 64, Frame(3)).unwrap();
        assert_eq!(tree.height, 3);
        assert_eq!(tree.first_from(0), Some((64 * 64, Frame(3))));
        assert_eq!(tree.get(64 * 64 * 64), None);
        assert_eq!(tree.get(0), None);
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((0..4u8, 0..3u32, 0..200u64), 1..200)) {
            let (mut tree, mut model, frames) = (PageTree::new(), BTreeMap::new(), HostFrames::leak());
            for (kind, level, number) in steps {
                let index = number << (level * 10);
                match kind {
                    0 | 1 if !model.contains_key(&index) => {
                        let frame = frames.allocate_zeroed().unwrap();
                        tree.insert(index, frame).unwrap();
                        model.insert(index, frame);
                    }
                    2 => {
                        let removed = tree.remove(index);
                        prop_assert_eq!(removed, model.remove(&index));
                        removed.into_iter().for_each(|frame| frames.free(frame));
                    }
                    _ => prop_assert_eq!(tree.get(index), model.get(&index).copied()),
                }
                let first = model.range(index..).next().map(|(index, frame)| (*index, *frame));
                prop_assert_eq!(tree.first_from(index), first);
                prop_assert_eq!(tree.len(), model.len() as u64);
            }
            let (mut left, mut stack) = (tree.discard(frames), Discarded::NONE);
            while !left.is_empty() {
                let before = frames.used();
                let mut table = left.pop();
                table.free_one();
                left.push(table);
                prop_assert!(before - frames.used() <= ENTRIES);
                stack.push(left.pop());
                core::mem::swap(&mut left, &mut stack);
                left.push(stack.pop());
            }
            prop_assert!(frames.used() == 0 && tree.len() == 0);
        }
    }
}
