//! From an address to a page: page faults, and mapping pages before they fault.

use super::Vmar;
use super::tree::Child;
use crate::memory::mapping::Mapping;
use crate::memory::vmo::Vmo;
use crate::memory::{NoMemory, PAGE_SIZE, PageTable, Protection};
use abi::Status;
use alloc::sync::Arc;
use core::ops::Range;

/// Why an access to memory cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultError {
    /// Nothing is mapped there.
    NotMapped,
    /// The mapping does not allow such an access.
    Denied,
    /// The VMO ends before that.
    OutOfRange,
    /// There was no memory for the page, or for the page table.
    NoMemory,
    /// Who pays for the page has as much as its job, or one above, may have.
    Unpaid,
    /// The process needs a page table, and has as much as its job may have.
    OverLimit,
}

impl From<NoMemory> for FaultError {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

impl From<FaultError> for Status {
    fn from(error: FaultError) -> Self {
        match error {
            FaultError::NotMapped => Self::NOT_FOUND,
            FaultError::Denied => Self::ACCESS_DENIED,
            FaultError::OutOfRange => Self::OUT_OF_RANGE,
            FaultError::NoMemory | FaultError::OverLimit | FaultError::Unpaid => Self::NO_MEMORY,
        }
    }
}

impl Vmar {
    /// Makes an access to this address of the address space possible: commits the page and maps it. If
    /// another CPU was faster, nothing is left to do.
    ///
    /// # Errors
    /// See [`FaultError`].
    pub fn fault(&self, address: u64, access: Protection) -> Result<(), FaultError> {
        let tree = self.space.tree.lock();
        let (_, mapping) = tree.find(address).ok_or(FaultError::NotMapped)?;
        if !mapping.protection.allows(access) || mapping.protection == Protection::NONE {
            return Err(FaultError::Denied);
        }
        let page = address - address % PAGE_SIZE;
        let enter = |frame| self.space.table.map(page, frame, mapping.protection);
        mapping.vmo.with_page(mapping.offset_of(page), enter)?
    }

    /// The VMO that is mapped at this address of the address space, and the offset in it.
    pub(crate) fn mapped_at(&self, address: u64) -> Option<(Arc<Vmo>, u64)> {
        let tree = self.space.tree.lock();
        let (_, mapping) = tree.find(address)?;
        Some((mapping.vmo.clone(), mapping.offset_of(address)))
    }

    /// What the mapping at this address of the address space can be made to allow, whoever asks.
    pub fn limits_at(&self, address: u64) -> Option<Protection> {
        let tree = self.space.tree.lock();
        tree.find(address).map(|(_, mapping)| mapping.limits)
    }

    /// Maps the committed pages of a range of addresses: a step of `VM_MAP_RANGE` and `VMAR_OP_MAP_RANGE`,
    /// which moves the start of the range on. When the range is empty, all is done.
    ///
    /// # Errors
    /// `BAD_STATE`: destroyed, or a part of the range is not mapped in this very region. `NO_MEMORY`.
    pub fn populate(&self, range: &mut Range<u64>) -> Result<(), Status> {
        let mut tree = self.open()?;
        match tree.region(self.index).at(range.start) {
            Some(Child::Mapping(mapping)) => Ok(populate(mapping, &*self.space.table, range)?),
            _ => Err(Status::BAD_STATE),
        }
    }
}

/// One step, within one mapping.
fn populate(mapping: &Mapping, table: &dyn PageTable, range: &mut Range<u64>) -> Result<(), NoMemory> {
    let end = range.end.min(mapping.end());
    let mut bytes = mapping.offset_of(range.start)..mapping.offset_of(end);
    if mapping.protection == Protection::NONE {
        bytes.start = bytes.end;
    }
    let outcome = mapping.vmo.for_each_committed(&mut bytes, |offset, frame| {
        let page = mapping.address + (offset - mapping.offset);
        table.map(page, frame, mapping.protection).map_err(|_| NoMemory)
    });
    range.start = mapping.address + (bytes.start - mapping.offset);
    outcome.map(drop)
}
