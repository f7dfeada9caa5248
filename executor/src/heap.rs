//! The intrusive priority queue under the run queues and the timers.
//!
//! A node carries its key, so one copy of this code serves every user: a user puts a [`Node`] first in
//! a `repr(C)` structure and casts. The smallest key comes out first; equal keys in order of arrival.
//!
//! Nodes that come in order stand in a list, the *run*: tasks that take turns, timeouts of one length.
//! There everything is O(1). The others are in a pairing heap, where push is O(1), pop and removal from the
//! middle O(log n) amortised (Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap", 1986).
//!
//! ```text
//!   run.first ──▶ x ── next ──▶ y ◀── run.last             in the run, a node is its own child
//!
//!   root ── child ──▶ a ── next ──▶ b ── next ──▶ c        prev of a first child: its parent
//!                     │ child                              prev of another: its left sibling
//!                     ▼
//!                     d
//! ```
//!
//! Nodes are only touched under the lock of the heap they are in, or by the one party that owns them
//! while they are in none.

mod pairing;
mod run;

use core::cell::Cell;
use core::ptr::NonNull;
use pairing::{detach, meld, merge_siblings, preorder_next};
use run::Run;

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

/// The run, the heap's root, how many nodes there are, and how many there ever were.
pub(crate) struct Heap {
    run: Run,
    root: Link,
    length: usize,
    pushed: u64,
}

// SAFETY: a heap owns none of its nodes; whoever pushes promises that they may be used wherever the
// heap is used, under its lock.
unsafe impl Send for Heap {}

impl Heap {
    pub(crate) const fn new() -> Self {
        Self { run: Run::new(), root: None, length: 0, pushed: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The node that is first in line.
    #[inline(always)]
    pub(crate) fn first(&self) -> Link {
        let (Some(run), Some(root)) = (self.run.first, self.root) else {
            return self.run.first.or(self.root);
        };
        // SAFETY: both are in here, so alive.
        let heap_first = unsafe { root.as_ref().rank() < run.as_ref().rank() };
        Some(if heap_first { root } else { run })
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
        // SAFETY: the caller's contract.
        if unsafe { self.run.extend(node) } {
            return;
        }
        self.root = Some(match self.root {
            None => node,
            // SAFETY: both are roots of whole heaps: the one that was here, and a single node.
            Some(root) => unsafe { meld(root, node) },
        });
    }

    /// Takes the first node out.
    #[inline]
    pub(crate) fn pop(&mut self) -> Link {
        let first = self.first()?;
        self.length -= 1;
        if self.run.first == Some(first) {
            // SAFETY: it is in the run.
            unsafe { self.run.remove(first) };
        } else {
            self.pop_root(first);
        }
        Some(first)
    }

    #[inline(never)]
    fn pop_root(&mut self, root: NonNull<Node>) {
        // SAFETY: nodes in the heap are alive.
        let child = unsafe { root.as_ref() }.child.take();
        // SAFETY: `child` heads the list of the old root's children, which nobody else has now.
        self.root = child.map(|child| unsafe { merge_siblings(child) });
    }

    /// Takes `node` out, wherever it is.
    ///
    /// # Safety
    /// `node` is in this heap.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Node>) {
        self.length -= 1;
        // SAFETY: `node` and those beside it are in here, so alive. One that is not in the run and not the
        // root has a `prev`, and after `detach` its children belong to nobody.
        unsafe {
            if Run::has(node) {
                return self.run.remove(node);
            }
            if self.root == Some(node) {
                return self.pop_root(node);
            }
            detach(node);
            if let (Some(root), Some(child)) = (self.root, node.as_ref().child.take()) {
                self.root = Some(meld(root, merge_siblings(child)));
            }
        }
    }

    /// Looks for a node, the run first, among at most `limit` of them.
    pub(crate) fn find(&self, limit: usize, mut fits: impl FnMut(NonNull<Node>) -> bool) -> Link {
        let mut cursor = self.run.first.or(self.root);
        for _ in 0..limit {
            let node = cursor?;
            if fits(node) {
                return Some(node);
            }
            // SAFETY: nodes in here are alive, and nothing changes during the walk.
            cursor = unsafe {
                match Run::has(node) {
                    true => node.as_ref().next.get().or(self.root),
                    false => preorder_next(node),
                }
            };
        }
        None
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
            // Every other time nearly in order.
            let keys: Vec<u64> = match round % 2 {
                0 => (0..40).map(|_| next() % 30).collect(),
                _ => (0..40).map(|place| place / 2 + next() % 3).collect(),
            };
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
