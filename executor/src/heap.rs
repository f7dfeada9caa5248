//! The intrusive priority queue under the run queues and the timers.
//!
//! A node carries its key, so one copy of this code serves every user: a user puts a [`Node`] first in
//! a `repr(C)` structure and casts. The smallest key comes out first; equal keys in order of arrival.
//!
//! Nodes that come in order stand in a list, the *run*: tasks that take turns, timeouts of one length.
//! There everything is O(1). The others are in a leftist heap (`heap/leftist.rs`), where everything is O(log n)
//! in the worst case, not only on average: a queue may have as many nodes as user code likes, and each operation
//! is under a lock.
//!
//! ```text
//!   run.first ──▶ x ── next ──▶ y ◀── run.last             in the run, a node is its own left child
//!
//!             root                                         prev: the parent
//!        left ╱  ╲ next                                    next: the right child
//!            a    b
//! ```
//!
//! Nodes are only touched under the lock of the heap they are in, or by the one party that owns them
//! while they are in none.

mod leftist;
mod run;

use core::cell::Cell;
use core::ptr::NonNull;
use leftist::{meld, preorder_next, remove_below, remove_root, single};
use run::Run;

pub(crate) type Link = Option<NonNull<Node>>;

/// The bits of a node's order that hold its distance, which is the logarithm of a number of nodes at most.
const DISTANCE: u64 = 0xff;

/// A place in a heap, in an inbox (through `next`), or nowhere.
pub(crate) struct Node {
    /// What orders the heap. Changed only while the node is in no heap.
    pub(crate) key: Cell<u64>,
    /// When it came, among equals; in the lowest bits, its distance in the leftist heap.
    order: Cell<u64>,
    left: Cell<Link>,
    pub(crate) next: Cell<Link>,
    prev: Cell<Link>,
}

impl Node {
    pub(crate) const fn new(key: u64) -> Self {
        Self {
            key: Cell::new(key),
            order: Cell::new(0),
            left: Cell::new(None),
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
        self.pushed += DISTANCE + 1;
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
        // SAFETY: both are roots of whole heaps: the one that was here, and a single node.
        unsafe {
            single(node);
            self.root = meld(self.root, Some(node));
        }
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
        // SAFETY: it is the root of this heap, in which all nodes are alive.
        self.root = unsafe { remove_root(root) };
    }

    /// Takes `node` out, wherever it is.
    ///
    /// # Safety
    /// `node` is in this heap.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Node>) {
        self.length -= 1;
        // SAFETY: `node` and those beside it are in here, so alive. One that is not in the run and has no
        // parent is the root.
        unsafe {
            if Run::has(node) {
                return self.run.remove(node);
            }
            match node.as_ref().prev.get() {
                Some(parent) => remove_below(parent, node),
                None => self.pop_root(node),
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

    /// However they came and whoever left, no step of an operation is long: looking at a node twice as often as
    /// the way down is long would be more than a leftist heap does.
    #[test]
    fn ways_to_the_right_are_short() {
        fn check(node: Link, parent: Link) -> u64 {
            let Some(node) = node else { return 0 };
            // SAFETY: leaked nodes live for ever.
            let header = unsafe { node.as_ref() };
            assert_eq!(header.prev.get(), parent);
            let (left, right) = (check(header.left.get(), Some(node)), check(header.next.get(), Some(node)));
            assert!(left >= right, "a left child is as far as the right one");
            assert_eq!(header.order.get() & DISTANCE, right + 1);
            right + 1
        }
        let mut random = 3_u64;
        let mut next = || {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
            random >> 33
        };
        let nodes = nodes(&(0..1000).map(|_| next()).collect::<Vec<_>>());
        let mut heap = Heap::new();
        for (count, node) in nodes.iter().enumerate() {
            // SAFETY: leaked, pushed once.
            unsafe { heap.push(*node) };
            if count % 3 == 2 {
                // SAFETY: pushed just before the last, and still in the heap.
                unsafe { heap.remove(nodes[count - 1]) };
            }
            check(heap.root, None);
        }
        let left = heap.len();
        assert_eq!(left, 1000 - 333);
        let keys = drain(&mut heap);
        assert_eq!(keys.len(), left);
        assert!(keys.is_sorted());
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
