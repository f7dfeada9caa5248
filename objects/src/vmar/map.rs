//! `vmar_map`: a VMO at an address.

use super::Vmar;
use super::allocate::mappable;
use super::options::{PLACE_OPTIONS, Wish};
use super::tree::Tree;
use crate::mapping::{Mapping, Place, Retired, byte_range, is_page_aligned};
use crate::memory::Protection;
use crate::vmo::Vmo;
use abi::Status;
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
    /// In bytes.
    pub length: u64,
    /// What the handle to the VMAR allows.
    pub vmar_rights: Protection,
    /// What the handle to the VMO allows, now and when the protection is changed.
    pub vmo_rights: Protection,
    /// Whether the mapping is to stay as it is until the end of the address space, as the vDSO's code: what
    /// would unmap, overwrite or protect it fails with `ACCESS_DENIED`. There can be one such mapping.
    pub seal: bool,
}

/// A new mapping.
#[derive(Debug)]
pub struct Mapped {
    /// Its first address.
    pub address: u64,
    /// What it has replaced.
    pub retired: Retired,
}

impl MapRequest<'_> {
    /// # Errors
    /// Those of [`Vmar::map`] that do not depend on the VMAR.
    fn check(&self) -> Result<Protection, Status> {
        let both = abi::VM_SPECIFIC_OVERWRITE | abi::VM_MAP_RANGE;
        if self.options & !OPTIONS != 0 || self.options & both == both || !is_page_aligned(self.vmo_offset) {
            return Err(Status::INVALID_ARGS);
        }
        let protection = permissions(self.options & PERMISSIONS)?;
        let bytes = byte_range(self.vmo_offset, self.length)?;
        if !self.vmar_rights.allows(protection) || !self.vmo_rights.allows(protection) {
            return Err(Status::ACCESS_DENIED);
        }
        self.check_faults(&bytes)?;
        Ok(protection)
    }

    /// Whether the mapping may fault, and whether it must not.
    fn check_faults(&self, bytes: &Range<u64>) -> Result<(), Status> {
        let required = self.options & abi::VM_REQUIRE_NON_RESIZABLE != 0;
        let allowed = self.options & abi::VM_ALLOW_FAULTS != 0;
        if self.vmo.is_resizable() && (required || !allowed) {
            return Err(Status::NOT_SUPPORTED);
        }
        if !allowed && bytes.end > self.vmo.size() {
            return Err(Status::BUFFER_TOO_SMALL);
        }
        Ok(())
    }
}

impl Vmar {
    /// Maps a part of a VMO.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: options, offsets or length make no sense, leave the
    /// region, or would overwrite a child region. `ACCESS_DENIED`: more than the VMAR or a handle allows,
    /// or something is sealed: what would be overwritten, or another mapping when this is to be.
    /// `NOT_SUPPORTED`: resizable, and the options do not allow that. `BUFFER_TOO_SMALL`: beyond the
    /// VMO's end without `VM_ALLOW_FAULTS`. `OUT_OF_RANGE`: the end in the VMO is not a number.
    /// `NO_MEMORY`: no such range is free, or there was no memory.
    pub fn map(&self, request: &MapRequest<'_>) -> Result<Mapped, Status> {
        let wish = Wish::new(request.options, request.vmar_offset, request.length)?;
        let protection = request.check()?;
        let mut tree = self.open()?;
        let region = tree.region(self.index);
        if !mappable(region.flags).allows(protection) {
            return Err(Status::ACCESS_DENIED);
        }
        let address = region.place(&wish, self.space.entropy)?;
        let addresses = address..address + request.length;
        tree.check_unsealed(&addresses)?;
        if request.seal && tree.sealed.is_some() {
            return Err(Status::ACCESS_DENIED);
        }
        let retired = self.replace(&mut tree, addresses, request, protection)?;
        Ok(Mapped { address, retired })
    }

    /// Puts the mapping in the place of the mappings that are there. All that can fail comes first.
    fn replace(
        &self,
        tree: &mut Tree,
        addresses: Range<u64>,
        request: &MapRequest<'_>,
        protection: Protection,
    ) -> Result<Retired, Status> {
        let table = &self.space.table;
        let region = tree.region(self.index);
        let overwrite = request.options & abi::VM_SPECIFIC_OVERWRITE != 0;
        if overwrite {
            region.cut_ends(&region.overlapping(&addresses), &addresses, table)?;
        }
        region.reserve()?;
        let place = Place {
            table,
            addresses: addresses.clone(),
            vmo: request.vmo.clone(),
            offset: request.vmo_offset,
        };
        let mapping = Mapping::create(place, protection, request.vmo_rights)?;
        let mut retired = Retired::new();
        if overwrite && !tree.region(self.index).overlapping(&addresses).is_empty() {
            tree.remove(self.index, &addresses, &**table, &mut retired);
        }
        tree.add_mapping(self.index, mapping);
        if request.seal {
            tree.sealed = Some(addresses);
        }
        Ok(retired)
    }

    /// Takes back a mapping of `length` bytes that was just made, also a sealed one, that nobody was told of.
    pub fn take_back(&self, mapped: u64, length: u64) {
        if let Ok(mut tree) = self.open() {
            let range = mapped..mapped + length;
            tree.sealed.take_if(|sealed| *sealed == range);
        }
        drop(self.unmap(mapped, length));
    }
}

/// `VM_PERM_*` as a protection.
///
/// # Errors
/// `INVALID_ARGS`: another bit, or writable but not readable.
pub(super) fn permissions(options: u32) -> Result<Protection, Status> {
    let protection = Protection::from_options(options);
    if options & !PERMISSIONS != 0 || (protection.write && !protection.read) {
        return Err(Status::INVALID_ARGS);
    }
    Ok(protection)
}
