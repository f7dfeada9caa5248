//! The leftist heap: how nodes that came out of order are linked, and why no single step is long.
//!
//! Each node knows its *distance*: how many nodes there are on the way down to the right from it. A left child
//! is never nearer than its right sibling, so the way to the right from the root of n nodes has at most
//! log2(n + 1) of them, and melding, which walks down two such ways and back, never takes longer.
//! (Crane, "Linear lists and priority queues as balanced binary trees", 1972; Knuth, volume 3, 5.2.3.)
//!
//! A node that is taken out of the middle leaves the meld of its children in its place. Above it only distances
//! that shrink are mended; they grow by one from each mended node to the next, so this way is as short.

use super::{DISTANCE, Link, Node};
use core::ptr::NonNull;

impl Node {
    fn distance(&self) -> u64 {
        self.order.get() & DISTANCE
    }

    fn set_distance(&self, distance: u64) {
        self.order.set(self.order.get() & !DISTANCE | distance);
    }

    /// Restores the order of the children and the distance. Whether the distance changed.
    ///
    /// # Safety
    /// The children are alive.
    unsafe fn mend(&self) -> bool {
        // SAFETY: alive, by contract.
        let distance = |link: Link| link.map_or(0, |node| unsafe { node.as_ref() }.distance());
        if distance(self.left.get()) < distance(self.next.get()) {
            self.left.swap(&self.next);
        }
        let (before, now) = (self.distance(), distance(self.next.get()) + 1);
        self.set_distance(now);
        before != now
    }
}

/// Makes a heap of a node that is in none.
///
/// # Safety
/// The node is alive, and the caller's.
#[inline]
pub(super) unsafe fn single(node: NonNull<Node>) {
    // SAFETY: by contract.
    unsafe { node.as_ref() }.set_distance(1);
}

/// Makes one heap of two; the root of the result.
///
/// # Safety
/// Both are roots of separate, live heaps, or nothing; a root has no parent.
#[inline]
pub(super) unsafe fn meld(first: Link, second: Link) -> Link {
    let (Some(mut first), Some(mut second)) = (first, second) else { return first.or(second) };
    let mut above: Link = None;
    // SAFETY: all nodes are alive, by contract.
    unsafe {
        // Down: the smaller one continues the way to the right, the other one is melded with what is below.
        loop {
            if second.as_ref().rank() < first.as_ref().rank() {
                (first, second) = (second, first);
            }
            first.as_ref().prev.set(above);
            if let Some(above) = above {
                above.as_ref().next.set(Some(first));
            }
            above = Some(first);
            let Some(right) = first.as_ref().next.get() else { break };
            first = right;
        }
        first.as_ref().next.set(Some(second));
        second.as_ref().prev.set(Some(first));
        // Up.
        loop {
            first.as_ref().mend();
            let Some(parent) = first.as_ref().prev.get() else { return Some(first) };
            first = parent;
        }
    }
}

/// Takes the root out; the root of what is left.
///
/// # Safety
/// `root` is the root of a live heap.
pub(super) unsafe fn remove_root(root: NonNull<Node>) -> Link {
    // SAFETY: alive, by contract.
    unsafe {
        let (left, right) = (root.as_ref().left.take(), root.as_ref().next.take());
        for child in left.iter().chain(&right) {
            child.as_ref().prev.set(None);
        }
        meld(left, right)
    }
}

/// Takes out `node`, which is not the root.
///
/// # Safety
/// `node` is in a live heap, below `parent`.
pub(super) unsafe fn remove_below(parent: NonNull<Node>, node: NonNull<Node>) {
    // SAFETY: alive, by contract.
    unsafe {
        let rest = remove_root(node);
        node.as_ref().prev.set(None);
        if let Some(rest) = rest {
            rest.as_ref().prev.set(Some(parent));
        }
        let above = parent.as_ref();
        let side = if above.left.get() == Some(node) { &above.left } else { &above.next };
        side.set(rest);
        let mut mended = Some(parent);
        while let Some(node) = mended.filter(|node| node.as_ref().mend()) {
            mended = node.as_ref().prev.get();
        }
    }
}

/// The node after `node` of those in preorder: its left child, its right one, or else the right sibling of the
/// nearest above that is a left child and has one.
///
/// # Safety
/// `node` is in a heap that does not change.
pub(super) unsafe fn preorder_next(mut node: NonNull<Node>) -> Link {
    // SAFETY: links of a node in a heap lead to live nodes.
    unsafe {
        if let Some(child) = node.as_ref().left.get() {
            return Some(child);
        }
        // A node without a left child has no right one.
        loop {
            let parent = node.as_ref().prev.get()?;
            let right = parent.as_ref().next.get();
            if right != Some(node) && right.is_some() {
                return right;
            }
            node = parent;
        }
    }
}
