//! The window of an end: the part of the ring that its process reads or writes in place.
//!
//! The whole ring is mapped in the process that first opens a window, and stays there until the end is closed, or
//! a window is opened in another process that has got the end meanwhile. What the process itself unmaps or puts
//! in its place is its own affair. It may cut the mapping to pieces, too, so the ring is unmapped in steps: by
//! [`Window::make_way`], and, when the end is closed, as one of its remains.

use crate::core::closing::{Doomed, TURN};
use crate::memory::Protection;
use crate::memory::mapping::MappingId;
use crate::memory::vmar::{MapRequest, Mapped, Ticket, Vmar};
use crate::memory::vmo::Vmo;
use crate::object::Object;
use abi::Status;
use alloc::sync::{Arc, Weak};
use core::ops::Range;

/// Where the ring is mapped.
struct Mapping {
    root: Weak<Vmar>,
    addresses: Range<u64>,
    id: MappingId,
    /// What has yet to be unmapped, once that has begun.
    leaving: Option<Range<u64>>,
    /// What has yet to be cleared of what was unmapped.
    ticket: Option<Ticket>,
}

impl Mapping {
    /// Whether it is whole, and in this address space.
    fn is_in(&self, root: &Arc<Vmar>) -> bool {
        self.leaving.is_none() && core::ptr::eq(self.root.as_ptr(), &**root)
    }

    /// A step of unmapping it; whether that is over.
    fn unmap(&mut self) -> bool {
        let Some(root) = self.root.upgrade() else { return true };
        let leaving = self.leaving.get_or_insert(self.addresses.clone());
        let step = match self.ticket {
            Some(ticket) => root.clean_up(ticket),
            None => root.take_back(self.id, leaving),
        };
        self.ticket = step.left;
        self.ticket.is_none() && leaving.is_empty()
    }
}

/// The window of one end.
#[derive(Default)]
pub(super) struct Window {
    mapping: Option<Mapping>,
    /// How large it is, in bytes; 0 as long as it is closed.
    open: usize,
    /// Behind the end in the queue of those with something to discard.
    pub next_doomed: Option<Object>,
}

impl Window {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open != 0
    }

    /// Opens it: `size` bytes of the ring from `at` on, in the address space of `root`; its address.
    ///
    /// # Errors
    /// `ALREADY_BOUND` when the ring is mapped elsewhere still; those of mapping: `NO_MEMORY`, or `BAD_STATE` when the
    /// process has ended.
    pub fn open(
        &mut self,
        root: &Arc<Vmar>,
        vmo: &Arc<Vmo>,
        write: bool,
        at: usize,
        size: usize,
    ) -> Result<u64, Status> {
        let base = match &self.mapping {
            Some(mapping) if mapping.is_in(root) => mapping.addresses.start,
            Some(_) => return Err(Status::ALREADY_BOUND),
            None => self.map(root, vmo, write)?,
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
        let root = Arc::downgrade(root);
        self.mapping = Some(Mapping { root, addresses, id, leaving: None, ticket: None });
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

    /// A step of taking the ring out of another address space than this one, unless the window is open; whether there is
    /// nothing to do, or no more.
    pub fn make_way(&mut self, root: &Arc<Vmar>) -> bool {
        self.is_open() || self.mapping.as_ref().is_none_or(|mapping| mapping.is_in(root)) || self.unmap()
    }

    /// A step of taking the ring out of the address space; whether that is over.
    fn unmap(&mut self) -> bool {
        if self.mapping.as_mut().is_some_and(Mapping::unmap) {
            self.mapping = None;
        }
        self.mapping.is_none()
    }

    /// Closes it for good; whether the ring is mapped still.
    pub fn end(&mut self) -> bool {
        self.open = 0;
        self.mapping.is_some()
    }

    /// As one of the remains of an end: a step of unmapping, which is worth many things.
    pub fn discard_one(&mut self, doomed: &mut Doomed) -> bool {
        let is_mapped = self.mapping.is_some();
        if is_mapped {
            doomed.count(TURN);
            self.unmap();
        }
        is_mapped
    }
}
