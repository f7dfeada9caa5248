//! `vmar_map`: a VMO at an address.

use super::Vmar;
use super::allocate::mappable;
use super::leaving::{Step, Ticket};
use super::options::{PLACE_OPTIONS, Wish};
use super::tree::{Child, Region, Tree};
use crate::core::sorted::Entry;
use crate::memory::Protection;
use crate::memory::mapping::{Mapping, MappingId, Place, Retired, byte_range, is_page_aligned, whole_pages};
use crate::memory::vmo::Vmo;
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ops::Range;

const PERMISSIONS: u32 =
    abi::VM_PERM_READ | abi::VM_PERM_WRITE | abi::VM_PERM_EXECUTE | abi::VM_PERM_READ_IF_XOM_UNSUPPORTED;
const OPTIONS: u32 = PERMISSIONS
    | PLACE_OPTIONS
    | abi::VM_SPECIFIC_OVERWRITE
    | abi::VM_MAP_RANGE
    | abi::VM_REQUIRE_NON_RESIZABLE
    | abi::VM_ALLOW_FAULTS;

/// What to map where.
pub struct MapRequest<'a> {
    /// `VM_*`. `VM_MAP_RANGE` is checked here; the caller then calls [`Vmar::populate`] in steps.
    pub options: u32,
    /// Where in the VMAR, in bytes, with an option that uses it.
    pub vmar_offset: u64,
    /// What to map.
    pub vmo: &'a Arc<Vmo>,
    /// From where in the VMO on, in bytes.
    pub vmo_offset: u64,
    /// In bytes; rounded up to pages.
    pub length: u64,
    /// What the handle to the VMAR allows.
    pub vmar_rights: Protection,
    /// What the handle to the VMO allows, now and when the protection is changed.
    pub vmo_rights: Protection,
    /// Whether the mapping is to stay as it is until the end of the address space, as the vDSO's code: what
    /// would unmap, overwrite or protect it fails with `ACCESS_DENIED`. There can be one such mapping.
    pub seal: bool,
}

/// How many mappings are looked at in one step of taking one back.
const LOOKED_AT: usize = 64;

/// A new mapping.
#[derive(Debug)]
pub struct Mapped {
    /// Its addresses.
    pub range: Range<u64>,
    /// What tells it from all others.
    pub id: MappingId,
    /// What it has replaced.
    pub retired: Retired,
    /// What is left to do until all that is gone.
    pub left: Option<Ticket>,
}

impl MapRequest<'_> {
    /// # Errors
    /// Those of [`Vmar::map`] that do not depend on the VMAR.
    fn check(&self, length: u64) -> Result<Protection, Status> {
        let both = abi::VM_SPECIFIC_OVERWRITE | abi::VM_MAP_RANGE;
        if self.options & !OPTIONS != 0 || self.options & both == both || !is_page_aligned(self.vmo_offset) {
            return Err(Status::INVALID_ARGS);
        }
        byte_range(self.vmo_offset, length)?;
        let protection = permissions(self.options & PERMISSIONS)?;
        if !self.vmar_rights.allows(protection) || !self.vmo_rights.allows(protection) {
            return Err(Status::ACCESS_DENIED);
        }
        if self.options & abi::VM_REQUIRE_NON_RESIZABLE != 0 && self.vmo.is_resizable() {
            return Err(Status::NOT_SUPPORTED);
        }
        Ok(protection)
    }

    /// The length in whole pages.
    fn whole_length(&self) -> Result<u64, Status> {
        let error = if self.length == 0 { Status::INVALID_ARGS } else { Status::OUT_OF_RANGE };
        whole_pages(self.length).ok_or(error)
    }
}

impl Vmar {
    /// Maps a part of a VMO, also one that lies behind its end: an access to that faults.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: options, offsets or length make no sense, leave the
    /// region, or would overwrite a child region. `ACCESS_DENIED`: more than the VMAR or a handle allows,
    /// or something is sealed: what would be overwritten, or another mapping when this is to be.
    /// `NOT_SUPPORTED`: resizable, and the options do not allow that. `OUT_OF_RANGE`: the end in the VMO, or the
    /// length in whole pages, is not a number. `NO_MEMORY`: no such range is free, or there was no memory.
    /// `NO_RESOURCES`: there are [`MAX_ENTRIES`](super::MAX_ENTRIES) mappings and regions.
    pub fn map(&self, request: &MapRequest<'_>) -> Result<Mapped, Status> {
        let length = request.whole_length()?;
        let wish = Wish::new(request.options, request.vmar_offset, length)?;
        let protection = request.check(length)?;
        let mut tree = self.open()?;
        if !mappable(self.flags).allows(protection) {
            return Err(Status::ACCESS_DENIED);
        }
        let address = tree.region(self.index).place(&wish, self.space.entropy)?;
        let range = address..address + length;
        tree.check_unsealed(&range)?;
        if request.seal && tree.sealed.is_some() {
            return Err(Status::ACCESS_DENIED);
        }
        self.enter(&mut tree, range, request, protection)
    }

    /// Puts the mapping in the place of the mappings that are there.
    fn enter(
        &self,
        tree: &mut Tree,
        range: Range<u64>,
        request: &MapRequest<'_>,
        protection: Protection,
    ) -> Result<Mapped, Status> {
        tree.check_entries()?;
        let (table, id) = (&self.space.table, tree.new_id());
        let place =
            Place { table, addresses: range.clone(), vmo: request.vmo.clone(), offset: request.vmo_offset };
        let mapping = Mapping::create(place, protection, request.vmo_rights, id)?;
        let mut mapped = Mapped { range, id, retired: Retired::new(), left: None };
        match request.options & abi::VM_SPECIFIC_OVERWRITE {
            0 => tree.add_mapping(self.index, mapping)?,
            _ => self.overwrite(tree, mapping, &mut mapped)?,
        }
        if request.seal {
            tree.sealed = Some((mapped.range.clone(), id));
        }
        Ok(mapped)
    }

    fn overwrite(&self, tree: &mut Tree, mapping: Box<Mapping>, mapped: &mut Mapped) -> Result<(), Status> {
        let hit = tree.region(self.index).overlapping(&mapped.range);
        if hit.is_empty() {
            return tree.add_mapping(self.index, mapping);
        }
        let table = &self.space.table;
        let hit = tree.cut_ends(self.index, hit, &mapped.range, table)?;
        let mut mapping = Some(mapping);
        mapped.left =
            tree.detach(self.index, hit, &mapped.range, &mut mapping, &**table, &mut mapped.retired)?;
        Ok(())
    }

    /// Takes back what is left of a mapping that was made in these addresses, also a sealed one, and nothing else
    /// that lies there by now: a step, which moves the start of the range on. Clean up after each.
    pub fn take_back(&self, id: MappingId, range: &mut Range<u64>) -> Step {
        let nothing = || Step { retired: Retired::new(), left: None };
        let Ok(mut tree) = self.open() else {
            range.start = range.end;
            return nothing();
        };
        let part = match tree.region(self.index).part_of(id, range) {
            Ok(part) => part,
            Err(looked_at) => {
                range.start = looked_at;
                return nothing();
            }
        };
        tree.sealed.take_if(|(_, sealed)| *sealed == id);
        // Without memory each try clears some translations, until the rest of it has room in one step.
        let Ok(step) = tree.detach_mapping(self.index, &part, &*self.space.table) else { return nothing() };
        range.start = part.end.min(range.end);
        step
    }
}

impl Region {
    /// The addresses of the first part in a range of the mapping with this id; or else up to where there is none.
    fn part_of(&self, id: MappingId, range: &Range<u64>) -> Result<Range<u64>, u64> {
        let hit = self.overlapping(range);
        let mut left = LOOKED_AT;
        for child in self.children.iter_from(hit.from).take_while(|child| child.key() < range.end) {
            match child {
                Child::Mapping(mapping) if mapping.id == id => return Ok(mapping.range()),
                _ if left == 0 => return Err(child.key()),
                _ => left -= 1,
            }
        }
        Err(range.end)
    }
}

/// `VM_PERM_*` as a protection.
///
/// # Errors
/// `INVALID_ARGS`: another bit, or writable or executable but not readable.
pub(super) fn permissions(options: u32) -> Result<Protection, Status> {
    let protection = Protection::from_options(options);
    if options & !PERMISSIONS != 0 || ((protection.write || protection.execute) && !protection.read) {
        return Err(Status::INVALID_ARGS);
    }
    Ok(protection)
}
