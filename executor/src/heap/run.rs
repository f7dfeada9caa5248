//! The run: the nodes of a heap that came in order, first to last.

use super::{Link, Node};
use core::ptr::NonNull;

/// The nodes that came in order.
pub(super) struct Run {
    pub(super) first: Link,
    last: Link,
}

impl Run {
    pub(super) const fn new() -> Self {
        Self { first: None, last: None }
    }

    /// Whether `node`, which is in a heap, is in its run.
    ///
    /// # Safety
    /// `node` is alive and under the lock of its heap.
    #[inline(always)]
    pub(super) unsafe fn has(node: NonNull<Node>) -> bool {
        // SAFETY: by contract.
        unsafe { node.as_ref() }.left.get() == Some(node)
    }

    /// Takes `node` in if it belongs behind the last or before the first. Whether it does.
    ///
    /// # Safety
    /// As for [`Heap::push`].
    #[inline(always)]
    pub(super) unsafe fn extend(&mut self, node: NonNull<Node>) -> bool {
        // SAFETY: the caller owns the node; those of the run are alive.
        unsafe {
            let header = node.as_ref();
            let (Some(first), Some(last)) = (self.first, self.last) else {
                header.left.set(Some(node));
                (self.first, self.last) = (Some(node), Some(node));
                return true;
            };
            if last.as_ref().rank() <= header.rank() {
                last.as_ref().next.set(Some(node));
                header.prev.set(Some(last));
                self.last = Some(node);
            } else if header.rank() <= first.as_ref().rank() {
                first.as_ref().prev.set(Some(node));
                header.next.set(Some(first));
                self.first = Some(node);
            } else {
                return false;
            }
            header.left.set(Some(node));
        }
        true
    }

    /// Takes `node` out.
    ///
    /// # Safety
    /// `node` is in this run.
    #[inline(always)]
    pub(super) unsafe fn remove(&mut self, node: NonNull<Node>) {
        // SAFETY: the node and its neighbours are in the run, so alive.
        unsafe {
            let header = node.as_ref();
            header.left.set(None);
            let (next, prev) = (header.next.take(), header.prev.take());
            match next {
                Some(next) => next.as_ref().prev.set(prev),
                None => self.last = prev,
            }
            match prev {
                Some(prev) => prev.as_ref().next.set(next),
                None => self.first = next,
            }
        }
    }
}
