//! Killing tasks in every state.

use super::{Log, LogsCpu, LogsDrop, Machine, never};
use crate::{Outcome, RunState, TaskState, current_task};
use core::future::poll_fn;
use core::task::Poll;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The first of the three tests that `dependencies.md` asks for.
#[test]
fn killed_parked_task_is_dropped_by_its_cpu_at_the_next_dequeue() {
    let machine = Machine::new(2);
    let dropped_by = Arc::new(AtomicUsize::new(0));
    let guard = LogsCpu(dropped_by.clone());
    let task = machine.spawn(1, "parked", async move {
        let _guard = guard;
        never().await;
    });
    machine.sleep(1);
    assert_eq!(task.state(), TaskState::Parked);
    assert!(!task.is_killed());

    machine.on(0, |_| task.kill());
    assert!(task.is_killed());
    assert_eq!(dropped_by.load(Ordering::Relaxed), 0, "never by the killer");
    assert_eq!(machine.kicks(1), 1, "a sleeping CPU is told");
    assert_eq!(machine.run(0), 0, "never by another CPU");
    assert_eq!(machine.run(1), 1);
    assert_eq!(dropped_by.load(Ordering::Relaxed), 2);
    assert_eq!(task.outcome(), Some(Outcome::Killed));
    assert_eq!(task.stats().polls, 1, "it was not polled again");
}

#[test]
fn killed_while_scheduled_is_not_polled() {
    let machine = Machine::new(1);
    let log = Log::default();
    let guard = LogsDrop(log.clone(), "dropped");
    let inner = log.clone();
    let task = machine.spawn(0, "new", async move {
        let _guard = guard;
        inner.add("polled");
    });
    task.kill();
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(machine.run(0), 1);
    assert_eq!(log.take(), ["dropped"]);
    task.kill();
    assert_eq!(machine.run(0), 0);
}

#[test]
fn killed_while_polled_is_dropped_after_the_poll() {
    let machine = Machine::new(1);
    let log = Log::default();
    let guard = LogsDrop(log.clone(), "dropped");
    let inner = log.clone();
    let task = machine.spawn(0, "suicide", async move {
        let _guard = guard;
        current_task().await.expect("is a task").kill();
        inner.add("still polled");
        never().await;
    });
    assert_eq!(machine.run_one(0), RunState::Ran);
    assert_eq!(log.take(), ["still polled", "dropped"]);
    assert_eq!(task.outcome(), Some(Outcome::Killed));
    assert_eq!(machine.run(0), 0);
}

#[test]
fn ready_in_the_poll_in_which_it_was_killed_counts_as_finished() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "last words", async {
        current_task().await.expect("is a task").kill();
    });
    machine.run(0);
    assert_eq!(task.outcome(), Some(Outcome::Finished));
    assert!(task.is_killed());
}

#[test]
fn killing_a_running_task_elsewhere_interrupts_its_cpu() {
    let machine = Arc::new(Machine::new(2));
    let inner = machine.clone();
    let task = machine.spawn(1, "in user mode", async move {
        let this = current_task().await.expect("is a task");
        // As if it came from CPU 0 meanwhile.
        inner.on(0, |_| this.kill());
        never().await;
    });
    machine.run_one(1);
    assert!(task.is_finished());
    assert_eq!(machine.kicks(1), 1);
}

#[test]
fn join_sees_the_end_after_the_drop() {
    let machine = Machine::new(1);
    let log = Log::default();
    let guard = LogsDrop(log.clone(), "dropped");
    let task = machine.spawn(0, "joined", async move {
        let _guard = guard;
        never().await;
    });
    for _ in 0..2 {
        let (task, log) = (task.clone(), log.clone());
        machine.spawn(0, "joiner", async move {
            assert_eq!(task.join().await, Outcome::Killed);
            log.add("joined");
        });
    }
    assert_eq!(machine.run(0), 3);
    task.kill();
    machine.run(0);
    assert_eq!(log.take(), ["dropped", "joined", "joined"]);
    let late = machine.spawn(0, "late", async move { assert_eq!(task.join().await, Outcome::Killed) });
    machine.run(0);
    assert!(late.is_finished());
}

#[test]
fn wakes_and_references_outlive_the_task() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "short", async {});
    let waker = task.waker();
    machine.run(0);
    waker.wake_by_ref();
    task.wake();
    task.kill();
    drop(task);
    let second = waker.clone();
    second.wake();
    waker.wake();
    assert_eq!(machine.run(0), 0);
}

#[test]
fn a_future_that_wakes_itself_in_its_drop_is_dropped_once() {
    struct WakesInDrop(Option<core::task::Waker>);
    impl Drop for WakesInDrop {
        fn drop(&mut self) {
            self.0.take().expect("was polled").wake();
        }
    }
    let machine = Machine::new(1);
    let task = machine.spawn(0, "restless", async {
        let mut guard = WakesInDrop(None);
        poll_fn(|context| {
            guard.0 = Some(context.waker().clone());
            Poll::<()>::Pending
        })
        .await;
    });
    machine.run(0);
    task.kill();
    assert_eq!(machine.run(0), 1);
    assert!(task.is_finished());
}
