//! The state word of a task: seven bits and the reference count, changed by one atomic step each.
//!
//! ```text
//!   parked                              bits: none
//!     │ wake or kill: enqueue
//!     ▼
//!   in a queue ◀──────────────┐         ACTIVE; one more wake, or a kill, adds SCHEDULED (KILLED)
//!     │ dequeue               │
//!     │   killed: drop, over  │         (over: ACTIVE, KILLED, CLOSED)
//!     ▼                       │
//!   is polled                 │         ACTIVE; a wake or kill adds SCHEDULED (KILLED), no enqueue
//!     │ Pending, woken: enqueue         (or drop it, if KILLED)
//!     │ Pending, not woken: parked
//!     ▼ Ready
//!   over                                ACTIVE, CLOSED, DONE; after a panic of a poll or drop: PANICKED
//! ```
//!
//! A task that wakes itself by reference, on the CPU that polls it, changes nothing here: its executor
//! is told, and gives it to [`State::pause`].

use super::reference::Outcome;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// Woken or killed while it was `ACTIVE`, and not polled since.
const SCHEDULED: usize = 1;
/// In a run queue or an inbox, or being polled, or being dropped: someone has the right to enqueue it.
const ACTIVE: usize = 1 << 1;
/// To be dropped at the next dequeue, or after the poll that is going on. Comes with `SCHEDULED`.
const KILLED: usize = 1 << 2;
/// The future finished; it was not killed. Comes with `CLOSED`.
const DONE: usize = 1 << 3;
/// The future has been dropped. Nothing changes any more but the count.
const CLOSED: usize = 1 << 4;
/// Someone waits, or waited, for the end.
const JOINED: usize = 1 << 5;
/// The future panicked when it was polled or dropped. Comes with `CLOSED`.
const PANICKED: usize = 1 << 6;
/// The count starts here.
const REFERENCE: usize = 1 << 7;

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
    pub(crate) fn is_panicked(self) -> bool {
        self.0 & PANICKED != 0
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
    /// About to be enqueued, with the executor's own reference, and one for the spawner if that refers to it.
    pub(crate) fn new(referred: bool) -> Self {
        Self(AtomicUsize::new(ACTIVE | (REFERENCE << usize::from(referred))))
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.0.load(Ordering::Acquire))
    }

    pub(crate) fn wake(&self) -> Wake {
        self.notify(SCHEDULED, 0)
    }

    /// Wakes a task that is parked; whether it is, so that the caller has the right to enqueue it. Quicker
    /// than [`State::wake`], which is for all others.
    #[inline(always)]
    pub(crate) fn wake_parked(&self) -> bool {
        self.leave_park(0)
    }

    /// As [`State::wake_parked`]; if it is, the caller's reference is given up. The task is alive still:
    /// the executor's own reference stays until it is closed, which the right to enqueue prevents.
    #[inline(always)]
    pub(crate) fn wake_parked_and_release(&self) -> bool {
        self.leave_park(REFERENCE)
    }

    /// Wakes, and gives up the caller's reference.
    pub(crate) fn wake_and_release(&self) -> Wake {
        self.notify(SCHEDULED, REFERENCE)
    }

    pub(crate) fn kill(&self) -> Wake {
        self.notify(KILLED | SCHEDULED, 0)
    }

    #[inline(always)]
    fn leave_park(&self, references: usize) -> bool {
        let state = self.0.load(Ordering::Relaxed);
        let next = (state | ACTIVE).wrapping_sub(references);
        // Acquire and release: see `notify`.
        state & (ACTIVE | CLOSED) == 0
            && self.0.compare_exchange(state, next, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Sets `bits` unless the task is closed, or parked and merely woken; and gives up `references`. One
    /// atomic step; release, so that the next poll sees what the caller wrote, even if the task is
    /// scheduled already; acquire, so that the caller sees the home that the last executor left.
    fn notify(&self, bits: usize, references: usize) -> Wake {
        let mut state = self.0.load(Ordering::Relaxed);
        loop {
            let (bits, wake) = match state & (ACTIVE | CLOSED) {
                0 if bits == SCHEDULED => (ACTIVE, Wake::Enqueue),
                0 => (ACTIVE | bits, Wake::Enqueue),
                ACTIVE => (bits, Wake::Busy),
                _ => (0, Wake::Nothing),
            };
            let next = (state | bits) - references;
            match self.0.compare_exchange_weak(state, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if next < REFERENCE => return Wake::Free,
                Ok(_) => return wake,
                Err(now) => state = now,
            }
        }
    }

    /// By the executor that dequeued it. Whether it is to be polled: not if it was killed. The first wake
    /// costs no atomic step here: there is nothing to take back.
    #[inline(always)]
    pub(crate) fn start(&self) -> bool {
        // Acquire: the poll sees what whoever woke it wrote.
        if self.0.load(Ordering::Acquire) & SCHEDULED == 0 {
            return true;
        }
        let before = self.0.fetch_sub(SCHEDULED, Ordering::AcqRel);
        before & KILLED == 0
    }

    /// By the executor that polled it, which knows whether it has `woken` itself. A task that was woken
    /// meanwhile costs no atomic step: only its executor could change these bits now.
    #[inline(always)]
    pub(crate) fn pause(&self, woken: bool) -> Pause {
        let mut state = self.0.load(Ordering::Relaxed);
        while state & SCHEDULED == 0 {
            if woken {
                return Pause::Again;
            }
            // Release: whoever enqueues it sees its home and node as this executor leaves them.
            match self.0.compare_exchange_weak(state, state & !ACTIVE, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Pause::Park,
                Err(now) => state = now,
            }
        }
        if state & KILLED == 0 { Pause::Again } else { Pause::Drop }
    }

    /// By who waits for the end, with the lock of those who do: from now on the end is announced. Whether
    /// it has come already.
    pub(crate) fn join(&self) -> bool {
        self.0.fetch_or(JOINED, Ordering::AcqRel) & CLOSED != 0
    }

    /// By the executor that dropped the future, which ended `how`. Whether the end is to be announced.
    pub(crate) fn close(&self, how: Outcome) -> bool {
        let bits = match how {
            Outcome::Finished => CLOSED | DONE,
            Outcome::Killed => CLOSED,
            Outcome::Panicked => CLOSED | PANICKED,
        };
        self.0.fetch_or(bits, Ordering::AcqRel) & JOINED != 0
    }

    #[inline(always)]
    pub(crate) fn acquire(&self) {
        // Relaxed: the caller has a reference, so the count cannot reach zero meanwhile.
        self.0.fetch_add(REFERENCE, Ordering::Relaxed);
    }

    /// Whether nobody but the executor knows the task. Then nothing changes this any more.
    #[inline(always)]
    pub(crate) fn is_unshared(&self) -> bool {
        // Acquire: all that others did with their references comes before.
        self.0.load(Ordering::Acquire) / REFERENCE == 1
    }

    /// Gives up a reference. Whether the task must be freed.
    #[inline(always)]
    pub(crate) fn release(&self) -> bool {
        let before = self.0.fetch_sub(REFERENCE, Ordering::AcqRel);
        before & !(REFERENCE - 1) == REFERENCE
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Pause, State, Wake};
    use crate::task::reference::Outcome;

    /// A task that waits, which its spawner refers to.
    fn parked() -> State {
        let state = State::new(true);
        assert!(state.start());
        assert_eq!(state.pause(false), Pause::Park);
        state
    }

    fn is_killed(state: &State) -> bool {
        state.snapshot().is_killed()
    }

    #[test]
    fn who_wakes_a_parked_task_enqueues_it_and_nobody_else_does() {
        let state = parked();
        assert!(!state.snapshot().is_active());
        assert_eq!(state.wake(), Wake::Enqueue);
        assert!(state.snapshot().is_active());
        assert_eq!(state.wake(), Wake::Busy);
        assert!(state.start(), "one more wake is no kill");
        assert_eq!(state.pause(false), Pause::Park, "and is taken back by the poll");
        assert!(!is_killed(&state));
    }

    #[test]
    fn a_parked_task_is_woken_quickly() {
        let state = parked();
        assert!(state.wake_parked());
        assert!(!state.wake_parked(), "it is in a queue");
        assert!(state.start());
        assert_eq!(state.pause(false), Pause::Park);
        assert!(!is_killed(&state) && !state.is_unshared(), "two refer to it still");
    }

    #[test]
    fn a_quick_wake_gives_its_reference_up() {
        let state = parked();
        assert!(state.wake_parked_and_release());
        assert!(state.is_unshared());
        assert!(!state.wake_parked_and_release(), "it is in a queue");
        assert!(state.is_unshared(), "so the reference is the caller's still");
        assert!(state.start());
        assert_eq!(state.pause(false), Pause::Park);
    }

    #[test]
    fn a_wake_gives_its_reference_up() {
        let state = parked();
        state.acquire();
        assert_eq!(state.wake_and_release(), Wake::Enqueue);
        assert!(!state.is_unshared());
        assert_eq!(state.wake_and_release(), Wake::Busy);
        assert!(state.is_unshared());
        assert!(!state.close(Outcome::Finished));
        assert_eq!(state.wake_and_release(), Wake::Free, "it was the last");
    }

    #[test]
    fn a_wake_during_the_poll_comes_before_the_pause() {
        let state = State::new(false);
        assert!(state.start());
        assert_eq!(state.wake(), Wake::Busy);
        assert_eq!(state.pause(false), Pause::Again);
        assert!(state.start());
        assert_eq!(state.pause(true), Pause::Again, "it has woken itself");
        assert!(state.start());
        assert_eq!(state.pause(false), Pause::Park);
    }

    #[test]
    fn a_kill_is_noticed_wherever_the_task_is() {
        let state = parked();
        assert_eq!(state.kill(), Wake::Enqueue);
        assert!(is_killed(&state));
        assert!(!state.start(), "while it waited");

        let state = State::new(false);
        assert_eq!(state.kill(), Wake::Busy);
        assert_eq!(state.kill(), Wake::Busy);
        assert!(!state.start(), "while it was in a queue");

        let state = State::new(false);
        assert!(state.start());
        assert_eq!(state.kill(), Wake::Busy);
        assert_eq!(state.pause(false), Pause::Drop, "while it was polled");
        assert!(is_killed(&state));
    }

    #[test]
    fn the_end_is_told_once_somebody_waits_for_it() {
        for (how, done, panicked) in [
            (Outcome::Finished, true, false),
            (Outcome::Killed, false, false),
            (Outcome::Panicked, false, true),
        ] {
            let (alone, joined) = (State::new(false), State::new(true));
            assert!(!alone.close(how), "nobody waits");
            assert!(alone.join(), "it has come already");
            assert!(!joined.join());
            assert!(joined.close(how));
            let end = joined.snapshot();
            assert!(end.is_closed());
            assert_eq!((end.is_done(), end.is_panicked()), (done, panicked));
            assert_eq!(joined.wake(), Wake::Nothing);
            assert_eq!(joined.kill(), Wake::Nothing);
            assert!(!joined.wake_parked());
            assert!(!joined.snapshot().is_killed(), "after the end nothing changes");
        }
    }

    #[test]
    fn the_last_reference_frees() {
        let state = parked();
        assert!(!state.is_unshared());
        state.acquire();
        assert!(!state.release());
        assert!(!state.release());
        assert!(state.is_unshared());
        state.close(Outcome::Finished);
        assert!(state.is_unshared(), "the bits are no references");
        assert!(state.release());
    }
}
