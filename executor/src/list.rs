//! The intrusive doubly linked list that registries and scopes keep their tasks in.
//!
//! Only touched under the lock of whoever owns the list.

use core::cell::Cell;
use core::ptr::NonNull;

/// A place in a list of `T`.
pub(crate) struct Links<T> {
    next: Cell<Option<NonNull<T>>>,
    prev: Cell<Option<NonNull<T>>>,
}

impl<T> Links<T> {
    pub(crate) const fn new() -> Self {
        Self { next: Cell::new(None), prev: Cell::new(None) }
    }
}

/// A list of `T`, linked through one of its fields.
pub(crate) struct List<T> {
    head: Option<NonNull<T>>,
    links: fn(&T) -> &Links<T>,
}

// SAFETY: a list owns none of its items; whoever pushes promises that they may be used wherever the
// list is used, under its lock.
unsafe impl<T> Send for List<T> {}

impl<T> List<T> {
    /// An empty list of items linked by what `links` returns.
    pub(crate) const fn new(links: fn(&T) -> &Links<T>) -> Self {
        Self { head: None, links }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    /// Links `item` at the front.
    ///
    /// # Safety
    /// `item` is in no list through these links, and stays alive and in place until it is removed.
    pub(crate) unsafe fn push(&mut self, item: NonNull<T>) {
        // SAFETY: the caller owns the item; the head is in the list, so alive.
        unsafe {
            (self.links)(item.as_ref()).next.set(self.head);
            (self.links)(item.as_ref()).prev.set(None);
            if let Some(head) = self.head {
                (self.links)(head.as_ref()).prev.set(Some(item));
            }
        }
        self.head = Some(item);
    }

    /// Unlinks `item`.
    ///
    /// # Safety
    /// `item` is in this list.
    pub(crate) unsafe fn remove(&mut self, item: NonNull<T>) {
        // SAFETY: the item and its neighbours are in the list, so alive.
        unsafe {
            let links = (self.links)(item.as_ref());
            let (next, prev) = (links.next.take(), links.prev.take());
            if let Some(next) = next {
                (self.links)(next.as_ref()).prev.set(prev);
            }
            match prev {
                Some(prev) => (self.links)(prev.as_ref()).next.set(next),
                None => self.head = next,
            }
        }
    }

    /// Visits every item, the newest first.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(NonNull<T>)) {
        let mut cursor = self.head;
        while let Some(item) = cursor {
            // SAFETY: items in the list are alive, and the list is borrowed.
            cursor = unsafe { (self.links)(item.as_ref()) }.next.get();
            visit(item);
        }
    }
}
