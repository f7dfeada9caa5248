//! One who waits: a node, and what keeps its queue alive.
//!
//! The node is inside, so a waiter is pinned while it waits; whoever has the waiter says when a wait
//! begins, and may use it for one wait after the other. [`Wait`](crate::Wait) is a waiter that begins by
//! itself at its first poll.

use crate::list::{List, Lists, Node, Tag};
use crate::queue::{Inner, WaitQueue};
use crate::status::Status;
use crate::sync::MutexGuard;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

/// A locked queue.
type Guard<'a, S, L> = MutexGuard<'a, Inner<S, L>>;

/// How a wait ended that was asked to end: see [`Waiter::cancel`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Woken<T> {
    /// It had been woken before; that wake is now consumed.
    Yes(T),
    /// It had not been woken.
    No(T),
}

impl<T> Woken<T> {
    /// The tag, whichever way it ended.
    pub fn tag(self) -> T {
        match self {
            Self::Yes(tag) | Self::No(tag) => tag,
        }
    }
}

/// A future that can be asked to end early.
pub trait Cancel: Future {
    /// Ends the wait now, atomically against wakers: a wake that came before is not lost but returned.
    fn cancel(self: Pin<&mut Self>) -> Woken<Self::Output>;
}

/// A waiter on a queue that a `Q` points to. As a future it gives the tag as wakers left it, once the
/// wait has [begun](Waiter::begin). Dropping it is cancelling the wait.
pub struct Waiter<Q, T: Tag, S = (), L: Lists<T> = List<T>> {
    /// There while the queue may know the node, and until it is released.
    owner: Option<Q>,
    node: Node<T>,
    /// The queue that may know the node: from a beginning that is pending to the end of the wait.
    queue: Option<NonNull<WaitQueue<T, S, L>>>,
}

// SAFETY: the node's pointers are only followed under the queue's lock, the queue is shared by its
// lock, and everything else in a waiter may be sent when its parts may.
unsafe impl<Q: Send, T: Tag + Send, S: Send, L: Lists<T> + Send> Send for Waiter<Q, T, S, L> {}
// SAFETY: a shared waiter gives access to its owner, and copies of the tag, only.
unsafe impl<Q: Sync, T: Tag + Send + Sync, S: Send, L: Lists<T> + Send> Sync for Waiter<Q, T, S, L> {}

impl<Q, T: Tag, S, L: Lists<T>> Waiter<Q, T, S, L> {
    /// A waiter that does not wait.
    #[inline]
    pub fn new(tag: T) -> Self {
        Self { owner: None, node: Node::new(tag), queue: None }
    }

    /// A waiter that does not wait yet, for the queue of `owner`, which it keeps until it is released.
    #[inline]
    pub fn of(owner: Q, tag: T) -> Self {
        Self { owner: Some(owner), node: Node::new(tag), queue: None }
    }

    /// What keeps the queue, from the beginning of a wait until it is released.
    #[inline]
    pub fn owner(&self) -> Option<&Q> {
        self.owner.as_ref()
    }

    /// Lets go of what keeps the queue of a wait that has ended; `None` while it waits.
    #[inline]
    pub fn release(self: Pin<&mut Self>) -> Option<Q> {
        // SAFETY: the node is not moved, and the owner is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        if this.queue.is_none() { this.owner.take() } else { None }
    }

    /// The tag of a wait that has ended, as wakers left it.
    ///
    /// # Panics
    /// While it waits.
    #[inline]
    pub fn tag(&self) -> T {
        assert!(self.queue.is_none(), "a waiter was asked for its tag while it waits");
        // SAFETY: nobody changes a node that its queue does not know while its waiter is shared.
        unsafe { self.node.tag() }
    }

    /// Ends the wait as [`Cancel::cancel`] does. If it had been woken, what `f` makes of the queue's state.
    #[inline]
    pub fn end<R>(self: Pin<&mut Self>, f: impl FnOnce(&mut S) -> R) -> Option<R> {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let queue = this.queue.take()?;
        let f = |status: Status, state: &mut S| status.was_woken().then(|| f(state));
        // SAFETY: the owner keeps the queue, and the node is this queue's alone and alive. Afterwards it is not
        // linked, and this waiter's.
        unsafe {
            let (.., result) = queue.as_ref().withdraw(NonNull::from(&this.node), f);
            result
        }
    }

    /// Waits for the end of the wait, and gives what `f` makes of the queue's state under the same lock. The
    /// tag stays where it is.
    ///
    /// # Panics
    /// When it does not wait.
    #[inline]
    pub fn poll_over<R>(
        mut self: Pin<&mut Self>,
        context: &Context<'_>,
        f: impl FnOnce(&mut S) -> R,
    ) -> Poll<R> {
        match self.as_mut().woken() {
            Ok(mut inner) => Poll::Ready(f(&mut inner.state)),
            Err(inner) => self.poll_linked(inner, context, f),
        }
    }

    /// The first part of [`Waiter::poll_over`], which is all of it for who has been woken, as nearly all are who are
    /// polled. `None` for the others, for whom nothing has been done.
    ///
    /// # Panics
    /// When it does not wait.
    #[inline]
    pub fn poll_woken<R>(self: Pin<&mut Self>, f: impl FnOnce(&mut S) -> R) -> Option<R> {
        self.woken().ok().map(|mut inner| f(&mut inner.state))
    }

    /// The locked queue of one who has been woken, whose wait is over then; an error with it for one who is linked still.
    #[inline(always)]
    fn woken<'a>(self: Pin<&mut Self>) -> Result<Guard<'a, S, L>, Guard<'a, S, L>>
    where
        T: 'a,
    {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let queue = this.queue.expect("a waiter is polled while it waits");
        let node = NonNull::from(&this.node);
        // SAFETY: the owner keeps the queue alive as long as it may know the node.
        let inner = unsafe { queue.as_ref() }.guard();
        // SAFETY: the lock is held and the node alive; nothing in the closures touches another entry.
        unsafe {
            if node.as_ref().with(|entry| entry.waker.status().is_linked()) {
                return Err(inner);
            }
            node.as_ref().with(|entry| entry.waker.rest());
        }
        this.queue = None;
        Ok(inner)
    }

    /// [`Waiter::poll_over`] of one who is linked still: it waits, or has been chosen.
    #[inline(never)] // reason: nearly all who are polled have been woken
    fn poll_linked<'a, R>(
        mut self: Pin<&mut Self>,
        mut inner: Guard<'a, S, L>,
        context: &Context<'_>,
        f: impl FnOnce(&mut S) -> R,
    ) -> Poll<R>
    where
        T: 'a,
    {
        // SAFETY: the node is not moved.
        let this = unsafe { self.as_mut().get_unchecked_mut() };
        let node = NonNull::from(&this.node);
        // SAFETY: the lock is held and the node linked; nothing in the closures touches another entry.
        let waker = unsafe {
            inner.lists.settle(node);
            if node.as_ref().with(|entry| entry.waker.is_queued()) {
                if node.as_ref().with(|entry| entry.waker.has(context.waker())) {
                    return Poll::Pending;
                }
                drop(inner);
                return self.poll_with_new_waker(context, f);
            }
            inner.lists.unlink(node);
            node.as_ref().with(|entry| entry.waker.take(Status::IDLE))
        };
        let result = f(&mut inner.state);
        let released = inner.lists.released();
        drop(inner);
        drop(waker);
        drop(released);
        this.queue = None;
        Poll::Ready(result)
    }

    /// [`Waiter::poll_over`] with another waker than before. It is made, and the old one dropped, without the lock.
    #[cold]
    fn poll_with_new_waker<R>(
        mut self: Pin<&mut Self>,
        context: &Context<'_>,
        f: impl FnOnce(&mut S) -> R,
    ) -> Poll<R> {
        let queue = self.queue.expect("a waiter is polled while it waits");
        let (node, waker) = (NonNull::from(&self.node), context.waker().clone());
        // SAFETY: the owner keeps the queue alive as long as it may know the node.
        let inner = unsafe { queue.as_ref() }.guard();
        // SAFETY: the lock is held and the node alive.
        let (still_waits, unused) = unsafe {
            node.as_ref().with(|entry| match entry.waker.is_queued() {
                true => (true, entry.waker.replace(waker)),
                false => (false, Some(waker)),
            })
        };
        drop(inner);
        drop(unused);
        // If it has been woken meanwhile, the waker is not looked at.
        if still_waits { Poll::Pending } else { self.as_mut().poll_over(context, f) }
    }

    /// Begins to wait in the queue of `owner`, which it keeps then, as [`Waiter::begin_there`] does.
    ///
    /// # Panics
    /// When it waits already.
    #[inline]
    pub fn begin(
        mut self: Pin<&mut Self>,
        owner: Q,
        tag: T,
        ready: impl FnOnce(&mut S, &L, &mut T) -> bool,
        waker: &Waker,
    ) -> Poll<T>
    where
        Q: Deref<Target: AsRef<WaitQueue<T, S, L>>>,
    {
        assert!(self.queue.is_none(), "a waiter began to wait twice");
        // SAFETY: the owner is not pinned, and no wait needs the one that was there.
        let this = unsafe { self.as_mut().get_unchecked_mut() };
        this.owner = Some(owner);
        // SAFETY: pinned, and not waiting.
        let begun = unsafe { this.enter(tag, ready, waker) };
        if begun.is_ready() {
            self.release();
        }
        begun
    }

    /// Begins to wait in the queue of its owner, unless `ready`, called under the lock, says that there is no
    /// need: then the tag as `ready` left it. Checking and joining the queue is one step against those who wake.
    /// `ready` sees who waits there.
    ///
    /// # Panics
    /// When it has no owner, and when it waits already.
    #[inline]
    pub fn begin_there(
        self: Pin<&mut Self>,
        tag: T,
        ready: impl FnOnce(&mut S, &L, &mut T) -> bool,
        waker: &Waker,
    ) -> Poll<T>
    where
        Q: Deref<Target: AsRef<WaitQueue<T, S, L>>>,
    {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        assert!(this.queue.is_none(), "a waiter began to wait twice");
        // SAFETY: pinned, and not waiting.
        unsafe { this.enter(tag, ready, waker) }
    }

    /// Checks, and joins the owner's queue, in one locked step.
    ///
    /// # Panics
    /// When it has no owner.
    ///
    /// # Safety
    /// The waiter is pinned and does not wait.
    #[inline(always)]
    unsafe fn enter(
        &mut self,
        tag: T,
        ready: impl FnOnce(&mut S, &L, &mut T) -> bool,
        waker: &Waker,
    ) -> Poll<T>
    where
        Q: Deref<Target: AsRef<WaitQueue<T, S, L>>>,
    {
        let owner = self.owner.as_ref().expect("a waiter begins to wait where it has a queue");
        // It outlives the wait: the owner keeps it, and stays as long as the wait goes on.
        let queue: &WaitQueue<T, S, L> = (**owner).as_ref();
        let node = NonNull::from(&self.node);
        // SAFETY: the node is not linked yet, so this waiter has it alone. If there is no need to wait, it keeps the
        // waker for the next time.
        unsafe {
            node.as_ref().with(|entry| {
                entry.tag = tag;
                entry.waker.prepare(waker);
            });
        }
        let mut inner = queue.guard();
        // SAFETY: as above.
        let (satisfied, tag) = unsafe {
            node.as_ref().with(|entry| {
                let Inner { lists, state } = &mut *inner;
                let satisfied = ready(state, lists, &mut entry.tag);
                if !satisfied {
                    entry.waker.set(Status::QUEUED);
                }
                (satisfied, entry.tag)
            })
        };
        if satisfied {
            return Poll::Ready(tag);
        }
        // SAFETY: the node is pinned in the waiter, whose drop unlinks it.
        unsafe { inner.lists.link(node) };
        drop(inner);
        self.queue = Some(NonNull::from(queue));
        Poll::Pending
    }
}

impl<Q, T: Tag, S, L: Lists<T>> Cancel for Waiter<Q, T, S, L> {
    fn cancel(mut self: Pin<&mut Self>) -> Woken<T> {
        match self.as_mut().end(|_| ()) {
            Some(()) => Woken::Yes(self.tag()),
            None => Woken::No(self.tag()),
        }
    }
}

impl<Q, T: Tag, S, L: Lists<T>> Future for Waiter<Q, T, S, L> {
    type Output = T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.as_mut().poll_over(context, |_| ()).map(|()| self.tag())
    }
}

impl<Q, T: Tag, S, L: Lists<T>> Drop for Waiter<Q, T, S, L> {
    #[inline]
    fn drop(&mut self) {
        let Some(queue) = self.queue else { return };
        // SAFETY: the owner still keeps the queue.
        let queue = unsafe { queue.as_ref() };
        // SAFETY: the node is this queue's alone, and alive until the end of this function.
        let (status, tag, ()) = unsafe { queue.withdraw(NonNull::from(&self.node), |_, _| ()) };
        if status.is_counted() {
            queue.pass_on(tag);
        }
    }
}
