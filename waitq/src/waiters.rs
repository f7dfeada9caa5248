//! What is done to the waiters of a locked queue: they are chosen, unlinked, told, given other tags; their wakers
//! leave the locked section in a batch.

use crate::list::{List, Lists, Node, Tag};
use crate::status::Status;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::task::Waker;

/// How many wakers one locked section carries away; more are delivered in rounds.
pub(crate) const BATCH: usize = 8;

/// Moves chosen nodes from the front of `list` into `batch`; whether none is left. Once the last of a list is out, its place
/// may be that of another list, whose chosen ones go with them.
///
/// # Safety
/// The lock is held.
pub(crate) unsafe fn take_chosen<T: Tag, L: Lists<T>>(list: &mut List<T>, batch: &mut Batch) -> bool {
    while let Some(node) = list.head() {
        // SAFETY: a linked node is alive, and the lock is held.
        let status = unsafe { node.as_ref().with(|entry| entry.waker.status()) };
        if !status.is_chosen() {
            return true;
        }
        if batch.is_full() {
            return false;
        }
        // SAFETY: as above.
        unsafe { unlink::<T, L>(list, node, status.is_counted(), batch) };
    }
    true
}

/// Unlinks `node` as woken and puts its waker into `batch`, which has room.
///
/// # Safety
/// `node` is in `list` and the lock is held.
#[inline(always)]
unsafe fn unlink<T: Tag, L: Lists<T>>(
    list: &mut List<T>,
    node: NonNull<Node<T>>,
    counted: bool,
    batch: &mut Batch,
) {
    // SAFETY: the node is linked, so alive. Once the lock is released its owner may free it, which is
    // why the waker is moved out here.
    unsafe {
        L::remove(list, node);
        let waker = node.as_ref().with(|entry| entry.waker.take(Status::woken(counted)));
        if let Some(waker) = waker {
            batch.push(waker);
        }
    }
}

/// The waiters of a locked queue.
pub struct Waiters<'a, T, L = List<T>> {
    pub(crate) lists: &'a mut L,
    pub(crate) batch: &'a mut Batch,
    /// The tag whose list has chosen nodes at its front that did not fit into the batch.
    pub(crate) overflow: Option<T>,
}

impl<T: Tag> Waiters<'_, T, List<T>> {
    /// Wakes the waiter that came first. Whether there was one.
    #[inline]
    pub fn wake_one(&mut self) -> bool {
        let Some(head) = self.lists.head() else { return false };
        // SAFETY: the queue is locked and the head linked, so alive.
        let tag = unsafe { head.as_ref().with(|entry| entry.tag) };
        self.wake_some(&tag, 1, |_| true) == 1
    }

    /// Wakes all that wait now. How many.
    pub fn wake_all(&mut self) -> usize {
        self.wake_matching(|_| true)
    }

    /// Wakes each waiter for whose tag `matches` says so; all tags are visited and may be changed.
    #[inline]
    pub fn wake_matching(&mut self, mut matches: impl FnMut(&mut T) -> bool) -> usize {
        let Some(head) = self.lists.head() else { return 0 };
        // SAFETY: the queue is locked and the head linked, so alive.
        let tag = unsafe { head.as_ref().with(|entry| entry.tag) };
        self.choose(&tag, usize::MAX, false, |tag| Some(matches(tag)))
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
}

impl<T: Tag, L: Lists<T>> Waiters<'_, T, L> {
    /// Wakes, in the order of arrival, at most `most` of the waiters that share a list with `near`
    /// and for which `matches` says so. These are counted wakes: one that is dropped unseen is
    /// passed on. How many.
    ///
    /// Only one call that wakes may be made on a locked queue with several lists.
    pub fn wake_some(&mut self, near: &T, most: usize, mut matches: impl FnMut(&mut T) -> bool) -> usize {
        self.choose(near, most, true, |tag| Some(matches(tag)))
    }

    /// As [`Waiters::wake_some`], but looks at no further waiter once `matches` says no: for lists of any length.
    ///
    /// Only one call that wakes may be made on a locked queue with several lists.
    pub fn wake_while(&mut self, near: &T, most: usize, mut matches: impl FnMut(&mut T) -> bool) -> usize {
        self.choose(near, most, true, |tag| matches(tag).then_some(true))
    }

    /// Wakes each waiter that shares a list with `near`, and for whose tag, which may be changed, `matches` says so.
    /// How many.
    ///
    /// Only one call that wakes may be made on a locked queue with several lists.
    pub fn wake_near(&mut self, near: &T, mut matches: impl FnMut(&mut T) -> bool) -> usize {
        self.choose(near, usize::MAX, false, |tag| Some(matches(tag)))
    }

    /// As [`Waiters::wake_near`], but wakes at most `most`, and looks at no further waiter once `matches` says nothing:
    /// for lists of any length. Who calls it sees to those who are left.
    pub fn wake_until(
        &mut self,
        near: &T,
        most: usize,
        matches: impl FnMut(&mut T) -> Option<bool>,
    ) -> usize {
        self.choose(near, most, false, matches)
    }

    /// Calls the wakers of waiters for whose tags `matches` says so, which go on waiting, with no waker until they
    /// bring one [again](crate::BoxedWaiter::renew). Whether all were asked: if not, their wakers are to be called
    /// first, and then this again.
    ///
    /// Those are asked who share a list with `near`. Who was asked goes to the end, so that the next round begins with
    /// others, and all rounds together take no longer than twice the list.
    pub fn tell_matching(&mut self, near: &T, mut matches: impl FnMut(&mut T) -> bool) -> bool {
        let (mut cursor, mut asked) = (self.lists.list(near).head(), None);
        while let Some(node) = cursor.filter(|node| Some(*node) != asked) {
            if self.batch.is_full() {
                return false;
            }
            // SAFETY: the queue is locked; `node` is linked, so alive, and linked anew right here. Chosen ones
            // stay in front.
            unsafe {
                let list = self.lists.list(near);
                cursor = list.after(node);
                let (queued, waker) = node.as_ref().with(|entry| {
                    let queued = entry.waker.is_queued();
                    let told = queued && matches(&mut entry.tag);
                    (queued, if told { entry.waker.take(Status::QUEUED) } else { None })
                });
                if queued {
                    L::remove(list, node);
                    // The place where it stood may be that of others now.
                    self.lists.list(near).push_back(node);
                    asked = asked.or(Some(node));
                }
                waker.into_iter().for_each(|waker| self.batch.push(waker));
            }
        }
        true
    }

    /// Changes the tags of at most `most` waiters near `near`, in order, as long as `change` gives new ones; they go to
    /// the end of the list of that tag. How many.
    pub fn retag(&mut self, near: &T, most: usize, mut change: impl FnMut(&T) -> Option<T>) -> usize {
        let mut moved = 0;
        let mut stop = None;
        let mut cursor = self.lists.list(near).head();
        while let Some(node) = cursor.filter(|node| moved < most && Some(*node) != stop) {
            let list = self.lists.list(near);
            // SAFETY: the queue is locked; `node` is linked in this list, so alive.
            let (next, queued, new) = unsafe {
                let (queued, new) = node.as_ref().with(|entry| {
                    let queued = entry.waker.is_queued();
                    (queued, if queued { change(&entry.tag) } else { None })
                });
                (list.after(node), queued, new)
            };
            if queued && new.is_none() {
                break;
            }
            if let Some(tag) = new {
                // SAFETY: as above; it is linked anew before the lock is released.
                unsafe {
                    L::remove(list, node);
                    node.as_ref().with(|entry| entry.tag = tag);
                    self.lists.list(&tag).push_back(node);
                }
                stop = stop.or(Some(node));
                moved += 1;
            }
            cursor = next;
        }
        moved
    }

    /// Visits the tags of the waiters that share a list with `near`.
    pub fn for_each(&mut self, near: &T, visit: impl FnMut(&mut T)) {
        self.lists.list(near).for_each(visit);
    }

    /// The lists themselves.
    pub fn lists(&mut self) -> &mut L {
        self.lists
    }

    #[inline]
    fn choose(
        &mut self,
        near: &T,
        most: usize,
        counted: bool,
        mut matches: impl FnMut(&mut T) -> Option<bool>,
    ) -> usize {
        let list = self.lists.list(near);
        let mut chosen = 0;
        let mut at_front = true;
        let mut cursor = list.head();
        while let Some(node) = cursor {
            if chosen == most {
                break;
            }
            // SAFETY: the queue is locked; `node` is linked in `list`, so alive. `cursor` is read
            // before the node leaves its place.
            let (queued, hit) = unsafe {
                cursor = list.after(node);
                node.as_ref().with(|entry| {
                    let queued = entry.waker.is_queued();
                    (queued, if queued { matches(&mut entry.tag) } else { Some(false) })
                })
            };
            let Some(hit) = hit else { break };
            if !hit {
                at_front &= !queued;
                continue;
            }
            chosen += 1;
            if self.batch.is_full() {
                self.overflow = Some(*near);
                // SAFETY: as above.
                unsafe {
                    node.as_ref().with(|entry| entry.waker.set(Status::chosen(counted)));
                    if !at_front {
                        L::remove(list, node);
                        L::push_front(list, node);
                    }
                }
            } else {
                // SAFETY: as above.
                unsafe { unlink::<T, L>(list, node, counted, self.batch) };
            }
        }
        chosen
    }
}

/// Wakers on their way out of a locked section.
pub(crate) struct Batch {
    wakers: [MaybeUninit<Waker>; BATCH],
    length: usize,
}

impl Batch {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { wakers: [const { MaybeUninit::uninit() }; BATCH], length: 0 }
    }

    /// How many there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.length == BATCH
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, waker: Waker) {
        self.wakers[self.length].write(waker);
        self.length += 1;
    }

    /// Calls all of them. After a panic of one, the others are called as it unwinds.
    #[inline(always)]
    pub(crate) fn wake(&mut self) {
        let length = core::mem::take(&mut self.length);
        let mut taken = TakenWakers { slots: self.wakers[..length].iter() };
        taken.call_rest();
    }
}

/// Initialised wakers that belong to nobody else.
struct TakenWakers<'a> {
    slots: core::slice::Iter<'a, MaybeUninit<Waker>>,
}

impl TakenWakers<'_> {
    #[inline(always)]
    fn call_rest(&mut self) {
        for slot in &mut self.slots {
            // SAFETY: the slots are initialised, and the iterator passes each one once, a panic or not.
            unsafe { slot.assume_init_read() }.wake();
        }
    }
}

impl Drop for TakenWakers<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.call_rest();
    }
}
