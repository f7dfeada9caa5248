//! `vmar_unmap`, `vmar_protect`, `vmar_destroy`: changing what is there.
//!
//! Mappings are first cut at both ends of the range, so that the change itself is about whole mappings
//! and cannot fail any more.

use super::Vmar;
use super::allocate::mappable;
use super::map::permissions;
use super::tree::{Child, Region, Tree};
use crate::mapping::{Flush, Retired, is_page_aligned};
use crate::memory::Protection;
use abi::Status;
use core::ops::Range;

impl Vmar {
    /// Unmaps the mappings and destroys the regions in a range of addresses; mappings that are in it in
    /// part are cut.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: not whole pages, empty, not inside the VMAR, or a child
    /// region is in it in part. `NOT_FOUND`: nothing is mapped there. `ACCESS_DENIED`: something there is
    /// sealed. `NO_MEMORY`: for a cut.
    pub fn unmap(&self, address: u64, length: u64) -> Result<Retired, Status> {
        let range = self.addresses(address, length)?;
        let mut tree = self.open()?;
        tree.check_unsealed(&range)?;
        let region = tree.region(self.index);
        let hit = region.overlapping(&range);
        if hit.is_empty() {
            return Err(Status::NOT_FOUND);
        }
        let is_partial = |child: &Child| match child {
            Child::Region(_, child) => child.start < range.start || child.end > range.end,
            Child::Mapping(_) => false,
        };
        if region.children[hit.clone()].iter().any(is_partial) {
            return Err(Status::INVALID_ARGS);
        }
        region.cut_ends(&hit, &range, &self.space.table)?;
        let mut retired = Retired::new();
        tree.remove(self.index, &range, &*self.space.table, &mut retired);
        Ok(retired)
    }

    /// Changes what is allowed in a range of addresses. `rights` are those of the handle to the VMAR.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: options, not whole pages, empty, not inside the VMAR, or
    /// a child region is in it. `NOT_FOUND`: a part is not mapped. `ACCESS_DENIED`: more than the VMAR,
    /// its handle, or the handle that the VMO was mapped with allows, or something there is sealed.
    /// `NO_MEMORY`: for a cut.
    pub fn protect(
        &self,
        options: u32,
        address: u64,
        length: u64,
        rights: Protection,
    ) -> Result<Retired, Status> {
        let protection = permissions(options)?;
        let range = self.addresses(address, length)?;
        let mut tree = self.open()?;
        tree.check_unsealed(&range)?;
        let region = tree.region(self.index);
        if !rights.allows(protection) || !mappable(region.flags).allows(protection) {
            return Err(Status::ACCESS_DENIED);
        }
        region.check_mapped(&range, protection)?;
        region.cut_ends(&region.overlapping(&range), &range, &self.space.table)?;
        let hit = region.overlapping(&range);
        for child in &mut region.children[hit] {
            if let Child::Mapping(mapping) = child {
                mapping.protection = protection;
            }
        }
        Ok(self.change_translations(range, protection))
    }

    fn change_translations(&self, range: Range<u64>, protection: Protection) -> Retired {
        match protection {
            Protection::NONE => self.space.table.unmap(range),
            some => self.space.table.protect(range, some),
        }
        let mut retired = Retired::new();
        retired.require(Flush::AddressSpace);
        retired
    }

    /// Unmaps all that is in the region, destroys the regions in it, and the region itself.
    ///
    /// # Errors
    /// `BAD_STATE`: already destroyed. `NOT_SUPPORTED`: a root VMAR. `ACCESS_DENIED`: something in it is sealed.
    pub fn destroy(&self) -> Result<Retired, Status> {
        let mut tree = self.open()?;
        let mut retired = Retired::new();
        let parent = tree.region(self.index).parent.ok_or(Status::NOT_SUPPORTED)?;
        tree.check_unsealed(&self.range)?;
        tree.remove(parent, &self.range, &*self.space.table, &mut retired);
        Ok(retired)
    }

    /// Unmaps everything in the address space, for the end of a process. From then on every call on one
    /// of its VMARs fails with `BAD_STATE`. Doing it twice is the same as once.
    pub fn destroy_address_space(&self) -> Retired {
        let mut retired = Retired::new();
        let mut tree = self.space.tree.lock();
        let range = tree.get(Tree::ROOT).map(|root| root.range.clone());
        if let Some(range) = range {
            self.space.table.unmap(range);
            tree.drain(Tree::ROOT, &mut retired);
        }
        retired
    }

    /// A range of whole pages in the region.
    pub(super) fn addresses(&self, address: u64, length: u64) -> Result<Range<u64>, Status> {
        let end = address.checked_add(length).ok_or(Status::INVALID_ARGS)?;
        let inside = self.range.start <= address && end <= self.range.end;
        if length == 0 || !is_page_aligned(address) || !is_page_aligned(length) || !inside {
            return Err(Status::INVALID_ARGS);
        }
        Ok(address..end)
    }
}

impl Region {
    /// Whether mappings fill a range and may be given this protection.
    fn check_mapped(&self, range: &Range<u64>, protection: Protection) -> Result<(), Status> {
        let mut covered = range.start;
        for child in &self.children[self.overlapping(range)] {
            let Child::Mapping(mapping) = child else { return Err(Status::INVALID_ARGS) };
            if mapping.address > covered {
                return Err(Status::NOT_FOUND);
            }
            if !mapping.limits.allows(protection) {
                return Err(Status::ACCESS_DENIED);
            }
            covered = mapping.end();
        }
        if covered < range.end { Err(Status::NOT_FOUND) } else { Ok(()) }
    }
}
