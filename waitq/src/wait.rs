//! The waiting future.

use crate::list::{List, Lists, Tag};
use crate::queue::WaitQueue;
use crate::waiter::{Cancel, Waiter, Woken};
use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};

type Borrowing<'q, T, S, L> = Waiter<&'q WaitQueue<T, S, L>, T, S, L>;

/// A wait on a [`WaitQueue`]; gives the tag as wakers left it. Dropping it is cancelling it.
#[must_use = "a wait does nothing until it is polled"]
pub struct Wait<'q, T: Tag, S, L: Lists<T> = List<T>, C = fn(&mut S, &mut T) -> bool> {
    waiter: Borrowing<'q, T, S, L>,
    /// The check of the first poll: there as long as the waiter is prepared, which is to hold the queue
    /// without waiting.
    ready: ManuallyDrop<C>,
}

impl<'q, T: Tag, S, L: Lists<T>, C> Wait<'q, T, S, L, C> {
    pub(crate) fn new(queue: &'q WaitQueue<T, S, L>, tag: T, ready: C) -> Self {
        Self { waiter: Waiter::of(queue, tag), ready: ManuallyDrop::new(ready) }
    }

    fn split(self: Pin<&mut Self>) -> (Pin<&mut Borrowing<'q, T, S, L>>, &mut ManuallyDrop<C>) {
        // SAFETY: the waiter is pinned structurally, `ready` is not; neither is moved here, nor by Drop.
        unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.waiter), &mut this.ready)
        }
    }
}

impl<T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Cancel for Wait<'_, T, S, L, C> {
    fn cancel(self: Pin<&mut Self>) -> Woken<T> {
        let (mut waiter, ready) = self.split();
        // A queue that a waiter holds without waiting is one that it was prepared for.
        if waiter.as_mut().release().is_some() {
            // SAFETY: it was prepared until now.
            unsafe { ManuallyDrop::drop(ready) };
        }
        let woken = waiter.as_mut().cancel();
        waiter.release();
        woken
    }
}

impl<T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Future for Wait<'_, T, S, L, C> {
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let (mut waiter, ready) = self.split();
        if let Some(queue) = waiter.as_mut().release() {
            // SAFETY: it was prepared until now.
            let ready = unsafe { ManuallyDrop::take(ready) };
            let tag = waiter.tag();
            return waiter.begin(queue, tag, |state, _, tag| ready(state, tag), context.waker());
        }
        poll_again(waiter, context)
    }
}

/// Every poll but the first, which is quicker without.
#[inline(never)]
fn poll_again<T: Tag, S, L: Lists<T>>(
    mut waiter: Pin<&mut Borrowing<'_, T, S, L>>,
    context: &mut Context<'_>,
) -> Poll<T> {
    let result = waiter.as_mut().poll(context);
    if result.is_ready() {
        waiter.release();
    }
    result
}

impl<T: Tag, S, L: Lists<T>, C> Drop for Wait<'_, T, S, L, C> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the waiter is not moved.
        let waiter = unsafe { Pin::new_unchecked(&mut self.waiter) };
        if waiter.release().is_some() {
            // SAFETY: there while it is prepared; this is the end.
            unsafe { ManuallyDrop::drop(&mut self.ready) };
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use core::pin::pin;
    use core::task::Waker;
    use std::sync::Arc;

    #[test]
    fn the_check_is_dropped_once() {
        let queue = WaitQueue::<(), ()>::new(());
        let held = Arc::new(());
        let wait = |result: bool| {
            let held = held.clone();
            queue.wait_unless((), move |(), ()| Arc::strong_count(&held) > 0 && result)
        };
        let context = &mut Context::from_waker(Waker::noop());
        drop(wait(false));
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(pin!(wait(false)).cancel(), Woken::No(()));
        assert_eq!(Arc::strong_count(&held), 1);
        {
            let mut wait = pin!(wait(true));
            assert_eq!(wait.as_mut().poll(context), Poll::Ready(()));
            assert_eq!(Arc::strong_count(&held), 1);
        }
        {
            let mut wait = pin!(wait(false));
            assert!(wait.as_mut().poll(context).is_pending());
            assert_eq!(Arc::strong_count(&held), 1);
            queue.with(|(), waiters| waiters.wake_all());
            assert_eq!(wait.as_mut().poll(context), Poll::Ready(()));
        }
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
