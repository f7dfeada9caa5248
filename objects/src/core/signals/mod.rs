//! The signals of an object and those who observe them.
//!
//! 32 bits and a wait queue under one lock. An observer is woken when a bit of its mask becomes active;
//! what it sees is sticky: every state during the wait is in `observed`, so a pulse is not missed.
//! `wait_one`, `wait_many` and `wait_async` all are observers of this one kind; Magenta's `port_bind` is one that
//! stays and counts.
//!
//! User code chooses how many observe an object, and a change of signals, or a handle that is closed, must not take
//! longer for it. So they are in a [`Crowd`], which is told of a change as a whole. Whoever made the change wakes the
//! first few observers, and leaves the rest to a kernel task, [`wake_the_rest`]. Only observers that count are told one by
//! one, and there are at most [`MAX_COUNTING`].

use crate::core::handle::HandleId;
use abi::{Signals, Status};
use alloc::sync::Arc;
use waitq::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use waitq::{Branch, Change, Crowd, Locked, Member, Tag, Wait, WaitQueue, Waiters};

mod rest;

pub use rest::Keeper;
#[cfg(not(loom))]
pub use rest::{set_hold_back, wake_the_rest, wake_what_is_left, woken};

/// How many that count may observe an object: each arrival tells all of them. Zircon has none of this kind, and
/// Magenta had one an object.
pub const MAX_COUNTING: usize = 128;

/// What an observer looks for, and what it has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observation {
    /// The signals to wait for.
    pub mask: Signals,
    /// Every signal that was active at some time since the wait began.
    pub observed: Signals,
    /// What of the signals it waits for.
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

impl Tag for Observation {
    type Beside = Branch;
}

/// Those who wait through the same handle are a group, which that handle's closing wakes.
impl Member for Observation {
    const EVERYBODY: u32 = Signals::SIGNAL_HANDLE_CLOSED.bits();

    #[inline]
    fn group(&self) -> u64 {
        self.handle.0
    }

    #[inline]
    fn mask(&self) -> u32 {
        (self.mask | Signals::SIGNAL_HANDLE_CLOSED).bits()
    }

    #[inline]
    fn see(&mut self, seen: u32) {
        self.observed |= Signals::from_bits_retain(seen);
    }

    #[inline]
    fn stays(&self) -> bool {
        matches!(self.interest, Interest::Each { .. })
    }
}

/// What observers see when the handle they came through is closed; it wakes them.
const CLOSED: Change =
    Change { seen: Signals::SIGNAL_HANDLE_CLOSED.bits(), wakes: Signals::SIGNAL_HANDLE_CLOSED.bits() };

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

    /// Counts an arrival of `signal`, if that is of interest.
    fn count(&mut self, signal: Signals) {
        if let Interest::Each { arrivals, .. } = &mut self.interest
            && signal.intersects(self.mask)
        {
            *arrivals = arrivals.saturating_add(1);
        }
    }

    /// Notes that a counting observer is told of its arrivals; whether there are any, and it has not been told yet.
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

/// Any observer that counts: all of them are in the list of this tag.
const ANY: Observation = Observation {
    mask: Signals::empty(),
    observed: Signals::empty(),
    interest: Interest::Each { arrivals: 0, told: false },
    handle: HandleId::KERNEL,
};

/// Tells that a kernel task goes on with what the call at hand has begun, and that this ends when that does: see [`set_hold_back`].
#[cold]
pub(crate) fn note_leaving() {
    rest::leave(None);
}

/// Lets an object's owner keep it as long as so many observe it that waking them is left to a kernel task.
#[cold]
pub(crate) fn keep(queue: &SignalQueue, owner: Observable) {
    let unused = queue.with(|_, waiters| waiters.lists().keep(Keeper(owner)));
    drop(unused);
}

/// Ends those who count through this handle; how many.
fn cancel_counting(waiters: &mut Waiters<'_, Observation, Observers>, handle: HandleId) -> usize {
    waiters.wake_near(&ANY, |observation| {
        let hit = observation.handle == handle;
        if hit {
            observation.observed |= Signals::SIGNAL_HANDLE_CLOSED;
        }
        hit
    })
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

    /// What observers are told when these became active.
    #[inline(always)]
    fn change(&self, risen: Signals) -> Option<Change> {
        let change = Change { seen: self.signals.bits(), wakes: risen.bits() };
        (!risen.is_empty()).then_some(change)
    }
}

/// The wait queue under an object's signals.
pub type SignalQueue = WaitQueue<Observation, Active, Observers>;

/// The owner of any object's signals.
pub type Observable = Arc<dyn AsRef<SignalQueue> + Send + Sync>;

/// Those who observe.
pub type Observers = Crowd<Observation, Keeper>;

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
        let queue = WaitQueue::with_lists(Crowd::default(), Active { signals: active, counted: false });
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
        match self.queue.try_lock() {
            Some(active) => self.change_locked(active, clear, set),
            None => self.change_when_free(clear, set),
        }
    }

    /// A function of its own: only who waits for the lock has to save registers.
    #[cold]
    #[inline(never)]
    fn change_when_free(&self, clear: Signals, set: Signals) {
        self.change_locked(self.queue.lock(), clear, set);
    }

    #[inline(always)]
    fn change_locked(
        &self,
        mut active: Locked<'_, Observation, Active, Observers>,
        clear: Signals,
        set: Signals,
    ) {
        if active.counted {
            drop(active);
            return self.change_counted(clear, set);
        }
        let risen = active.apply(clear, set, &self.shown);
        if let Some(change) = active.change(risen) {
            active.tell(change, rest::leave);
        }
    }

    /// [`SignalSet::change`] of an object that observers have counted at.
    #[cold]
    fn change_counted(&self, clear: Signals, set: Signals) {
        self.queue.with(|active, waiters| {
            let risen = active.apply(clear, set, &self.shown);
            active.change(risen).into_iter().for_each(|change| waiters.lists().tell_all(change));
            waiters.for_each(&ANY, |observation| observation.count(risen));
        });
        self.queue.deliver().into_iter().for_each(rest::leave);
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
            waiters.for_each(&ANY, |observation| observation.count(active.signals & signal));
        });
        self.tell();
    }

    /// Tells those who have counted something.
    #[cold]
    fn tell(&self) {
        while !self.queue.with(|_, waiters| waiters.tell_matching(&ANY, Observation::tell)) {}
    }

    /// Begins an observation that counts: whether its signal is active; it is over, as by
    /// [`Observation::begin_through`], if it would not stay. With what orders arrivals.
    ///
    /// # Errors
    /// `CANCELED` when the handle is not open; `NO_RESOURCES` when there is no room for `wanted` within [`MAX_COUNTING`].
    pub(crate) fn begin_counting(
        &self,
        active: &mut Active,
        observers: &Observers,
        observation: &mut Observation,
        wanted: usize,
        still_open: impl FnOnce() -> bool,
    ) -> Result<bool, Status> {
        if wanted > 0 && observers.staying() + wanted > MAX_COUNTING {
            return Err(Status::NO_RESOURCES);
        }
        self.counted.store(true, Ordering::Relaxed);
        active.counted = true;
        match observation.begin_through(active, still_open) {
            true => Err(Status::CANCELED),
            false => Ok(active.signals.intersects(observation.mask)),
        }
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

    /// How many are woken at once by a change that all observers wait for, at most.
    pub(crate) fn woken_at_once(&self) -> usize {
        self.queue.with(|_, waiters| waiters.lists().woken_at_once())
    }

    /// Ends every wait that was made through this handle. How many of them are woken at once, at most.
    pub fn cancel_handle(&self, handle: HandleId) -> usize {
        let (counting, chosen) = self.queue.with(|active, waiters| {
            if waiters.lists().is_empty() {
                return (0, 0);
            }
            let counting = if active.counted { cancel_counting(waiters, handle) } else { 0 };
            let lists = waiters.lists();
            lists.tell_group(handle.0, CLOSED);
            (counting, if lists.has_chosen() { lists.woken_at_once() } else { 0 })
        });
        if chosen != 0 {
            self.queue.deliver().into_iter().for_each(rest::leave);
        }
        counting + chosen
    }

    /// The wait for `observation`, unless it is satisfied at once or `still_open` denies, under the
    /// lock of the signals, that the handle it came through is open.
    pub fn observe<'a>(
        &'a self,
        observation: Observation,
        still_open: impl FnOnce() -> bool + 'a,
    ) -> Wait<'a, Observation, Active, Observers, impl FnOnce(&mut Active, &mut Observation) -> bool + 'a>
    {
        self.queue.wait_unless(observation, move |active, observation| {
            observation.begin_through(active, still_open)
        })
    }

    /// The queue itself, for waiters that are in it.
    pub fn queue(&self) -> &SignalQueue {
        &self.queue
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
