//! What is left to a kernel task: what was doomed by a kill, and what a killed thread had in its hands. The task discards
//! a step of it at a time, and yields.
//!
//! It is in two queues, which take turns: what comes while the first is at work goes to the second, and when the first is
//! over, the second is the first. So who needs to see the end of what is left now has a [`ticket`] for that, and does not
//! wait for ever, whatever others leave meanwhile. A peer can still add messages to a channel end that waits for its turn. So
//! a queue is over as well when as much of it has been discarded as memory could hold ([`set_most`]).

use super::Doomed;
#[cfg(not(loom))]
use crate::core::signals::{Observable, SignalQueue, SignalSet};
#[cfg(not(loom))]
use abi::Signals;
#[cfg(not(loom))]
use alloc::sync::Arc;
#[cfg(not(loom))]
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
#[cfg(not(loom))]
use spin::Once;
#[cfg(not(loom))]
use waitq::{WaitQueue, Waiters};

/// How many things there can be at a time.
#[cfg(not(loom))]
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Sets how many things, such as messages and handles, memory can hold.
#[cfg(not(loom))]
pub fn set_most(things: usize) {
    MOST.store(things, Relaxed);
}

/// What is left to be discarded.
#[cfg(not(loom))]
pub(super) struct Left {
    first: Doomed,
    second: Doomed,
    /// How often the first queue has been over.
    pub(super) over: u64,
    /// How much of it has been discarded since it is the first.
    done: usize,
    /// Which had the last turn.
    last: Part,
    /// How many parts are in somebody's hands, who will put back what remains of them.
    in_hands: usize,
}

#[cfg(not(loom))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    First,
    Second,
}

#[cfg(not(loom))]
impl Left {
    pub(super) const NOTHING: Self =
        Self { first: Doomed::NONE, second: Doomed::NONE, over: 0, done: 0, last: Part::First, in_hands: 0 };

    pub(super) fn is_idle(&self) -> bool {
        self.first.is_empty() && self.second.is_empty() && self.in_hands == 0
    }

    fn part(&mut self, part: Part) -> &mut Doomed {
        match part {
            Part::First => &mut self.first,
            Part::Second => &mut self.second,
        }
    }

    /// Takes it all in.
    pub(super) fn push(&mut self, doomed: Doomed) {
        let part = if self.is_idle() { Part::First } else { Part::Second };
        self.part(part).append(doomed);
    }

    /// Takes the queue whose turn it is.
    pub(super) fn take(&mut self) -> (Part, Doomed) {
        let turn = self.last == Part::First && !self.second.is_empty();
        self.last = if turn { Part::Second } else { Part::First };
        self.in_hands += 1;
        (self.last, core::mem::take(self.part(self.last)))
    }

    /// Puts back what remains of it; whether anything is left.
    pub(super) fn put_back(&mut self, part: Part, mut rest: Doomed) -> bool {
        self.in_hands -= 1;
        if part == Part::First {
            self.done += rest.done;
        }
        rest.append(core::mem::take(self.part(part)));
        *self.part(part) = rest;
        if self.in_hands == 0 && (self.first.is_empty() || self.done >= MOST.load(Relaxed)) {
            self.over += 1;
            self.done = 0;
            core::mem::swap(&mut self.first, &mut self.second);
        }
        !self.first.is_empty() || !self.second.is_empty()
    }

    /// When all is over that is left now: how often the first queue has been over then.
    pub(super) fn ticket(&self) -> u64 {
        let is_in_second = !self.second.is_empty() || self.in_hands > 0;
        self.over + u64::from(!self.is_idle()) + u64::from(is_in_second)
    }

    #[cfg(test)]
    pub(super) fn is_over(&self, ticket: u64) -> bool {
        self.progress().is_over(ticket)
    }

    /// How far it has come.
    fn progress(&self) -> Progress {
        Progress { over: self.over, is_idle: self.is_idle() }
    }
}

/// How often the first queue has been over, and whether nothing is left at all. Taking a part into one's hands changes
/// neither.
#[cfg(not(loom))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) over: u64,
    pub(super) is_idle: bool,
}

/// How far it has come, to be read without the lock: who begins to wait for an end has the signals locked, and what is
/// left is locked before those of the objects in it.
#[cfg(not(loom))]
static PROGRESS: AtomicU64 = AtomicU64::new(Progress { over: 0, is_idle: true }.packed());

#[cfg(not(loom))]
impl Progress {
    const fn packed(self) -> u64 {
        self.over << 1 | self.is_idle as u64
    }

    /// Who sees an old one with the signals locked is told of the new one: that takes their lock.
    fn now() -> Self {
        let packed = PROGRESS.load(Relaxed);
        Self { over: packed >> 1, is_idle: packed & 1 != 0 }
    }

    fn is_over(self, ticket: u64) -> bool {
        self.over >= ticket || self.is_idle
    }
}

/// Signals for those who wait for a ticket: one for each ticket that there can be, in turn.
#[cfg(not(loom))]
pub(super) struct Over(SignalSet);

#[cfg(not(loom))]
impl AsRef<SignalQueue> for Over {
    fn as_ref(&self) -> &SignalQueue {
        self.0.queue()
    }
}

#[cfg(not(loom))]
impl Over {
    /// Five tickets can be out at the same time: the last two that are over, whose signals are shown; one that is over, and
    /// whose signal is about to be shown; and the two to come.
    const TURNS: u64 = 5;
    pub(super) const ALL: Signals = Signals::from_bits_retain((1 << Self::TURNS) - 1);

    /// The signal of a ticket.
    pub(super) fn signal(ticket: u64) -> Signals {
        Signals::from_bits_retain(1 << (ticket % Self::TURNS))
    }

    /// The signals of the tickets that have been over last. Those that are not over yet are the next two.
    pub(super) fn signals(progress: Progress) -> Signals {
        Self::signal(progress.over).union(Self::signal(progress.over + Self::TURNS - 1))
    }

    /// Tells who waits how far it has come.
    fn tell(&self, progress: Progress) {
        if progress.is_idle {
            self.0.update(Signals::empty(), Self::ALL);
        }
        self.0.update(Self::ALL, Self::signals(progress));
    }
}

#[cfg(not(loom))]
fn over() -> &'static Arc<Over> {
    static OVER: Once<Arc<Over>> = Once::new();
    OVER.call_once(|| Arc::new(Over(SignalSet::new(Over::signals(Progress { over: 0, is_idle: true })))))
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Left> = WaitQueue::new(Left::NOTHING);

/// Changes what is left, and tells how far it has come then.
#[cfg(not(loom))]
fn change<R>(change: impl FnOnce(&mut Left, &mut Waiters<'_, ()>) -> R) -> R {
    LEFT.with(|left, waiters| {
        let result = change(left, waiters);
        PROGRESS.store(left.progress().packed(), Relaxed);
        result
    })
}

#[cfg(not(loom))]
pub(super) fn leave(doomed: Doomed) {
    change(|left, waiters| {
        left.push(doomed);
        waiters.wake_all();
    });
}

/// Models have no static queues, and little to discard.
#[cfg(loom)]
pub(super) fn leave(mut doomed: Doomed) {
    while doomed.step() {}
}

/// Discards a part of what was left; whether there is more. One task at a time does it, so that how far it has come is told
/// in order.
#[cfg(not(loom))]
pub fn discard_some() -> bool {
    let (before, (part, mut doomed)) = LEFT.with(|left, _| (left.progress(), left.take()));
    doomed.step();
    let (after, more) = change(|left, _| {
        let more = left.put_back(part, doomed);
        (left.progress(), more)
    });
    if after != before {
        over().tell(after);
    }
    more
}

/// Whether nothing is left.
#[cfg(not(loom))]
pub fn is_idle() -> bool {
    LEFT.with(|left, _| left.is_idle())
}

/// A ticket for the end of all that is left now, and of what that dooms.
#[cfg(not(loom))]
pub fn ticket() -> u64 {
    LEFT.with(|left, _| left.ticket())
}

/// Whether that is over.
#[cfg(not(loom))]
pub fn is_over(ticket: u64) -> bool {
    Progress::now().is_over(ticket)
}

/// What is signalled when a ticket is over, and the signal. Who begins to wait for it looks under the lock of the signals
/// whether it is over already.
#[cfg(not(loom))]
pub(crate) fn observable(ticket: u64) -> (Observable, Signals) {
    (over().clone(), Over::signal(ticket))
}

/// Discards what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn close_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| !left.is_idle()).await;
        while discard_some() {
            executor::yield_now().await;
        }
    }
}
