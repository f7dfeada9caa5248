//! The pages of VMOs that are gone.
//!
//! A VMO goes with its last handle or mapping, in whoever's hands that is, and may have any number of pages. A few are
//! freed at once. More are left to a kernel task, [`free_what_is_left`], which yields after each [`STEP`] of tables;
//! and whoever finds no free page meanwhile does a part of that work himself.

use crate::memory::PageFrames;
use crate::pages::{Discarded, PageTree};
#[cfg(not(loom))]
use waitq::WaitQueue;

/// A VMO with more pages leaves them to the kernel task.
const AT_ONCE: u64 = 16;

/// How many tables, of up to 64 pages, are freed in one go.
#[cfg(not(loom))]
const STEP: usize = 16;

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

/// Frees some of the pages that were left; whether there were any.
#[cfg(not(loom))]
pub fn free_some() -> bool {
    (0..STEP).filter(|_| free_one()).count() > 0
}

#[cfg(not(loom))]
fn free_one() -> bool {
    let mut table = LEFT.with(|left, _| left.pop());
    if table.is_empty() {
        return false;
    }
    table.free_one();
    LEFT.with(|left, _| left.push(table));
    true
}

/// Frees what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn free_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| !left.is_empty()).await;
        while free_some() {
            executor::yield_now().await;
        }
    }
}
