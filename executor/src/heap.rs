//! The intrusive pairing heap under the run queues and the timers.
//!
//! A node carries its key, so one copy of this code serves every user: a user puts a [`Node`] first in
//! a `repr(C)` structure and casts. The smallest key comes out first; equal keys in order of arrival.
//! Push is O(1), pop and removal from the middle O(log n) amortised (Fredman, Sedgewick, Sleator,
//! Tarjan: "The pairing heap", 1986).
//!
//! ```text
//!   root ── child ──▶ a ── next ──▶ b ── next ──▶ c        prev of a first child: its parent
//!                     │ child                              prev of another: its left sibling
//!                     ▼
//!                     d
//! ```
//!
//! Nodes are only touched under the lock of the heap they are in, or by the one party that owns them
//! while they are in none.

use core::cell::Cell;
use core::ptr::NonNull;

pub(crate) type Link = Option<NonNull<Node>>;

/// A place in a heap, in an inbox (through `next`), or nowhere.
pub(crate) struct Node {
    /// What orders the heap. Changed only while the node is in no heap.
    pub(crate) key: Cell<u64>,
    order: Cell<u64>,
    child: Cell<Link>,
    pub(crate) next: Cell<Link>,
    prev: Cell<Link>,
}

impl Node {
    pub(crate) const fn new(key: u64) -> Self {
        Self {
            key: Cell::new(key),
            order: Cell::new(0),
            child: Cell::new(None),
            next: Cell::new(None),
            prev: Cell::new(None),
        }
    }

    #[inline(always)]
    fn rank(&self) -> u128 {
        (self.key.get() as u128) << 64 | self.order.get() as u128
    }
}

/// The heap: its root, how many nodes it has, and how many it ever had.
pub(crate) struct Heap {
    root: Link,
    length: usize,
    pushed: u64,
}

// SAFETY: a heap owns none of its nodes; whoever pushes promises that they may be used wherever the
// heap is used, under its lock.
unsafe impl Send for Heap {}

impl Heap {
    pub(crate) const fn new() -> Self {
        Self { root: None, length: 0, pushed: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The node that is first in line.
    #[inline(always)]
    pub(crate) fn first(&self) -> Link {
        self.root
    }

    /// Puts a node in, behind its equals.
    ///
    /// # Safety
    /// `node` is in no heap, and stays alive and in place until it is taken out of this one.
    #[inline]
    pub(crate) unsafe fn push(&mut self, node: NonNull<Node>) {
        // SAFETY: the caller owns the node.
        unsafe { node.as_ref() }.order.set(self.pushed);
        self.pushed += 1;
        // SAFETY: the caller's contract.
        unsafe { self.put_back(node) };
    }

    /// Puts a node in at the place it had when it was popped.
    ///
    /// # Safety
    /// As for [`Heap::push`]; and it was popped from this heap.
    #[inline]
    pub(crate) unsafe fn put_back(&mut self, node: NonNull<Node>) {
        self.length += 1;
        self.root = Some(match self.root {
            None => node,
            // SAFETY: both are roots of whole heaps: the one that was here, and a single node.
            Some(root) => unsafe { meld(root, node) },
        });
    }

    /// Takes the first node out.
    #[inline]
    pub(crate) fn pop(&mut self) -> Link {
        let root = self.root?;
        self.length -= 1;
        // SAFETY: nodes in the heap are alive.
        let child = unsafe { root.as_ref() }.child.take();
        // SAFETY: `child` heads the list of the old root's children, which nobody else has now.
        self.root = child.map(|child| unsafe { merge_siblings(child) });
        Some(root)
    }

    /// Takes `node` out, wherever it is.
    ///
    /// # Safety
    /// `node` is in this heap.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Node>) {
        if self.root == Some(node) {
            self.pop();
            return;
        }
        self.length -= 1;
        // SAFETY: `node` and those beside it are in the heap, so alive; it is not the root, so it has
        // a `prev`, and after `detach` its children belong to nobody.
        unsafe {
            detach(node);
            if let (Some(root), Some(child)) = (self.root, node.as_ref().child.take()) {
                self.root = Some(meld(root, merge_siblings(child)));
            }
        }
    }

    /// Looks for a node, roughly in order, among at most `limit` of them.
    pub(crate) fn find(&self, limit: usize, mut fits: impl FnMut(NonNull<Node>) -> bool) -> Link {
        let mut cursor = self.root;
        for _ in 0..limit {
            let node = cursor?;
            if fits(node) {
                return Some(node);
            }
            // SAFETY: nodes in the heap are alive, and nothing changes it during the walk.
            cursor = unsafe { preorder_next(node) };
        }
        None
    }
}

/// Makes one heap of two; the root of the result.
///
/// # Safety
/// Both are roots of separate, live heaps; neither has siblings.
#[inline]
unsafe fn meld(first: NonNull<Node>, second: NonNull<Node>) -> NonNull<Node> {
    // SAFETY: live, by contract.
    let swap = unsafe { second.as_ref().rank() < first.as_ref().rank() };
    let (winner, loser) = if swap { (second, first) } else { (first, second) };
    // SAFETY: as above; a child of a live node is alive.
    unsafe {
        let child = winner.as_ref().child.replace(Some(loser));
        loser.as_ref().next.set(child);
        loser.as_ref().prev.set(Some(winner));
        if let Some(child) = child {
            child.as_ref().prev.set(Some(loser));
        }
    }
    winner
}

/// Makes one heap of a list of siblings, in two passes: pairs from left to right, then all from right
/// to left. This is what bounds the cost.
///
/// # Safety
/// `first` heads a list of live siblings that nobody else has.
unsafe fn merge_siblings(first: NonNull<Node>) -> NonNull<Node> {
    let mut pairs: Link = None;
    let mut rest = Some(first);
    // SAFETY: each node is taken off its list before it is melded, so it has no siblings then.
    unsafe {
        while let Some(left) = rest {
            rest = left.as_ref().next.take();
            let pair = match rest {
                None => left,
                Some(right) => {
                    rest = right.as_ref().next.take();
                    meld(left, right)
                }
            };
            pair.as_ref().next.set(pairs);
            pairs = Some(pair);
        }
        let mut result = pairs.unwrap_or(first);
        let mut rest = result.as_ref().next.take();
        while let Some(pair) = rest {
            rest = pair.as_ref().next.take();
            result = meld(pair, result);
        }
        result.as_ref().prev.set(None);
        result
    }
}

/// Cuts `node`, with its children, off its parent and siblings.
///
/// # Safety
/// `node` is in a heap and not its root.
unsafe fn detach(node: NonNull<Node>) {
    // SAFETY: the neighbours of a node in a heap are alive.
    unsafe {
        let next = node.as_ref().next.take();
        let prev = node.as_ref().prev.take();
        if let Some(next) = next {
            next.as_ref().prev.set(prev);
        }
        if let Some(prev) = prev.map(|prev| prev.as_ref()) {
            let side = if prev.child.get() == Some(node) { &prev.child } else { &prev.next };
            side.set(next);
        }
    }
}

/// The node after `node`: its child, or else the next sibling of the nearest that has one.
///
/// # Safety
/// `node` is in a heap that does not change.
unsafe fn preorder_next(mut node: NonNull<Node>) -> Link {
    // SAFETY: links of a node in a heap lead to live nodes.
    unsafe {
        if let Some(child) = node.as_ref().child.get() {
            return Some(child);
        }
        loop {
            if let Some(next) = node.as_ref().next.get() {
                return Some(next);
            }
            node = parent(node)?;
        }
    }
}

/// # Safety
/// `node` is in a heap that does not change.
unsafe fn parent(mut node: NonNull<Node>) -> Link {
    // SAFETY: links of a node in a heap lead to live nodes.
    unsafe {
        loop {
            let prev = node.as_ref().prev.get()?;
            if prev.as_ref().child.get() == Some(node) {
                return Some(prev);
            }
            node = prev;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::boxed::Box;
    use std::vec::Vec;

    fn nodes(keys: &[u64]) -> Vec<NonNull<Node>> {
        let make = |key: &u64| NonNull::from(Box::leak(Box::new(Node::new(*key))));
        keys.iter().map(make).collect()
    }

    fn drain(heap: &mut Heap) -> Vec<u64> {
        // SAFETY: leaked nodes live for ever.
        core::iter::from_fn(|| heap.pop()).map(|node| unsafe { node.as_ref() }.key.get()).collect()
    }

    #[test]
    fn sorts_and_keeps_equals_in_order() {
        let mut heap = Heap::new();
        let nodes = nodes(&[5, 1, 4, 1, 5, 9, 2, 6]);
        for node in &nodes {
            // SAFETY: leaked, pushed once.
            unsafe { heap.push(*node) };
        }
        assert_eq!(heap.len(), 8);
        assert_eq!([heap.pop(), heap.pop()], [Some(nodes[1]), Some(nodes[3])]);
        assert_eq!(drain(&mut heap), [2, 4, 5, 5, 6, 9]);
    }

    #[test]
    fn removes_from_anywhere() {
        let mut random = 7_u64;
        for round in 0..200 {
            let mut next = || {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
                random >> 33
            };
            let keys: Vec<u64> = (0..40).map(|_| next() % 30).collect();
            let nodes = nodes(&keys);
            let mut heap = Heap::new();
            for node in &nodes {
                // SAFETY: leaked, pushed once.
                unsafe { heap.push(*node) };
            }
            let lowest = heap.pop().expect("forty nodes");
            let mut expected = Vec::new();
            for (node, key) in nodes.iter().zip(&keys).filter(|(node, _)| **node != lowest) {
                match next() % 3 == round % 3 {
                    // SAFETY: still in the heap.
                    true => unsafe { heap.remove(*node) },
                    false => expected.push(*key),
                }
            }
            expected.sort();
            assert_eq!(heap.len(), expected.len());
            assert_eq!(drain(&mut heap), expected);
        }
    }

    #[test]
    fn find_visits_every_node_once() {
        let mut heap = Heap::new();
        for node in nodes(&(0..50).map(|i| i * 37 % 50).collect::<Vec<_>>()) {
            // SAFETY: leaked, pushed once.
            unsafe { heap.push(node) };
        }
        heap.pop();
        let mut seen = Vec::new();
        // SAFETY: leaked nodes live for ever.
        let note = |node: NonNull<Node>| seen.push(unsafe { node.as_ref() }.key.get());
        let mut note = note;
        assert_eq!(
            heap.find(100, |node| {
                note(node);
                false
            }),
            None
        );
        seen.sort();
        assert_eq!(seen, (1..50).collect::<Vec<_>>());
    }
}
