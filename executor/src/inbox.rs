//! The inbox: how other CPUs hand tasks to this one, without a lock.
//!
//! A Treiber stack with two operations, push one and take all. Nothing is ever popped alone, so there
//! is no ABA problem; nothing is inconsistent in between, so an interrupted pusher blocks nobody.

use crate::heap::{Link, Node};
use crate::sync::atomic::{AtomicPtr, Ordering};
use core::ptr::{self, NonNull};

pub(crate) struct Inbox {
    head: AtomicPtr<Node>,
}

impl Inbox {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()) }
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.head.load(Ordering::Relaxed).is_null()
    }

    /// Publishes `node`, which the caller must not touch again.
    ///
    /// # Safety
    /// The caller owns the node, which lives until it is taken out.
    pub(crate) unsafe fn push(&self, node: NonNull<Node>) {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // SAFETY: not published yet, so still the caller's.
            unsafe { node.as_ref() }.next.set(NonNull::new(head));
            // Release: whoever takes the node sees its link and all that was written to the task.
            match self.head.compare_exchange_weak(head, node.as_ptr(), Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes all there is, oldest first.
    pub(crate) fn take_all(&self) -> Taken {
        let mut newest = NonNull::new(self.head.swap(ptr::null_mut(), Ordering::Acquire));
        let mut oldest: Link = None;
        while let Some(node) = newest {
            // SAFETY: the swap made the whole chain the caller's.
            let link = &unsafe { node.as_ref() }.next;
            newest = link.replace(oldest);
            oldest = Some(node);
        }
        Taken(oldest)
    }
}

/// What was in an inbox, in order of arrival. Each node is in nothing when it is handed out.
pub(crate) struct Taken(Link);

impl Iterator for Taken {
    type Item = NonNull<Node>;

    fn next(&mut self) -> Link {
        let node = self.0?;
        // SAFETY: the chain belongs to this iterator.
        self.0 = unsafe { node.as_ref() }.next.take();
        Some(node)
    }
}
