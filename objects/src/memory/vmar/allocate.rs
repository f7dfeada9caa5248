//! `vmar_allocate`: a region inside a region.

use super::Vmar;
use super::options::{PLACE_OPTIONS, Wish};
use super::tree::Region;
use crate::core::base::Base;
use crate::memory::Protection;
use crate::memory::mapping::is_page_aligned;
use abi::Status;
use alloc::sync::Arc;

/// Flags that a child may only have if its parent has them.
const INHERITED: u32 = abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_EXECUTE;
const FLAGS: u32 = INHERITED | abi::VM_CAN_MAP_SPECIFIC | abi::VM_COMPACT;

impl Vmar {
    /// Allocates a region of `length` bytes, at `offset` from the start of this one with `VM_SPECIFIC`.
    /// `rights` are those of the handle to this VMAR.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed. `INVALID_ARGS`: options, offset or length make no sense or leave the
    /// region. `ACCESS_DENIED`: the child would be allowed more than this one or the handle.
    /// `NO_MEMORY`: no such range is free, or there was no memory. `NO_RESOURCES`: the region would lie in more than
    /// [`MAX_DEPTH`](super::MAX_DEPTH) others, or there are [`MAX_ENTRIES`](super::MAX_ENTRIES) mappings and regions.
    pub fn allocate(
        &self,
        options: u32,
        offset: u64,
        length: u64,
        rights: Protection,
    ) -> Result<Arc<Self>, Status> {
        if options & !(FLAGS | PLACE_OPTIONS) != 0 {
            return Err(Status::INVALID_ARGS);
        }
        if !is_page_aligned(length) {
            return Err(Status::INVALID_ARGS);
        }
        let wish = Wish::new(options, offset, length)?;
        let mut tree = self.open()?;
        let inherited = options & INHERITED;
        if !tree.region(self.index).has(inherited) || !rights.allows(mappable(inherited)) {
            return Err(Status::ACCESS_DENIED);
        }
        let address = tree.region(self.index).place(&wish, self.space.entropy)?;
        let (base, range, flags) = (Base::new(), address..address + length, options & FLAGS);
        let index = tree.add_region(self.index, Region::new(base.koid(), range.clone(), flags))?;
        Ok(Arc::new(Self { base, space: self.space.clone(), index, range, flags }))
    }
}

/// The protection that `VM_CAN_MAP_*` flags allow.
pub(super) fn mappable(flags: u32) -> Protection {
    Protection {
        read: flags & abi::VM_CAN_MAP_READ != 0,
        write: flags & abi::VM_CAN_MAP_WRITE != 0,
        execute: flags & abi::VM_CAN_MAP_EXECUTE != 0,
    }
}
