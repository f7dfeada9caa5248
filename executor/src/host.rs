//! The executor on a host: a thread plays a CPU, parking plays halting.

use crate::executor::{Executor, Platform, RunState};
use crate::unwind::Panics;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::boxed::Box;
use std::sync::{Arc, OnceLock};
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Instant;

/// An executor that a thread runs.
pub type HostExecutor = Executor<HostPlatform>;

/// A thread in the role of a CPU. The clock is `Instant`, and starts with the first platform.
#[derive(Default)]
pub struct HostPlatform {
    thread: OnceLock<Thread>,
    mark: AtomicUsize,
}

/// Different in each thread that lives.
fn mark() -> usize {
    std::thread_local!(static MARK: u8 = const { 0 });
    MARK.with(|mark| core::ptr::from_ref(mark).addr())
}

/// Nanoseconds since the first call.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

impl HostPlatform {
    /// A platform of which no thread is the CPU yet.
    pub const fn new() -> Self {
        Self { thread: OnceLock::new(), mark: AtomicUsize::new(0) }
    }

    /// Makes the calling thread the CPU. It must not end before the last use of the executor.
    ///
    /// # Panics
    /// If there is one already.
    pub fn bind(&self) {
        assert!(self.thread.set(thread::current()).is_ok(), "bound before");
        self.mark.store(mark(), Ordering::Relaxed);
    }
}

// SAFETY: only the thread that was bound has its mark. (Another could get it after that thread's end:
// then the first one runs nothing any more.)
unsafe impl Platform for HostPlatform {
    #[inline]
    fn now(&self) -> u64 {
        now()
    }

    #[inline]
    fn is_current(&self) -> bool {
        self.mark.load(Ordering::Relaxed) == mark()
    }

    fn kick(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

/// A [`HostPlatform`] for an executor that is alone, and does not time its polls.
#[derive(Default)]
pub struct LocalPlatform(HostPlatform);

// SAFETY: as for the platform inside.
unsafe impl Platform for LocalPlatform {
    const TIMES_POLLS: bool = false;
    const SHARES_TASKS: bool = false;

    #[inline]
    fn now(&self) -> u64 {
        now()
    }

    #[inline]
    fn is_current(&self) -> bool {
        self.0.is_current()
    }

    fn kick(&self) {
        self.0.kick();
    }
}

/// Parks the thread as a CPU halts.
fn halt<P: Platform>(executor: &'static Executor<P>, next_deadline: Option<u64>) {
    if !executor.prepare_idle() {
        return;
    }
    match next_deadline {
        None => thread::park(),
        Some(deadline) => thread::park_timeout(Duration::from_nanos(deadline.saturating_sub(now()))),
    }
    executor.finish_idle();
}

/// Runs `executor` on this thread, which must be bound to it, until `stop`; whoever sets that kicks it.
///
/// # Panics
/// When it stops, if a task panicked. Until then the others run on.
pub fn run_until(executor: &'static HostExecutor, stop: &AtomicBool) {
    let mut panics = Panics::none();
    while !stop.load(Ordering::Acquire) {
        panics.run(|| {
            if let RunState::Idle { next_deadline } = executor.run_one() {
                halt(executor, next_deadline);
            }
        });
    }
    panics.resume();
}

/// An executor of a [`LocalRunner`].
pub type LocalExecutor = Executor<LocalPlatform>;

/// An executor for the calling thread, which lives as long as the process.
pub struct LocalRunner {
    executor: &'static LocalExecutor,
    // Not to be sent: the executor is the calling thread's.
    _local: core::marker::PhantomData<*const ()>,
}

impl LocalRunner {
    /// Makes an executor and binds it to this thread.
    pub fn new() -> Self {
        let executor = Box::leak(Box::new(Executor::new(0, LocalPlatform(HostPlatform::new()))));
        executor.platform().0.bind();
        Self { executor, _local: core::marker::PhantomData }
    }

    /// The executor.
    pub fn executor(&self) -> &'static LocalExecutor {
        self.executor
    }

    /// Polls until nothing is ready.
    ///
    /// # Panics
    /// If a task panics. That is over then; the others run on at the next call.
    pub fn run_until_idle(&self) {
        self.executor.run_until_idle(|| ());
    }

    /// Runs the executor until `future`, which is no task of it, is ready.
    ///
    /// # Panics
    /// If the future or a task panics. The runner can be used again.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let woken = Arc::new(Woken { flag: AtomicBool::new(true), thread: thread::current() });
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            if woken.flag.swap(false, Ordering::AcqRel)
                && let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker))
            {
                return output;
            }
            let state = self.executor.run_one();
            if let RunState::Idle { next_deadline } = state
                && !woken.flag.load(Ordering::Acquire)
            {
                halt(self.executor, next_deadline);
            }
        }
    }
}

impl Default for LocalRunner {
    fn default() -> Self {
        Self::new()
    }
}

/// The waker of the future that a thread blocks on.
struct Woken {
    flag: AtomicBool,
    thread: Thread,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.flag.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
