//! The waiting future.

use crate::list::{List, Lists, Node, Status, Tag};
use crate::queue::WaitQueue;
use core::future::Future;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};

/// How a wait ended that was asked to end: see [`Wait::cancel`].
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

/// A wait on a [`WaitQueue`]; gives the tag as wakers left it. Dropping it is cancelling it.
#[must_use = "a wait does nothing until it is polled"]
pub struct Wait<'q, T: Tag, S, L: Lists<T> = List<T>, C = fn(&mut S, &mut T) -> bool> {
    queue: &'q WaitQueue<T, S, L>,
    node: Node<T>,
    ready: Option<C>,
    /// Whether the queue may know the node: from a first poll that is pending to the end of the wait.
    waiting: bool,
}

// SAFETY: the node's pointers are only followed under the queue's lock, and everything else in a wait
// may be sent when its parts may.
unsafe impl<T: Tag + Send, S: Send, L: Lists<T> + Send, C: Send> Send for Wait<'_, T, S, L, C> {}
// SAFETY: no method of a shared `Wait` reads its fields without the queue's lock.
unsafe impl<T: Tag + Send, S: Send, L: Lists<T> + Send, C: Send> Sync for Wait<'_, T, S, L, C> {}

impl<'q, T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Wait<'q, T, S, L, C> {
    pub(crate) fn new(queue: &'q WaitQueue<T, S, L>, tag: T, ready: C) -> Self {
        Self { queue, node: Node::new(tag), ready: Some(ready), waiting: false }
    }

    /// Ends the wait now, atomically against wakers: a wake that came before is not lost but returned.
    pub fn cancel(self: Pin<&mut Self>) -> Woken<T> {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: the node is this queue's alone and alive.
        let (status, tag) = unsafe { this.queue.withdraw(NonNull::from(&this.node)) };
        this.waiting = false;
        match status {
            Status::Idle | Status::Queued => Woken::No(tag),
            Status::Chosen { .. } | Status::Woken { .. } => {
                // SAFETY: withdrawn nodes are not linked, and this wait owns its node.
                unsafe { this.node.with(|entry| entry.status = Status::Idle) };
                Woken::Yes(tag)
            }
        }
    }
}

impl<T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Future for Wait<'_, T, S, L, C> {
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // SAFETY: the node is not moved out; `ready` is not pinned structurally.
        let this = unsafe { self.get_unchecked_mut() };
        let node = NonNull::from(&this.node);
        if let Some(ready) = this.ready.take() {
            let polled = this.queue.enter(node, ready, context);
            this.waiting = polled.is_pending();
            return polled;
        }
        let mut inner = this.queue.lock();
        // SAFETY: the lock is held and the node alive; nothing in the closures touches another entry.
        unsafe {
            let (status, tag) = node.as_ref().with(|entry| (entry.status, entry.tag));
            match status {
                Status::Queued => {
                    node.as_ref().with(|entry| refresh(&mut entry.waker, context));
                    return Poll::Pending;
                }
                Status::Chosen { .. } => inner.lists.list(&tag).remove(node),
                Status::Woken { .. } => {}
                Status::Idle => panic!("a wait was polled after it ended"),
            }
            node.as_ref().with(|entry| entry.status = Status::Idle);
            this.waiting = false;
            Poll::Ready(tag)
        }
    }
}

/// Keeps the waker up to date; a task that polls with the same waker again pays a comparison.
fn refresh(slot: &mut Option<core::task::Waker>, context: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(context.waker()),
        None => *slot = Some(context.waker().clone()),
    }
}

impl<T: Tag, S, L: Lists<T>> WaitQueue<T, S, L> {
    /// Checks and links in one locked step: the first poll of a wait.
    #[inline]
    fn enter<C>(&self, node: NonNull<Node<T>>, ready: C, context: &Context<'_>) -> Poll<T>
    where
        C: FnOnce(&mut S, &mut T) -> bool,
    {
        let mut inner = self.lock();
        // SAFETY: the node is not linked yet, so its owner, who called, has it alone. It is pinned in
        // the future, whose drop unlinks it.
        unsafe {
            let (satisfied, tag) = node.as_ref().with(|entry| {
                let satisfied = ready(&mut inner.state, &mut entry.tag);
                if !satisfied {
                    entry.waker = Some(context.waker().clone());
                    entry.status = Status::Queued;
                }
                (satisfied, entry.tag)
            });
            if satisfied {
                return Poll::Ready(tag);
            }
            inner.lists.list(&tag).push_back(node);
        }
        Poll::Pending
    }
}

impl<T: Tag, S, L: Lists<T>, C> Drop for Wait<'_, T, S, L, C> {
    #[inline]
    fn drop(&mut self) {
        if !self.waiting {
            return;
        }
        // SAFETY: the node is this queue's alone, and alive until the end of this function.
        let (status, tag) = unsafe { self.queue.withdraw(NonNull::from(&self.node)) };
        if let Status::Woken { counted: true } | Status::Chosen { counted: true } = status {
            self.queue.pass_on(tag);
        }
    }
}
