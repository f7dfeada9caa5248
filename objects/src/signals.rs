//! The signals of an object and those who observe them.
//!
//! 32 bits and a wait queue under one lock. An observer is woken when a bit of its mask becomes active;
//! what it sees is sticky: every state during the wait is in `observed`, so a pulse is not missed.
//! `wait_one`, `wait_many` and `wait_async` all are observers of this one kind.

use crate::handle::HandleId;
use abi::{Signals, Status};
use waitq::sync::atomic::{AtomicU32, Ordering};
use waitq::{List, Tag, Wait, WaitQueue};

/// What an observer looks for, and what it has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observation {
    /// The signals to wait for.
    pub mask: Signals,
    /// Every signal that was active at some time since the wait began.
    pub observed: Signals,
    /// Only a change from inactive to active counts.
    pub edge: bool,
    /// The handle through which the wait was made; closing it ends the wait.
    pub handle: HandleId,
}

impl Tag for Observation {}

impl Observation {
    /// A wait of a thread, or of a kernel task, for any signal in `mask`.
    pub fn of(mask: Signals, handle: HandleId) -> Self {
        Self { mask, observed: Signals::empty(), edge: false, handle }
    }

    /// Takes in the state at the beginning of the wait; whether that already ends it.
    pub fn begin(&mut self, active: Signals) -> bool {
        self.observed |= active;
        !self.edge && active.intersects(self.mask)
    }

    /// [`Observation::begin`] of a wait through a handle: it is over, too, when that is not `still_open`.
    /// Asked under the lock of the signals; a handle closed earlier would find nobody to cancel.
    #[inline]
    pub fn begin_through(&mut self, active: Signals, still_open: impl FnOnce() -> bool) -> bool {
        if self.begin(active) {
            return true;
        }
        let closed = !still_open();
        if closed {
            self.observed |= Signals::SIGNAL_HANDLE_CLOSED;
        }
        closed
    }

    /// How the wait ended that saw this, without a deadline: `OK`, or `CANCELED`.
    pub fn outcome(&self) -> Result<(), Status> {
        if self.is_cancelled() { Err(Status::CANCELED) } else { Ok(()) }
    }

    /// Whether the wait ended because its handle was closed or given away.
    pub fn is_cancelled(&self) -> bool {
        self.observed.contains(Signals::SIGNAL_HANDLE_CLOSED)
    }
}

/// The wait queue under an object's signals.
pub type SignalQueue = WaitQueue<Observation, Signals>;

/// Signals with their observers.
pub struct SignalSet {
    queue: SignalQueue,
    /// The active signals once more, for those who need no lock: written under it.
    shown: AtomicU32,
}

impl SignalSet {
    /// Signals of which `active` are active.
    pub fn new(active: Signals) -> Self {
        Self { queue: WaitQueue::new(active), shown: AtomicU32::new(active.bits()) }
    }

    /// The signals that are active now. Who sees a signal sees what was done before it was raised.
    #[inline]
    pub fn get(&self) -> Signals {
        Signals::from_bits_retain(self.shown.load(Ordering::Acquire))
    }

    /// Deactivates `clear`, then activates `set`, as one step; wakes the observers that this satisfies.
    #[inline]
    pub fn update(&self, clear: Signals, set: Signals) {
        // What changes nothing tells nobody anything. A read that takes its place among the changes: who
        // changes the signals next sees what the caller did before, as if there had been a lock.
        let now = Signals::from_bits_retain(self.shown.fetch_or(0, Ordering::AcqRel));
        if now.difference(clear).union(set) != now {
            self.change(clear, set);
        }
    }

    /// As [`SignalSet::update`], for who knows that it changes something, which that finds out first.
    pub fn change(&self, clear: Signals, set: Signals) {
        let change = |active: &mut Signals| {
            let before = *active;
            *active = before.difference(clear).union(set);
            self.shown.swap(active.bits(), Ordering::AcqRel);
            let risen = set.difference(before);
            (!risen.is_empty()).then_some((*active, risen))
        };
        self.queue.change(change, |(active, risen), observation: &mut Observation| {
            observation.observed |= active;
            risen.intersects(observation.mask)
        });
    }

    /// Activates `set`.
    #[inline]
    pub fn assert(&self, set: Signals) {
        self.update(Signals::empty(), set);
    }

    /// Deactivates `clear`.
    #[inline]
    pub fn clear(&self, clear: Signals) {
        self.update(clear, Signals::empty());
    }

    /// Ends every wait that was made through this handle.
    pub fn cancel_handle(&self, handle: HandleId) {
        self.queue.with(|_, waiters| {
            waiters.wake_matching(|observation| {
                let hit = observation.handle == handle;
                if hit {
                    observation.observed |= Signals::SIGNAL_HANDLE_CLOSED;
                }
                hit
            });
        });
    }

    /// The wait for `observation`, unless it is satisfied at once or `still_open` denies, under the
    /// lock of the signals, that the handle it came through is open.
    pub fn observe<'a>(
        &'a self,
        observation: Observation,
        still_open: impl FnOnce() -> bool + 'a,
    ) -> Wait<
        'a,
        Observation,
        Signals,
        List<Observation>,
        impl FnOnce(&mut Signals, &mut Observation) -> bool + 'a,
    > {
        self.queue.wait_unless(observation, move |active, observation| {
            observation.begin_through(*active, still_open)
        })
    }

    /// The queue itself, for registrations.
    pub fn queue(&self) -> &SignalQueue {
        &self.queue
    }
}
