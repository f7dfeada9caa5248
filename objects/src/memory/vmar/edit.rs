//! `vmar_unmap`, `vmar_protect`, `vmar_destroy`: changing what is there.
//!
//! Mappings are first cut at both ends of the range, so that the change itself is about whole mappings
//! and cannot fail any more.

use super::Vmar;
use super::allocate::mappable;
use super::leaving::Step;
use super::map::permissions;
use super::tree::{Child, Region, Tree};
use crate::core::sorted::{Entry, HasRange};
use crate::memory::mapping::{Flush, Retired, is_page_aligned, whole_pages};
use crate::memory::{PageTable, Protection, Work};
use abi::Status;
use core::ops::Range;

/// What it costs to change one mapping, and to look at one before, in the unit of [`Work`].
const COST: u32 = 32;
const LOOK: u32 = 8;

/// A change of protection that is under way: see [`Vmar::protect`].
#[derive(Debug)]
pub struct Protecting {
    protection: Protection,
    range: Range<u64>,
    /// Up to where mappings were seen that may have the new protection.
    checked: u64,
    /// Up to where they have it.
    changed: u64,
}

impl Protecting {
    /// Whether no step is left.
    pub fn is_done(&self) -> bool {
        self.changed >= self.range.end
    }
}

impl Vmar {
    /// Unmaps the mappings and destroys the regions in a range of addresses; mappings that are in it in
    /// part are cut. The length is rounded up to pages. They are gone when nothing is left to clean up.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: not at a page, empty, not inside the VMAR, or a child
    /// region is in it in part. `NOT_FOUND`: nothing is mapped there. `ACCESS_DENIED`: something there is
    /// sealed. `NO_MEMORY`, `NO_RESOURCES`: for a cut.
    pub fn unmap(&self, address: u64, length: u64) -> Result<Step, Status> {
        let range = self.addresses(address, length)?;
        let mut tree = self.open()?;
        tree.check_unsealed(&range)?;
        let mut retired = Retired::new();
        if tree.remove_whole(self.index, &range, &*self.space.table, &mut retired) {
            return Ok(Step { retired, left: None });
        }
        let region = tree.region(self.index);
        let hit = region.overlapping(&range);
        let (first, last) = region.ends(hit).ok_or(Status::NOT_FOUND)?;
        let is_partial = |child: &Child| match child {
            Child::Region(_, child) => child.start < range.start || child.end > range.end,
            Child::Mapping(_) | Child::Leaving(..) => false,
        };
        if is_partial(first) || is_partial(last) {
            return Err(Status::INVALID_ARGS);
        }
        let hit = tree.cut_ends(self.index, hit, &range, &self.space.table)?;
        let left = tree.detach(self.index, hit, &range, &mut None, &*self.space.table, &mut retired)?;
        Ok(Step { retired, left })
    }

    /// Begins to change what is allowed in a range of addresses, whose length is rounded up to pages. `rights` are
    /// those of the handle to the VMAR. Call [`protect`](Self::protect) until [`Protecting::is_done`].
    ///
    /// # Errors
    /// `INVALID_ARGS`: options, not at a page, empty, not inside the VMAR. `ACCESS_DENIED`: more than the VMAR or its
    /// handle allows.
    pub fn start_protect(
        &self,
        options: u32,
        address: u64,
        length: u64,
        rights: Protection,
    ) -> Result<Protecting, Status> {
        let protection = permissions(options)?;
        let range = self.addresses(address, length)?;
        if !rights.allows(protection) || !mappable(self.flags).allows(protection) {
            drop(self.open()?);
            return Err(Status::ACCESS_DENIED);
        }
        let (checked, changed) = (range.start, range.start);
        Ok(Protecting { protection, range, checked, changed })
    }

    /// A step. First all mappings are looked at, so that none is changed if one may not be.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: a child region is in the range. `NOT_FOUND`: a part is not mapped.
    /// `ACCESS_DENIED`: more than the handle that the VMO was mapped with allows, or something there is sealed.
    /// `NO_MEMORY`, `NO_RESOURCES`: for a cut.
    pub fn protect(&self, change: &mut Protecting) -> Result<Retired, Status> {
        let table = &self.space.table;
        let (mut work, mut retired) = (Work::step(), Retired::new());
        let mut tree = self.open()?;
        // A translation of what was mapped here before must not be changed as if it were the new mapping's.
        if !tree.clean_up(&**table, &mut work, &mut retired) {
            return Ok(retired);
        }
        tree.check_unsealed(&change.range)?;
        let region = tree.region(self.index);
        region.check(change, &mut work)?;
        if change.checked >= change.range.end {
            let hit = region.overlapping(&change.range);
            tree.cut_ends(self.index, hit, &change.range, table)?;
            tree.region(self.index).change(change, &**table, &mut work)?;
            retired.require(Flush::AddressSpace);
        }
        Ok(retired)
    }

    /// Unmaps all that is in the region, destroys the regions in it, and the region itself.
    ///
    /// # Errors
    /// `BAD_STATE`: already destroyed. `NOT_SUPPORTED`: a root VMAR. `ACCESS_DENIED`: something in it is sealed.
    /// `NO_MEMORY`.
    pub fn destroy(&self) -> Result<Step, Status> {
        let mut tree = self.open()?;
        let mut retired = Retired::new();
        let parent = tree.region(self.index).parent.ok_or(Status::NOT_SUPPORTED)?;
        tree.check_unsealed(&self.range)?;
        let hit = tree.region(parent).overlapping(&self.range);
        let left = tree.detach(parent, hit, &self.range, &mut None, &*self.space.table, &mut retired)?;
        Ok(Step { retired, left })
    }

    /// A range of whole pages in the region.
    pub(super) fn addresses(&self, address: u64, length: u64) -> Result<Range<u64>, Status> {
        let length = whole_pages(length).ok_or(Status::INVALID_ARGS)?;
        let end = address.checked_add(length).ok_or(Status::INVALID_ARGS)?;
        let inside = self.range.start <= address && end <= self.range.end;
        if !is_page_aligned(address) || !inside {
            return Err(Status::INVALID_ARGS);
        }
        Ok(address..end)
    }
}

impl Region {
    /// Whether mappings fill the range of a change and may have its protection: as far as the work goes.
    fn check(&self, change: &mut Protecting, work: &mut Work) -> Result<(), Status> {
        let from = self.children.seek(|child| child.range().end <= change.checked);
        for child in self.children.iter_from(from) {
            if change.checked >= change.range.end || work.is_spent() {
                return Ok(());
            }
            work.spend(LOOK);
            match child {
                _ if child.key() > change.checked => return Err(Status::NOT_FOUND),
                Child::Leaving(..) => return Err(Status::NOT_FOUND),
                Child::Region(..) => return Err(Status::INVALID_ARGS),
                Child::Mapping(mapping) if !mapping.limits.allows(change.protection) => {
                    return Err(Status::ACCESS_DENIED);
                }
                Child::Mapping(mapping) => change.checked = mapping.end(),
            }
        }
        if change.checked < change.range.end { Err(Status::NOT_FOUND) } else { Ok(()) }
    }

    /// Changes mappings, none of which is in the range in part, and their translations: as far as the work goes.
    fn change(
        &mut self,
        change: &mut Protecting,
        table: &dyn PageTable,
        work: &mut Work,
    ) -> Result<(), Status> {
        while !change.is_done() && !work.is_spent() {
            work.spend(COST);
            let at = self.children.seek(|child| child.range().end <= change.changed);
            let mapping = match self.children.get_mut(at) {
                Some(Child::Mapping(mapping)) if mapping.address <= change.changed => mapping,
                _ => return Err(Status::NOT_FOUND),
            };
            if mapping.address == change.changed {
                if !mapping.limits.allows(change.protection) {
                    return Err(Status::ACCESS_DENIED);
                }
                mapping.protection = change.protection;
            }
            let mut part = change.changed..mapping.end();
            // What it is now: another thread may have changed it since.
            match mapping.protection {
                Protection::NONE => table.unmap(&mut part, work),
                some => table.protect(&mut part, some, work),
            }
            change.changed = part.start;
        }
        Ok(())
    }
}

impl Tree {
    /// Unmaps one mapping, which is a child of this region: see [`Vmar::take_back`].
    pub(super) fn detach_mapping(
        &mut self,
        index: usize,
        range: &Range<u64>,
        table: &dyn PageTable,
    ) -> Result<Step, Status> {
        let mut retired = Retired::new();
        let hit = self.region(index).overlapping(range);
        let left = self.detach(index, hit, range, &mut None, table, &mut retired)?;
        Ok(Step { retired, left })
    }
}
