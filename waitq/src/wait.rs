//! The waiting future.

use crate::list::{List, Lists, Tag};
use crate::queue::WaitQueue;
use crate::waiter::{Cancel, Waiter, Woken};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

type Borrowing<'q, T, S, L> = Waiter<&'q WaitQueue<T, S, L>, T, S, L>;

/// A wait on a [`WaitQueue`]; gives the tag as wakers left it. Dropping it is cancelling it.
#[must_use = "a wait does nothing until it is polled"]
pub struct Wait<'q, T: Tag, S, L: Lists<T> = List<T>, C = fn(&mut S, &mut T) -> bool> {
    waiter: Borrowing<'q, T, S, L>,
    /// The check of the first poll.
    ready: Option<C>,
}

impl<'q, T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Wait<'q, T, S, L, C> {
    pub(crate) fn new(queue: &'q WaitQueue<T, S, L>, tag: T, ready: C) -> Self {
        Self { waiter: Waiter::prepared(queue, tag), ready: Some(ready) }
    }

    fn split(self: Pin<&mut Self>) -> (Pin<&mut Borrowing<'q, T, S, L>>, &mut Option<C>) {
        // SAFETY: the waiter is pinned structurally, `ready` is not; neither is moved here, and there is
        // no Drop that could.
        unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.waiter), &mut this.ready)
        }
    }
}

impl<T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Cancel for Wait<'_, T, S, L, C> {
    fn cancel(self: Pin<&mut Self>) -> Woken<T> {
        self.split().0.cancel()
    }
}

impl<T: Tag, S, L: Lists<T>, C: FnOnce(&mut S, &mut T) -> bool> Future for Wait<'_, T, S, L, C> {
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let (waiter, ready) = self.split();
        match ready.take() {
            Some(ready) => waiter.begin_prepared(ready, context.waker()),
            None => waiter.poll(context),
        }
    }
}
