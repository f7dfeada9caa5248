//! Panics of tasks: the task is over, whoever waits for it hears so, and the executor goes on.

use super::foreign::Meddler;
use super::{Machine, Simulated, never};
use crate::host::{HostExecutor, HostPlatform, LocalRunner, run_until};
use crate::{
    Executor, NOMINAL_WEIGHT, Outcome, Platform, RunState, Scope, TaskGroup, TaskOptions, TaskRef, yield_now,
};
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

/// Runs a CPU's next turn, which panics; with what.
fn panic_of(machine: &Machine) -> &'static str {
    let turn = catch_unwind(AssertUnwindSafe(|| machine.run_one(0)));
    *turn.expect_err("it panics").downcast::<&'static str>().expect("a plain text")
}

/// A task of each kind panics with the text, and is over; what comes after it runs.
fn is_survived<F: Future<Output = ()> + Send + 'static>(future: F, text: &str, kill: bool) {
    let machine = Machine::new(1);
    let group = TaskGroup::new(1, NOMINAL_WEIGHT).expect("memory");
    let (scope, joins) = (Scope::new(), Arc::new(AtomicUsize::new(0)));
    let executor: &'static Executor<Simulated> = machine.cpus[0];
    let alive = poll_fn({
        let mut future = Box::pin(future);
        move |context| future.as_mut().poll(context)
    });
    let task = scope.spawn(executor, TaskOptions::new("panics"), alive).expect("memory");
    let (joined, joins_of) = (task.clone(), joins.clone());
    let joiner = executor.spawn_in(&group, TaskOptions::new("joiner"), async move {
        assert_eq!(joined.join().await, Outcome::Panicked);
        joins_of.fetch_add(1, Ordering::Relaxed);
    });
    let joiner = joiner.expect("memory");
    joiner.set_affinity(u64::MAX);
    if kill {
        machine.run(0);
        task.kill();
    }
    assert_eq!(panic_of(&machine), text);
    assert_eq!(task.outcome(), Some(Outcome::Panicked));
    assert!(scope.is_empty(), "the scope heard of it");
    assert!(executor.current().is_none());
    // Whatever is done to it now is in vain.
    task.kill();
    task.wake();
    task.interrupt();
    let next = machine.spawn(0, "next", yield_now());
    machine.run(0);
    assert!(next.is_finished() && joiner.is_finished());
    assert_eq!((joins.load(Ordering::Relaxed), task.outcome()), (1, Some(Outcome::Panicked)));
    assert_eq!(machine.run_one(0), RunState::Idle { next_deadline: None });
}

#[test]
fn a_poll_that_panics() {
    is_survived(async { panic!("polled") }, "polled", false);
}

#[test]
fn a_poll_that_panics_after_it_woke_itself() {
    let mut turns = 0;
    let future = poll_fn(move |context| {
        context.waker().wake_by_ref();
        turns += 1;
        if turns == 1 { panic!("polled") } else { Poll::Ready(()) }
    });
    is_survived(future, "polled", false);
}

#[test]
fn a_drop_that_panics() {
    let guard = PanicsWhenDropped;
    let mut guard = Some(guard);
    let future = poll_fn(move |_| {
        let _used = &mut guard;
        Poll::Ready(())
    });
    is_survived(future, "dropped", false);
}

#[test]
fn a_drop_that_panics_when_it_was_killed() {
    let guard = PanicsWhenDropped;
    let future = async move {
        let _guard = guard;
        never().await;
    };
    is_survived(future, "dropped", true);
}

/// The first panic is the one that counts.
#[test]
fn a_poll_and_a_drop_that_panic() {
    let guard = Some(PanicsWhenDropped);
    let future = poll_fn(move |_| {
        let _kept = &guard;
        panic!("polled")
    });
    is_survived(future, "polled", false);
}

/// What a panic carries, and whose drop panics as well.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("what a panic carried was dropped");
    }
}

/// What the second panic carries is never dropped.
#[test]
fn a_poll_that_panics_and_a_drop_that_panics_with_a_bomb() {
    struct Bombs;
    impl Drop for Bombs {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb);
        }
    }
    let guard = Some(Bombs);
    let future = poll_fn(move |_| {
        let _kept = &guard;
        panic!("polled")
    });
    is_survived(future, "polled", false);
}

/// It is in no queue, though it was killed, or woken, during the poll that panicked.
#[test]
fn a_task_that_is_killed_while_it_panics() {
    for kill in [true, false] {
        let machine = Machine::new(1);
        let own: Arc<std::sync::OnceLock<TaskRef>> = Arc::default();
        let known = own.clone();
        let task = machine.spawn(0, "panics", async move {
            let task = known.get().expect("set before the first turn");
            if kill {
                task.kill()
            } else {
                task.waker().wake()
            }
            panic!("polled");
        });
        own.set(task.clone()).expect("set once");
        assert_eq!(panic_of(&machine), "polled");
        assert_eq!(task.outcome(), Some(Outcome::Panicked));
        assert_eq!(machine.run(0), 0);
    }
}

/// The task that ended did so whatever those do who waited for it.
#[test]
fn a_joiner_whose_waker_panics() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "ends", yield_now());
    let waker = {
        let calls = AtomicUsize::new(0);
        // Cloned into the wait, then woken.
        Meddler::waker(move || assert!(calls.fetch_add(1, Ordering::Relaxed) != 1, "woken"))
    };
    let joined = task.clone();
    let mut join = pin!(joined.join());
    assert!(join.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    machine.run_one(0);
    let turn = catch_unwind(AssertUnwindSafe(|| machine.run_one(0)));
    assert!(turn.is_err());
    assert_eq!(task.outcome(), Some(Outcome::Finished));
    assert!(join.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    assert_eq!(machine.run(0), 0);
    let next = machine.spawn(0, "next", yield_now());
    machine.run(0);
    assert!(next.is_finished());
}

#[test]
fn a_runner_whose_task_panicked_goes_on() {
    let runner = LocalRunner::new();
    let executor = runner.executor();
    let task = executor.spawn(TaskOptions::new("panics"), async { panic!("polled") }).expect("memory");
    assert!(catch_unwind(AssertUnwindSafe(|| runner.run_until_idle())).is_err());
    assert_eq!(runner.block_on(task.join()), Outcome::Panicked);
    assert!(catch_unwind(AssertUnwindSafe(|| runner.block_on(async { panic!("blocked on") }))).is_err());
    let next = executor.spawn(TaskOptions::new("next"), yield_now()).expect("memory");
    assert_eq!(runner.block_on(next.join()), Outcome::Finished);
}

/// A CPU that a thread plays runs on, and the thread panics when it stops.
#[test]
fn a_cpu_whose_task_panicked_goes_on() {
    let executor: &'static HostExecutor = Box::leak(Box::new(Executor::new(0, HostPlatform::new())));
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    let bad = executor.spawn(TaskOptions::new("panics"), async { panic!("polled") }).expect("memory");
    let joined = bad.clone();
    let last = executor.spawn(TaskOptions::new("last"), async move {
        assert_eq!(joined.join().await, Outcome::Panicked);
        stop.store(true, Ordering::Release);
        executor.platform().kick();
    });
    let thread = std::thread::spawn(move || {
        executor.platform().bind();
        run_until(executor, &seen);
    });
    let payload = thread.join().expect_err("it panics at the end");
    assert_eq!(payload.downcast_ref(), Some(&"polled"));
    assert!(last.expect("memory").is_finished());
}
