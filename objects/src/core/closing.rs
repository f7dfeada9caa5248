//! What is left to do once an object's last handle is gone, or a task is killed: discarding a channel's unread
//! messages, a port's packets, a wait set's entries, killing a job's children and a process's threads, closing a
//! process's handles. All of that may doom more objects.
//!
//! User code chooses how much that is, and how deep it nests. So it is a loop over a queue that is linked
//! through the objects themselves: it neither recurses nor allocates. Objects take turns of [`TURN`] things, so
//! that a large one holds up nobody else's end. Who closes a handle, or kills, does [`STEP`] things; what remains
//! then is left to a kernel task, [`close_what_is_left`], which yields after as many.
//!
//! What is left is in two queues, which take turns as well: what comes while the first is at work goes to the second,
//! and when the first is over, the second is the first. So who needs what he has left before to be over has a
//! [`ticket`] for that, and does not wait for ever, whatever others leave meanwhile.
//!
//! What goes together without being an object, such as the handles of a message, is a `Bundle`, whose box is its own
//! link. Of these there are two stacks, for the same reason, and they take turns with the objects.
//!
//! A call that has left something returns when that is over, and what it has doomed (`wait/closed.rs`): nobody can leave
//! more than there is time for. Who kills does not wait, for he may have to kill others, too.

#[cfg(not(loom))]
use crate::core::signals::{Observable, SignalQueue, SignalSet, note_leaving};
use crate::object::Object;
#[cfg(not(loom))]
use abi::Signals;
use alloc::boxed::Box;
#[cfg(not(loom))]
use alloc::sync::Arc;
#[cfg(not(loom))]
use spin::Once;
#[cfg(not(loom))]
use waitq::WaitQueue;

/// How many handles, messages, packets or tasks are discarded in one go: none takes more than some two thousand
/// instructions. What takes more counts as more, such as waking others.
pub const STEP: usize = 64;

/// How many of one object's are, before others have their turn.
pub const TURN: usize = 16;

/// What an observer that is disarmed counts as: it leaves a crowd.
pub(crate) const DISARMED: usize = 3;

/// How many of those who are woken by the end of something count as one thing.
const WOKEN: usize = 4;

/// Tells whether this step has taken long already: one thing may wake many.
#[cfg(not(loom))]
static IS_LATE: Once<fn() -> bool> = Once::new();

/// Sets what tells whether a step has taken long, in time that objects know nothing of.
#[cfg(not(loom))]
pub fn set_clock(is_late: fn() -> bool) {
    IS_LATE.call_once(|| is_late);
}

#[cfg(not(loom))]
pub(crate) fn is_late() -> bool {
    IS_LATE.get().is_some_and(|is_late| is_late())
}

#[cfg(loom)]
pub(crate) fn is_late() -> bool {
    false
}

/// An object with something to discard.
pub(crate) trait Remains {
    /// Discards one thing, and tells whether there was one. What that dooms is pushed to `doomed`.
    fn discard_one(&self, doomed: &mut Doomed) -> bool;

    /// Looks at or changes the next object of the queue.
    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R;
}

/// Things that are discarded together and belong to no object.
pub(crate) trait Bundle: Send + Sync {
    /// Discards one of them, if there is one, and tells whether more are left.
    fn discard_one(&mut self, doomed: &mut Doomed) -> bool;

    /// The next in a stack of bundles.
    fn next(&mut self) -> &mut Option<Box<dyn Bundle>>;
}

/// Bundles, of which the last comes first.
#[derive(Default)]
struct Stack(Option<Box<dyn Bundle>>);

impl Stack {
    fn push(&mut self, mut bundle: Box<dyn Bundle>) {
        *bundle.next() = self.0.take();
        self.0 = Some(bundle);
    }

    fn pop(&mut self) -> Option<Box<dyn Bundle>> {
        let mut bundle = self.0.take()?;
        self.0 = bundle.next().take();
        Some(bundle)
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// A queue of objects with something to discard, and bundles.
#[derive(Default)]
pub struct Doomed {
    first: Option<Object>,
    last: Option<Object>,
    bundles: Stack,
    /// Whether a bundle had the last turn.
    after_bundle: bool,
    /// How much has been discarded in this step.
    done: usize,
}

impl Doomed {
    /// Nothing.
    #[cfg(not(loom))]
    const NONE: Self = Self { first: None, last: None, bundles: Stack(None), after_bundle: false, done: 0 };

    fn is_empty(&self) -> bool {
        self.first.is_none() && self.bundles.is_empty()
    }

    /// Takes in a bundle.
    pub(crate) fn push_bundle(&mut self, bundle: Box<dyn Bundle>) {
        self.bundles.push(bundle);
    }

    /// Takes in an object, which is in no queue.
    pub(crate) fn push(&mut self, object: Object) {
        match self.last.replace(object.clone()) {
            Some(last) => last.with_next_doomed(|place| *place = Some(object)),
            None => self.first = Some(object),
        }
    }

    /// Puts another queue, without bundles, behind this one.
    #[cfg(not(loom))]
    fn append(&mut self, other: Self) {
        match (&self.last, other.first) {
            (Some(last), Some(first)) => last.with_next_doomed(|place| *place = Some(first)),
            (None, first) => self.first = first,
            (Some(_), None) => return,
        }
        self.last = other.last;
    }

    fn take_first(&mut self) -> Option<Object> {
        let first = self.first.take()?;
        self.first = first.with_next_doomed(Option::take);
        if self.first.is_none() {
            self.last = None;
        }
        Some(first)
    }

    /// Counts things that are discarded as one, such as the handles of a message.
    pub(crate) fn count(&mut self, things: usize) {
        self.done += things;
    }

    /// Counts those who were woken by the end of something.
    pub(crate) fn count_woken(&mut self, woken: usize) {
        self.done += woken / WOKEN;
    }

    /// Whether this step has taken long. A few things are done in any case: who closes something small finds it closed,
    /// however slowly the machine goes.
    fn is_late(&self) -> bool {
        self.done >= TURN && is_late()
    }

    /// Whether what comes next should wait for another step.
    pub(crate) fn is_spent(&self) -> bool {
        self.done >= STEP || self.is_late()
    }

    /// Discards things as long as `discard_one` says that more are left, for a turn; whether they may be.
    fn take_turn(&mut self, mut discard_one: impl FnMut(&mut Self) -> bool) -> bool {
        let end = self.done + TURN;
        while self.done < end && !self.is_late() {
            let before = self.done;
            let more = discard_one(self);
            // To find nothing takes its time, too, and there may be many with nothing.
            self.done = self.done.max(before + 1);
            if !more {
                return false;
            }
        }
        true
    }

    /// Gives the bundle on top or the first object its turn, each after the other; whether something may be left.
    fn turn(&mut self) -> bool {
        let after_bundle = core::mem::replace(&mut self.after_bundle, false);
        if after_bundle && let Some(first) = self.take_first() {
            self.turn_of_object(first);
        } else if let Some(mut bundle) = self.bundles.pop() {
            self.after_bundle = true;
            if self.take_turn(|doomed| bundle.discard_one(doomed)) {
                self.bundles.push(bundle);
            }
        } else if let Some(first) = self.take_first() {
            self.turn_of_object(first);
        } else {
            return false;
        }
        true
    }

    fn turn_of_object(&mut self, object: Object) {
        if self.take_turn(|doomed| object.discard_one(doomed)) {
            self.push(object);
        }
    }

    /// Discards as much as there may be in one go; whether something is left.
    fn step(&mut self) -> bool {
        self.done = 0;
        while !self.is_spent() && self.turn() {}
        !self.is_empty()
    }

    /// Discards everything, soon; the call that this is in waits for that.
    pub fn finish(self) {
        #[cfg(not(loom))]
        if self.finish_unawaited() {
            note_leaving();
        }
        #[cfg(loom)]
        self.finish_unawaited();
    }

    /// Discards everything, soon; whether some of it is left to others.
    pub(crate) fn finish_unawaited(mut self) -> bool {
        let is_left = self.step();
        if is_left {
            leave(self);
        }
        is_left
    }

    /// Discards everything soon, and nothing now.
    pub(crate) fn leave(self) {
        if !self.is_empty() {
            leave(self);
        }
    }
}

/// What is left to be discarded.
#[cfg(not(loom))]
struct Left {
    first: Doomed,
    second: Doomed,
    /// How often the first queue has been over.
    over: u64,
    /// Which had the last turn.
    last: Part,
    /// Whether a bundle had the last turn in it.
    after_bundle: bool,
    /// How many parts are in somebody's hands, who will put back what remains of them.
    in_hands: usize,
    bundles: Bundles,
}

/// The bundles among that.
#[cfg(not(loom))]
struct Bundles {
    first: Stack,
    /// Those that came while others were in the first.
    second: Stack,
    /// How often the first stack has been over.
    over: u64,
}

#[cfg(not(loom))]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    Second,
}

#[cfg(not(loom))]
impl Bundles {
    const NONE: Self = Self { first: Stack(None), second: Stack(None), over: 0 };
}

#[cfg(not(loom))]
impl Left {
    const NOTHING: Self = Self {
        first: Doomed::NONE,
        second: Doomed::NONE,
        over: 0,
        last: Part::First,
        after_bundle: false,
        in_hands: 0,
        bundles: Bundles::NONE,
    };

    /// Whether nothing is left but bundles.
    fn has_no_objects(&self) -> bool {
        self.first.first.is_none() && self.second.first.is_none() && self.in_hands == 0
    }

    /// Whether no bundles are.
    fn has_no_bundles(&self) -> bool {
        self.bundles.first.is_empty() && self.bundles.second.is_empty() && self.in_hands == 0
    }

    fn is_idle(&self) -> bool {
        self.has_no_objects() && self.has_no_bundles()
    }

    fn part(&mut self, part: Part) -> &mut Doomed {
        match part {
            Part::First => &mut self.first,
            Part::Second => &mut self.second,
        }
    }

    /// Takes it all in.
    fn push(&mut self, mut doomed: Doomed) {
        while let Some(bundle) = doomed.bundles.pop() {
            match self.has_no_bundles() {
                true => self.bundles.first.push(bundle),
                false => self.bundles.second.push(bundle),
            }
        }
        let part = if self.has_no_objects() { Part::First } else { Part::Second };
        self.part(part).append(doomed);
    }

    /// Takes the queue whose turn it is, and a bundle.
    fn take(&mut self) -> (Part, Doomed) {
        let turn = self.last == Part::First && self.second.first.is_some();
        self.last = if turn { Part::Second } else { Part::First };
        self.in_hands += 1;
        let mut taken = core::mem::take(self.part(self.last));
        taken.bundles.0 = self.bundles.first.pop();
        taken.after_bundle = self.after_bundle;
        (self.last, taken)
    }

    /// Puts back what remains of it; whether anything is left.
    fn put_back(&mut self, part: Part, mut rest: Doomed) -> bool {
        self.in_hands -= 1;
        self.after_bundle = rest.after_bundle;
        while let Some(bundle) = rest.bundles.pop() {
            self.bundles.first.push(bundle);
        }
        rest.append(core::mem::take(self.part(part)));
        *self.part(part) = rest;
        if self.in_hands == 0 && self.first.first.is_none() {
            self.over += 1;
            self.first = core::mem::take(&mut self.second);
        }
        if self.in_hands == 0 && self.bundles.first.is_empty() {
            self.bundles.over += 1;
            self.bundles.first = core::mem::take(&mut self.bundles.second);
        }
        self.first.first.is_some() || self.second.first.is_some() || !self.bundles.first.is_empty()
    }

    /// When all bundles are over that are left now: how often their first stack has been over then.
    fn bundles_ticket(&self) -> u64 {
        match self.has_no_bundles() {
            true => self.bundles.over,
            false => self.bundles.over + 1 + u64::from(!self.bundles.second.is_empty()),
        }
    }

    fn are_bundles_over(&self, ticket: u64) -> bool {
        self.bundles.over >= ticket || self.has_no_bundles()
    }

    /// When all is over that is left now: how often the first queue has been over then.
    fn ticket(&self) -> u64 {
        let is_in_second = self.second.first.is_some() || self.in_hands > 0;
        self.over + u64::from(!self.has_no_objects()) + u64::from(is_in_second)
    }

    fn is_over(&self, ticket: u64) -> bool {
        self.over >= ticket || self.has_no_objects()
    }

    /// How far it has come.
    fn progress(&self) -> Progress {
        Progress { bundles: self.bundles.over, objects: self.over, is_idle: self.is_idle() }
    }
}

/// How often the first stack of bundles and the first queue have been over, and whether nothing is left at all.
#[cfg(not(loom))]
#[derive(Clone, Copy, PartialEq, Eq)]
struct Progress {
    bundles: u64,
    objects: u64,
    is_idle: bool,
}

/// Signals for those who wait for a ticket: one for each ticket that there can be, in turn.
#[cfg(not(loom))]
struct Over(SignalSet);

#[cfg(not(loom))]
impl AsRef<SignalQueue> for Over {
    fn as_ref(&self) -> &SignalQueue {
        self.0.queue()
    }
}

#[cfg(not(loom))]
impl Over {
    /// Five: a ticket that is out is none of the two that are shown, nor of those that were shown before, since others see
    /// how far it has come a moment before the signals say so.
    const TURNS: u64 = 5;
    const ALL: Signals = Signals::from_bits_retain((1 << (2 * Self::TURNS)) - 1);

    /// The signal of a ticket for bundles, or for objects.
    fn signal(ticket: u64, is_for_objects: bool) -> Signals {
        let place = ticket % Self::TURNS + if is_for_objects { Self::TURNS } else { 0 };
        Signals::from_bits_retain(1 << place)
    }

    /// The signals of the tickets that have been over last. Those that are not over yet are the next two.
    fn signals(progress: Progress) -> Signals {
        let last = |over: u64, is_for_objects| {
            Self::signal(over, is_for_objects).union(Self::signal(over + Self::TURNS - 1, is_for_objects))
        };
        last(progress.bundles, false).union(last(progress.objects, true))
    }

    /// Tells who waits how far it has come.
    fn tell(&self) {
        let look = || LEFT.with(|left, _| left.progress());
        let mut progress = look();
        loop {
            if progress.is_idle {
                self.0.update(Signals::empty(), Self::ALL);
            }
            self.0.update(Self::ALL, Self::signals(progress));
            // Another one may have told more, and before this.
            let now = look();
            if now == progress {
                return;
            }
            progress = now;
        }
    }
}

#[cfg(not(loom))]
fn over() -> &'static Arc<Over> {
    static OVER: Once<Arc<Over>> = Once::new();
    OVER.call_once(|| {
        Arc::new(Over(SignalSet::new(Over::signals(Progress { bundles: 0, objects: 0, is_idle: true }))))
    })
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Left> = WaitQueue::new(Left::NOTHING);

#[cfg(not(loom))]
fn leave(doomed: Doomed) {
    LEFT.with(|left, waiters| {
        left.push(doomed);
        waiters.wake_all();
    });
}

/// Models have no static queues, and little to discard.
#[cfg(loom)]
fn leave(mut doomed: Doomed) {
    while doomed.step() {}
}

/// Discards a part of what was left; whether there is more. One task at a time does it.
#[cfg(not(loom))]
pub fn discard_some() -> bool {
    let (before, (part, mut doomed)) = LEFT.with(|left, _| (left.progress(), left.take()));
    doomed.step();
    let (after, more) = LEFT.with(|left, _| {
        let more = left.put_back(part, doomed);
        (left.progress(), more)
    });
    if after != before {
        over().tell();
    }
    more
}

/// Whether nothing is left.
#[cfg(not(loom))]
pub fn is_idle() -> bool {
    LEFT.with(|left, _| left.is_idle())
}

/// A ticket for the end of the bundles that are left now. What they doom is left then.
#[cfg(not(loom))]
pub fn bundles_ticket() -> u64 {
    LEFT.with(|left, _| left.bundles_ticket())
}

/// Whether they are over.
#[cfg(not(loom))]
pub fn are_bundles_over(ticket: u64) -> bool {
    LEFT.with(|left, _| left.are_bundles_over(ticket))
}

/// A ticket for the end of the objects with something to discard that are left now, and of what that dooms.
#[cfg(not(loom))]
pub fn ticket() -> u64 {
    LEFT.with(|left, _| left.ticket())
}

/// Whether that is over.
#[cfg(not(loom))]
pub fn is_over(ticket: u64) -> bool {
    LEFT.with(|left, _| left.is_over(ticket))
}

/// What is signalled when a ticket for bundles, or else for objects, is over, and the signal. Who begins to wait for it
/// looks under the lock of the signals whether it is over already.
#[cfg(not(loom))]
pub(crate) fn observable(ticket: u64, is_for_objects: bool) -> (Observable, Signals) {
    (over().clone(), Over::signal(ticket, is_for_objects))
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

#[cfg(all(test, not(loom)))]
mod tests;
