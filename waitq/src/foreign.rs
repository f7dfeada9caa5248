//! A test with wakers that touch the queue whenever their code runs: it never runs with the queue locked.

use crate::{BoxedWaiter, Cancel, WaitQueue, Waiter};
use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, RawWaker, RawWakerVTable, Waker};
use std::boxed::Box;
use std::sync::Arc;

/// What a waker does. It counts how often its code ran; with the queue locked, it panics instead of hanging.
struct Foreign {
    queue: Queue,
    runs: AtomicUsize,
}

type Queue = WaitQueue<(), bool>;

impl Foreign {
    fn new() -> Arc<Self> {
        Arc::new(Self { queue: WaitQueue::new(false), runs: AtomicUsize::new(0) })
    }

    fn touch(&self) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        assert!(self.queue.is_free(), "a waker's code ran with the queue locked");
    }

    /// A waker, unlike all others.
    fn waker(self: &Arc<Self>) -> Waker {
        // SAFETY: the functions of the table keep the contract of wakers over a `Box<Arc<Foreign>>`.
        unsafe { Waker::from_raw(raw(self.clone())) }
    }
}

impl AsRef<Queue> for Foreign {
    fn as_ref(&self) -> &Queue {
        &self.queue
    }
}

fn raw(foreign: Arc<Foreign>) -> RawWaker {
    RawWaker::new(Box::into_raw(Box::new(foreign)).cast_const().cast(), &TABLE)
}

static TABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: made by `raw`, and not dropped.
        let foreign = unsafe { &*data.cast::<Arc<Foreign>>() };
        foreign.touch();
        raw(foreign.clone())
    },
    drop_raw,
    |data| {
        // SAFETY: as above.
        unsafe { &*data.cast::<Arc<Foreign>>() }.touch();
    },
    drop_raw,
);

fn drop_raw(data: *const ()) {
    // SAFETY: made by `raw`, and dropped once.
    unsafe { Box::from_raw(data.cast_mut().cast::<Arc<Foreign>>()) }.touch();
}

#[test]
fn a_wakers_code_runs_without_the_lock() {
    let foreign = Foreign::new();
    let queue = &foreign.queue;
    let [first, second] = [foreign.waker(), foreign.waker()];
    let mut waiter = pin!(Waiter::<Arc<Foreign>, (), bool>::new(()));
    let mut begin =
        |ready: bool| waiter.as_mut().begin(foreign.clone(), (), |_, _, ()| ready, &first).is_pending();
    assert!(!begin(true) && begin(false));
    for waker in [&second, &first, &first] {
        assert!(waiter.as_mut().poll(&mut Context::from_waker(waker)).is_pending());
    }
    assert!(queue.with(|_, waiters| waiters.wake_one()));
    assert!(waiter.as_mut().poll(&mut Context::from_waker(&second)).is_ready());
    waiter.as_mut().release();
    assert!(waiter.as_mut().begin(foreign.clone(), (), |_, _, ()| false, &second).is_pending());
    let _ = waiter.as_mut().cancel();
    waiter.as_mut().release();

    let mut boxed = BoxedWaiter::<(), bool, Foreign>::new(()).expect("memory");
    for ready in [true, false, true, false] {
        let armed = boxed.arm(foreign.clone(), (), first.clone(), |_, _, ()| ready);
        assert_eq!(armed.is_err(), ready);
    }
    assert!(queue.with(|_, waiters| waiters.tell_matching(&(), |()| true)));
    assert_eq!(boxed.renew(second.clone(), |()| 5), Some(5));
    assert_eq!(boxed.renew(second.clone(), |()| 6), Some(6));
    assert!(queue.with(|_, waiters| waiters.tell_matching(&(), |()| true)));
    assert_eq!(queue.with(|_, waiters| waiters.wake_all()), 1);
    assert_eq!(boxed.renew(second.clone(), |()| 7), Some(7));
    drop(boxed);
    assert!(foreign.runs.load(Ordering::Relaxed) > 10);
}
