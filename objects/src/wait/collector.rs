//! What port, wait set and IO port share: each collects what its [watches](super::watch) have seen, for those who wait
//! for that.
//!
//! All that a collector has is behind the lock of one wait queue, in which those who wait stand. It is closed when its
//! last handle is gone: from then on nothing is added, and whoever waits gets `CANCELED`. How many wait and how many
//! watches there are is for user code to choose, so they are not dealt with at once, but one by one, as its
//! [remains](Remains): first those who wait are woken, then packets are dropped and watches ended.

use super::watch::{Watch, Watcher};
use crate::core::closing::{DISARMED, Doomed, Remains};
use crate::object::Object;
use abi::Status;
use alloc::sync::Arc;
use core::ops::{Deref, DerefMut};
use waitq::WaitQueue;

/// An object that collects what its watches have seen.
pub(crate) trait Collector: Watcher {
    /// What it has.
    type Contents;

    /// That, under a lock, and those who wait.
    fn queue(&self) -> &WaitQueue<(), Collected<Self::Contents>>;

    /// Takes one thing out, when no more will be added: a step.
    fn pop(contents: &mut Self::Contents) -> Popped<Self>;
}

/// What was taken out of a collector that is closed.
pub(crate) enum Popped<W: Watcher> {
    /// A watch, which is to be ended without the lock.
    Watch(Arc<Watch<W>>),
    /// Something that needs no more than that, or nothing yet.
    Other,
    /// Nothing: it is empty.
    Nothing,
}

/// What is behind the lock of a collector.
#[derive(Default)]
pub struct Collected<C> {
    contents: C,
    /// Its last handle is gone.
    pub closed: bool,
    /// The next in a queue of objects with something to discard.
    next_doomed: Option<Object>,
}

impl<C> Collected<C> {
    /// The contents of a collector that is not closed.
    ///
    /// # Errors
    /// `closed`.
    #[inline]
    pub fn open_or(&mut self, closed: Status) -> Result<&mut C, Status> {
        if self.closed { Err(closed) } else { Ok(&mut self.contents) }
    }
}

impl<C> Deref for Collected<C> {
    type Target = C;

    #[inline]
    fn deref(&self) -> &C {
        &self.contents
    }
}

impl<C> DerefMut for Collected<C> {
    #[inline]
    fn deref_mut(&mut self) -> &mut C {
        &mut self.contents
    }
}

/// Closes a collector whose last handle is gone.
pub(crate) fn close<W: Collector>(collector: &Arc<W>, doomed: &mut Doomed)
where
    Object: From<Arc<W>>,
{
    let was_closed = collector.queue().with(|collected, _| core::mem::replace(&mut collected.closed, true));
    if !was_closed {
        doomed.push(collector.clone().into());
    }
}

impl<W: Collector> Remains for W {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let popped = self.queue().with(|collected, waiters| match waiters.wake_one() {
            true => Popped::Other,
            false => Self::pop(&mut collected.contents),
        });
        if let Popped::Watch(watch) = &popped {
            watch.end();
            doomed.count(DISARMED);
        }
        !matches!(popped, Popped::Nothing)
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue().with(|collected, _| change(&mut collected.next_doomed))
    }
}
