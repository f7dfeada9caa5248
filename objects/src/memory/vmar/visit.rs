//! Listing an address space.

use super::Vmar;
use super::tree::{Child, Region, Tree};
use crate::core::sorted::{HasRange, Position};
use crate::memory::Protection;
use crate::memory::vmo::Vmo;
use alloc::sync::Arc;
use core::ops::Range;

/// A region or a mapping.
pub struct Entry<'a> {
    /// How many regions it is in: 0 for the root.
    pub depth: usize,
    /// Its addresses.
    pub range: Range<u64>,
    /// Which of the two.
    pub kind: EntryKind<'a>,
}

/// What an entry of an address space is.
pub enum EntryKind<'a> {
    /// A region; what is in it follows.
    Region,
    /// A mapping.
    Mapping {
        /// What is mapped.
        vmo: &'a Arc<Vmo>,
        /// From where in the VMO on, in bytes.
        offset: u64,
        /// What is allowed.
        protection: Protection,
    },
}

/// A place between the children of a region.
struct Cursor {
    region: usize,
    child: Position,
    depth: usize,
}

impl Vmar {
    /// Calls `f` with every region and mapping of the address space, a region before what is in it, in
    /// the order of addresses, under the lock, until `f` returns false. Leaves the first `skip` out.
    pub fn visit(&self, skip: usize, mut f: impl FnMut(&Entry<'_>) -> bool) {
        let tree = self.space.tree.lock();
        let Some(root) = tree.get(Tree::ROOT) else { return };
        let mut left = skip;
        let mut tell = |entry: &Entry<'_>| match left.checked_sub(1) {
            None => f(entry),
            Some(rest) => {
                left = rest;
                true
            }
        };
        if !tell(&Entry { depth: 0, range: root.range.clone(), kind: EntryKind::Region }) {
            return;
        }
        let mut cursor = Cursor { region: Tree::ROOT, child: first_of(root), depth: 1 };
        while let Some(region) = tree.get(cursor.region) {
            match region.children.get(cursor.child) {
                Some(child) if !entry(child, cursor.depth).is_none_or(|entry| tell(&entry)) => return,
                Some(child) => cursor.go_on(&tree, region, child),
                None if !cursor.go_up(&tree, region) => return,
                None => {}
            }
        }
    }
}

impl Cursor {
    /// Into a region, or behind a mapping.
    fn go_on(&mut self, tree: &Tree, region: &Region, child: &Child) {
        match child {
            Child::Region(index, _) => {
                let child = tree.get(*index).map_or(self.child, first_of);
                *self = Self { region: *index, child, depth: self.depth + 1 };
            }
            _ => self.child = region.children.next(self.child),
        }
    }

    /// Behind the region that has been listed; false at the root.
    fn go_up(&mut self, tree: &Tree, region: &Region) -> bool {
        let Some((index, parent)) = region.parent.and_then(|index| Some((index, tree.get(index)?))) else {
            return false;
        };
        *self = Self { region: index, child: parent.overlapping(&region.range).to, depth: self.depth - 1 };
        true
    }
}

fn first_of(region: &Region) -> Position {
    region.children.seek(|_| false)
}

fn entry(child: &Child, depth: usize) -> Option<Entry<'_>> {
    let kind = match child {
        Child::Leaving(..) => return None,
        Child::Region(..) => EntryKind::Region,
        Child::Mapping(mapping) => {
            EntryKind::Mapping { vmo: &mapping.vmo, offset: mapping.offset, protection: mapping.protection }
        }
    };
    Some(Entry { depth, range: child.range(), kind })
}
