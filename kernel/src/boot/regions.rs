//! Builds the memory map of a [`BootInfo`](bootloader_api::BootInfo): whole pages, with
//! what is already in use cut out of the usable regions.

use bootloader_api::info::{MemoryRegion, MemoryRegionKind};

const PAGE: u64 = 4096;

/// Physical addresses in use: start and end (exclusive).
pub type Taken = (u64, u64);

/// A memory map under construction. Regions beyond the capacity are left out, which only
/// loses memory.
pub struct RegionList {
    entries: [MemoryRegion; super::REGION_CAPACITY],
    count: usize,
}

impl RegionList {
    /// The empty memory map.
    pub const fn new() -> Self {
        RegionList { entries: [MemoryRegion::empty(); super::REGION_CAPACITY], count: 0 }
    }

    /// The regions so far.
    pub fn as_slice(&self) -> &[MemoryRegion] {
        &self.entries[..self.count]
    }

    /// Adds one region as it is.
    pub fn push(&mut self, start: u64, end: u64, kind: MemoryRegionKind) {
        if start < end && self.count < self.entries.len() {
            let entry = &mut self.entries[self.count];
            (entry.start, entry.end, entry.kind) = (start, end, kind);
            self.count += 1;
        }
    }

    /// Adds usable memory, the pages of `taken` cut out and marked as the boot loader's.
    pub fn push_usable(&mut self, start: u64, end: u64, taken: &[Taken]) {
        let mut next = start.next_multiple_of(PAGE);
        let end = end & !(PAGE - 1);
        while next < end {
            let Some((from, to)) = first_taken(next, end, taken) else {
                return self.push(next, end, MemoryRegionKind::Usable);
            };
            self.push(next, from, MemoryRegionKind::Usable);
            self.push(from.max(next), to, MemoryRegionKind::Bootloader);
            next = to;
        }
    }
}

/// The lowest range of `taken` that touches `start..end`, in whole pages, cut at `end`.
fn first_taken(start: u64, end: u64, taken: &[Taken]) -> Option<Taken> {
    taken
        .iter()
        .map(|&(from, to)| (from & !(PAGE - 1), to.next_multiple_of(PAGE).min(end)))
        .filter(|&(from, to)| from < end && to > start)
        .min()
}
