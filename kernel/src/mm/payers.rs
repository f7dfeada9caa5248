//! Who made the kernel heap grow: a rough account of what it holds for each process, kept where it takes frames.
//!
//! A slab is charged to the process that needed it, though others may use it, too, and a large block to the one it
//! is for. That costs nothing where objects are made, and is enough to tell who has filled the memory with messages
//! or objects when there is none left (`crate::pressure`). Processes whose ids are alike share an account.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use spin::Once;

const ACCOUNTS: usize = 4096;

/// Frames by account; the first is the kernel's own.
static FRAMES: [AtomicUsize; ACCOUNTS] = [const { AtomicUsize::new(0) }; ACCOUNTS];
static CURRENT: Once<fn() -> Option<u64>> = Once::new();

/// Sets what tells the process for which this CPU works, by its id. Can be set once.
pub fn set_current(current: fn() -> Option<u64>) {
    CURRENT.call_once(|| current);
}

fn account(koid: u64) -> usize {
    1 + koid as usize % (ACCOUNTS - 1)
}

/// Charges frames to the current process; to whom that was.
pub(super) fn charge(frames: usize) -> u32 {
    let payer = CURRENT.get().and_then(|current| current()).map_or(0, account);
    FRAMES[payer].fetch_add(frames, Relaxed);
    payer as u32
}

/// Gives back what was charged.
pub(super) fn give_back(payer: u32, frames: usize) {
    FRAMES[payer as usize].fetch_sub(frames, Relaxed);
}

/// How many frames the heap has grown by for the process with this id.
pub fn held_for(koid: u64) -> usize {
    FRAMES[account(koid)].load(Relaxed)
}
