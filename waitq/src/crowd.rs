//! Waiters that changes choose by mask or by group: in a list while they are few, and then in a tree, so that no change
//! takes longer because many wait.
//!
//! Nearly all objects have a few waiters, whom a list serves at less cost. The tree is a treap (Seidel and Aragon, 1996): in
//! order by group and arrival, and a heap by a hash of the address, which makes it about two or three times the logarithm
//! deep. Each node sums up what is below it:
//!
//! ```text
//!   masks     what those wait for who have not been chosen
//!   chosen    whether somebody has been chosen: he is to be taken out and woken
//!   pending   what happened to all below, and was not passed down to them yet
//! ```
//!
//! A [`Change`] is told to everybody, or to a group, by noting it at a few nodes. Whoever comes by passes it down, also
//! who joins, before he is below: so a change reaches exactly those who were there, and is over when they are told,
//! even if many have yet to be taken out. These go one by one, by who made the change, or, if that would take long, by
//! somebody who has the time: see [`Locked::tell`](crate::Locked::tell). Who leaves by himself, or is polled,
//! first has passed down to him what happened.
//!
//! A path from the root is remembered as far as [`Path`] has room. Below, sums may say more than there is, never less;
//! who goes after them and finds nothing puts them right.
//!
//! Those who [stay](Member::stays), whatever happens, are in a list of their own, which its users keep short.

mod tree;
mod wake;

pub use tree::set_secret;

use crate::list::{List, Lists, Node, Tag};
use crate::waiters::{BATCH, Waiters};
use core::ptr::NonNull;
use tree::{Link, Path, any_chosen, child, key, pass_down, tell, tell_one};

/// How many wait in a list, at most: one locked section carries all their wakers away.
const LISTED: u32 = if cfg!(any(loom, test)) { 2 } else { BATCH as u32 };

/// How many are woken by who made a change, at most, and in a step of [`WaitQueue::finish`](crate::WaitQueue::finish).
pub const FEW: u32 = if cfg!(loom) { 2 } else { 16 };

/// What happened: each waiter sees it, and is woken if its mask has something in common with `wakes`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Change {
    /// What waiters see.
    pub seen: u32,
    /// Whom it wakes.
    pub wakes: u32,
}

impl Change {
    /// This one, and then the other, for those who have been told of neither. After one that wakes everybody nobody sees
    /// another.
    fn and<T: Member>(self, other: Self) -> Self {
        match self.wakes & T::EVERYBODY {
            0 => Self { seen: self.seen | other.seen, wakes: self.wakes | other.wakes },
            _ => self,
        }
    }
}

/// The tag of one in a crowd. Group and mask do not change while it waits.
pub trait Member: Tag<Beside = Branch> {
    /// What is in everybody's mask. It is seen by those whom it wakes alone: who has been woken by something else before
    /// does not see it, while anything else may be seen by who has been chosen and not been taken out.
    const EVERYBODY: u32;
    /// The group it belongs to.
    fn group(&self) -> u64;
    /// What it waits for.
    fn mask(&self) -> u32;
    /// Takes in what happened.
    fn see(&mut self, seen: u32);
    /// Whether it is told of changes by [`Waiters::tell_matching`](crate::Waiters::tell_matching), and stays.
    fn stays(&self) -> bool;
}

/// What a node knows of those below it, itself included.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Branch {
    masks: u32,
    /// The how many-th it was that came.
    turn: u32,
    chosen: bool,
    pending: Change,
}

/// The waiters. `K` keeps the queue alive for whoever goes on with waking many.
pub struct Crowd<T: Member, K = ()> {
    /// Those who wait, in the order of their arrival, while there is no tree.
    few: List<T>,
    /// The tree: from the moment on that they are too many for a list, until it is empty.
    root: Link<T>,
    staying: List<T>,
    /// How many more the list has room for: none while there is a tree.
    room: u32,
    /// How many are in the tree.
    many: u32,
    /// How many have come into the tree.
    turns: u32,
    /// Somebody has taken it on to wake those who are chosen.
    finishing: bool,
    /// There while many wait; while somebody is finishing it is his.
    keeper: Option<K>,
}

// SAFETY: a crowd owns no node; it is only used under its queue's lock, and tags and wakers may move between threads.
unsafe impl<T: Member + Send, K: Send> Send for Crowd<T, K> {}

impl<T: Member, K> Default for Crowd<T, K> {
    fn default() -> Self {
        let (few, staying) = (List::new(), List::new());
        Self { few, room: LISTED, root: None, many: 0, turns: 0, staying, finishing: false, keeper: None }
    }
}

impl<T: Member, K> Crowd<T, K> {
    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.few.is_empty() && self.root.is_none() && self.staying.is_empty()
    }

    /// How many are woken at once when all are told, at most; others are left to who wakes the rest, but for those who
    /// stay.
    pub fn woken_at_once(&self) -> usize {
        let mut few = 0;
        self.few.for_each(|_| few += 1);
        self.staying() + if self.root.is_some() { FEW as usize } else { few }
    }

    /// How many stay.
    pub fn staying(&self) -> usize {
        let mut count = 0;
        self.staying.for_each(|_| count += 1);
        count
    }

    /// Tells everybody, but those who stay. Who is chosen by that is woken by
    /// [`WaitQueue::deliver`](crate::WaitQueue::deliver).
    pub fn tell_all(&mut self, change: Change) {
        match self.root {
            // SAFETY: `&mut self` is only had under the queue's lock; the root is linked.
            Some(root) => unsafe { tell(root, change) },
            None => self.tell_few(|_| true, change),
        }
    }

    /// As [`Crowd::tell_all`], only those of a group.
    pub fn tell_group(&mut self, group: u64, change: Change) {
        match self.root {
            Some(_) => self.tell_group_in_tree(group, change),
            None => self.tell_few(|tag| tag.group() == group, change),
        }
    }

    /// Tells those in the list for whom `which` says so.
    fn tell_few(&mut self, which: impl Fn(&T) -> bool, change: Change) {
        let mut cursor = self.few.head();
        while let Some(node) = cursor {
            // SAFETY: `&mut self` is only had under the queue's lock; the node is linked in this list.
            unsafe {
                if node.as_ref().with(|entry| which(&entry.tag)) {
                    tell_one(node, change);
                }
                cursor = self.few.after(node);
            }
        }
    }

    fn tell_group_in_tree(&mut self, group: u64, change: Change) {
        let (mut path, mut cursor) = (Path::new(), self.root);
        // SAFETY: `&mut self` is only had under the queue's lock; what is reached from the root is linked.
        unsafe {
            let top = loop {
                let Some(node) = cursor else { return };
                path.push(node);
                let here = key(node).0;
                if here == group {
                    break node;
                }
                cursor = child(node, here < group);
            };
            tell_one(top, change);
            for right in [false, true] {
                cursor = child(top, right);
                while let Some(node) = cursor {
                    path.push(node);
                    let member = key(node).0 == group;
                    if member {
                        tell_one(node, change);
                        // All between this one and the top belong to the group.
                        child(node, !right).into_iter().for_each(|inner| tell(inner, change));
                    }
                    cursor = child(node, if member { right } else { !right });
                }
            }
            path.sum_up();
        }
    }

    /// Whether somebody has been chosen and not been taken out; of many, whether it seems so: what is known of a branch
    /// may be old.
    pub fn has_chosen(&self) -> bool {
        match self.root {
            // SAFETY: a crowd is only had under its queue's lock; the root is linked.
            Some(root) => unsafe { any_chosen(root) },
            None => self.first_chosen_of_few().is_some(),
        }
    }

    fn first_chosen_of_few(&self) -> Link<T> {
        let mut cursor = self.few.head();
        while let Some(node) = cursor {
            // SAFETY: a crowd is only had under its queue's lock; the node is linked in this list.
            unsafe {
                if node.as_ref().with(|entry| entry.waker.status().is_chosen()) {
                    break;
                }
                cursor = self.few.after(node);
            }
        }
        cursor
    }

    fn are_many(&self) -> bool {
        self.many >= FEW
    }

    /// Whether so many wait that somebody has to [keep](Self::keep) the queue for who wakes them, and nobody does.
    #[inline]
    pub fn wants_keeper(&self) -> bool {
        self.are_many() && self.has_no_keeper()
    }

    #[cold]
    #[inline(never)]
    fn has_no_keeper(&self) -> bool {
        self.keeper.is_none() && !self.finishing
    }

    /// Lets somebody keep the queue as long as many wait; who is not needed comes back.
    pub fn keep(&mut self, keeper: K) -> Option<K> {
        if !self.wants_keeper() {
            return Some(keeper);
        }
        self.keeper = Some(keeper);
        None
    }

    /// While it is being finished: what whoever does that keeps with it.
    pub fn note(&mut self) -> &mut Option<K> {
        debug_assert!(self.finishing, "the place is the keeper's");
        &mut self.keeper
    }
}

impl<T: Member, K> Lists<T> for Crowd<T, K> {
    type Keeper = Option<K>;

    /// Only those who stay are in a list.
    fn list(&mut self, _tag: &T) -> &mut List<T> {
        &mut self.staying
    }

    #[inline]
    unsafe fn link(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract.
        unsafe {
            if node.as_ref().with(|entry| entry.tag.stays()) {
                return self.staying.push_back(node);
            }
            match self.room.checked_sub(1) {
                Some(room) => {
                    self.room = room;
                    self.few.push_back(node);
                }
                None => self.link_among_many(node),
            }
        }
    }

    #[inline]
    unsafe fn unlink(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract.
        unsafe {
            if node.as_ref().with(|entry| entry.tag.stays()) {
                return self.staying.remove(node);
            }
            if self.root.is_some() {
                return self.unlink_among_many(node);
            }
            self.few.remove(node);
        }
        self.room += 1;
    }

    #[inline]
    unsafe fn settle(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract.
        unsafe {
            if self.root.is_some() && !node.as_ref().with(|entry| entry.tag.stays()) {
                self.descend(node, |above| pass_down(above));
            }
        }
    }

    #[inline]
    fn released(&mut self) -> Option<K> {
        if self.keeper.is_none() || self.are_many() || self.finishing { None } else { self.keeper.take() }
    }
}

impl<T: Member, K> Waiters<'_, T, Crowd<T, K>> {
    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
