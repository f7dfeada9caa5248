//! The wait queue: a state, the waiters for it, and the lock over both.

use crate::list::{List, Lists, Node, Tag};
use crate::locked::Locked;
use crate::standing::Status;
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

impl<T: Tag, S> WaitQueue<T, S> {
    /// Changes the state and, if that gives a reason, wakes each waiter that `matches` it; all tags are
    /// visited then, and may be changed. The same as [`WaitQueue::with`] and [`Waiters::wake_matching`],
    /// for what is done most often: with nobody to wake, or a single waiter.
    #[inline]
    pub fn change<W: Copy>(
        &self,
        change: impl FnOnce(&mut S) -> Option<W>,
        matches: impl Fn(W, &mut T) -> bool,
    ) {
        let mut inner = self.inner.lock();
        let Some(reason) = change(&mut inner.state) else { return };
        let Some(head) = inner.lists.head() else { return };
        // SAFETY: the lock is held, and the head linked, so alive.
        if unsafe { inner.lists.after(head) }.is_some() {
            return self.wake_crowd(inner, |tag| matches(reason, tag));
        }
        // SAFETY: as above; once the lock is released the node is not touched any more.
        let waker = unsafe {
            let waker = head.as_ref().with(|entry| {
                if !entry.standing.is_queued() || !matches(reason, &mut entry.tag) {
                    return None;
                }
                Some(entry.standing.take(Status::woken(false)))
            });
            let Some(waker) = waker else { return };
            inner.lists.remove(head);
            waker
        };
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    #[inline(never)] // reason: the batch would cost the others a large frame
    fn wake_crowd<'a>(
        &'a self,
        inner: MutexGuard<'a, Inner<S, List<T>>>,
        matches: impl FnMut(&mut T) -> bool,
    ) {
        self.with_locked(inner, |_, waiters| waiters.wake_matching(matches));
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
    pub fn lock(&self) -> Locked<'_, T, S, L> {
        Locked::new(self.inner.lock())
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

    pub(crate) fn guard(&self) -> MutexGuard<'_, Inner<S, L>> {
        self.inner.lock()
    }

    /// Takes `node` out of the queue, if it is in; it is idle then. Says whether it had been woken, its tag, and what `f`
    /// makes of the state in that same step.
    ///
    /// # Safety
    /// `node` was only ever linked by this queue and is alive.
    pub(crate) unsafe fn withdraw<R>(
        &self,
        node: NonNull<Node<T>>,
        f: impl FnOnce(Status, &mut S) -> R,
    ) -> (Status, T, R) {
        let mut inner = self.inner.lock();
        // SAFETY: the lock is held and the node alive; `remove` runs outside of the closure.
        let (status, tag, waker) = unsafe {
            node.as_ref()
                .with(|entry| (entry.standing.status(), entry.tag, entry.standing.take(Status::IDLE)))
        };
        if status.is_linked() {
            // SAFETY: these two are the linked ones, and the lock is held.
            unsafe { inner.lists.list(&tag).remove(node) };
        }
        let result = f(status, &mut inner.state);
        drop(inner);
        drop(waker);
        (status, tag, result)
    }

    /// Hands on the counted wake that a waiter tagged `dropped` never saw.
    #[cold]
    pub(crate) fn pass_on(&self, dropped: T) {
        self.with(|_, waiters| waiters.wake_some(&dropped, 1, |tag| tag.takes_over(&dropped)));
    }

    /// Unlinks and wakes, in rounds, the nodes that a wake has chosen beyond one batch.
    #[cold]
    fn deliver_chosen<'a>(&'a self, mut inner: MutexGuard<'a, Inner<S, L>>, batch: &mut Batch, tag: T) {
        loop {
            let list = inner.lists.list(&tag);
            // SAFETY: the lock is held, and the chosen nodes are linked at the front.
            let done = unsafe { take_chosen(list, batch) };
            drop(inner);
            batch.wake();
            if done {
                return;
            }
            inner = self.inner.lock();
        }
    }
}
