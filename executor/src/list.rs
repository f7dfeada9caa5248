//! The intrusive doubly linked list that registries keep tasks in, and scopes their members.
//!
//! Only touched under the lock of whoever owns the list.

use core::cell::Cell;
use core::ptr::NonNull;

/// A place in a list of `T`.
pub(crate) struct Links<T> {
    next: Cell<Option<NonNull<T>>>,
    prev: Cell<Option<NonNull<T>>>,
}

/// Which list: through which of its fields an item is linked.
pub(crate) trait Place {
    type Item;
    fn links(item: &Self::Item) -> &Links<Self::Item>;
}

impl<T> Links<T> {
    pub(crate) const fn new() -> Self {
        Self { next: Cell::new(None), prev: Cell::new(None) }
    }
}

/// A list of items that are linked through the place `P`.
pub(crate) struct List<P: Place> {
    head: Option<NonNull<P::Item>>,
}

// SAFETY: a list owns none of its items; whoever pushes promises that they may be used wherever the
// list is used, under its lock.
unsafe impl<P: Place> Send for List<P> {}

impl<P: Place> List<P> {
    /// An empty list.
    pub(crate) const fn new() -> Self {
        Self { head: None }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    /// Links `item` at the front.
    ///
    /// # Safety
    /// `item` is in no list through these links, and stays alive and in place until it is removed.
    pub(crate) unsafe fn push(&mut self, item: NonNull<P::Item>) {
        // SAFETY: the caller owns the item; the head is in the list, so alive.
        unsafe {
            P::links(item.as_ref()).next.set(self.head);
            P::links(item.as_ref()).prev.set(None);
            if let Some(head) = self.head {
                P::links(head.as_ref()).prev.set(Some(item));
            }
        }
        self.head = Some(item);
    }

    /// Unlinks `item`.
    ///
    /// # Safety
    /// `item` is in this list.
    pub(crate) unsafe fn remove(&mut self, item: NonNull<P::Item>) {
        // SAFETY: the item and its neighbours are in the list, so alive.
        unsafe {
            let links = P::links(item.as_ref());
            let (next, prev) = (links.next.take(), links.prev.take());
            if let Some(next) = next {
                P::links(next.as_ref()).prev.set(prev);
            }
            match prev {
                Some(prev) => P::links(prev.as_ref()).next.set(next),
                None => self.head = next,
            }
        }
    }

    /// Whether `item` is in this list.
    ///
    /// # Safety
    /// `item` is alive, and in no other list through these links.
    pub(crate) unsafe fn contains(&self, item: NonNull<P::Item>) -> bool {
        // SAFETY: by contract.
        self.head == Some(item) || unsafe { P::links(item.as_ref()) }.prev.get().is_some()
    }

    /// The item behind `item`, or the first one.
    ///
    /// # Safety
    /// `item` is in this list.
    pub(crate) unsafe fn after(&self, item: Option<NonNull<P::Item>>) -> Option<NonNull<P::Item>> {
        match item {
            // SAFETY: by contract.
            Some(item) => unsafe { P::links(item.as_ref()) }.next.get(),
            None => self.head,
        }
    }

    /// Visits every item, the newest first.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(NonNull<P::Item>)) {
        let mut cursor = self.head;
        while let Some(item) = cursor {
            // SAFETY: items in the list are alive, and the list is borrowed.
            cursor = unsafe { P::links(item.as_ref()) }.next.get();
            visit(item);
        }
    }
}
