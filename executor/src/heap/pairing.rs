//! The pairing heap: how nodes that came out of order are linked.

use super::{Link, Node};
use core::ptr::NonNull;

/// Makes one heap of two; the root of the result.
///
/// # Safety
/// Both are roots of separate, live heaps; neither has siblings.
#[inline]
pub(super) unsafe fn meld(first: NonNull<Node>, second: NonNull<Node>) -> NonNull<Node> {
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
pub(super) unsafe fn merge_siblings(first: NonNull<Node>) -> NonNull<Node> {
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
pub(super) unsafe fn detach(node: NonNull<Node>) {
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
pub(super) unsafe fn preorder_next(mut node: NonNull<Node>) -> Link {
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
