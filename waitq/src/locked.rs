//! A locked queue as a guard: for what is done most often, waking one waiter at most.

use crate::list::{Entry, List, Lists, Tag};
use crate::queue::{Inner, WaitQueue};
use crate::status::Status;
use crate::sync::MutexGuard;
use core::ops::{Deref, DerefMut};
use core::task::Waker;

/// A queue that is locked until this is dropped. It dereferences to the queue's state.
pub struct Locked<'a, T, S, L = List<T>> {
    pub(crate) queue: &'a WaitQueue<T, S, L>,
    pub(crate) inner: MutexGuard<'a, Inner<S, L>>,
}

impl<T, S, L> Deref for Locked<'_, T, S, L> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        &self.inner.state
    }
}

impl<T, S, L> DerefMut for Locked<'_, T, S, L> {
    #[inline]
    fn deref_mut(&mut self) -> &mut S {
        &mut self.inner.state
    }
}

impl<T: Tag, S> Locked<'_, T, S> {
    /// Whether somebody waits.
    #[inline]
    pub fn has_waiters(&self) -> bool {
        !self.inner.lists.is_empty()
    }
}

impl<T: Tag, S, L: Lists<T>> Locked<'_, T, S, L> {
    /// Takes out the first of the waiters that share a list with `near` for which `matches`, which may change
    /// the tag, says so. The same as [`Waiters::wake_some`](crate::Waiters::wake_some) with one, but that the
    /// waker is left to call, once the lock is released: see [`First::wake`].
    #[inline]
    pub fn take_first(&mut self, near: &T, mut matches: impl FnMut(&mut T) -> bool) -> Option<First<T>> {
        let list = self.inner.lists.list(near);
        let mut cursor = list.head();
        while let Some(node) = cursor {
            // SAFETY: the queue is locked; `node` is linked in `list`, so alive. Once the lock is released
            // it is not touched any more.
            unsafe {
                cursor = list.after(node);
                let first = node.as_ref().with(|entry| {
                    let hit = entry.waker.is_queued() && matches(&mut entry.tag);
                    hit.then(|| First::of(entry))
                });
                if first.is_some() {
                    L::remove(list, node);
                    return first;
                }
            }
        }
        None
    }
}

/// Who was taken out of a queue.
#[must_use = "who is taken out waits until it is woken"]
pub struct First<T> {
    /// Its tag.
    pub tag: T,
    waker: Option<Waker>,
}

impl<T: Tag> First<T> {
    /// It is woken, and about to be unlinked.
    #[inline(always)]
    pub(crate) fn of(entry: &mut Entry<T>) -> Self {
        Self { tag: entry.tag, waker: entry.waker.take(Status::woken(true)) }
    }

    /// Wakes it. The queue must not be locked any more.
    #[inline]
    pub fn wake(self) {
        if let Some(waker) = self.waker {
            waker.wake();
        }
    }
}
