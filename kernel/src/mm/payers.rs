//! Who pays for the frames of the kernel heap: each block is charged, when the heap takes it, to the process for which
//! this CPU works then, and given back when the heap does, whoever frees what was in it.
//!
//! So nothing is counted where objects are made. A slab is charged to the process that needed it, though others may
//! use it, too, until it is empty; a large block to the one it is for. What the kernel's own tasks take is nobody's.
//!
//! The frames keep, with each block, the address of its payer, as long as the block is taken. All blocks of a payer
//! together are one reference to it, which comes with the first of them and goes with the last. Everything here is
//! done with the frames locked, perhaps in the middle of the heap, so nothing is allocated, and nothing freed: that is
//! what [`account::park`] is for.

use super::MAX_CPUS;
use crate::arch::cpu;
use alloc::sync::Arc;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use objects::account::{self, Payer};
use objects::memory::NoMemory;
use spin::Once;

/// The note of a block that nobody pays for.
const NOBODY: u64 = 0;

static CURRENT: Once<fn() -> Option<Arc<Payer>>> = Once::new();

/// On which CPUs a task of the kernel runs.
static FREE_OF_CHARGE: [AtomicBool; MAX_CPUS] = [const { AtomicBool::new(false) }; MAX_CPUS];

/// Sets what tells who pays for what this CPU does. Can be set once.
pub fn set_current(current: fn() -> Option<Arc<Payer>>) {
    CURRENT.call_once(|| current);
}

/// Calls `f`, for which nobody pays: a step of a task of the kernel.
pub fn free_of_charge<R>(f: impl FnOnce() -> R) -> R {
    let is_free = &FREE_OF_CHARGE[cpu::index()];
    let before = is_free.swap(true, Relaxed);
    let result = f();
    is_free.store(before, Relaxed);
    result
}

fn current() -> Option<Arc<Payer>> {
    let is_free = FREE_OF_CHARGE[cpu::index()].load(Relaxed);
    CURRENT.get().filter(|_| !is_free).and_then(|current| current())
}

/// Whether the one who pays for what this CPU does, or its job, has more than it may.
pub(super) fn is_over_limit() -> bool {
    current().is_some_and(|payer| payer.is_over_limit())
}

/// Charges a block of so many frames to who pays, whatever the limits are, unless it `must_fit` into them; the
/// block's note. With the frames locked.
pub(super) fn charge(frames: usize, must_fit: bool) -> Result<u64, NoMemory> {
    let Some(payer) = current() else { return Ok(NOBODY) };
    let note = Arc::as_ptr(&payer).expose_provenance() as u64;
    if payer.charge_frames(frames as u64, must_fit)? {
        let _kept = Arc::into_raw(payer);
    }
    Ok(note)
}

/// Gives back a block with this note. With the frames locked.
pub(super) fn give_back(note: u64, frames: usize) {
    if note == NOBODY {
        return;
    }
    let payer = ptr::with_exposed_provenance::<Payer>(note as usize);
    // SAFETY: (1) the note is what `charge` made of a payer; (2) that is there still, as it has this block, and
    // its first block has kept a reference.
    if unsafe { &*payer }.give_back_frames(frames as u64) {
        // SAFETY: that was the last block, so the reference that the first one kept is nobody's. No other block came or
        // went meanwhile, as the frames are locked.
        account::park(unsafe { Arc::from_raw(payer) });
    }
}
