//! Waking those who were chosen: a few by who made the change, the rest by who finishes.

use super::tree::{Link, tell_one};
use super::{Change, Crowd, FEW, LISTED, Member};
use crate::list::{List, Lists};
use crate::locked::Locked;
use crate::queue::{Inner, WaitQueue};
use crate::status::Status;
use crate::sync::MutexGuard;
use crate::waiters::Batch;

impl<T: Member, K> Crowd<T, K> {
    fn first_chosen(&self) -> Link<T> {
        if self.root.is_some() { self.first_chosen_of_many() } else { self.first_chosen_of_few() }
    }

    /// Takes out who has been chosen, as many as the batch has room for.
    fn take_chosen(&mut self, batch: &mut Batch) {
        while !batch.is_full()
            && let Some(node) = self.first_chosen()
        {
            // SAFETY: the queue is locked, and the node linked. Once the lock is released its owner may free it,
            // which is why the waker is moved out here.
            let waker = unsafe {
                self.unlink(node);
                node.as_ref().with(|entry| entry.waker.take(Status::woken(false)))
            };
            waker.into_iter().for_each(|waker| batch.push(waker));
        }
    }

    /// Has somebody else finish what there is to do: `None` if there is nobody, and else who has to be told, if he has
    /// not been.
    fn hand_over(&mut self) -> Option<Option<K>> {
        if self.finishing {
            return Some(None);
        }
        let keeper = self.keeper.take()?;
        self.finishing = true;
        Some(Some(keeper))
    }
}

impl<T: Member, S, K> Locked<'_, T, S, Crowd<T, K>> {
    /// Tells all who wait of a change, and wakes those whom it wakes; if they are more than [`FEW`], the rest is left to
    /// somebody else, who has to go on with [`WaitQueue::finish`]: the keeper, or nothing if somebody is at it.
    #[inline]
    pub fn tell(self, change: Change, leave: impl FnOnce(Option<K>)) {
        let Self { queue, mut inner } = self;
        if inner.lists.root.is_some() {
            return queue.tell_many(inner, change, leave);
        }
        let Some(only) = inner.lists.few.head() else { return };
        // SAFETY: the lock is held, and the head linked, so alive; once the lock is released it is not touched.
        let waker = unsafe {
            if inner.lists.few.after(only).is_some() {
                return queue.tell_few(inner, change);
            }
            let woken = only.as_ref().with(|entry| {
                if !entry.waker.is_queued() {
                    return None;
                }
                entry.tag.see(change.seen);
                let wakes = entry.tag.mask() & change.wakes != 0;
                wakes.then(|| entry.waker.take(Status::woken(false)))
            });
            let Some(waker) = woken else { return };
            waker
        };
        (inner.lists.few, inner.lists.room) = (List::new(), LISTED);
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T: Member, S, K> WaitQueue<T, S, Crowd<T, K>> {
    /// One batch has room for all of them.
    #[inline(never)] // reason: the batch would cost the others a large frame
    fn tell_few<'a>(&'a self, mut inner: MutexGuard<'a, Inner<S, Crowd<T, K>>>, change: Change) {
        let mut batch = Batch::new();
        let mut cursor = inner.lists.few.head();
        while let Some(node) = cursor {
            // SAFETY: the lock is held, and the node linked, so alive; once the lock is released it is not touched.
            unsafe {
                cursor = inner.lists.few.after(node);
                tell_one(node, change);
                if node.as_ref().with(|entry| entry.waker.status().is_chosen()) {
                    inner.lists.few.remove(node);
                    inner.lists.room += 1;
                    let waker = node.as_ref().with(|entry| entry.waker.take(Status::woken(false)));
                    waker.into_iter().for_each(|waker| batch.push(waker));
                }
            }
        }
        drop(inner);
        batch.wake();
    }

    #[inline(never)] // reason: as above
    fn tell_many<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner<S, Crowd<T, K>>>,
        change: Change,
        leave: impl FnOnce(Option<K>),
    ) {
        inner.lists.tell_all(change);
        if let Some(keeper) = self.deliver_rounds(inner) {
            leave(keeper);
        }
    }

    /// Wakes those who have been chosen, as [`Locked::tell`] does; what is left of that.
    pub fn deliver(&self) -> Option<Option<K>> {
        self.deliver_rounds(self.guard())
    }

    fn deliver_rounds<'a>(&'a self, mut inner: MutexGuard<'a, Inner<S, Crowd<T, K>>>) -> Option<Option<K>> {
        let (mut batch, mut woken) = (Batch::new(), 0);
        loop {
            inner.lists.take_chosen(&mut batch);
            woken += batch.len() as u32;
            let over = !inner.lists.has_chosen();
            let handed_over = if over || woken < FEW { None } else { inner.lists.hand_over() };
            let released = inner.lists.released();
            drop(inner);
            batch.wake();
            drop(released);
            if over || handed_over.is_some() {
                return handed_over;
            }
            inner = self.guard();
        }
    }

    /// Wakes more of those who have been chosen. The keeper comes back if that has to be done again; else it stays as
    /// long as many wait.
    pub fn finish(&self, keeper: K) -> Option<K> {
        let mut woken = 0;
        let mut batch = Batch::new();
        loop {
            let mut inner = self.guard();
            inner.lists.take_chosen(&mut batch);
            woken += batch.len() as u32;
            let over = !inner.lists.has_chosen();
            if over {
                let (lists, keeper) = (&mut inner.lists, keeper);
                (lists.finishing, lists.keeper) = (false, None);
                let unused = lists.keep(keeper);
                drop(inner);
                batch.wake();
                drop(unused);
                return None;
            }
            drop(inner);
            batch.wake();
            if woken >= FEW {
                return Some(keeper);
            }
        }
    }
}
