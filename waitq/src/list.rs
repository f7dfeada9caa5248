//! The circular doubly linked list of waiters, and the node that futures embed.
//!
//! The list is one pointer to its head (the tail is the head's `prev`), which keeps a whole
//! [`WaitQueue`](crate::WaitQueue) at 16 bytes. A node is only touched under the lock of its queue.

use crate::status::StatusWaker;
use crate::sync::UnsafeCell;
use core::marker::PhantomPinned;
use core::ptr::NonNull;

/// What a waiter is told apart by, and what wakers may leave with it.
pub trait Tag: Copy {
    /// What a queue keeps beside the tag, for itself.
    type Beside: Default;

    /// Whether a counted wake that `dropped` received but never saw may go to `self` instead.
    fn takes_over(&self, dropped: &Self) -> bool {
        let _ = dropped;
        true
    }
}

impl Tag for () {
    type Beside = ();
}

pub(crate) struct Entry<T: Tag> {
    /// In a tree, the child on the left, or the pointer that dangles.
    next: NonNull<Node<T>>,
    /// In a tree, the child on the right.
    prev: NonNull<Node<T>>,
    pub(crate) waker: StatusWaker,
    pub(crate) tag: T,
    pub(crate) beside: T::Beside,
}

impl<T: Tag> Entry<T> {
    /// The children, left and right, of a node in a tree.
    #[inline(always)]
    pub(crate) fn children(&self) -> [Option<NonNull<Node<T>>>; 2] {
        [self.next, self.prev].map(|child| (child != NonNull::dangling()).then_some(child))
    }

    /// Sets the child on the left, or on the right.
    #[inline(always)]
    pub(crate) fn set_child(&mut self, right: bool, child: Option<NonNull<Node<T>>>) {
        *(if right { &mut self.prev } else { &mut self.next }) = child.unwrap_or(NonNull::dangling());
    }
}

/// A waiter's place in a list. Pinned from its first link to its last.
pub struct Node<T: Tag> {
    entry: UnsafeCell<Entry<T>>,
    _pinned: PhantomPinned,
}

impl<T: Tag> Node<T> {
    pub(crate) fn new(tag: T) -> Self {
        let (nobody, beside) = (NonNull::dangling(), T::Beside::default());
        let entry = Entry { next: nobody, prev: nobody, waker: StatusWaker::idle(), tag, beside };
        Self { entry: UnsafeCell::new(entry), _pinned: PhantomPinned }
    }

    /// A copy of the tag.
    ///
    /// # Safety
    /// Nobody has the entry as [`Node::with`] gives it meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn tag(&self) -> T {
        // SAFETY: nobody changes it meanwhile, by this function's contract.
        self.entry.with(|entry| unsafe { (*entry).tag })
    }

    /// Runs `f` on the node's entry.
    ///
    /// # Safety
    /// The caller holds the lock of the queue that the node belongs to, or is the node's only owner
    /// while it is not linked; and `f` reaches this entry in no other way.
    #[inline(always)]
    pub(crate) unsafe fn with<R>(&self, f: impl FnOnce(&mut Entry<T>) -> R) -> R {
        // SAFETY: the caller has exclusive access to the entry, by this function's contract.
        self.entry.with_mut(|entry| f(unsafe { &mut *entry }))
    }
}

/// Waiters in the order of their arrival.
pub struct List<T: Tag> {
    head: Option<NonNull<Node<T>>>,
}

// SAFETY: a list owns no node; it is only used under its queue's lock, and tags and wakers may move
// between threads.
unsafe impl<T: Tag + Send> Send for List<T> {}

impl<T: Tag> List<T> {
    /// An empty list.
    pub const fn new() -> Self {
        Self { head: None }
    }

    /// The list whose first this one is.
    pub(crate) fn of(first: NonNull<Node<T>>) -> Self {
        Self { head: Some(first) }
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    /// Whether there is one here whose tag `matches`.
    pub fn any(&self, mut matches: impl FnMut(&T) -> bool) -> bool {
        let mut found = false;
        self.for_each(|tag| found |= matches(tag));
        found
    }

    /// Visits the tags of those who stand here.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&mut T)) {
        let mut cursor = self.head;
        while let Some(node) = cursor {
            // SAFETY: a list that is not empty is only had under its queue's lock; the node is linked, so alive.
            cursor = unsafe {
                node.as_ref().with(|entry| visit(&mut entry.tag));
                self.after(node)
            };
        }
    }

    pub(crate) fn head(&self) -> Option<NonNull<Node<T>>> {
        self.head
    }

    /// The node behind `node`, or `None` at the end.
    ///
    /// # Safety
    /// `node` is in this list and the lock is held.
    pub(crate) unsafe fn after(&self, node: NonNull<Node<T>>) -> Option<NonNull<Node<T>>> {
        // SAFETY: a linked node is alive, and the lock is held.
        let next = unsafe { node.as_ref().with(|entry| entry.next) };
        (Some(next) != self.head).then_some(next)
    }

    /// Links `node` at the end.
    ///
    /// # Safety
    /// `node` is pinned and in no list, it is removed before it goes away, and the lock is held.
    pub(crate) unsafe fn push_back(&mut self, node: NonNull<Node<T>>) {
        let (prev, next) = match self.head {
            None => {
                self.head = Some(node);
                (node, node)
            }
            // SAFETY: the head is linked, so alive, and the lock is held.
            Some(head) => (unsafe { head.as_ref().with(|entry| entry.prev) }, head),
        };
        // SAFETY: as above; each closure touches one entry, and none is nested in another.
        unsafe {
            node.as_ref().with(|entry| (entry.prev, entry.next) = (prev, next));
            prev.as_ref().with(|entry| entry.next = node);
            next.as_ref().with(|entry| entry.prev = node);
        }
    }

    /// Links `node` at the front.
    ///
    /// # Safety
    /// As for [`List::push_back`].
    pub(crate) unsafe fn push_front(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: the caller keeps the same contract. In a circle, the end is the place before the head.
        unsafe { self.push_back(node) };
        self.head = Some(node);
    }

    /// Unlinks `node`.
    ///
    /// # Safety
    /// `node` is in this list and the lock is held.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: `node` and its neighbours are linked, so alive, and the lock is held.
        unsafe {
            let (prev, next) = node.as_ref().with(|entry| (entry.prev, entry.next));
            if next == node {
                self.head = None;
                return;
            }
            prev.as_ref().with(|entry| entry.next = next);
            next.as_ref().with(|entry| entry.prev = prev);
            if self.head == Some(node) {
                self.head = Some(next);
            }
        }
    }
}

impl<T: Tag> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a queue keeps its waiters: one list, [many by key](crate::Buckets), or [a tree](crate::Crowd).
pub trait Lists<T: Tag> {
    /// What may be let go when somebody has left, once the lock is released.
    type Keeper;

    /// The list in which waiters with this tag stand. The same tag gives the same list as long as a
    /// waiter is in it.
    fn list(&mut self, tag: &T) -> &mut List<T>;

    /// Lets a node in.
    ///
    /// # Safety
    /// `node` is pinned and in no list, it is unlinked before it goes away, and the lock is held.
    #[inline(always)]
    unsafe fn link(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: the caller keeps the same contract.
        unsafe {
            let tag = node.as_ref().tag();
            self.list(&tag).push_back(node);
        }
    }

    /// Takes a node out.
    ///
    /// # Safety
    /// `node` is linked here and the lock is held.
    #[inline(always)]
    unsafe fn unlink(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: the caller keeps the same contract.
        unsafe {
            let tag = node.as_ref().tag();
            Self::remove(self.list(&tag), node);
        }
    }

    /// Takes a node out of a list that is one of these.
    ///
    /// # Safety
    /// `node` is in `list`, and the lock is held.
    #[inline(always)]
    unsafe fn remove(list: &mut List<T>, node: NonNull<Node<T>>) {
        // SAFETY: the caller keeps the same contract.
        unsafe { list.remove(node) }
    }

    /// Puts a node that stood in a list, one of these, in front of the others.
    ///
    /// # Safety
    /// As for [`Lists::link`].
    #[inline(always)]
    unsafe fn push_front(list: &mut List<T>, node: NonNull<Node<T>>) {
        // SAFETY: the caller keeps the same contract.
        unsafe { list.push_front(node) }
    }

    /// Tells a node what has happened to it.
    ///
    /// # Safety
    /// As for [`Lists::unlink`].
    #[inline(always)]
    unsafe fn settle(&mut self, _node: NonNull<Node<T>>) {}

    /// What is to be let go now.
    fn released(&mut self) -> Self::Keeper;
}

impl<T: Tag> Lists<T> for List<T> {
    type Keeper = ();

    #[inline(always)]
    fn released(&mut self) {}

    #[inline(always)]
    fn list(&mut self, _tag: &T) -> &mut List<T> {
        self
    }
}
