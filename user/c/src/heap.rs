//! `malloc` and its family over the heap of `hafnon-user`.
//!
//! C does not say how large a block is when it frees it, so each block has a head before it:
//!
//! ```text
//! ┌─────────────── padding, if aligned to more than 16 ┬──────┬────────────────────────┐
//! start                                                │ Head │ what the program gets  │
//! └──────────────────────── offset ───────────────────────────┴────── size ────────────┘
//! ```

use alloc::alloc::{alloc, alloc_zeroed, dealloc, realloc as resize};
use core::{alloc::Layout, ffi::c_int};

/// What C code may count on: enough for every type.
const ALIGNMENT: usize = 16;

unsafe extern "C" {
    /// Says what went wrong, as C functions do, and gives null (`stdlib.c`): stable Rust has no variables of threads.
    safe fn hafnon_fail(error: c_int) -> *mut u8;
}

/// `ENOMEM` of `<errno.h>`.
const NO_MEMORY: c_int = 12;
/// `EINVAL` of `<errno.h>`.
const INVALID: c_int = 22;

/// What precedes a block.
#[repr(C, align(16))]
struct Head {
    /// Bytes that the program asked for.
    size: usize,
    /// Distance of the block from its allocation's start, which also is its alignment.
    offset: usize,
}

const _: () = assert!(size_of::<Head>() == ALIGNMENT);

impl Head {
    /// The head of a block.
    ///
    /// # Safety
    /// `block` must come from [`finish`], and not have been freed.
    unsafe fn of(block: *mut u8) -> *mut Self {
        // SAFETY: `finish` put the head right before the block.
        unsafe { block.sub(size_of::<Self>()).cast() }
    }

    /// How the allocation was made; `None` for sizes that no allocation has.
    fn layout(size: usize, offset: usize) -> Option<Layout> {
        Layout::from_size_align(size.checked_add(offset)?, offset).ok()
    }
}

/// Writes the head; the block. Null stays null, and errno says why.
///
/// # Safety
/// `start` must be null, or an allocation of at least `size + offset` bytes.
unsafe fn finish(start: *mut u8, size: usize, offset: usize) -> *mut u8 {
    if start.is_null() {
        return hafnon_fail(NO_MEMORY);
    }
    // SAFETY: there are `offset` bytes before the block, which are enough for a head and aligned as it is.
    unsafe {
        let block = start.add(offset);
        Head::of(block).write(Head { size, offset });
        block
    }
}

/// A block aligned to `alignment`, a power of two of at least [`ALIGNMENT`], from `source`.
fn take(size: usize, alignment: usize, source: unsafe fn(Layout) -> *mut u8) -> *mut u8 {
    let Some(layout) = Head::layout(size, alignment) else { return hafnon_fail(NO_MEMORY) };
    // SAFETY: the layout is not empty: it has room for a head.
    unsafe { finish(source(layout), size, alignment) }
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut u8 {
    take(size, ALIGNMENT, alloc)
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    match count.checked_mul(size) {
        Some(size) => take(size, ALIGNMENT, alloc_zeroed),
        None => hafnon_fail(NO_MEMORY),
    }
}

#[unsafe(no_mangle)]
extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut u8 {
    if !alignment.is_power_of_two() {
        return hafnon_fail(INVALID);
    }
    take(size, alignment.max(ALIGNMENT), alloc)
}

/// # Safety
/// `block` must be null, or come from this family and not be freed yet; nobody uses it afterwards.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut u8) {
    if block.is_null() {
        return;
    }
    // SAFETY: the caller vouches for the block, so its head tells how it was allocated.
    unsafe {
        let Head { size, offset } = Head::of(block).read();
        if let Some(layout) = Head::layout(size, offset) {
            dealloc(block.sub(offset), layout);
        }
    }
}

/// # Safety
/// As for [`free`]; the block stays as it is when there is no memory.
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return malloc(size);
    }
    // SAFETY: as in `free`; the new size fits a layout of the same alignment.
    unsafe {
        let Head { size: old, offset } = Head::of(block).read();
        let (Some(layout), Some(new)) = (Head::layout(old, offset), Head::layout(size, offset)) else {
            return hafnon_fail(NO_MEMORY);
        };
        finish(resize(block.sub(offset), layout, new.size()), size, offset)
    }
}

/// # Safety
/// As for [`realloc`].
#[unsafe(no_mangle)]
unsafe extern "C" fn reallocarray(block: *mut u8, count: usize, size: usize) -> *mut u8 {
    match count.checked_mul(size) {
        // SAFETY: the caller vouches.
        Some(size) => unsafe { realloc(block, size) },
        None => hafnon_fail(NO_MEMORY),
    }
}
