//! The system's allocator, with counters: allocations made, and bytes that are allocated now.
//!
//! Only this program's one thread counts, without an atomic step, so that counting costs every
//! contender the same two moves.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicU64 = AtomicU64::new(0);

fn add(counter: &AtomicU64, value: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(value), Relaxed);
}

// SAFETY: the system's allocator, with the caller's arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(&COUNT, 1);
        add(&LIVE, layout.size() as u64);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        add(&LIVE, (layout.size() as u64).wrapping_neg());
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// How many allocations were made so far.
pub fn count() -> u64 {
    COUNT.load(Relaxed)
}

/// How many bytes are allocated now.
pub fn live() -> u64 {
    LIVE.load(Relaxed)
}
