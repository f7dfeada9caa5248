//! What is left to do once an object's last handle is gone, or a process has ended: discarding a channel's
//! unread messages, a port's packets, a wait set's entries, a process's handles, which may doom more objects.
//!
//! User code chooses how much that is, and how deep it nests. So it is a loop over a stack that is linked
//! through the objects themselves: it neither recurses nor allocates. Who closes a handle does [`STEP`]
//! turns of the loop; what remains then is left to a kernel task, [`close_what_is_left`], which yields
//! after as many.

use crate::object::Object;
#[cfg(not(loom))]
use waitq::WaitQueue;

/// How many handles, messages or packets are discarded in one go.
pub const STEP: usize = 256;

/// An object with something to discard.
pub(crate) trait Remains {
    /// Discards one thing, and tells whether there was one. What that dooms is pushed to `doomed`.
    fn discard_one(&self, doomed: &mut Doomed) -> bool;

    /// Looks at or changes the next object of the stack.
    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R;
}

/// Runs an expression on an object that has remains.
macro_rules! of_remains {
    ($object:expr, $remains:ident => $run:expr) => {
        match $object {
            Object::Channel($remains) => $run,
            Object::IoPort($remains) => $run,
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

/// A stack of objects with something to discard.
#[derive(Default)]
pub struct Doomed {
    top: Option<Object>,
    bottom: Option<Object>,
}

impl Doomed {
    /// Nothing.
    #[cfg(not(loom))]
    const NONE: Self = Self { top: None, bottom: None };

    /// Takes in an object, which is in no stack.
    pub(crate) fn push(&mut self, object: Object) {
        match self.top.take() {
            Some(below) => link(&object, Some(below)),
            None => self.bottom = Some(object.clone()),
        }
        self.top = Some(object);
    }

    /// Puts another stack below this one.
    #[cfg(not(loom))]
    fn append(&mut self, other: Self) {
        match &self.bottom {
            None => *self = other,
            Some(bottom) if other.top.is_some() => {
                link(bottom, other.top);
                self.bottom = other.bottom;
            }
            Some(_) => {}
        }
    }

    /// Discards one thing; whether something may be left.
    fn discard_one(&mut self) -> bool {
        let Some(top) = self.top.clone() else { return false };
        if !of_remains!(&top, remains => remains.discard_one(self)) {
            self.top = of_remains!(&top, remains => remains.with_next(Option::take));
            if self.top.is_none() {
                self.bottom = None;
            }
        }
        true
    }

    /// Discards as much as there may be in one go; whether something may be left.
    fn step(&mut self) -> bool {
        (0..STEP).all(|_| self.discard_one())
    }

    /// Discards everything, soon.
    pub(crate) fn finish(mut self) {
        if self.step() && self.top.is_some() {
            leave(self);
        }
    }
}

#[cfg(not(loom))]
static LEFT: WaitQueue<(), Doomed> = WaitQueue::new(Doomed::NONE);

#[cfg(not(loom))]
fn leave(doomed: Doomed) {
    LEFT.with(|left, waiters| {
        left.append(doomed);
        waiters.wake_all();
    });
}

/// Models have no static queues, and little to discard.
#[cfg(loom)]
fn leave(mut doomed: Doomed) {
    while doomed.step() {}
}

/// Discards a part of what was left; whether there is more. First come, first served.
#[cfg(not(loom))]
pub fn discard_some() -> bool {
    let mut doomed = LEFT.with(|left, _| core::mem::take(left));
    doomed.step();
    LEFT.with(|left, _| {
        doomed.append(core::mem::take(left));
        *left = doomed;
        left.top.is_some()
    })
}

/// Whether nothing is left to discard.
#[cfg(not(loom))]
pub fn is_idle() -> bool {
    LEFT.with(|left, _| left.top.is_none())
}

/// Discards what is left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn close_what_is_left() {
    loop {
        LEFT.wait_unless((), |left, ()| left.top.is_some()).await;
        while discard_some() {
            executor::yield_now().await;
        }
    }
}
