//! Tests of handles, signals, IPC and tasks: the corners that reimplementations of these calls get wrong.
//! Time is a timer queue that the test expires; futures are polled by hand.

mod channel;
mod handles;
mod port;
mod signals;
mod tasks;
mod timed;
mod victims;
mod watches;

use crate::wait::Deadline;
use crate::{Handle, KernelObject, Object};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use executor::TimerQueue;

/// Polls a future once, with a waker that does nothing: what woke it is in its node.
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The outcome of a future that must be ready.
fn ready<F: Future>(future: F) -> F::Output {
    match poll(core::pin::pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

fn timers() -> &'static TimerQueue {
    Box::leak(Box::new(TimerQueue::new()))
}

fn never() -> Deadline {
    Deadline { at: i64::MAX, timers: timers() }
}

/// A handle with all the rights of a new one.
fn handle<T: KernelObject>(object: &Arc<T>) -> Handle
where
    Object: From<Arc<T>>,
{
    Handle::to_new(object.clone()).expect("a handle")
}
