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

    /// Takes all there is: a chain through `next`, newest first.
    pub(crate) fn take_all(&self) -> Link {
        NonNull::new(self.head.swap(ptr::null_mut(), Ordering::Acquire))
    }
}

/// What has been taken out of an inbox and is not in the run queue yet. Any number may have come meanwhile, and
/// moving them is done with a lock, so it is done a few at a time.
pub(crate) struct Backlog(Link);

// SAFETY: a backlog owns none of its nodes; it is used under the lock of the queue it goes to.
unsafe impl Send for Backlog {}

impl Backlog {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Takes out up to `limit` nodes, with the inbox behind it: in order of arrival, but when there are more, those
    /// that came last. (Turning a chain of any length round is what has to be avoided.)
    pub(crate) fn take(&mut self, inbox: &Inbox, limit: usize) -> Taken {
        if self.is_empty() && !inbox.is_empty() {
            self.0 = inbox.take_all();
        }
        let mut oldest: Link = None;
        for _ in 0..limit {
            let Some(node) = self.0 else { break };
            // SAFETY: the swap of `take_all` made the whole chain ours.
            self.0 = unsafe { node.as_ref() }.next.replace(oldest);
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

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn what_comes_while_a_part_waits_waits_too() {
        let nodes: Vec<Node> = (0..5).map(Node::new).collect();
        let (inbox, mut backlog) = (Inbox::new(), Backlog::new());
        // SAFETY: the nodes outlive the inbox, and each is in it once.
        let push = |index: usize| unsafe { inbox.push(NonNull::from(&nodes[index])) };
        let mut take = |limit| {
            let taken = backlog.take(&inbox, limit).map(|node| {
                nodes.iter().position(|known| core::ptr::eq(known, node.as_ptr())).expect("one of them")
            });
            let taken: Vec<usize> = taken.collect();
            (taken, backlog.is_empty(), inbox.is_empty())
        };
        assert_eq!(take(3), (Vec::new(), true, true));
        (0..3).for_each(push);
        assert_eq!(take(2), (Vec::from([1, 2]), false, true), "those that came last, in their order");
        (3..5).for_each(push);
        assert_eq!(take(3), (Vec::from([0]), true, false));
        assert_eq!(take(3), (Vec::from([3, 4]), true, true));
    }
}
