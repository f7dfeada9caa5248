//! The regions of an address space and their children.

use super::leaving::{Leaving, Ticket};
use crate::core::base::Koid;
use crate::core::slab::Slab;
use crate::core::sorted::{Entry, HasRange, Position, Sorted};
use crate::memory::mapping::{Mapping, MappingId};
use crate::memory::{NoMemory, PageTable};
use abi::Status;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::ops::Range;

/// How many regions may lie in each other, the root included: a page fault walks through all of them.
pub const MAX_DEPTH: usize = 32;
/// How many mappings and regions an address space may have. The lists of children are made for so many.
pub const MAX_ENTRIES: usize = 1 << 16;

/// A part of an address space. Its children do not overlap.
pub(super) struct Region {
    /// Of the VMAR object, which may be gone.
    koid: Koid,
    pub parent: Option<usize>,
    /// How many regions it is in.
    pub depth: usize,
    pub range: Range<u64>,
    /// `VM_CAN_MAP_*` and `VM_COMPACT`.
    pub flags: u32,
    /// By address.
    pub children: Sorted<Child>,
}

/// What lies in a region.
pub(super) enum Child {
    /// The region with this index, in these addresses.
    Region(usize, Range<u64>),
    Mapping(Box<Mapping>),
    /// Nothing any more, but the page table may still have translations of what was there, until that with this ticket is
    /// gone: see `leaving`.
    Leaving(Ticket, Range<u64>),
}

impl HasRange for Child {
    fn range(&self) -> Range<u64> {
        match self {
            Self::Region(_, range) | Self::Leaving(_, range) => range.clone(),
            Self::Mapping(mapping) => mapping.range(),
        }
    }
}

impl Entry for Child {
    type Key = u64;

    fn key(&self) -> u64 {
        match self {
            Self::Region(_, range) | Self::Leaving(_, range) => range.start,
            Self::Mapping(mapping) => mapping.address,
        }
    }

    fn gap(&self, next: &Self) -> u64 {
        next.key() - self.range().end
    }

    /// Regions are.
    fn is_marked(&self) -> bool {
        matches!(self, Self::Region(..))
    }
}

/// The children of a region that overlap a range of addresses.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    pub from: Position,
    pub to: Position,
}

impl Hit {
    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }
}

impl Region {
    pub fn new(koid: Koid, range: Range<u64>, flags: u32) -> Self {
        Self { koid, parent: None, depth: 0, range, flags, children: Sorted::new() }
    }

    /// Of the VMAR object.
    pub fn koid(&self) -> Koid {
        self.koid
    }

    fn add(&mut self, child: Child) -> Result<(), NoMemory> {
        let at = self.children.make_room(self.children.find(child.key()))?;
        self.children.insert(at, child);
        Ok(())
    }

    /// The children that overlap a range.
    pub fn overlapping(&self, range: &Range<u64>) -> Hit {
        let from = self.children.seek(|child| child.range().end <= range.start);
        let to = match self.children.get(from) {
            Some(first) if first.key() < range.end => {
                let second = self.children.next(from);
                match self.children.get(second) {
                    Some(child) if child.key() < range.end => self.children.find(range.end),
                    _ => second,
                }
            }
            _ => from,
        };
        Hit { from, to }
    }

    /// Whether nothing overlaps a range.
    pub fn is_free(&self, range: &Range<u64>) -> bool {
        let from = self.children.seek(|child| child.range().end <= range.start);
        self.children.get(from).is_none_or(|child| child.key() >= range.end)
    }

    /// The child at an address.
    pub fn at(&self, address: u64) -> Option<&Child> {
        let at = self.children.seek(|child| child.range().end <= address);
        self.children.get(at).filter(|child| child.key() <= address)
    }

    /// The first and the last of the children that were hit.
    pub fn ends(&self, hit: Hit) -> Option<(&Child, &Child)> {
        let last = self.children.previous(hit.to).filter(|_| !hit.is_empty())?;
        Some((self.children.get(hit.from)?, self.children.get(last)?))
    }
}

/// The regions of an address space.
pub(super) struct Tree {
    pub regions: Slab<Region>,
    /// Bytes of all mappings.
    pub mapped_bytes: u64,
    /// Mappings, regions but for the root, and what is leaving.
    pub entries: usize,
    /// The mapping that stays as it is until the end of the address space.
    pub sealed: Option<(Range<u64>, MappingId)>,
    /// What was unmapped, and is still being cleared; the oldest first.
    pub leaving: VecDeque<Leaving>,
    /// How many have ever been cleared.
    pub cleared: u64,
    /// The address space comes to its end.
    pub is_dead: bool,
    /// Up to where the mapping that is next at that end has no translations any more.
    pub root_cleared: u64,
    next_id: u64,
}

impl Tree {
    /// The index of the root region.
    pub const ROOT: usize = 0;

    pub fn new(koid: Koid, range: Range<u64>, flags: u32) -> Self {
        let mut regions = Slab::new();
        // Without memory the root is missing, and every call on it fails with BAD_STATE.
        let _ = regions.insert(Region::new(koid, range, flags));
        Self {
            regions,
            mapped_bytes: 0,
            entries: 0,
            sealed: None,
            leaving: VecDeque::new(),
            cleared: 0,
            is_dead: false,
            root_cleared: 0,
            next_id: 0,
        }
    }

    /// Whether this region is there, and the regions that it is in.
    pub fn is_alive(&self, index: usize, koid: Koid) -> bool {
        let Some(region) = self.regions.get(index).filter(|region| region.koid == koid) else { return false };
        !self.is_dead && (region.parent.is_none() || self.is_reachable(index, region))
    }

    /// Whether a way leads from the root to this region: what is leaving has none.
    fn is_reachable(&self, index: usize, region: &Region) -> bool {
        let (mut index, mut region) = (index, region);
        while let Some(parent) = region.parent {
            let Some(above) = self.regions.get(parent) else { return false };
            match above.at(region.range.start) {
                Some(Child::Region(child, _)) if *child == index => (index, region) = (parent, above),
                _ => return false,
            }
        }
        true
    }

    /// A region that is known to be alive.
    pub fn region(&mut self, index: usize) -> &mut Region {
        self.regions.get_mut(index).expect("the caller has checked that the region is alive")
    }

    /// An id for a new mapping.
    pub fn new_id(&mut self) -> MappingId {
        self.next_id += 1;
        MappingId(self.next_id)
    }

    /// For a change in a range of addresses: nothing in it may be sealed.
    ///
    /// # Errors
    /// `ACCESS_DENIED`.
    pub fn check_unsealed(&self, range: &Range<u64>) -> Result<(), Status> {
        let hit =
            |(sealed, _): &(Range<u64>, MappingId)| sealed.start < range.end && range.start < sealed.end;
        if self.sealed.as_ref().is_some_and(hit) { Err(Status::ACCESS_DENIED) } else { Ok(()) }
    }

    /// A region, to look at.
    pub fn get(&self, index: usize) -> Option<&Region> {
        self.regions.get(index)
    }

    /// Whether one more mapping or region may be.
    ///
    /// # Errors
    /// `NO_RESOURCES`.
    pub fn check_entries(&self) -> Result<(), Status> {
        if self.entries < MAX_ENTRIES { Ok(()) } else { Err(Status::NO_RESOURCES) }
    }

    /// Adds a region that lies in free addresses of its parent.
    ///
    /// # Errors
    /// `NO_MEMORY`, `NO_RESOURCES`.
    pub fn add_region(&mut self, parent: usize, mut region: Region) -> Result<usize, Status> {
        self.check_entries()?;
        (region.parent, region.depth) = (Some(parent), self.region(parent).depth + 1);
        if region.depth >= MAX_DEPTH {
            return Err(Status::NO_RESOURCES);
        }
        let range = region.range.clone();
        let index = self.regions.insert(region)?;
        let added = self.region(parent).add(Child::Region(index, range));
        match added {
            Ok(()) => self.entries += 1,
            Err(_) => drop(self.regions.remove(index)),
        }
        Ok(added.map(|()| index)?)
    }

    /// Adds a mapping in free addresses of its region.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn add_mapping(&mut self, region: usize, mapping: Box<Mapping>) -> Result<(), Status> {
        let length = mapping.length;
        self.region(region).add(Child::Mapping(mapping))?;
        self.mapped_bytes += length;
        self.entries += 1;
        Ok(())
    }

    /// Cuts those of the children that are in a range in part.
    ///
    /// # Errors
    /// `NO_MEMORY`, `NO_RESOURCES`.
    pub fn cut_ends(
        &mut self,
        region: usize,
        hit: Hit,
        range: &Range<u64>,
        table: &Arc<dyn PageTable>,
    ) -> Result<Hit, Status> {
        let Some((first, last)) = self.region(region).ends(hit) else { return Ok(hit) };
        let (cut_first, cut_last) = (first.key() < range.start, last.range().end > range.end);
        if !cut_first && !cut_last {
            return Ok(hit);
        }
        if cut_first {
            self.cut(region, range.start, table)?;
        }
        if cut_last {
            self.cut(region, range.end, table)?;
        }
        Ok(self.region(region).overlapping(range))
    }

    /// Splits the mapping that has `address` inside, so that the address is a border. Nobody can tell, so a call
    /// that fails later need not undo it.
    fn cut(&mut self, region: usize, address: u64, table: &Arc<dyn PageTable>) -> Result<(), Status> {
        self.check_entries()?;
        let children = &mut self.region(region).children;
        let at = children.seek(|child| child.range().end <= address);
        let behind = children.make_room(children.next(at))?;
        // Room may have been made by moving it to another chunk.
        let Some(at) = children.previous(behind) else { return Ok(()) };
        let rest = match children.get_mut(at) {
            Some(Child::Mapping(mapping)) => mapping.split_off(address, table).map(Child::Mapping),
            Some(Child::Leaving(ticket, range)) => {
                let rest = address..range.end;
                range.end = address;
                Ok(Child::Leaving(*ticket, rest))
            }
            _ => return Ok(()),
        };
        match rest {
            Ok(rest) => children.insert(behind, rest),
            Err(NoMemory) => return Err(Status::NO_MEMORY),
        }
        self.entries += 1;
        Ok(())
    }

    /// The mapping at an address, and the innermost region around it.
    pub fn find(&self, address: u64) -> Option<(&Region, &Mapping)> {
        let mut index = Self::ROOT;
        if self.is_dead {
            return None;
        }
        loop {
            let region = self.regions.get(index)?;
            match region.at(address)? {
                Child::Region(next, _) => index = *next,
                Child::Mapping(mapping) => return Some((region, mapping)),
                Child::Leaving(..) => return None,
            }
        }
    }
}
