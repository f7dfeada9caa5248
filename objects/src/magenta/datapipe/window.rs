//! The window of an end: the part of the ring that its process reads or writes in place.
//!
//! The whole ring is mapped in the process that first opens a window, and stays there until the end is closed, or
//! a window is opened in another process that has got the end meanwhile. What the process itself unmaps or puts
//! in its place is its own affair.

use crate::memory::Protection;
use crate::memory::mapping::MappingId;
use crate::memory::vmar::{MapRequest, Mapped, Vmar};
use crate::memory::vmo::Vmo;
use abi::Status;
use alloc::sync::{Arc, Weak};
use core::ops::Range;

/// Where the ring is mapped.
struct Mapping {
    root: Weak<Vmar>,
    addresses: Range<u64>,
    id: MappingId,
}

/// The window of one end.
#[derive(Default)]
pub(super) struct Window {
    mapping: Option<Mapping>,
    /// How large it is, in bytes; 0 as long as it is closed.
    open: usize,
}

impl Window {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open != 0
    }

    /// Opens it: `size` bytes of the ring from `at` on, in the address space of `root`; its address.
    ///
    /// # Errors
    /// Those of mapping: `NO_MEMORY`, or `BAD_STATE` when the process has ended.
    pub fn open(
        &mut self,
        root: &Arc<Vmar>,
        vmo: &Arc<Vmo>,
        write: bool,
        at: usize,
        size: usize,
    ) -> Result<u64, Status> {
        let base = match &self.mapping {
            Some(mapping) if core::ptr::eq(mapping.root.as_ptr(), &**root) => mapping.addresses.start,
            _ => self.map(root, vmo, write)?,
        };
        self.open = size;
        Ok(base + at as u64)
    }

    fn map(&mut self, root: &Arc<Vmar>, vmo: &Arc<Vmo>, write: bool) -> Result<u64, Status> {
        let rights = Protection { read: true, write, execute: false };
        let options = if write { abi::VM_PERM_READ | abi::VM_PERM_WRITE } else { abi::VM_PERM_READ };
        let length = vmo.size();
        let request = MapRequest {
            options,
            vmar_offset: 0,
            vmo,
            vmo_offset: 0,
            length,
            vmar_rights: rights,
            vmo_rights: rights,
            seal: false,
        };
        let Mapped { range: addresses, id, .. } = root.map(&request)?;
        let address = addresses.start;
        self.unmap();
        self.mapping = Some(Mapping { root: Arc::downgrade(root), addresses, id });
        Ok(address)
    }

    /// Closes it; how large it was.
    ///
    /// # Errors
    /// `BAD_STATE` when it was closed.
    pub fn close(&mut self) -> Result<usize, Status> {
        match core::mem::take(&mut self.open) {
            0 => Err(Status::BAD_STATE),
            size => Ok(size),
        }
    }

    /// Takes the ring out of the address space, and closes the window.
    pub fn unmap(&mut self) {
        self.open = 0;
        let Some(Mapping { root, mut addresses, id }) = self.mapping.take() else { return };
        let Some(root) = root.upgrade() else { return };
        // A ring is small: this is over soon.
        while !addresses.is_empty() {
            let mut step = root.take_back(id, &mut addresses);
            while let Some(ticket) = step.left {
                step = root.clean_up(ticket);
            }
        }
    }
}
