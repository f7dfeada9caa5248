//! Where a VMO is mapped.

use crate::memory::{NoMemory, PageTable};
use crate::slab::Slab;
use alloc::sync::Arc;
use core::ops::Range;

/// A mapping as its VMO sees it.
pub(crate) struct View {
    /// Of the address space.
    pub table: Arc<dyn PageTable>,
    /// The first address.
    pub address: u64,
    /// Where in the VMO it begins, in bytes. `offset + length` does not overflow.
    pub offset: u64,
    /// In bytes.
    pub length: u64,
}

/// The views of a VMO.
pub(super) struct Views {
    live: Slab<View>,
    /// Views that the page tables have lost, but maybe not every TLB.
    retired: usize,
}

impl Views {
    pub const fn new() -> Self {
        Self { live: Slab::new(), retired: 0 }
    }

    /// How many mappings there are.
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Whether a TLB may have translations of the VMO's pages.
    pub fn may_be_cached(&self) -> bool {
        self.live.len() + self.retired > 0
    }

    pub fn add(&mut self, view: View) -> Result<usize, NoMemory> {
        self.live.insert(view)
    }

    pub fn shorten(&mut self, view: usize, length: u64) {
        if let Some(view) = self.live.get_mut(view) {
            view.length = length;
        }
    }

    pub fn remove(&mut self, view: usize) {
        self.live.remove(view);
    }

    pub fn retire(&mut self, view: usize) {
        self.live.remove(view);
        self.retired += 1;
    }

    pub fn forget_retired(&mut self) {
        self.retired -= 1;
    }

    /// Takes these bytes of the VMO out of every page table.
    pub fn unmap(&self, bytes: Range<u64>) {
        for view in self.live.iter() {
            let start = bytes.start.max(view.offset);
            let end = bytes.end.min(view.offset + view.length);
            if start < end {
                let address = view.address + (start - view.offset);
                view.table.unmap(address..address + (end - start));
            }
        }
    }
}
