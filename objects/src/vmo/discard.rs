//! The pages of VMOs that are gone.
//!
//! A VMO goes with its last handle or mapping, in whoever's hands that is, and may have any number of pages. A few are
//! freed at once. More are left to a kernel task, [`free_what_is_left`], which yields after each [`STEP`] of tables;
//! and whoever finds no free page meanwhile frees a table of them himself.

use crate::memory::PageFrames;
use crate::pages::{Discarded, PageTree};
#[cfg(not(loom))]
use waitq::WaitQueue;

/// A VMO with more pages leaves them to the kernel task.
const AT_ONCE: u64 = 4;

/// How many tables, of up to 64 pages, the kernel task frees in one go: a page takes some 400 instructions, as its
/// frame joins those beside it.
#[cfg(not(loom))]
const STEP: usize = 4;

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Discarded> = WaitQueue::new(Discarded::NONE);

/// Frees the pages of a VMO, soon.
pub(super) fn discard(tree: &mut PageTree, owner: &'static dyn PageFrames) {
    let pages = tree.len();
    let discarded = tree.discard(owner);
    if pages > AT_ONCE {
        leave(discarded);
    }
}

#[cfg(not(loom))]
fn leave(discarded: Discarded) {
    LEFT.with(|left, waiters| {
        left.push(discarded);
        waiters.wake_all();
    });
}

/// Models have no static queues, and few pages.
#[cfg(loom)]
fn leave(discarded: Discarded) {
    drop(discarded);
}

/// Frees some of the pages that were left, no more than a table has; whether there were any.
#[cfg(not(loom))]
pub fn free_some() -> bool {
    let mut table = LEFT.with(|left, _| left.pop());
    if table.is_empty() {
        return false;
    }
    table.free_one();
    if !table.is_empty() {
        // The kernel task may have found nothing meanwhile.
        leave(table);
    }
    true
}

/// Frees what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn free_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| !left.is_empty()).await;
        while (0..STEP).all(|_| free_some()) {
            executor::yield_now().await;
        }
    }
}
