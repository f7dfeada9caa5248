//! The global allocator: talc over memory that is mapped piece by piece as it is needed, and a mapping of its own for
//! each large allocation. The first piece is a part of the program, so one that needs little maps nothing.
//!
//! A large allocation costs two calls, but it is given back to the system when it is freed, and a new mapping is made
//! of zeros already: `alloc_zeroed` touches none of it, so a large table of which little is used needs little memory.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    mem::forget,
    ptr::{copy_nonoverlapping, null_mut},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use talc::{
    TalcLock,
    base::{Talc, binning::Binning},
    source::Source,
};

use crate::{
    startup::root_vmar,
    sync::RawMutex,
    vmar::{Mapping, PAGE_SIZE, page_align},
};

/// The least that the heap grows by.
const GROWTH: usize = 256 * 1024;
/// Room for the allocator's own tables and tags beside the allocation that did not fit.
const OVERHEAD: usize = 4096;
/// From this size on an allocation is a mapping.
const LARGE: usize = GROWTH;
/// What the heap begins with.
const FIRST_SIZE: usize = 16 * 1024;

/// The memory that the heap begins with.
#[repr(align(16))]
struct First {
    memory: UnsafeCell<[u8; FIRST_SIZE]>,
    taken: AtomicBool,
}

// SAFETY: only who has taken it touches the memory.
unsafe impl Sync for First {}

static FIRST: First = First { memory: UnsafeCell::new([0; FIRST_SIZE]), taken: AtomicBool::new(false) };

/// Grows the heap by what it begins with, and then by mapping new memory; it is never given back.
#[derive(Debug)]
struct Growing;

// SAFETY: `acquire` touches the allocator only through the reference it is given, and allocates nothing
// from it: mapping memory needs no heap.
unsafe impl Source for Growing {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let needed = layout.size().checked_add(layout.align()).and_then(|size| size.checked_add(OVERHEAD));
        let needed = needed.ok_or(())?;
        if needed <= FIRST_SIZE && !FIRST.taken.swap(true, Relaxed) {
            // SAFETY: this is the only one who takes it, and it is there for ever.
            return unsafe { talc.claim(FIRST.memory.get().cast(), FIRST_SIZE) }.map(|_| ()).ok_or(());
        }
        let length = page_align(needed.max(GROWTH));
        let mapping = Mapping::anonymous(length, 0).map_err(|_| ())?;
        let (address, length) = (mapping.address(), mapping.length());
        forget(mapping);
        // SAFETY: the memory is new, nobody else knows it, and it stays mapped.
        unsafe { talc.claim(address as *mut u8, length) }.map(|_| ()).ok_or(())
    }
}

/// Both ways to memory. The layout tells which one an allocation came by.
struct Heap {
    small: TalcLock<RawMutex, Growing>,
}

/// Whether an allocation is a mapping of its own.
const fn is_mapping(layout: &Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= PAGE_SIZE
}

/// A mapping of zeros; null if there is none.
fn map(length: usize) -> *mut u8 {
    let Ok(mapping) = Mapping::anonymous(length, 0) else { return null_mut() };
    let address = mapping.address();
    forget(mapping);
    address as *mut u8
}

/// Gives back `length` bytes at `block`.
///
/// # Safety
/// They are the end of what [`map`] returned, and nobody uses them any more.
unsafe fn unmap(block: *mut u8, length: usize) {
    if let Some(root) = root_vmar() {
        // SAFETY: the caller vouches. Without memory for the region's own tables the pages stay mapped.
        let _ = unsafe { root.unmap(block as usize, length) };
    }
}

/// Makes a large block as large as `new` says without moving it; false if that can not be.
///
/// # Safety
/// `block` was allocated with the layout `old`.
unsafe fn resize_in_place(block: *mut u8, old: &Layout, new: &Layout) -> bool {
    let (had, wanted) = (page_align(old.size()), page_align(new.size()));
    if !is_mapping(old) || !is_mapping(new) || wanted > had {
        return false;
    }
    if wanted < had {
        // SAFETY: the mapping has that many bytes, and the caller is done with the last of them.
        unsafe { unmap(block.add(wanted), had - wanted) };
    }
    true
}

// SAFETY: an allocation is talc's, or a mapping that nobody else knows; the layout with which it is given back is the
// one it was made with, so it goes back to where it came from.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_mapping(&layout) {
            return map(layout.size());
        }
        // SAFETY: the caller's layout is not empty.
        unsafe { self.small.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller vouches for the block and its layout.
        unsafe {
            if is_mapping(&layout) {
                unmap(block, page_align(layout.size()));
            } else {
                self.small.dealloc(block, layout);
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_mapping(&layout) {
            return map(layout.size());
        }
        // SAFETY: the caller's layout is not empty.
        unsafe { self.small.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises a size that fits a layout of this alignment.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the caller vouches for the block, which stays as it is until its bytes are copied.
        unsafe {
            if !is_mapping(&layout) && !is_mapping(&new) {
                return self.small.realloc(block, layout, size);
            }
            if resize_in_place(block, &layout, &new) {
                return block;
            }
            let moved = self.alloc(new);
            if !moved.is_null() {
                copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[global_allocator]
static HEAP: Heap = Heap { small: TalcLock::new(Growing) };
