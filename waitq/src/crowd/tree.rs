//! The nodes of the tree: how they stand, how a change goes down to them, and what they sum up.

use super::{Branch, Change, Crowd, LISTED, Member};
use crate::list::{Node, Tag};
use crate::status::Status;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The group, the turn in which it came, which starts again after the highest, and the address.
pub(super) type Key = (u64, u32, usize);

pub(super) type Link<T> = Option<NonNull<Node<T>>>;

/// A place for a child: whose, and whether on the right. `None` is the root's.
pub(super) type Position<T> = Option<(NonNull<Node<T>>, bool)>;

/// Children of `node`, left and right.
///
/// # Safety
/// The lock is held, and the node is in the tree.
pub(super) unsafe fn children<T: Tag>(node: NonNull<Node<T>>) -> [Link<T>; 2] {
    // SAFETY: a linked node is alive, and the lock is held.
    unsafe { node.as_ref().with(|entry| entry.children()) }
}

/// # Safety
/// As for [`children`].
pub(super) unsafe fn child<T: Tag>(node: NonNull<Node<T>>, right: bool) -> Link<T> {
    // SAFETY: by this function's contract.
    unsafe { children(node)[usize::from(right)] }
}

/// The order in the tree.
///
/// # Safety
/// As for [`children`].
pub(super) unsafe fn key<T: Member>(node: NonNull<Node<T>>) -> Key {
    // SAFETY: a linked node is alive, and the lock is held.
    let (group, turn) = unsafe { node.as_ref().with(|entry| (entry.tag.group(), entry.beside.turn)) };
    (group, turn, node.addr().get())
}

/// Goes into [`weight`].
static SECRET: AtomicU64 = AtomicU64::new(0);

/// Sets what nobody knows, so that nobody can have a deep tree: to be called before any tree is there.
pub fn set_secret(secret: u64) {
    SECRET.store(secret, Relaxed);
}

/// The order from the root down: a hash of the address, different for all.
fn weight<T: Tag>(node: NonNull<Node<T>>) -> u64 {
    mix(node.addr().get() as u64 ^ SECRET.load(Relaxed))
}

/// The finisher of SplitMix64 (Steele, Lea and Flood, 2014).
const fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Whether somebody at `node` or below has been chosen.
///
/// # Safety
/// As for [`children`].
pub(super) unsafe fn any_chosen<T: Member>(node: NonNull<Node<T>>) -> bool {
    // SAFETY: a linked node is alive, and the lock is held.
    unsafe { node.as_ref().with(|entry| entry.beside.chosen) }
}

/// Tells `node` alone.
///
/// # Safety
/// As for [`children`].
pub(super) unsafe fn tell_one<T: Member>(node: NonNull<Node<T>>, change: Change) {
    // SAFETY: a linked node is alive, and the lock is held.
    unsafe {
        node.as_ref().with(|entry| {
            if !entry.waker.is_queued() {
                return;
            }
            let woken_by = entry.tag.mask() & change.wakes;
            let sees_all = woken_by & !T::EVERYBODY == 0;
            entry.tag.see(if sees_all { change.seen } else { change.seen & !T::EVERYBODY });
            if woken_by != 0 {
                entry.waker.set(Status::chosen(false));
            }
        });
    }
}

/// Tells `node`, and all below it, soon.
///
/// # Safety
/// As for [`children`].
pub(super) unsafe fn tell<T: Member>(node: NonNull<Node<T>>, change: Change) {
    // SAFETY: by this function's contract.
    unsafe {
        tell_one(node, change);
        node.as_ref().with(|entry| {
            let branch = &mut entry.beside;
            branch.pending = branch.pending.and::<T>(change);
            branch.chosen |= branch.masks & change.wakes != 0;
        });
    }
}

/// Tells the children of `node` what is pending for them.
///
/// # Safety
/// As for [`children`].
pub(super) unsafe fn pass_down<T: Member>(node: NonNull<Node<T>>) {
    // SAFETY: by this function's contract; children of a linked node are linked.
    unsafe {
        let pending = node.as_ref().with(|entry| core::mem::take(&mut entry.beside.pending));
        if pending != Change::default() {
            children(node).into_iter().flatten().for_each(|child| tell(child, pending));
        }
    }
}

/// Sums up what is below `node`, where nothing is pending. Whether that is something else than before.
///
/// # Safety
/// As for [`children`].
unsafe fn sum_up<T: Member>(node: NonNull<Node<T>>) -> bool {
    let (mut masks, mut chosen) = (0, false);
    // SAFETY: by this function's contract; children of a linked node are linked.
    unsafe {
        for child in children(node).into_iter().flatten() {
            let below = child.as_ref().with(|entry| entry.beside);
            (masks, chosen) = (masks | below.masks, chosen | below.chosen);
        }
        node.as_ref().with(|entry| {
            masks |= if entry.waker.is_queued() { entry.tag.mask() } else { 0 };
            chosen |= entry.waker.status().is_chosen();
            let before = (entry.beside.masks, entry.beside.chosen);
            (entry.beside.masks, entry.beside.chosen) = (masks, chosen);
            before != (masks, chosen)
        })
    }
}

/// The nodes that were passed on the way down, whose sums change.
pub(super) struct Path<T: Tag> {
    nodes: [MaybeUninit<NonNull<Node<T>>>; ROOM],
    length: usize,
}

/// How many are remembered. Of a million nodes, as good as no tree is as deep.
const ROOM: usize = if cfg!(any(loom, test)) { 5 } else { 96 };

impl<T: Member> Path<T> {
    pub(super) fn new() -> Self {
        Self { nodes: [const { MaybeUninit::uninit() }; ROOM], length: 0 }
    }

    /// Passes down what is pending at `node`, and remembers it. If there is no room, its sum says too much.
    ///
    /// # Safety
    /// As for [`children`].
    pub(super) unsafe fn push(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract.
        unsafe { pass_down(node) };
        if let Some(place) = self.nodes.get_mut(self.length) {
            place.write(node);
            self.length += 1;
        } else {
            // SAFETY: as above.
            unsafe { node.as_ref().with(|entry| entry.beside.chosen = true) };
        }
    }

    /// Sums up from below.
    ///
    /// # Safety
    /// The lock is held, and the nodes are in the tree.
    pub(super) unsafe fn sum_up(&self) {
        for node in self.nodes[..self.length].iter().rev() {
            // SAFETY: the first `length` places are initialised; the rest by this function's contract.
            unsafe { sum_up(node.assume_init()) };
        }
    }

    /// As [`Path::sum_up`], where only the nodes from this one on have other children than before: no further up from
    /// there than something changes.
    ///
    /// # Safety
    /// As for [`Path::sum_up`].
    unsafe fn sum_up_from(&self, changed: usize) {
        for (index, node) in self.nodes[..self.length].iter().enumerate().rev() {
            // SAFETY: as there.
            let differs = unsafe { sum_up(node.assume_init()) };
            if index <= changed && !differs {
                return;
            }
        }
    }
}

impl<T: Member, K> Crowd<T, K> {
    fn set_child(&mut self, place: Position<T>, child: Link<T>) {
        match place {
            None => self.root = child,
            // SAFETY: `&mut self` is only had under the queue's lock; places are those of linked nodes.
            Some((node, right)) => unsafe { node.as_ref().with(|entry| entry.set_child(right, child)) },
        }
    }

    /// [`Lists::link`](crate::list::Lists::link) into a tree, which those of the list begin.
    ///
    /// # Safety
    /// That of [`Lists::link`](crate::list::Lists::link).
    #[inline(never)]
    pub(super) unsafe fn link_among_many(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract; who is taken out of the list is linked anew.
        unsafe {
            while let Some(first) = self.few.head() {
                self.few.remove(first);
                self.plant(first);
            }
            self.plant(node);
        }
    }

    /// Puts `node` into the tree.
    ///
    /// # Safety
    /// The lock is held, and the node alive and in no list.
    unsafe fn plant(&mut self, node: NonNull<Node<T>>) {
        let turn = self.turns;
        self.turns = turn.wrapping_add(1);
        self.many += 1;
        let (mut place, mut cursor) = (None, self.root);
        // SAFETY: by this function's contract; what is reached from the root is linked.
        unsafe {
            let (mask, chosen) = node.as_ref().with(|entry| {
                entry.beside = Branch { turn, ..Branch::default() };
                (entry.tag.mask(), entry.waker.status().is_chosen())
            });
            let key_of_it = key(node);
            while let Some(above) = cursor.filter(|above| weight(*above) > weight(node)) {
                pass_down(above);
                above.as_ref().with(|entry| {
                    entry.beside.masks |= mask;
                    entry.beside.chosen |= chosen;
                });
                let right = key(above) < key_of_it;
                place = Some((above, right));
                cursor = child(above, right);
            }
            self.set_child(place, Some(node));
            self.split(cursor, node, key_of_it);
        }
    }

    /// Puts the nodes of a tree below `node`, before and behind its key.
    ///
    /// # Safety
    /// The lock is held, and all are linked.
    unsafe fn split(&mut self, tree: Link<T>, node: NonNull<Node<T>>, key_of_it: Key) {
        let (mut path, mut cursor) = (Path::new(), tree);
        let mut ends = [Some((node, false)), Some((node, true))];
        // SAFETY: by this function's contract.
        unsafe {
            while let Some(below) = cursor {
                path.push(below);
                let before = key(below) < key_of_it;
                let end = &mut ends[usize::from(!before)];
                let place = end.replace((below, before));
                cursor = child(below, before);
                self.set_child(place, Some(below));
            }
            ends.into_iter().for_each(|end| self.set_child(end, None));
            path.sum_up();
            sum_up(node);
        }
    }

    /// [`Lists::unlink`](crate::list::Lists::unlink) out of the tree.
    ///
    /// # Safety
    /// That of [`Lists::unlink`](crate::list::Lists::unlink).
    #[inline(never)]
    pub(super) unsafe fn unlink_among_many(&mut self, node: NonNull<Node<T>>) {
        let mut path = Path::new();
        // SAFETY: the lock is held, and all these are linked.
        unsafe {
            let mut place = self.descend(node, |above| path.push(above));
            let above = path.length.saturating_sub(1);
            pass_down(node);
            let [mut left, mut right] = children(node);
            // The two trees below it are merged into one in its place.
            while let (Some(before), Some(behind)) = (left, right) {
                let first = weight(before) > weight(behind);
                let top = if first { before } else { behind };
                path.push(top);
                self.set_child(place, Some(top));
                place = Some((top, first));
                *(if first { &mut left } else { &mut right }) = child(top, first);
            }
            self.set_child(place, left.or(right));
            path.sum_up_from(above);
        }
        self.many -= 1;
        if self.root.is_none() {
            self.room = LISTED;
        }
    }

    /// Goes from the root down to `node`; what its place is. Each node above is visited.
    ///
    /// # Safety
    /// The lock is held, and `node` is in the tree.
    pub(super) unsafe fn descend(
        &self,
        node: NonNull<Node<T>>,
        mut visit: impl FnMut(NonNull<Node<T>>),
    ) -> Position<T> {
        let (mut place, mut cursor) = (None, self.root);
        // SAFETY: by this function's contract.
        let key_of_it = unsafe { key(node) };
        while let Some(above) = cursor.filter(|above| *above != node) {
            visit(above);
            // SAFETY: as above.
            let right = unsafe { key(above) } < key_of_it;
            place = Some((above, right));
            // SAFETY: as above.
            cursor = unsafe { child(above, right) };
        }
        place
    }

    /// The first in the tree's order who has been chosen.
    pub(super) fn first_chosen_of_many(&self) -> Link<T> {
        while self.has_chosen() {
            let (mut path, mut cursor) = (Path::new(), self.root);
            while let Some(node) = cursor {
                // SAFETY: a crowd is only had under its queue's lock; what is reached from the root is linked.
                unsafe {
                    path.push(node);
                    let [left, right] = children(node).map(|child| child.filter(|child| any_chosen(*child)));
                    if left.is_none() && node.as_ref().with(|entry| entry.waker.status().is_chosen()) {
                        return Some(node);
                    }
                    cursor = left.or(right);
                    if cursor.is_none() {
                        sum_up(node);
                        path.sum_up();
                    }
                }
            }
        }
        None
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// What SplitMix64 gives first after the seed 1234567, as Rosetta Code lists it.
    #[test]
    fn weights_are_mixed_as_published() {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let number = |index: u64| mix(1_234_567_u64.wrapping_add(GAMMA.wrapping_mul(index)));
        assert_eq!(
            [1, 2, 3].map(number),
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn weights_depend_on_the_address_and_the_secret() {
        const SECRET: u64 = 0x5555_5555_5555_5555;
        let nodes = [(); 2].map(|()| Node::new(()));
        let [first, second] = [0, 1].map(|index| NonNull::from(&nodes[index]));
        let address = first.addr().get() as u64;
        assert_ne!(weight(first), weight(second));
        // Trees of other tests stay in order meanwhile, if less even.
        set_secret(SECRET);
        let secret = weight(first);
        set_secret(0);
        assert_eq!((secret, weight(first)), (mix(address ^ SECRET), mix(address)));
    }
}
