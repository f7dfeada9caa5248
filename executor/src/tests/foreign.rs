//! Foreign code: wakers that use what they are kept in, wakers that panic.

use super::Machine;
use crate::{Alarm, TimerQueue};
use core::pin::pin;
use core::task::{Context, RawWaker, RawWakerVTable, Waker};
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::vec::Vec;

/// A waker that calls this whenever it is cloned, woken or dropped.
pub(super) struct Meddler(Box<dyn Fn() + Send + Sync>);

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, release);

/// # Safety
/// `data` is a counted reference that the caller keeps.
unsafe fn meddle(data: *const ()) {
    // SAFETY: made by `Meddler::waker`, and alive, by contract.
    unsafe { ((*data.cast::<Meddler>()).0)() };
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: the waker that is cloned has a reference.
    unsafe {
        meddle(data);
        Arc::increment_strong_count(data.cast::<Meddler>());
    }
    RawWaker::new(data, &TABLE)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: the waker's reference is taken over, whatever happens.
    let meddler = unsafe { Arc::from_raw(data.cast::<Meddler>()) };
    (meddler.0)();
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: the waker has a reference.
    unsafe { meddle(data) };
}

unsafe fn release(data: *const ()) {
    // SAFETY: as in `wake`.
    unsafe { wake(data) };
}

impl Meddler {
    pub(super) fn waker(work: impl Fn() + Send + Sync + 'static) -> Waker {
        let data = Arc::into_raw(Arc::new(Self(Box::new(work))));
        // SAFETY: the table counts references of the `Arc`.
        unsafe { Waker::from_raw(RawWaker::new(data.cast(), &TABLE)) }
    }
}

/// A waker that counts its uses, and asserts at each that it could use the queue.
fn user_of(queue: &'static TimerQueue, uses: &Arc<AtomicUsize>) -> Waker {
    let uses = uses.clone();
    Meddler::waker(move || {
        uses.fetch_add(1, Ordering::Relaxed);
        assert!(!queue.is_locked(), "the waker could not use the queue");
    })
}

#[test]
fn no_waker_is_cloned_or_dropped_under_the_lock_of_the_timers() {
    let queue: &'static TimerQueue = Box::leak(Box::new(TimerQueue::new()));
    let uses = Arc::new(AtomicUsize::new(0));
    let (first, second) = (user_of(queue, &uses), user_of(queue, &uses));
    let mut sleep = Box::pin(queue.sleep_until(10));
    let count = || uses.swap(0, Ordering::Relaxed);
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&first)).is_pending());
    assert_eq!(count(), 1, "cloned");
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&first)).is_pending());
    assert_eq!(count(), 0, "the same");
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&second)).is_pending());
    assert_eq!(count(), 2, "another is cloned, the one before dropped");
    drop(sleep);
    assert_eq!(count(), 1, "dropped");
    let mut sleep = pin!(queue.sleep_until(10));
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&first)).is_pending());
    assert_eq!((queue.expire(10), count()), (1, 2));
}

#[test]
fn no_waker_is_dropped_under_the_lock_of_an_alarm() {
    let queue: &'static TimerQueue = Box::leak(Box::new(TimerQueue::new()));
    let alarm: &'static Alarm = Box::leak(Box::new(Alarm::new().expect("memory")));
    let uses = Arc::new(AtomicUsize::new(0));
    let waker = || {
        let uses = uses.clone();
        Meddler::waker(move || {
            uses.fetch_add(1, Ordering::Relaxed);
            assert!(!queue.is_locked() && !alarm.is_locked(), "the waker could not use the alarm");
        })
    };
    alarm.set(queue, 10, waker());
    alarm.set(queue, 20, waker());
    assert_eq!(uses.load(Ordering::Relaxed), 1, "replaced");
    alarm.set(queue, u64::MAX, waker());
    assert_eq!(uses.load(Ordering::Relaxed), 3, "replaced by one that is never woken");
    alarm.set(queue, 30, waker());
    assert!(alarm.cancel());
    assert_eq!(uses.load(Ordering::Relaxed), 4, "cancelled");
}

/// Those that are due with it are woken in the next turn, and the executor goes on.
#[test]
fn a_panic_in_a_waker_of_the_timers_costs_no_other_its_wake() {
    let machine = Machine::new(1);
    let timers = machine.cpus[0].timers();
    let woken = Arc::new(AtomicUsize::new(0));
    let alarms: Vec<_> = (0..20).map(|_| Alarm::new().expect("memory")).collect();
    for (number, alarm) in alarms.iter().enumerate() {
        let woken = woken.clone();
        let waker = Meddler::waker(move || {
            woken.fetch_add(1, Ordering::Relaxed);
            assert!(number % 9 != 1, "this waker panics");
        });
        alarm.set(timers, 5, waker);
    }
    machine.advance(10);
    let turns = core::iter::from_fn(|| {
        let turn = catch_unwind(AssertUnwindSafe(|| machine.run(0)));
        turn.is_err().then_some(())
    });
    assert_eq!(turns.count(), 3, "1, 10 and 19 panic in turns of their own");
    assert_eq!(woken.load(Ordering::Relaxed), 20);
    assert_eq!(timers.next_deadline(), None);
}
