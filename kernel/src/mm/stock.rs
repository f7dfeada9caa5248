//! The stocks: frames that each CPU keeps for the slabs of its own small allocations, so that a system call that
//! has been [admitted](super::frames::admit) can not run out of memory half way.
//!
//! Stable Rust has no fallible `Arc::new`, and a call with a way back from each of its small allocations would be
//! mostly ways back. But the kernel is not preempted, so what a call does without waiting, its CPU does in one go,
//! and what is reserved for it can be the CPU's. An allocation takes one new slab at most, and a slab gets by with one
//! frame. So a CPU with [`ALLOCATIONS`] frames that nobody else may take is sure of as many allocations, however scattered
//! the frames are that are free.
//!
//! A stock is dipped into only when no other frame is left. From then on every admission looks closer
//! (`watermarks::begin_scrutiny`), and the next one on this CPU fills the stock, or fails.
//!
//! Everything here happens under the lock of the frames, except that a CPU looks at its own stock.

use super::{MAX_CPUS, watermarks};
use crate::arch::cpu;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use frames::Buddy;

/// How many small allocations an admission covers.
pub const ALLOCATIONS: usize = 16;

static STOCKS: [Stock; MAX_CPUS] = [const { Stock::new() }; MAX_CPUS];

#[repr(align(64))]
struct Stock {
    /// How many frames there are, and how many there are to be: none before [`found`].
    count: AtomicUsize,
    size: AtomicUsize,
    frames: [AtomicU32; ALLOCATIONS],
    /// What allocates now can do without.
    spared: AtomicBool,
}

impl Stock {
    const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            size: AtomicUsize::new(0),
            frames: [const { AtomicU32::new(0) }; ALLOCATIONS],
            spared: AtomicBool::new(false),
        }
    }

    fn is_full(&self) -> bool {
        self.count.load(Relaxed) == self.size.load(Relaxed)
    }

    /// Fills it as far as there are frames.
    fn fill(&self, buddy: &mut Buddy<'_>) {
        while !self.is_full()
            && let Some(frame) = buddy.allocate(0)
        {
            let count = self.count.load(Relaxed);
            self.frames[count].store(frame, Relaxed);
            self.count.store(count + 1, Relaxed);
        }
    }
}

fn own() -> &'static Stock {
    &STOCKS[cpu::index()]
}

/// Sets up and fills the stock of a CPU.
pub(super) fn found(cpu: usize, buddy: &mut Buddy<'_>) {
    let stock = &STOCKS[cpu];
    stock.size.store(ALLOCATIONS, Relaxed);
    stock.fill(buddy);
    if !stock.is_full() {
        watermarks::begin_scrutiny();
    }
}

/// Whether this CPU's stock is full.
pub(super) fn is_full() -> bool {
    own().is_full()
}

/// Fills this CPU's stock, which is not full; whether it is now.
pub(super) fn fill(buddy: &mut Buddy<'_>) -> bool {
    let stock = own();
    stock.fill(buddy);
    let full = stock.is_full();
    if full {
        watermarks::end_scrutiny();
    }
    full
}

/// Takes a frame for a slab out of this CPU's stock.
pub(super) fn take() -> Option<u32> {
    let stock = own();
    let last = stock.count.load(Relaxed).checked_sub(1).filter(|_| !stock.spared.load(Relaxed))?;
    if stock.is_full() {
        watermarks::begin_scrutiny();
    }
    stock.count.store(last, Relaxed);
    Some(stock.frames[last].load(Relaxed))
}

/// Calls `f`, all of whose allocations may fail: they leave the stock alone, which may be reserved for what this
/// CPU does before and after.
pub fn spare<R>(f: impl FnOnce() -> R) -> R {
    let before = own().spared.swap(true, Relaxed);
    let result = f();
    own().spared.store(before, Relaxed);
    result
}

/// Whether what allocates now can do without.
pub(super) fn is_spared() -> bool {
    own().spared.load(Relaxed)
}

/// How many frames are in stock.
pub(super) fn frames() -> usize {
    STOCKS.iter().map(|stock| stock.count.load(Relaxed)).sum()
}
