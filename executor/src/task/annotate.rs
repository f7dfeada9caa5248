//! What a running task can say and learn about itself, through the waker it is polled with.

use super::reference::TaskRef;
use super::waker;
use core::pin::Pin;
use core::task::{Context, Poll};

/// The task that awaits this; `None` outside of an executor of this crate.
pub async fn current_task() -> Option<TaskRef> {
    core::future::poll_fn(|context| Poll::Ready(TaskRef::from_waker(context.waker()))).await
}

/// Awaits `future`; a listing of tasks says meanwhile that the task waits for `what` number `number`,
/// such as `("port", koid)`.
pub fn waiting_for<F: Future>(what: &'static str, number: u64, future: F) -> WaitingFor<F> {
    WaitingFor { what, number, future }
}

/// See [`waiting_for`].
#[must_use = "futures do nothing until they are awaited"]
pub struct WaitingFor<F> {
    what: &'static str,
    number: u64,
    future: F,
}

impl<F: Future> Future for WaitingFor<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `future` is pinned with the whole, never moved out, and the rest is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let result = unsafe { Pin::new_unchecked(&mut this.future) }.poll(context);
        let (what, number) = if result.is_pending() { (this.what, this.number) } else { ("", 0) };
        if let Some(task) = waker::task_of(context.waker()) {
            // SAFETY: the context's waker has a reference to the task.
            unsafe { task.as_ref() }.waits_for.set(what, number);
        }
        result
    }
}
