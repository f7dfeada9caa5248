//! What tests beside the code share: futures are polled by hand, and time is a timer queue that the test expires.

use crate::core::account::Payer;
use crate::core::closing::{self, set_clock};
use crate::core::room::set_may_fail;
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

std::thread_local! {
    static IS_LATE: Cell<bool> = const { Cell::new(false) };
    static ASKED: Cell<usize> = const { Cell::new(0) };
    static NO_MEMORY: Cell<bool> = const { Cell::new(false) };
}

/// Runs something, while all steps of this thread have taken long already; how often that was asked.
pub fn while_late(run: impl FnOnce()) -> usize {
    set_clock(|| {
        ASKED.set(ASKED.get() + 1);
        IS_LATE.get()
    });
    ASKED.set(0);
    IS_LATE.set(true);
    run();
    IS_LATE.set(false);
    ASKED.get()
}

/// Runs something, while this thread gets no memory for lists that grow.
pub fn without_memory<R>(run: impl FnOnce() -> R) -> R {
    set_may_fail(|step| {
        if !NO_MEMORY.get() {
            step();
        }
    });
    NO_MEMORY.set(true);
    let result = run();
    NO_MEMORY.set(false);
    result
}

/// Who discards what is left: one test at a time.
pub static DISCARDING: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// See [`closing::discard_some`].
pub fn discard_some() -> bool {
    let _one = DISCARDING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    closing::discard_some()
}

/// Discards what is left until `done`; another test may have a part of it in its hands.
pub fn discard_until(mut done: impl FnMut() -> bool) {
    for _ in 0..1_000_000 {
        if done() {
            return;
        }
        if !discard_some() {
            std::thread::yield_now();
        }
    }
    panic!("it is never over");
}
