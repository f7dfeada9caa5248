//! The regions of an address space, their children, and how these go away.

use crate::base::Koid;
use crate::mapping::{Mapping, Retired};
use crate::memory::{NoMemory, PageTable};
use crate::slab::Slab;
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

/// A part of an address space. Its children do not overlap.
pub(super) struct Region {
    /// Of the VMAR object, which may be gone.
    koid: Koid,
    pub parent: Option<usize>,
    pub range: Range<u64>,
    /// `VM_CAN_MAP_*` and `VM_COMPACT`.
    pub flags: u32,
    /// By address.
    pub children: Vec<Child>,
}

/// What lies in a region.
pub(super) enum Child {
    /// The region with this index, in these addresses.
    Region(usize, Range<u64>),
    Mapping(Box<Mapping>),
}

impl Child {
    pub fn range(&self) -> Range<u64> {
        match self {
            Self::Region(_, range) => range.clone(),
            Self::Mapping(mapping) => mapping.range(),
        }
    }
}

impl Region {
    pub fn new(koid: Koid, parent: Option<usize>, range: Range<u64>, flags: u32) -> Self {
        Self { koid, parent, range, flags, children: Vec::new() }
    }

    /// Where among the children those are that overlap a range.
    pub fn overlapping(&self, range: &Range<u64>) -> Range<usize> {
        let first = self.children.partition_point(|child| child.range().end <= range.start);
        let count = self.children[first..].partition_point(|child| child.range().start < range.end);
        first..first + count
    }

    /// Makes room for one more child.
    pub fn reserve(&mut self) -> Result<(), NoMemory> {
        self.children.try_reserve(1).map_err(|_| NoMemory)
    }

    /// Adds a child for which there is room, both in the addresses and in the vector.
    pub fn insert(&mut self, child: Child) {
        let range = child.range();
        debug_assert!(self.overlapping(&range).is_empty() && self.children.len() < self.children.capacity());
        let at = self.children.partition_point(|other| other.range().end <= range.start);
        self.children.insert(at, child);
    }

    /// Cuts those of the children `hit` by a range, as [`Region::overlapping`] found them, that are in it in part.
    pub fn cut_ends(
        &mut self,
        hit: &Range<usize>,
        range: &Range<u64>,
        table: &Arc<dyn PageTable>,
    ) -> Result<(), NoMemory> {
        let [.., last] = &self.children[hit.clone()] else { return Ok(()) };
        let (first, last) = (self.children[hit.start].range(), last.range());
        if first.start < range.start {
            self.cut(range.start, table)?;
        }
        if last.end > range.end {
            self.cut(range.end, table)?;
        }
        Ok(())
    }

    /// Splits the mapping that has `address` inside, if there is one, so that the address is a border.
    /// Nobody can tell, so a call that fails later need not undo it.
    fn cut(&mut self, address: u64, table: &Arc<dyn PageTable>) -> Result<(), NoMemory> {
        self.reserve()?;
        let at = self.children.partition_point(|child| child.range().end <= address);
        if let Some(Child::Mapping(mapping)) = self.children.get_mut(at)
            && mapping.address < address
        {
            let rest = mapping.split_off(address, table)?;
            self.children.insert(at + 1, Child::Mapping(rest));
        }
        Ok(())
    }
}

/// The regions of an address space.
pub(super) struct Tree {
    regions: Slab<Region>,
    /// Bytes of all mappings.
    pub mapped_bytes: u64,
    /// The mapping that stays as it is until the end of the address space.
    pub sealed: Option<Range<u64>>,
}

impl Tree {
    /// The index of the root region.
    pub const ROOT: usize = 0;

    pub fn new(koid: Koid, range: Range<u64>, flags: u32) -> Self {
        let mut regions = Slab::new();
        // Without memory the root is missing, and every call on it fails with BAD_STATE.
        let _ = regions.insert(Region::new(koid, None, range, flags));
        Self { regions, mapped_bytes: 0, sealed: None }
    }

    pub fn is_alive(&self, index: usize, koid: Koid) -> bool {
        self.regions.get(index).is_some_and(|region| region.koid == koid)
    }

    /// A region that is known to be alive.
    pub fn region(&mut self, index: usize) -> &mut Region {
        self.regions.get_mut(index).expect("the caller has checked that the region is alive")
    }

    /// For a change in a range of addresses: nothing in it may be sealed.
    ///
    /// # Errors
    /// `ACCESS_DENIED`.
    pub fn check_unsealed(&self, range: &Range<u64>) -> Result<(), Status> {
        let hit = |sealed: &Range<u64>| sealed.start < range.end && range.start < sealed.end;
        if self.sealed.as_ref().is_some_and(hit) { Err(Status::ACCESS_DENIED) } else { Ok(()) }
    }

    /// A region, to look at.
    pub fn get(&self, index: usize) -> Option<&Region> {
        self.regions.get(index)
    }

    /// Adds a region that lies in free addresses of its parent.
    pub fn add_region(&mut self, region: Region) -> Result<usize, NoMemory> {
        let range = region.range.clone();
        if let Some(parent) = region.parent {
            self.region(parent).reserve()?;
            let index = self.regions.insert(region)?;
            self.region(parent).insert(Child::Region(index, range));
            return Ok(index);
        }
        self.regions.insert(region)
    }

    /// Adds a mapping for which its region has room.
    pub fn add_mapping(&mut self, region: usize, mapping: Box<Mapping>) {
        self.mapped_bytes += mapping.length;
        self.region(region).insert(Child::Mapping(mapping));
    }

    /// The mapping at an address, and the innermost region around it.
    pub fn find(&self, address: u64) -> Option<(&Region, &Mapping)> {
        let mut index = Self::ROOT;
        loop {
            let region = self.regions.get(index)?;
            let at = region.children.partition_point(|child| child.range().end <= address);
            match region.children.get(at)? {
                Child::Region(next, range) if range.contains(&address) => index = *next,
                Child::Mapping(mapping) if mapping.range().contains(&address) => {
                    return Some((region, mapping));
                }
                _ => return None,
            }
        }
    }

    /// Removes the children in `range`, which has none of them in part.
    pub fn remove(&mut self, index: usize, range: &Range<u64>, table: &dyn PageTable, retired: &mut Retired) {
        // Translations go first: a VMO keeps its pages while it has a view of them.
        table.unmap(range.clone());
        let region = self.region(index);
        let hit = region.overlapping(range);
        let mut children = core::mem::take(&mut region.children);
        for child in children.drain(hit) {
            match child {
                Child::Mapping(mapping) => self.retire(mapping, retired),
                Child::Region(index, _) => self.drain(index, retired),
            }
        }
        self.region(index).children = children;
    }

    /// Removes a region, which nobody refers to as a child any more, with all that is in it. Their
    /// translations are gone. Goes down to a child and up to the parent again; no stack grows.
    pub fn drain(&mut self, top: usize, retired: &mut Retired) {
        let mut at = top;
        loop {
            let region = self.region(at);
            let parent = region.parent;
            match region.children.pop() {
                Some(Child::Mapping(mapping)) => self.retire(mapping, retired),
                Some(Child::Region(child, _)) => at = child,
                None => {
                    self.regions.remove(at);
                    match parent {
                        Some(parent) if at != top => at = parent,
                        _ => return,
                    }
                }
            }
        }
    }

    fn retire(&mut self, mapping: Box<Mapping>, retired: &mut Retired) {
        self.mapped_bytes -= mapping.length;
        retired.push_mapping(mapping);
    }
}
