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
        assert_eq!((tree.height, tables(&tree.root.as_ref().unwrap()[0])), (3, 3));
        assert_eq!(tree.first_from(0), Some((64 * 64, Frame(3))));
        assert_eq!(tree.get(64 * 64 * 64), None);
        assert_eq!(tree.get(0), None);
    }

    /// How many tables there are, from this one down.
    fn tables(table: &Table) -> usize {
        let below =
            table.slots.iter().map(|slot| if let Slot::Table(below) = slot { tables(&below[0]) } else { 0 });
        1 + below.sum::<usize>()
    }

    #[test]
    fn pages_at_the_edges_of_tables_are_told_apart() {
        let indices =
            [0, 1, 63, 64, 65, 127, 128, 4095, 4096, 4097, 1 << 18, (1 << 24) - 1, 1 << 24, MAX_PAGES - 1];
        for upwards in [true, false] {
            let mut tree = PageTree::new();
            let mut order: Vec<_> = indices.into_iter().zip((1..).map(Frame)).collect();
            if !upwards {
                order.reverse();
            }
            for (count, (index, frame)) in (1..).zip(&order) {
                tree.insert(*index, *frame).unwrap();
                assert_eq!(tree.len(), count);
                assert!(order.iter().all(|(other, frame)| {
                    let expected = order[..count as usize].iter().any(|(index, _)| index == other);
                    tree.get(*other) == expected.then_some(*frame)
                }));
            }
            order.sort();
            for pair in order.windows(2) {
                assert_eq!(tree.first_from(pair[0].0), Some(pair[0]));
                assert_eq!(tree.first_from(pair[0].0 + 1), Some(pair[1]));
                assert_eq!(tree.get(pair[1].0 - 1).is_some(), pair[1].0 - 1 == pair[0].0);
            }
            for (at, (index, frame)) in order.iter().enumerate() {
                assert_eq!(tree.remove(*index), Some(*frame));
                assert_eq!((tree.get(*index), tree.remove(*index)), (None, None));
                assert_eq!(tree.first_from(0), order.get(at + 1).copied());
            }
            assert!(tree.len() == 0 && tree.height == 0 && tree.root.is_none());
        }
    }

    #[test]
    fn tables_go_when_nothing_is_in_them() {
        let mut tree = PageTree::new();
        tree.insert(0, Frame(1)).unwrap();
        assert_eq!((tree.height, tables(&tree.root.as_ref().unwrap()[0])), (1, 1));
        tree.insert(64, Frame(2)).unwrap();
        tree.insert(64 * 64, Frame(3)).unwrap();
        assert_eq!((tree.height, tables(&tree.root.as_ref().unwrap()[0])), (3, 6));
        tree.remove(64 * 64).unwrap();
        assert_eq!(tables(&tree.root.as_ref().unwrap()[0]), 4);
        tree.remove(64).unwrap();
        let root = &tree.root.as_ref().unwrap()[0];
        assert_eq!((tables(root), root.used, tree.len()), (3, 1, 1));
        assert_eq!(tree.remove(1), None);
        assert_eq!((tree.len(), tree.first_from(0)), (1, Some((0, Frame(1)))));
        tree.remove(0).unwrap();
        assert!(tree.height == 0 && tree.root.is_none());
    }

    #[test]
    fn the_next_page_costs_one_and_any_other_the_height_of_the_tree() {
        let mut tree = PageTree::new();
        tree.insert(0, Frame(1)).unwrap();
        assert_eq!([tree.distance(0, 1), tree.distance(5, 6)], [1, 1]);
        assert_eq!([tree.distance(0, 2), tree.distance(6, 5), tree.distance(5, 5)], [7, 7, 7]);
        tree.insert(64 * 64, Frame(2)).unwrap();
        assert_eq!([tree.distance(5, 6), tree.distance(5, 7)], [1, 19]);
        assert_eq!(PageTree::new().distance(5, 7), 1);
    }

    #[test]
    fn up_to_four_pages_on_two_levels_are_few() {
        let is_small = |indices: &[u64]| {
            let mut tree = PageTree::new();
            indices.iter().for_each(|index| tree.insert(*index, Frame(1)).unwrap());
            tree.is_small()
        };
        assert!(is_small(&[]) && is_small(&[0]) && is_small(&[0, 1, 2, 3]) && is_small(&[0, 1, 64, 4095]));
        assert!(!is_small(&[0, 1, 2, 3, 4]) && !is_small(&[0, 1, 2, 64, 65]) && !is_small(&[4096]));
    }

    #[test]
    fn a_stack_of_tables_frees_one_at_a_time_the_last_one_first() {
        let frames = HostFrames::leak();
        let tree = |indices: &[u64]| {
            let mut tree = PageTree::new();
            indices.iter().for_each(|index| tree.insert(*index, frames.allocate_zeroed().unwrap()).unwrap());
            assert_eq!(tree.len(), indices.len() as u64);
            let discarded = tree.discard(frames);
            assert!(tree.len() == 0 && tree.height == 0 && tree.get(indices[0]).is_none());
            discarded
        };
        let mut stack = Discarded::NONE;
        assert!(stack.is_empty() && stack.pop().is_empty());
        stack.free_one();
        // One table, and above it a root and the two tables that it names.
        stack.push(tree(&[0, 1, 2]));
        stack.push(tree(&[0, 1, 64, 65, 66, 67]));
        assert!(!stack.is_empty() && frames.used() == 9);
        let mut left = Vec::new();
        while !stack.is_empty() {
            stack.free_one();
            left.push(frames.used());
        }
        assert_eq!(left, [9, 5, 3, 0]);
        stack.push(tree(&[0, 64]));
        stack.push(tree(&[0]));
        let one = stack.pop();
        assert!(!one.is_empty() && frames.used() == 3);
        drop(one);
        assert_eq!(frames.used(), 2);
        drop(stack);
        assert_eq!(frames.used(), 0);
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
