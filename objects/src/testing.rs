//! What tests beside the code share: futures are polled by hand, and time is a timer queue that the test expires.

use crate::core::account::Payer;
use crate::core::closing;
use crate::host::{HostEntropy, HostPageTable};
use crate::memory::USER_RANGE;
use crate::wait::Deadline;
use crate::{Handle, Job, KernelObject, Object, Process, Vmar};
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::cell::Cell;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use executor::TimerQueue;

/// Polls a future once, with a waker that does nothing: what woke it is in its node.
pub fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The outcome of a future that must be ready.
pub fn ready<F: Future>(future: F) -> F::Output {
    match poll(core::pin::pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

pub fn timers() -> &'static TimerQueue {
    Box::leak(Box::new(TimerQueue::new()))
}

pub fn never() -> Deadline {
    Deadline { at: i64::MAX, timers: timers() }
}

/// A handle with all the rights of a new one.
pub fn handle<T: KernelObject>(object: &Arc<T>) -> Handle
where
    Object: From<Arc<T>>,
{
    Handle::to_new(object.clone()).expect("a handle")
}

/// A process of this job, which runs nothing.
pub fn process(job: &Arc<Job>) -> Result<Arc<Process>, Status> {
    let root = Vmar::root(USER_RANGE, HostPageTable::new(), HostEntropy::leak(1));
    Process::new(job.clone(), Payer::new(job), b"process", root, Arc::new(()), 7)
}

std::thread_local!(static IS_LATE: Cell<bool> = const { Cell::new(false) });

/// What `work` gives, each step of which is told that it takes long, however quick it is.
pub fn late<R>(work: impl FnOnce() -> R) -> R {
    closing::set_clock(|| IS_LATE.get());
    IS_LATE.set(true);
    let result = work();
    IS_LATE.set(false);
    result
}
