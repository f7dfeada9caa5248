//! The pages of VMOs that are gone.
//!
//! A VMO goes with its last handle or mapping, in whoever's hands that is, and may have any number of pages. A few are
//! freed at once. More are left to a kernel task, [`free_what_is_left`], which yields after each [`STEP`] of tables;
//! and whoever finds no free page meanwhile frees a table of them himself.

use crate::memory::PageFrames;
use crate::memory::pages::{Discarded, PageTree};
#[cfg(not(loom))]
use waitq::WaitQueue;

/// How many tables, of up to 64 pages, the kernel task frees in one go: a page takes some 400 instructions, as its
/// frame joins those beside it.
#[cfg(not(loom))]
const STEP: usize = 4;

/// What is left to be freed.
#[cfg(not(loom))]
struct Left {
    tables: Discarded,
    /// How many tables are in somebody's hands, who will put back those that they name.
    in_hands: usize,
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Left> = WaitQueue::new(Left { tables: Discarded::NONE, in_hands: 0 });

/// Frees the pages of a VMO, soon.
pub(super) fn discard(tree: &mut PageTree, owner: &'static dyn PageFrames) {
    let is_small = tree.is_small();
    let discarded = tree.discard(owner);
    if !is_small {
        leave(discarded);
    }
}

#[cfg(not(loom))]
fn leave(discarded: Discarded) {
    LEFT.with(|left, waiters| {
        left.tables.push(discarded);
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
    let mut table = LEFT.with(|left, _| {
        let table = left.tables.pop();
        left.in_hands += usize::from(!table.is_empty());
        table
    });
    if table.is_empty() {
        return false;
    }
    table.free_one();
    LEFT.with(|left, waiters| {
        left.in_hands -= 1;
        if !table.is_empty() {
            left.tables.push(table);
            // The kernel task may have found nothing meanwhile.
            waiters.wake_all();
        }
    });
    true
}

/// Whether no pages are left to free.
#[cfg(not(loom))]
pub fn is_idle() -> bool {
    LEFT.with(|left, _| left.tables.is_empty() && left.in_hands == 0)
}

/// Frees what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn free_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| !left.tables.is_empty()).await;
        while (0..STEP).all(|_| free_some()) {
            executor::yield_now().await;
        }
    }
}
