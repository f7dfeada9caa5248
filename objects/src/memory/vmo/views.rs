//! Where a VMO is mapped.
//!
//! The views are in the order of address spaces, so that their number is known, and of addresses. What has to be done
//! to each of them, in steps, goes on behind the last one that is done: a view that comes meanwhile has no pages yet
//! that must go, unless it is a part of one that was cut, and the second part of that lies behind the first.

use crate::core::sorted::{Entry, Position, Sorted};
use crate::memory::mapping::MappingId;
use crate::memory::{NoMemory, PageTable, Work};
use alloc::sync::Arc;
use core::ops::Range;

/// How often a VMO may be mapped, in all address spaces: each new view finds its place among them in one step.
pub(super) const MAX_VIEWS: usize = 1 << 16;

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
    /// Of the mapping.
    pub id: MappingId,
}

/// What tells one view from another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ViewKey {
    pub space: usize,
    pub address: u64,
    pub id: MappingId,
}

impl View {
    /// A number for the address space.
    pub fn space(&self) -> usize {
        Arc::as_ptr(&self.table).cast::<()>().addr()
    }

    /// The addresses at which these bytes of the VMO are.
    fn addresses(&self, bytes: &Range<u64>) -> Range<u64> {
        let start = bytes.start.max(self.offset);
        let end = bytes.end.min(self.offset + self.length).max(start);
        let address = self.address + (start - self.offset);
        address..address + (end - start)
    }
}

impl Entry for View {
    type Key = ViewKey;

    fn key(&self) -> ViewKey {
        ViewKey { space: self.space(), address: self.address, id: self.id }
    }
}

/// The views of a VMO.
pub(super) struct Views {
    live: Sorted<View>,
    count: usize,
    /// How many address spaces they are in.
    spaces: usize,
    /// Views that the page tables have lost, but maybe not every TLB.
    retired: usize,
}

/// Bytes that are being taken out of every page table.
pub(super) struct Sweep {
    bytes: Range<u64>,
    /// The first view that is not done, and up to which address it is.
    next: Option<(ViewKey, u64)>,
}

impl Sweep {
    pub fn new(bytes: Range<u64>) -> Self {
        Self { bytes, next: None }
    }
}

impl Views {
    pub const fn new() -> Self {
        Self { live: Sorted::new(), count: 0, spaces: 0, retired: 0 }
    }

    /// How many mappings there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// In how many address spaces.
    pub fn spaces(&self) -> usize {
        self.spaces
    }

    /// Whether a TLB may have translations of the VMO's pages.
    pub fn may_be_cached(&self) -> bool {
        self.count + self.retired > 0
    }

    pub fn add(&mut self, view: View) -> Result<(), NoMemory> {
        if self.count == MAX_VIEWS {
            return Err(NoMemory);
        }
        let at = self.live.make_room(self.live.find(view.key()))?;
        let space = view.space();
        self.live.insert(at, view);
        self.count += 1;
        self.spaces += usize::from(!self.has_neighbour(at, self.live.next(at), space));
        Ok(())
    }

    /// Whether the view before `at` or the one at `next` is in the same address space.
    fn has_neighbour(&self, at: Position, next: Position, space: usize) -> bool {
        let before = self.live.previous(at).and_then(|before| self.live.get(before));
        before.into_iter().chain(self.live.get(next)).any(|view| view.space() == space)
    }

    fn position(&self, key: ViewKey) -> Option<Position> {
        let at = self.live.find(key);
        self.live.get(at).filter(|view| view.key() == key).map(|_| at)
    }

    pub fn shorten(&mut self, key: ViewKey, length: u64) {
        if let Some(view) = self.position(key).and_then(|at| self.live.get_mut(at)) {
            view.length = length;
        }
    }

    pub fn remove(&mut self, key: ViewKey) {
        let Some(at) = self.position(key) else { return };
        let is_last = !self.has_neighbour(at, self.live.next(at), key.space);
        self.live.remove(at);
        self.count -= 1;
        self.spaces -= usize::from(is_last);
    }

    pub fn retire(&mut self, key: ViewKey) {
        self.remove(key);
        self.retired += 1;
    }

    pub fn forget_retired(&mut self) {
        self.retired -= 1;
    }

    /// Takes bytes of the VMO out of the page tables: a step; whether that is done.
    pub fn unmap(&self, sweep: &mut Sweep, work: &mut Work) -> bool {
        let (first, mut reached) = match sweep.next {
            Some((key, reached)) => (self.live.find(key), Some((key, reached))),
            None => (self.live.seek(|_| false), None),
        };
        for view in self.live.iter_from(first) {
            let mut addresses = view.addresses(&sweep.bytes);
            if let Some((_, reached)) = reached.take().filter(|(key, _)| *key == view.key()) {
                addresses.start = reached.clamp(addresses.start, addresses.end);
            }
            if work.is_spent() {
                sweep.next = Some((view.key(), addresses.start));
                return false;
            }
            work.spend(4);
            if !addresses.is_empty() {
                work.spend(64);
                view.table.unmap(&mut addresses, work);
            }
            if !addresses.is_empty() {
                sweep.next = Some((view.key(), addresses.start));
                return false;
            }
        }
        true
    }
}
