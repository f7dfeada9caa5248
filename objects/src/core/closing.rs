//! What is left to do once an object's last handle is gone, or a task is killed: discarding a channel's unread
//! messages, a port's packets, a wait set's entries, killing a job's children and a process's threads, closing a
//! process's handles. All of that may doom more objects.
//!
//! User code chooses how much that is, and how deep it nests. So it is a loop over a queue that is linked
//! through the objects themselves: it neither recurses nor allocates. Objects take turns of [`TURN`] things, so
//! that a large one holds up nobody else's end. What goes together without being an object, such as the handles of a
//! message, is a `Bundle`, whose box is its own link; bundles come before objects, so there are never many.
//!
//! Who closes a handle does [`STEP`] things at once. The rest is his [`Own`] (`closing/own.rs`), which he discards in his own
//! time before the call returns that has closed so much: nobody can leave more than there is time for, and who closes little
//! waits for nobody. What remains of a kill, and of what a killed thread had in its hands, is left to a kernel task
//! (`closing/left.rs`); a call that kills waits until that is over.

mod left;
pub mod own;

#[cfg(not(loom))]
pub(crate) use left::observable;
#[cfg(not(loom))]
pub use left::{close_what_is_left, discard_some, is_idle, is_over, set_most, ticket};
pub use own::Own;

use crate::object::Object;
use alloc::boxed::Box;
#[cfg(not(loom))]
use spin::Once;

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
    /// How much has been discarded in this step.
    done: usize,
}

impl Doomed {
    /// Nothing.
    const NONE: Self = Self { first: None, last: None, bundles: Stack(None), done: 0 };

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

    /// Puts another queue behind this one, its bundles before those that are here.
    fn append(&mut self, mut other: Self) {
        while let Some(bundle) = other.bundles.pop() {
            self.bundles.push(bundle);
        }
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

    /// Gives the bundle on top its turn, or else the first object; whether something may be left.
    fn turn(&mut self) -> bool {
        if let Some(mut bundle) = self.bundles.pop() {
            if self.take_turn(|doomed| bundle.discard_one(doomed)) {
                self.bundles.push(bundle);
            }
        } else if let Some(object) = self.take_first() {
            if self.take_turn(|doomed| object.discard_one(doomed)) {
                self.push(object);
            }
        } else {
            return false;
        }
        true
    }

    /// Discards as much as there may be in one go; whether something is left.
    fn step(&mut self) -> bool {
        self.done = 0;
        while !self.is_spent() && self.turn() {}
        !self.is_empty()
    }

    /// Discards everything, soon: what takes longer than a step goes to who [keeps](own::set_keeper) what he leaves.
    pub fn finish(mut self) {
        if self.step() {
            own::keep(Own::new(self));
        }
    }

    /// Discards everything, soon; what takes longer than a step is left to the kernel task.
    pub(crate) fn finish_unawaited(mut self) {
        if self.step() {
            left::leave(self);
        }
    }

    /// Discards everything soon, and nothing now.
    pub(crate) fn leave(self) {
        if !self.is_empty() {
            left::leave(self);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
