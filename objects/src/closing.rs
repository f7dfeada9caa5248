//! What is left to do once an object's last handle is gone, or a task is killed: discarding a channel's unread
//! messages, a port's packets, a wait set's entries, killing a job's children and a process's threads, closing a
//! process's handles. All of that may doom more objects.
//!
//! User code chooses how much that is, and how deep it nests. So it is a loop over a queue that is linked
//! through the objects themselves: it neither recurses nor allocates. Objects take turns of [`TURN`] things, so
//! that a large one holds up nobody else's end. Who closes a handle, or kills, does [`STEP`] things; what remains
//! then is left to a kernel task, [`close_what_is_left`], which yields after as many.

use crate::object::Object;
#[cfg(not(loom))]
use spin::Once;
#[cfg(not(loom))]
use waitq::WaitQueue;

/// How many handles, messages, packets or tasks are discarded in one go: none takes more than some two thousand
/// instructions.
pub const STEP: usize = 64;

/// How many of one object's are, before others have their turn.
pub const TURN: usize = 16;

/// What an observer that is disarmed counts as: it leaves a crowd.
pub(crate) const DISARMED: usize = 3;

/// Tells whether this step has taken long already: one thing may wake many.
#[cfg(not(loom))]
static IS_LATE: Once<fn() -> bool> = Once::new();

/// Sets what tells whether a step has taken long, in time that objects know nothing of.
#[cfg(not(loom))]
pub fn set_clock(is_late: fn() -> bool) {
    IS_LATE.call_once(|| is_late);
}

#[cfg(not(loom))]
fn is_late() -> bool {
    IS_LATE.get().is_some_and(|is_late| is_late())
}

#[cfg(loom)]
fn is_late() -> bool {
    false
}

/// An object with something to discard.
pub(crate) trait Remains {
    /// Discards one thing, and tells whether there was one. What that dooms is pushed to `doomed`.
    fn discard_one(&self, doomed: &mut Doomed) -> bool;

    /// Looks at or changes the next object of the queue.
    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R;
}

/// Runs an expression on an object that has remains.
macro_rules! of_remains {
    ($object:expr, $remains:ident => $run:expr) => {
        match $object {
            Object::Channel($remains) => $run,
            Object::IoPort($remains) => $run,
            Object::Job($remains) => $run,
            Object::Port($remains) => $run,
            Object::Process($remains) => $run,
            Object::Waitset($remains) => $run,
            _ => unreachable!("only these are pushed"),
        }
    };
}

fn link(object: &Object, next: Option<Object>) {
    of_remains!(object, remains => remains.with_next(|place| *place = next));
}

/// A queue of objects with something to discard.
#[derive(Default)]
pub struct Doomed {
    first: Option<Object>,
    last: Option<Object>,
    /// How much has been discarded in this step.
    done: usize,
}

impl Doomed {
    /// Nothing.
    #[cfg(not(loom))]
    const NONE: Self = Self { first: None, last: None, done: 0 };

    /// Takes in an object, which is in no queue.
    pub(crate) fn push(&mut self, object: Object) {
        match self.last.replace(object.clone()) {
            Some(last) => link(&last, Some(object)),
            None => self.first = Some(object),
        }
    }

    /// Puts another queue behind this one.
    #[cfg(not(loom))]
    fn append(&mut self, other: Self) {
        match (&self.last, other.first) {
            (Some(last), Some(first)) => link(last, Some(first)),
            (None, first) => self.first = first,
            (Some(_), None) => return,
        }
        self.last = other.last;
    }

    fn take_first(&mut self) -> Option<Object> {
        let first = self.first.take()?;
        self.first = of_remains!(&first, remains => remains.with_next(Option::take));
        if self.first.is_none() {
            self.last = None;
        }
        Some(first)
    }

    /// Counts things that are discarded as one, such as the handles of a message.
    pub(crate) fn count(&mut self, things: usize) {
        self.done += things;
    }

    /// Gives the first object its turn; whether something may be left.
    fn turn(&mut self) -> bool {
        let Some(first) = self.take_first() else { return false };
        let end = self.done + TURN;
        while self.done < end && !is_late() {
            let before = self.done;
            if !of_remains!(&first, remains => remains.discard_one(self)) {
                return true;
            }
            self.done = self.done.max(before + 1);
        }
        self.push(first);
        true
    }

    /// Discards as much as there may be in one go; whether something is left.
    fn step(&mut self) -> bool {
        self.done = 0;
        while self.done < STEP && !is_late() && self.turn() {}
        self.first.is_some()
    }

    /// Discards everything, soon.
    pub fn finish(mut self) {
        if self.step() {
            leave(self);
        }
    }
}

/// What is left to be discarded.
#[cfg(not(loom))]
struct Left {
    doomed: Doomed,
    /// Whether a part is in somebody's hands, who will put back what remains of it.
    in_hands: bool,
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Left> = WaitQueue::new(Left { doomed: Doomed::NONE, in_hands: false });

#[cfg(not(loom))]
fn leave(doomed: Doomed) {
    LEFT.with(|left, waiters| {
        left.doomed.append(doomed);
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
    let mut doomed = LEFT.with(|left, _| {
        left.in_hands = true;
        core::mem::take(&mut left.doomed)
    });
    doomed.step();
    LEFT.with(|left, _| {
        left.in_hands = false;
        doomed.append(core::mem::take(&mut left.doomed));
        left.doomed = doomed;
        left.doomed.first.is_some()
    })
}

/// Whether nothing is left to discard.
#[cfg(not(loom))]
pub fn is_idle() -> bool {
    LEFT.with(|left, _| left.doomed.first.is_none() && !left.in_hands)
}

/// Discards what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn close_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| left.doomed.first.is_some()).await;
        while discard_some() {
            executor::yield_now().await;
        }
    }
}
