//! The global allocator: talc over memory that is mapped piece by piece as it is needed.

use core::alloc::Layout;

use talc::{
    TalcLock,
    base::{Talc, binning::Binning},
    source::Source,
};

use crate::{
    sync::RawMutex,
    vmar::{Mapping, page_align},
};

/// The least that the heap grows by.
const GROWTH: usize = 256 * 1024;
/// Room for the allocator's own tables and tags beside the allocation that did not fit.
const OVERHEAD: usize = 4096;

/// Grows the heap by mapping new memory; it is never given back.
#[derive(Debug)]
struct Growing;

// SAFETY: `acquire` touches the allocator only through the reference it is given, and allocates nothing
// from it: mapping memory needs no heap.
unsafe impl Source for Growing {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let needed = layout.size().checked_add(layout.align()).and_then(|size| size.checked_add(OVERHEAD));
        let length = page_align(needed.ok_or(())?.max(GROWTH));
        let mapping = Mapping::anonymous(length, 0).map_err(|_| ())?;
        let (address, length) = (mapping.address(), mapping.length());
        core::mem::forget(mapping);
        // SAFETY: the memory is new, nobody else knows it, and it stays mapped.
        unsafe { talc.claim(address as *mut u8, length) }.map(|_| ()).ok_or(())
    }
}

#[global_allocator]
static HEAP: TalcLock<RawMutex, Growing> = TalcLock::new(Growing);
