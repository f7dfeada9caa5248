//! What a thread leaves behind that is killed in the middle of a long call: pages behind the new end of a VMO that others
//! have mapped, translations of what it has unmapped in another process. A kernel task finishes it.
//!
//! ```text
//!   call ──▶ Unfinished ── steps ──▶ done: forgotten
//!                └── dropped before that ──▶ LEFT ──▶ finish(): the same steps
//! ```

use super::steps::next_step;
use crate::machine::pressure;
use crate::mm::shootdown;
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use objects::vmar::{Step, Ticket};
use objects::{Vmar, Vmo};
use waitq::WaitQueue;

/// Work in steps, which anybody can go on with.
pub enum Work {
    /// Taking what is behind the end of a VMO out of it.
    Trim(Arc<Vmo>),
    /// Clearing what was unmapped in an address space.
    CleanUp(Arc<Vmar>, Ticket),
}

/// In a stack of what is left.
struct Node {
    work: Work,
    next: Link,
}

/// `Box::try_new` is not stable; a vector of one element can be allocated fallibly and becomes this.
type Link = Option<Box<[Node; 1]>>;

static LEFT: WaitQueue<(), Link> = WaitQueue::new(None);

/// Work that is being done. Dropped, it is left to the kernel task; without memory for that, to who comes next.
pub struct Unfinished(Link);

impl Unfinished {
    /// From now on this work is not forgotten.
    pub fn new(work: Work) -> Self {
        let mut one = Vec::new();
        if one.try_reserve_exact(1).is_err() {
            return Self(None);
        }
        one.push(Node { work, next: None });
        Self(one.into_boxed_slice().try_into().ok())
    }

    /// It is done.
    pub fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(mut node) = self.0.take() else { return };
        LEFT.with(|left, waiters| {
            node[0].next = left.take();
            *left = Some(node);
            waiters.wake_all();
        });
    }
}

/// Finishes what is left, for ever: the life of a kernel task. Each has a step in turn, so nothing large holds up what
/// others have left.
pub async fn finish() {
    loop {
        LEFT.wait_unless((), |left, ()| left.is_some()).await;
        let (mut round, mut starves) = (LEFT.with(|left, _| left.take()), false);
        while let Some(mut node) = round {
            round = node[0].next.take();
            match step(&mut node[0].work) {
                Ok(true) => {}
                outcome => {
                    starves |= outcome.is_err();
                    drop(Unfinished(Some(node)));
                }
            }
            shootdown::barrier().await;
            next_step().await;
        }
        if starves {
            pressure::relief().await;
        }
    }
}

/// A step; whether it was the last one. `NO_MEMORY`
fn step(work: &mut Work) -> Result<bool, Status> {
    match work {
        Work::Trim(vmo) => vmo.trim().map(|(retired, done)| {
            drop(retired);
            done
        }),
        Work::CleanUp(vmar, ticket) => {
            let Step { retired, left } = vmar.clean_up(*ticket);
            drop(retired);
            *ticket = left.unwrap_or(*ticket);
            Ok(left.is_none())
        }
    }
}
