//! The timers of a CPU: a heap by deadline, whose nodes live in the futures and alarms that wait.
//!
//! A node may be taken out by another CPU than the one whose queue it is in: it knows its queue, and is
//! only touched under that queue's lock once it has been armed.
//!
//! Wakers are foreign code: one that is woken, cloned or dropped may use this very queue, or panic. None of that
//! is done with the lock held.

use crate::heap::{Heap, Node};
use crate::sync::{Mutex, plain};
use core::cell::{Cell, UnsafeCell};
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::Relaxed;
use core::task::{Context, Poll, Waker};

/// Where an entry is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// In no queue, never expired.
    Idle,
    /// In the queue. Drop takes it out.
    Armed,
    /// Taken out by expiry.
    Expired,
}

/// A place in a timer queue. The key of the node is the deadline.
#[repr(C)]
pub(crate) struct Entry {
    node: Node,
    status: Cell<Status>,
    waker: UnsafeCell<Option<Waker>>,
    _pinned: PhantomPinned,
}

impl Entry {
    pub(crate) const fn new() -> Self {
        Self {
            node: Node::new(0),
            status: Cell::new(Status::Idle),
            waker: UnsafeCell::new(None),
            _pinned: PhantomPinned,
        }
    }
}

/// A queue of timers. Deadlines are nanoseconds of whatever clock [`TimerQueue::expire`] is called with;
/// `u64::MAX` never comes.
pub struct TimerQueue {
    heap: Mutex<Heap>,
    /// The first deadline, or `u64::MAX`; written under the lock.
    next: plain::AtomicU64,
    /// Called with `owner` when the first deadline became earlier.
    rearm: fn(*const ()),
    owner: plain::AtomicPtr<()>,
}

impl TimerQueue {
    /// A queue that tells nobody when its first deadline changes.
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        Self::with_rearm(|_| ())
    }

    #[cfg(not(loom))]
    pub(crate) const fn with_rearm(rearm: fn(*const ())) -> Self {
        let (heap, next) = (Mutex::new(Heap::new()), plain::AtomicU64::new(u64::MAX));
        Self { heap, next, rearm, owner: plain::AtomicPtr::new(ptr::null_mut()) }
    }

    #[cfg(loom)]
    pub(crate) fn with_rearm(rearm: fn(*const ())) -> Self {
        let (heap, next) = (Mutex::new(Heap::new()), plain::AtomicU64::new(u64::MAX));
        Self { heap, next, rearm, owner: plain::AtomicPtr::new(ptr::null_mut()) }
    }

    #[inline(always)]
    pub(crate) fn set_owner(&self, owner: *const ()) {
        self.owner.store(owner.cast_mut(), Relaxed);
    }

    /// The first deadline, or `u64::MAX`.
    #[inline(always)]
    pub(crate) fn next(&self) -> u64 {
        self.next.load(Relaxed)
    }

    /// The first deadline.
    pub fn next_deadline(&self) -> Option<u64> {
        Some(self.next()).filter(|next| *next != u64::MAX)
    }

    /// A deadline from `earliest` to `latest`: the one at which the queue wakes someone anyway, if that is
    /// among them, so that one interrupt serves both; or else `deadline`.
    pub fn coalesce(&self, earliest: u64, deadline: u64, latest: u64) -> u64 {
        let next = self.next();
        if (earliest..=latest).contains(&next) { next } else { deadline }
    }

    /// A future that is ready once [`TimerQueue::expire`] was called with `deadline` or later. It does
    /// not know the time itself: a deadline that has passed already is noticed at the next expiry.
    pub fn sleep_until(&self, deadline: u64) -> Sleep<'_> {
        Sleep { queue: self, deadline, entry: Entry::new() }
    }

    /// Wakes all whose deadline is `now` or earlier, in order. How many. After a panic of one of the wakers the others
    /// are still due.
    pub fn expire(&self, now: u64) -> usize {
        self.expire_some(now, usize::MAX, || false)
    }

    /// Whether someone has the lock, at some moment.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn is_locked(&self) -> bool {
        self.heap.is_locked()
    }

    /// As [`TimerQueue::expire`], but no more than `limit`, and one until it `is_late`: any number may be due at one
    /// time, and an executor has more to do. The others are still due.
    #[cold]
    #[inline(never)]
    pub(crate) fn expire_some(&self, now: u64, limit: usize, is_late: impl Fn() -> bool) -> usize {
        let mut count = 0;
        while count < limit && (count == 0 || !is_late()) && self.expire_first(now) {
            count += 1;
        }
        count
    }

    /// Wakes who has the first deadline, if that is `now` or earlier; whether it is.
    fn expire_first(&self, now: u64) -> bool {
        let mut heap = self.heap.lock();
        if first_deadline(&heap) > now {
            return false;
        }
        let Some(node) = heap.pop() else { return false };
        // SAFETY: nodes in this heap are entries', alive, and ours under the lock.
        let entry = unsafe { node.cast::<Entry>().as_ref() };
        // SAFETY: as above. Once unlocked, the entry may be gone: nothing of it is used then.
        let waker = unsafe { (*entry.waker.get()).take() };
        entry.status.set(Status::Expired);
        self.next.store(first_deadline(&heap), Relaxed);
        drop(heap);
        waker.into_iter().for_each(Waker::wake);
        true
    }

    /// Puts an entry in. An entry that never expires is left out.
    ///
    /// # Safety
    /// The entry is in no queue, the caller's alone, pinned, and is disarmed before it goes away.
    pub(crate) unsafe fn arm(&self, entry: NonNull<Entry>, deadline: u64, waker: Waker) {
        if deadline == u64::MAX {
            return;
        }
        // SAFETY: the caller's contract: before it is armed, the entry is the caller's. (An entry that was
        // disarmed, or expired, has no waker to drop.)
        unsafe { *entry.as_ref().waker.get() = Some(waker) };
        let mut heap = self.heap.lock();
        // SAFETY: the caller's contract, and then the lock.
        unsafe {
            let fields = entry.as_ref();
            fields.node.key.set(deadline);
            fields.status.set(Status::Armed);
            heap.push(entry.cast());
        }
        if deadline < self.next() {
            self.next.store(deadline, Relaxed);
            drop(heap);
            let owner = self.owner.load(Relaxed);
            if !owner.is_null() {
                (self.rearm)(owner);
            }
        }
    }

    /// Takes an entry out. Whether it was in, and its waker, to be dropped when the caller has no lock.
    ///
    /// # Safety
    /// The entry was only ever armed in this queue since it was last disarmed.
    #[must_use]
    pub(crate) unsafe fn disarm(&self, entry: NonNull<Entry>) -> (bool, Option<Waker>) {
        let mut heap = self.heap.lock();
        // SAFETY: alive, and ours under the lock.
        let fields = unsafe { entry.as_ref() };
        let armed = fields.status.replace(Status::Idle) == Status::Armed;
        // SAFETY: as above.
        let waker = unsafe { (*fields.waker.get()).take() };
        if armed {
            // SAFETY: armed says that it is in this heap.
            unsafe { heap.remove(entry.cast()) };
            self.next.store(first_deadline(&heap), Relaxed);
        }
        (armed, waker)
    }

    /// Whether the entry expired; if not, and it is armed, it will wake `waker`.
    ///
    /// # Safety
    /// The entry was only ever armed in this queue.
    unsafe fn poll(&self, entry: NonNull<Entry>, waker: &Waker) -> Status {
        // SAFETY: the caller's contract.
        let (status, same) = unsafe { self.look(entry, |slot| slot.will_wake(waker)) };
        if same != Some(false) {
            return status;
        }
        let mut waker = waker.clone();
        // SAFETY: as above. The waker before is dropped at the end.
        unsafe { self.look(entry, |slot| core::mem::swap(slot, &mut waker)) }.0
    }

    /// Looks at an entry, and with `work` at its waker, if it has one, under the lock.
    ///
    /// # Safety
    /// The entry was only ever armed in this queue.
    unsafe fn look<R>(
        &self,
        entry: NonNull<Entry>,
        work: impl FnOnce(&mut Waker) -> R,
    ) -> (Status, Option<R>) {
        let _heap = self.heap.lock();
        // SAFETY: alive, and ours under the lock.
        let (status, slot) = unsafe { (entry.as_ref().status.get(), &mut *entry.as_ref().waker.get()) };
        (status, slot.as_mut().map(work))
    }
}

fn first_deadline(heap: &Heap) -> u64 {
    // SAFETY: nodes in the heap are alive, and the caller has its lock.
    heap.first().map_or(u64::MAX, |node| unsafe { node.as_ref() }.key.get())
}

#[cfg(not(loom))]
impl Default for TimerQueue {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits for a time: see [`TimerQueue::sleep_until`]. Does not allocate; dropping it cancels.
#[must_use = "futures do nothing until they are awaited"]
pub struct Sleep<'q> {
    queue: &'q TimerQueue,
    deadline: u64,
    entry: Entry,
}

// SAFETY: the entry is touched by its owner before it is armed, and then only under the queue's lock.
unsafe impl Send for Sleep<'_> {}
// SAFETY: a shared `Sleep` gives access to its deadline only.
unsafe impl Sync for Sleep<'_> {}

impl Sleep<'_> {
    /// The time it waits for.
    pub fn deadline(&self) -> u64 {
        self.deadline
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let entry = NonNull::from(&self.entry);
        // SAFETY: only ever armed in this queue, pinned here, and disarmed by drop.
        unsafe {
            match self.queue.poll(entry, context.waker()) {
                Status::Expired => return Poll::Ready(()),
                Status::Idle => self.queue.arm(entry, self.deadline, context.waker().clone()),
                Status::Armed => {}
            }
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        // SAFETY: only ever armed in this queue, and alive until the end of this function.
        drop(unsafe { self.queue.disarm(NonNull::from(&self.entry)) });
    }
}
