//! The signals of an object and those who observe them.
//!
//! 32 bits and a wait queue under one lock. An observer is woken when a bit of its mask becomes active;
//! what it sees is sticky: every state during the wait is in `observed`, so a pulse is not missed.
//! `wait_one`, `wait_many` and `wait_async` all are observers of this one kind; Magenta's `port_bind` is one that
//! stays and counts.

use crate::handle::HandleId;
use abi::{Signals, Status};
use waitq::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use waitq::{List, Tag, Wait, WaitQueue};

/// What an observer looks for, and what it has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observation {
    /// The signals to wait for.
    pub mask: Signals,
    /// Every signal that was active at some time since the wait began.
    pub observed: Signals,
    /// What of them.
    pub interest: Interest,
    /// The handle through which the wait was made; closing it ends the wait.
    pub handle: HandleId,
}

/// What of a signal an observer waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interest {
    /// That it is active, now or later.
    Level,
    /// That it becomes active.
    Edge,
    /// Each time that it becomes active, and each message or write that arrives behind the first. Such an observer is
    /// told, and goes on observing.
    Each {
        /// How often it was since the observer last asked.
        arrivals: u32,
        /// Whether it has been told since then.
        told: bool,
    },
}

impl Tag for Observation {}

impl Observation {
    /// A wait of a thread, or of a kernel task, for any signal in `mask`.
    pub fn of(mask: Signals, handle: HandleId) -> Self {
        Self { mask, observed: Signals::empty(), interest: Interest::Level, handle }
    }

    /// Takes in the state at the beginning of the wait; whether that already ends it.
    pub fn begin(&mut self, active: &Active) -> bool {
        self.observed |= active.signals;
        self.interest == Interest::Level && active.signals.intersects(self.mask)
    }

    /// Takes in a state in which `risen` is new. Whether that ends the wait.
    #[inline(always)]
    fn see(&mut self, active: Signals, risen: Signals) -> bool {
        self.observed |= active;
        risen.intersects(self.mask)
    }

    /// Counts an arrival, if that is of interest. Whether it is.
    fn count(&mut self) -> bool {
        let Interest::Each { arrivals, .. } = &mut self.interest else { return false };
        *arrivals = arrivals.saturating_add(1);
        true
    }

    /// Whether it counts, and has to be told; from now on it has been.
    fn tell(&mut self) -> bool {
        match &mut self.interest {
            Interest::Each { arrivals: 1.., told } => !core::mem::replace(told, true),
            _ => false,
        }
    }

    /// How many arrivals it counted. It counts from zero now.
    pub(crate) fn take_arrivals(&mut self) -> u32 {
        let Interest::Each { arrivals, told } = &mut self.interest else { return 0 };
        *told = false;
        core::mem::take(arrivals)
    }

    /// [`Observation::begin`] of a wait through a handle: it is over, too, when that is not `still_open`.
    /// Asked under the lock of the signals; a handle closed earlier would find nobody to cancel.
    #[inline]
    pub fn begin_through(&mut self, active: &Active, still_open: impl FnOnce() -> bool) -> bool {
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
        Self::outcome_of(self.observed)
    }

    /// [`Observation::outcome`] of one that saw this.
    #[inline]
    pub fn outcome_of(observed: Signals) -> Result<(), Status> {
        if observed.contains(Signals::SIGNAL_HANDLE_CLOSED) { Err(Status::CANCELED) } else { Ok(()) }
    }

    /// Whether the wait ended because its handle was closed or given away.
    pub fn is_cancelled(&self) -> bool {
        self.observed.contains(Signals::SIGNAL_HANDLE_CLOSED)
    }
}

/// What the lock is over, beside the observers.
pub struct Active {
    signals: Signals,
    /// Whether anybody has ever counted here: then changes take the long way.
    counted: bool,
}

impl Active {
    /// Deactivates `clear`, then activates `set`; those that became active.
    #[inline(always)]
    fn apply(&mut self, clear: Signals, set: Signals, shown: &AtomicU32) -> Signals {
        let before = self.signals;
        self.signals = before.difference(clear).union(set);
        shown.swap(self.signals.bits(), Ordering::AcqRel);
        set.difference(before)
    }
}

/// The wait queue under an object's signals.
pub type SignalQueue = WaitQueue<Observation, Active>;

/// Signals with their observers.
pub struct SignalSet {
    queue: SignalQueue,
    /// The active signals once more, for those who need no lock: written under it.
    shown: AtomicU32,
    /// Whether anybody has ever counted here, for [`SignalSet::arrived`].
    counted: AtomicBool,
}

impl SignalSet {
    /// Signals of which `active` are active.
    pub fn new(active: Signals) -> Self {
        let shown = AtomicU32::new(active.bits());
        let queue = WaitQueue::new(Active { signals: active, counted: false });
        Self { queue, shown, counted: AtomicBool::new(false) }
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
        let mut counted = false;
        let change = |active: &mut Active| {
            counted = active.counted;
            if counted {
                return None;
            }
            let risen = active.apply(clear, set, &self.shown);
            (!risen.is_empty()).then_some((active.signals, risen))
        };
        self.queue
            .change(change, |(active, risen), observation: &mut Observation| observation.see(active, risen));
        if counted {
            self.change_counted(clear, set);
        }
    }

    /// [`SignalSet::change`] where observers may count.
    #[cold]
    fn change_counted(&self, clear: Signals, set: Signals) {
        self.queue.with(|active, waiters| {
            let risen = active.apply(clear, set, &self.shown);
            waiters
                .wake_matching(|observation| observation.see(active.signals, risen) && !observation.count());
        });
        self.tell();
    }

    /// Something arrived behind what made `signal` active: those who count are told.
    #[inline]
    pub fn arrived(&self, signal: Signals) {
        if self.counted.load(Ordering::Relaxed) {
            self.count(signal);
        }
    }

    #[cold]
    fn count(&self, signal: Signals) {
        self.queue.with(|active, waiters| {
            waiters.for_each(&Observation::of(signal, HandleId::default()), |observation| {
                if active.signals.intersects(signal) && signal.intersects(observation.mask) {
                    observation.count();
                }
            });
        });
        self.tell();
    }

    /// Tells those who have counted something.
    #[cold]
    fn tell(&self) {
        while !self.queue.with(|_, waiters| waiters.tell_matching(Observation::tell)) {}
    }

    /// Begins an observation that counts: whether its signal is active, and whether it is over, as by
    /// [`Observation::begin_through`]. With what orders arrivals.
    pub(crate) fn begin_counting(
        &self,
        active: &mut Active,
        observation: &mut Observation,
        still_open: impl FnOnce() -> bool,
    ) -> (bool, bool) {
        self.counted.store(true, Ordering::Relaxed);
        active.counted = true;
        (active.signals.intersects(observation.mask), observation.begin_through(active, still_open))
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
        Active,
        List<Observation>,
        impl FnOnce(&mut Active, &mut Observation) -> bool + 'a,
    > {
        self.queue.wait_unless(observation, move |active, observation| {
            observation.begin_through(active, still_open)
        })
    }

    /// The queue itself, for registrations.
    pub fn queue(&self) -> &SignalQueue {
        &self.queue
    }
}
