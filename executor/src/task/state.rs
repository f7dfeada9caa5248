//! The state word of a task: five bits and the reference count, changed by one atomic step each.
//!
//! ```text
//!   parked                              bits: none
//!     │ wake or kill: enqueue
//!     ▼
//!   in a queue ◀──────────────┐         ACTIVE, SCHEDULED (KILLED)
//!     │ dequeue               │
//!     │   killed: drop, over  │         (over: ACTIVE, KILLED, CLOSED)
//!     ▼                       │
//!   is polled                 │         ACTIVE; a wake or kill adds SCHEDULED (KILLED), no enqueue
//!     │ Pending, SCHEDULED: enqueue     (or drop it, if KILLED)
//!     │ Pending, not SCHEDULED: parked
//!     ▼ Ready
//!   over                                ACTIVE, CLOSED, DONE
//! ```

use crate::sync::atomic::{AtomicUsize, Ordering};

/// Woken since its last poll began. Comes with `ACTIVE`.
const SCHEDULED: usize = 1;
/// In a run queue or an inbox, or being polled, or being dropped: someone has the right to enqueue it.
const ACTIVE: usize = 1 << 1;
/// To be dropped at the next dequeue, or after the poll that is going on. Comes with `SCHEDULED`.
const KILLED: usize = 1 << 2;
/// The future finished; it was not killed. Comes with `CLOSED`.
const DONE: usize = 1 << 3;
/// The future has been dropped. Nothing changes any more but the count.
const CLOSED: usize = 1 << 4;
/// The count starts here.
const REFERENCE: usize = 1 << 5;

/// What someone who woke or killed a task must do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wake {
    /// Nothing: it is scheduled already, or gone.
    Nothing,
    /// Enqueue it: the right to do so is now the caller's.
    Enqueue,
    /// Nothing but, if the task is to notice soon, interrupt the CPU that may be polling it.
    Busy,
    /// Free it: the reference given up was the last.
    Free,
}

/// What the executor must do after a poll that is pending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pause {
    /// Forget it until it is woken.
    Park,
    /// Enqueue it: it was woken during the poll.
    Again,
    /// Drop its future: it was killed during the poll.
    Drop,
}

/// A moment's view of a state.
#[derive(Clone, Copy)]
pub(crate) struct Snapshot(usize);

impl Snapshot {
    pub(crate) fn is_closed(self) -> bool {
        self.0 & CLOSED != 0
    }
    pub(crate) fn is_done(self) -> bool {
        self.0 & DONE != 0
    }
    pub(crate) fn is_killed(self) -> bool {
        self.0 & KILLED != 0
    }
    pub(crate) fn is_active(self) -> bool {
        self.0 & ACTIVE != 0
    }
}

pub(crate) struct State(AtomicUsize);

impl State {
    /// About to be enqueued, with the executor's own reference and one for the spawner.
    pub(crate) fn new() -> Self {
        Self(AtomicUsize::new(SCHEDULED | ACTIVE | (2 * REFERENCE)))
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// Sets `bits` unless closed, and gives up `references`. One atomic step; release, so that the
    /// next poll sees what the caller wrote, even if the task is scheduled already; acquire, so that
    /// the caller sees the home that the last executor left.
    #[inline(always)]
    fn notify(&self, bits: usize, references: usize) -> Wake {
        let mut state = self.0.load(Ordering::Relaxed);
        loop {
            let bits = if state & CLOSED == 0 { bits } else { 0 };
            let next = (state | bits) - references;
            match self.0.compare_exchange_weak(state, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if state & (ACTIVE | CLOSED) == 0 => return Wake::Enqueue,
                Ok(_) if next < REFERENCE => return Wake::Free,
                Ok(_) if state & CLOSED == 0 => return Wake::Busy,
                Ok(_) => return Wake::Nothing,
                Err(now) => state = now,
            }
        }
    }

    #[inline(always)]
    pub(crate) fn wake(&self) -> Wake {
        self.notify(SCHEDULED | ACTIVE, 0)
    }

    /// Wakes and gives up the caller's reference. After `Enqueue` the task is alive still: the
    /// executor's own reference stays until it is closed, which the right to enqueue prevents.
    #[inline(always)]
    pub(crate) fn wake_and_release(&self) -> Wake {
        self.notify(SCHEDULED | ACTIVE, REFERENCE)
    }

    pub(crate) fn kill(&self) -> Wake {
        self.notify(KILLED | SCHEDULED | ACTIVE, 0)
    }

    /// By the executor that dequeued it. Whether it is to be polled: not if it was killed.
    #[inline(always)]
    pub(crate) fn start(&self) -> bool {
        // Acquire: the poll sees what whoever woke it wrote.
        let before = self.0.fetch_sub(SCHEDULED, Ordering::AcqRel);
        before & KILLED == 0
    }

    /// By the executor that polled it. A task that was woken meanwhile costs no atomic step: only its
    /// executor could change these bits now.
    #[inline(always)]
    pub(crate) fn pause(&self) -> Pause {
        let mut state = self.0.load(Ordering::Relaxed);
        while state & SCHEDULED == 0 {
            // Release: whoever enqueues it sees its home and node as this executor leaves them.
            match self.0.compare_exchange_weak(state, state & !ACTIVE, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Pause::Park,
                Err(now) => state = now,
            }
        }
        if state & KILLED == 0 { Pause::Again } else { Pause::Drop }
    }

    /// By the executor that dropped the future; `done` if it had finished.
    pub(crate) fn close(&self, done: bool) {
        let bits = if done { CLOSED | DONE } else { CLOSED };
        self.0.fetch_or(bits, Ordering::AcqRel);
    }

    #[inline(always)]
    pub(crate) fn acquire(&self) {
        // Relaxed: the caller has a reference, so the count cannot reach zero meanwhile.
        self.0.fetch_add(REFERENCE, Ordering::Relaxed);
    }

    /// Gives up a reference. Whether the task must be freed.
    #[inline(always)]
    pub(crate) fn release(&self) -> bool {
        let before = self.0.fetch_sub(REFERENCE, Ordering::AcqRel);
        before & !(REFERENCE - 1) == REFERENCE
    }
}
