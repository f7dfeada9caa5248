//! The wait queue: a state, the waiters for it, and the lock over both.

use crate::list::{List, Lists, Node, Tag};
use crate::locked::Locked;
use crate::status::Status;
use crate::sync::{Mutex, MutexGuard};
use crate::wait::Wait;
use crate::waiters::{Batch, Waiters, take_chosen};
use core::marker::PhantomData;
use core::ptr::NonNull;

/// A state `S` and the waiters for it, tagged `T`, kept in `L`.
pub struct WaitQueue<T = (), S = (), L = List<T>> {
    inner: Mutex<Inner<S, L>>,
    _tag: PhantomData<fn(T) -> T>,
}

pub(crate) struct Inner<S, L> {
    pub(crate) lists: L,
    pub(crate) state: S,
}

impl<T: Tag, S> WaitQueue<T, S> {
    /// A queue without waiters.
    #[cfg(not(loom))]
    pub const fn new(state: S) -> Self {
        Self { inner: Mutex::new(Inner { lists: List::new(), state }), _tag: PhantomData }
    }

    /// A queue without waiters.
    #[cfg(loom)]
    pub fn new(state: S) -> Self {
        Self::with_lists(List::new(), state)
    }
}

impl<T, S, L> AsRef<Self> for WaitQueue<T, S, L> {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<T: Tag, S, L: Lists<T>> WaitQueue<T, S, L> {
    /// A queue over the given lists.
    pub fn with_lists(lists: L, state: S) -> Self {
        Self { inner: Mutex::new(Inner { lists, state }), _tag: PhantomData }
    }

    /// Looks at or changes the state, and wakes. The wakers are called after the lock is released.
    ///
    /// `f` must not touch this queue in any other way.
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with<R>(&self, f: impl FnOnce(&mut S, &mut Waiters<'_, T, L>) -> R) -> R {
        self.with_locked(self.inner.lock(), f)
    }

    #[inline]
    fn with_locked<'a, R>(
        &'a self,
        mut inner: MutexGuard<'a, Inner<S, L>>,
        f: impl FnOnce(&mut S, &mut Waiters<'_, T, L>) -> R,
    ) -> R {
        let mut batch = Batch::new();
        let Inner { lists, state } = &mut *inner;
        let mut waiters = Waiters { lists, batch: &mut batch, overflow: None };
        let result = f(state, &mut waiters);
        match waiters.overflow {
            None => drop(inner),
            Some(tag) => self.deliver_chosen(inner, &mut batch, tag),
        }
        batch.wake();
        result
    }

    /// Locks the queue. What is done then must not touch this queue in any other way.
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn lock(&self) -> Locked<'_, T, S, L> {
        Locked { queue: self, inner: self.inner.lock() }
    }

    /// As [`WaitQueue::lock`], if nobody has the lock.
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn try_lock(&self) -> Option<Locked<'_, T, S, L>> {
        Some(Locked { queue: self, inner: self.inner.try_lock()? })
    }

    /// A future that completes when it is woken, or at once if `ready`, called under the lock at the
    /// first poll, says so. `ready` may change the state and the tag.
    pub fn wait_unless<C>(&self, tag: T, ready: C) -> Wait<'_, T, S, L, C>
    where
        C: FnOnce(&mut S, &mut T) -> bool,
    {
        Wait::new(self, tag, ready)
    }

    /// A future that completes when it is woken.
    pub fn wait(&self, tag: T) -> Wait<'_, T, S, L, impl FnOnce(&mut S, &mut T) -> bool + use<T, S, L>> {
        self.wait_unless(tag, |_, _| false)
    }

    /// Whether nobody has the lock.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn is_free(&self) -> bool {
        self.inner.try_lock().is_some()
    }

    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn guard(&self) -> MutexGuard<'_, Inner<S, L>> {
        self.inner.lock()
    }

    /// Takes `node` out of the queue, if it is in; it is idle then. Says whether it had been woken, its tag, and what `f`
    /// makes of the state in that same step.
    ///
    /// # Safety
    /// `node` was only ever linked by this queue and is alive.
    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) unsafe fn withdraw<R>(
        &self,
        node: NonNull<Node<T>>,
        f: impl FnOnce(Status, &mut S) -> R,
    ) -> (Status, T, R) {
        let mut inner = self.inner.lock();
        // SAFETY: the lock is held and the node alive; nothing in the closures touches another entry.
        let (status, tag) = unsafe {
            if node.as_ref().with(|entry| entry.waker.status().is_linked()) {
                return self.withdraw_linked(inner, node, f);
            }
            node.as_ref().with(|entry| {
                let status = entry.waker.status();
                entry.waker.rest();
                (status, entry.tag)
            })
        };
        (status, tag, f(status, &mut inner.state))
    }

    /// [`WaitQueue::withdraw`] of a node that is linked.
    ///
    /// # Safety
    /// `node` is linked in this queue, which `inner` locks.
    #[inline(never)] // reason: most who are withdrawn have been woken, and need none of this
    unsafe fn withdraw_linked<'a, R>(
        &'a self,
        mut inner: MutexGuard<'a, Inner<S, L>>,
        node: NonNull<Node<T>>,
        f: impl FnOnce(Status, &mut S) -> R,
    ) -> (Status, T, R) {
        // SAFETY: the lock is held and the node alive; `settle` and `unlink` run outside of the closures.
        let (status, tag, waker) = unsafe {
            inner.lists.settle(node);
            let status = node.as_ref().with(|entry| entry.waker.status());
            inner.lists.unlink(node);
            let (tag, waker) = node.as_ref().with(|entry| (entry.tag, entry.waker.take(Status::IDLE)));
            (status, tag, waker)
        };
        let released = inner.lists.released();
        let result = f(status, &mut inner.state);
        drop(inner);
        drop(waker);
        drop(released);
        (status, tag, result)
    }

    /// Hands on the counted wake that a waiter tagged `dropped` never saw.
    #[cold]
    pub(crate) fn pass_on(&self, dropped: T) {
        self.with(|_, waiters| waiters.wake_some(&dropped, 1, |tag| tag.takes_over(&dropped)));
    }

    /// Unlinks and wakes, in rounds, the nodes that a wake has chosen beyond one batch.
    #[cold]
    fn deliver_chosen<'a>(&'a self, inner: MutexGuard<'a, Inner<S, L>>, batch: &mut Batch, tag: T) {
        Rounds { queue: self, batch, tag, done: false }.deliver(inner);
    }
}

/// The chosen nodes of one list, on their way out of a queue.
struct Rounds<'a, T: Tag, S, L: Lists<T>> {
    queue: &'a WaitQueue<T, S, L>,
    batch: &'a mut Batch,
    tag: T,
    /// None is left in the list.
    done: bool,
}

impl<'a, T: Tag, S, L: Lists<T>> Rounds<'a, T, S, L> {
    fn deliver(&mut self, mut inner: MutexGuard<'a, Inner<S, L>>) {
        loop {
            let list = inner.lists.list(&self.tag);
            // SAFETY: the lock is held, and the chosen nodes are linked at the front.
            self.done = unsafe { take_chosen::<T, L>(list, self.batch) };
            drop(inner);
            self.batch.wake();
            if self.done {
                return;
            }
            inner = self.queue.inner.lock();
        }
    }
}

/// After a panic of a waker, the others are woken all the same.
impl<T: Tag, S, L: Lists<T>> Drop for Rounds<'_, T, S, L> {
    fn drop(&mut self) {
        if !self.done {
            self.deliver(self.queue.inner.lock());
        }
    }
}
