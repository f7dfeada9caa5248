//! A waiter that belongs to no task: its node is on the heap, and its owner chooses the waker.
//!
//! Ports and waits for several objects use it. The node is allocated once and armed as often as needed, and as it does
//! not move with its owner, safe code may hold it.

use crate::list::{List, Lists, Node, Tag};
use crate::queue::{Inner, WaitQueue};
use crate::status::Status;
use crate::waiter::Woken;
use alloc::alloc::{Layout, alloc, dealloc};
use alloc::sync::Arc;
use core::ptr::NonNull;
use core::task::Waker;

/// There was no memory for a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfMemory;

/// A waiter that can be armed on the queue of an `O`. Dropping it disarms it.
pub struct BoxedWaiter<T: Tag, S, O: AsRef<WaitQueue<T, S, L>> + ?Sized, L: Lists<T> = List<T>> {
    node: NonNull<Node<T>>,
    owner: Option<Arc<O>>,
    _state: core::marker::PhantomData<fn(S, L) -> S>,
}

// SAFETY: the node is owned by the waiter and shared only with the queue, under its lock.
unsafe impl<T, S, O, L> Send for BoxedWaiter<T, S, O, L>
where
    T: Tag + Send,
    S: Send,
    O: AsRef<WaitQueue<T, S, L>> + Send + Sync + ?Sized,
    L: Lists<T>,
{
}

impl<T: Tag, S, O: AsRef<WaitQueue<T, S, L>> + ?Sized, L: Lists<T>> BoxedWaiter<T, S, O, L> {
    /// Allocates a node with this tag; the only operation here that allocates.
    pub fn new(tag: T) -> Result<Self, OutOfMemory> {
        // SAFETY: the layout of a node is not zero-sized.
        let memory = unsafe { alloc(Layout::new::<Node<T>>()) }.cast::<Node<T>>();
        let node = NonNull::new(memory).ok_or(OutOfMemory)?;
        // SAFETY: fresh memory with a node's layout.
        unsafe { node.write(Node::new(tag)) };
        Ok(Self { node, owner: None, _state: core::marker::PhantomData })
    }

    /// Arms the node on `owner`'s queue, unless `ready`, called under the lock, says that there is no
    /// need. Whether it is armed; when it is not, the tag that `ready` left is returned.
    ///
    /// A waiter that is armed already is disarmed first.
    pub fn arm(
        &mut self,
        owner: Arc<O>,
        tag: T,
        waker: Waker,
        ready: impl FnOnce(&mut S, &L, &mut T) -> bool,
    ) -> Result<(), T> {
        if self.owner.is_some() {
            self.disarm_first();
        }
        // SAFETY: the node is disarmed, so owned by this waiter alone.
        unsafe { self.node.as_ref().with(|entry| entry.waker.set_waker(waker)) };
        let queue: &WaitQueue<T, S, L> = (*owner).as_ref();
        let mut inner = queue.guard();
        // SAFETY: as above.
        let (satisfied, tag) = unsafe {
            self.node.as_ref().with(|entry| {
                entry.tag = tag;
                let Inner { lists, state } = &mut *inner;
                let satisfied = ready(state, lists, &mut entry.tag);
                entry.waker.set(if satisfied { Status::IDLE } else { Status::QUEUED });
                (satisfied, entry.tag)
            })
        };
        if satisfied {
            drop(inner);
            // SAFETY: as above.
            drop(unsafe { self.node.as_ref().with(|entry| entry.waker.take(Status::IDLE)) });
            return Err(tag);
        }
        // SAFETY: the node is on the heap, and `disarm` takes it out before it is freed. The queue lives
        // as long as `owner`, which this waiter keeps.
        unsafe { inner.lists.link(self.node) };
        drop(inner);
        self.owner = Some(owner);
        Ok(())
    }

    /// [`BoxedWaiter::disarm`] of one that is nearly always disarmed when it is armed anew, or goes.
    #[cold]
    #[inline(never)]
    fn disarm_first(&mut self) {
        self.disarm();
    }

    /// Takes the node out of the queue, atomically against wakers. `None` if it was not armed.
    #[inline]
    pub fn disarm(&mut self) -> Option<Woken<T>> {
        let owner = self.owner.take()?;
        // SAFETY: the node was armed on this owner's queue only, and is alive.
        let (status, tag, ()) = unsafe { (*owner).as_ref().withdraw(self.node, |_, _| ()) };
        Some(if status.was_woken() { Woken::Yes(tag) } else { Woken::No(tag) })
    }

    /// Looks at or changes the tag of one that has been [told](crate::Waiters::tell_matching), if it is armed, as
    /// wakers do; from now on this waker is called again.
    pub fn renew<R>(&self, waker: Waker, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let owner = self.owner.as_ref()?;
        let inner = (**owner).as_ref().guard();
        // SAFETY: the queue's lock is held.
        let (unused, result) = unsafe {
            self.node.as_ref().with(|entry| {
                let queued = entry.waker.is_queued();
                let unused = if queued { entry.waker.replace(waker) } else { Some(waker) };
                (unused, f(&mut entry.tag))
            })
        };
        drop(inner);
        drop(unused);
        Some(result)
    }

    /// Whether it is armed and has not been woken. Gives the tag as it is now.
    pub fn peek(&self) -> Option<Woken<T>> {
        let owner = self.owner.as_ref()?;
        let mut inner = (**owner).as_ref().guard();
        // SAFETY: the queue's lock is held, and who is linked there is linked by it.
        unsafe {
            if self.node.as_ref().with(|entry| entry.waker.is_queued()) {
                inner.lists.settle(self.node);
            }
        }
        // SAFETY: the queue's lock is held.
        let (status, tag) = unsafe { self.node.as_ref().with(|entry| (entry.waker.status(), entry.tag)) };
        Some(if status.was_woken() { Woken::Yes(tag) } else { Woken::No(tag) })
    }
}

impl<T: Tag, S, O: AsRef<WaitQueue<T, S, L>> + ?Sized, L: Lists<T>> Drop for BoxedWaiter<T, S, O, L> {
    fn drop(&mut self) {
        if self.owner.is_some() {
            self.disarm_first();
        }
        // SAFETY: disarmed, so nobody else knows the node; it came from `alloc` with this layout.
        unsafe {
            self.node.drop_in_place();
            dealloc(self.node.as_ptr().cast(), Layout::new::<Node<T>>());
        }
    }
}
