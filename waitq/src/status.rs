//! The status of a waiter's node and the waker that the waiter left, in two words: the status is in the bits of the
//! waker's table pointer that the table's alignment leaves free. So a whole [`Wait`](crate::Wait) is 48 bytes.
//!
//! Wakers are other people's code. To clone, drop or call one may do anything, such as touch the queue that the node is
//! in. So with a queue locked they are only moved: they are cloned before it is locked, and dropped or called after.

use core::mem::ManuallyDrop;
use core::ptr;
use core::task::{RawWakerVTable, Waker};

/// Where a node is in its life; see the diagram in the crate's documentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Status(usize);

/// The bits of a status.
const BITS: usize = 7;

const _: () = assert!(align_of::<RawWakerVTable>() > BITS);

impl Status {
    /// Not linked. Drop does nothing.
    pub(crate) const IDLE: Self = Self(0);
    /// Linked. Drop unlinks.
    pub(crate) const QUEUED: Self = Self(1);
    const CHOSEN: usize = 2;
    const WOKEN: usize = 3;
    /// Beside the two bits of these four.
    const COUNTED: usize = 4;

    /// Chosen by a waker that could not take all wakers at once: still linked, at the front of its
    /// list, waiting to be unlinked by that waker. Drop unlinks, and passes a counted wake on.
    #[inline(always)]
    pub(crate) const fn chosen(counted: bool) -> Self {
        Self(Self::CHOSEN | if counted { Self::COUNTED } else { 0 })
    }

    /// Not linked any more. Drop passes a counted wake on.
    #[inline(always)]
    pub(crate) const fn woken(counted: bool) -> Self {
        Self(Self::WOKEN | if counted { Self::COUNTED } else { 0 })
    }

    #[inline(always)]
    pub(crate) const fn is_chosen(self) -> bool {
        self.0 & 3 == Self::CHOSEN
    }

    #[inline(always)]
    pub(crate) const fn is_linked(self) -> bool {
        (self.0 & 3).wrapping_sub(Self::QUEUED.0) < 2
    }

    /// Whether it was woken, also by a waker that has not unlinked it yet.
    #[inline(always)]
    pub(crate) const fn was_woken(self) -> bool {
        self.0 & Self::CHOSEN & Self::WOKEN != 0
    }

    /// Whether the wake, if there was one, is to be passed on when nobody sees it.
    #[inline(always)]
    pub(crate) const fn is_counted(self) -> bool {
        self.0 & Self::COUNTED != 0
    }
}

/// A status, and a waker or none.
pub(crate) struct StatusWaker {
    data: *const (),
    /// Null but for the status when there is no waker.
    table: *const RawWakerVTable,
}

impl StatusWaker {
    /// Idle, without a waker.
    #[inline(always)]
    pub(crate) const fn idle() -> Self {
        Self { data: ptr::null(), table: ptr::null() }
    }

    #[inline(always)]
    pub(crate) fn status(&self) -> Status {
        Status(self.table.addr() & BITS)
    }

    #[inline(always)]
    pub(crate) fn is_queued(&self) -> bool {
        self.status() == Status::QUEUED
    }

    /// Idle from now on. It was woken, which took its waker.
    #[inline(always)]
    pub(crate) fn rest(&mut self) {
        debug_assert!(self.table.addr() & !BITS == 0, "who was woken has no waker");
        self.table = ptr::null();
    }

    /// Changes the status; the waker stays.
    #[inline(always)]
    pub(crate) fn set(&mut self, status: Status) {
        self.table = self.table.map_addr(|address| address & !BITS | status.0);
    }

    /// Changes the status, and hands out the waker.
    #[inline(always)]
    pub(crate) fn take(&mut self, status: Status) -> Option<Waker> {
        let table = self.table.map_addr(|address| address & !BITS);
        self.table = ptr::without_provenance(status.0);
        // SAFETY: the parts of a waker that was put here, and is forgotten in the line above.
        (!table.is_null()).then(|| unsafe { Waker::new(self.data, &*table) })
    }

    /// Whether it has this waker, or one that is the same.
    #[inline(always)]
    pub(crate) fn has(&self, waker: &Waker) -> bool {
        let table = self.table.map_addr(|address| address & !BITS);
        self.data == waker.data() && ptr::eq(table, waker.vtable())
    }

    /// Puts another waker in the place of the one that it has, which comes back; the status stays.
    #[inline(always)]
    pub(crate) fn replace(&mut self, waker: Waker) -> Option<Waker> {
        let old = self.take(self.status());
        self.put(waker);
        old
    }

    /// Has this waker from now on; who comes with the same one again pays a comparison. Not to be called with a
    /// lock: this runs the code of wakers.
    #[inline(always)]
    pub(crate) fn prepare(&mut self, waker: &Waker) {
        if !self.has(waker) {
            self.set_waker(waker.clone());
        }
    }

    /// Has this waker from now on, and lets go of the one that it had. Not to be called with a lock, either.
    #[inline(always)]
    pub(crate) fn set_waker(&mut self, waker: Waker) {
        // Who was woken has none, as nearly all have who come here.
        match self.table.addr() & !BITS {
            0 => self.put(waker),
            _ => self.exchange(waker),
        }
    }

    #[cold]
    #[inline(never)]
    fn exchange(&mut self, waker: Waker) {
        drop(self.replace(waker));
    }

    /// Puts a waker where there is none; the status stays.
    #[inline(always)]
    fn put(&mut self, waker: Waker) {
        let (waker, status) = (ManuallyDrop::new(waker), self.status());
        self.data = waker.data();
        self.table = ptr::from_ref(waker.vtable()).map_addr(|address| address | status.0);
    }
}

impl Drop for StatusWaker {
    #[inline]
    fn drop(&mut self) {
        drop(self.take(Status::IDLE));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::task::Wake;

    struct Nothing;

    impl Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a_status_and_a_waker_do_not_touch_each_other() {
        let (counter, other) = (Arc::new(Nothing), Arc::new(Nothing));
        let mut waker = StatusWaker::idle();
        for counted in [false, true] {
            for status in [Status::IDLE, Status::QUEUED, Status::chosen(counted), Status::woken(counted)] {
                waker.prepare(&Waker::from(counter.clone()));
                waker.set(status);
                assert_eq!((waker.status(), Arc::strong_count(&counter)), (status, 2));
                waker.prepare(&Waker::from(counter.clone()));
                assert_eq!((waker.status(), Arc::strong_count(&counter)), (status, 2));
                waker.prepare(&Waker::from(other.clone()));
                assert_eq!((waker.status(), Arc::strong_count(&counter)), (status, 1));
                assert_eq!(Arc::strong_count(&other), 2);
                assert!(waker.take(status).is_some());
                assert_eq!((waker.status(), Arc::strong_count(&other)), (status, 1));
                assert!(waker.take(Status::IDLE).is_none());
            }
        }
        waker.prepare(&Waker::from(counter.clone()));
        drop(waker);
        assert_eq!(Arc::strong_count(&counter), 1);
    }

    #[test]
    fn the_same_waker_is_recognised_whatever_the_status() {
        let [waker, other] = [(); 2].map(|()| Waker::from(Arc::new(Nothing)));
        // The same data, but other code.
        // SAFETY: none of the functions of this table touches the data.
        let alike = unsafe { Waker::new(waker.data(), Waker::noop().vtable()) };
        let mut kept = StatusWaker::idle();
        assert!(!kept.has(&waker));
        kept.prepare(&waker);
        for status in [Status::IDLE, Status::QUEUED, Status::chosen(true), Status::woken(true)] {
            kept.set(status);
            assert!(kept.has(&waker) && !kept.has(&other) && !kept.has(&alike));
        }
    }

    #[test]
    fn each_status_says_what_it_means() {
        let told = |status: Status| {
            [status.is_chosen(), status.is_linked(), status.was_woken(), status.is_counted()]
        };
        assert_eq!(told(Status::IDLE), [false; 4]);
        assert_eq!(told(Status::QUEUED), [false, true, false, false]);
        for counted in [false, true] {
            assert_eq!(told(Status::chosen(counted)), [true, true, true, counted]);
            assert_eq!(told(Status::woken(counted)), [false, false, true, counted]);
        }
    }

    #[test]
    fn who_was_woken_rests() {
        let mut waker = StatusWaker::idle();
        assert!(!waker.is_queued());
        waker.set(Status::QUEUED);
        assert!(waker.is_queued());
        assert!(waker.take(Status::woken(true)).is_none() && !waker.is_queued());
        waker.rest();
        assert_eq!(waker.status(), Status::IDLE);
    }
}
