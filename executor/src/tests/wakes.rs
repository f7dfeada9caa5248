//! Waking: once is once.

use super::{Log, Machine, never};
use crate::{current_task, yield_now};
use core::future::poll_fn;
use core::task::Poll;
use std::sync::Arc;

#[test]
fn many_wakes_make_one_poll() {
    let machine = Machine::new(2);
    let task = machine.spawn(0, "woken", never());
    machine.run(0);
    for cpu in [0, 1, 0, 1] {
        machine.on(cpu, |_| task.wake());
    }
    assert_eq!(machine.run(0), 1);
}

#[test]
fn an_interrupt_is_a_wake() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "interrupted", never());
    machine.run(0);
    task.interrupt();
    assert_eq!(machine.run(0), 1);
}

#[test]
fn wakes_during_a_poll_make_one_more() {
    let machine = Arc::new(Machine::new(2));
    let inner = machine.clone();
    let mut first = true;
    let task = machine.spawn(
        0,
        "woken",
        poll_fn(move |context| {
            if core::mem::take(&mut first) {
                context.waker().wake_by_ref();
                let second = context.waker().clone();
                inner.on(1, |_| second.wake());
            }
            Poll::Pending
        }),
    );
    assert_eq!(machine.run(0), 2);
    assert_eq!(task.stats().polls, 2);
}

/// The analog of "wake_all wakes those that were there": what wakes itself again waits for its turn.
#[test]
fn tasks_that_wake_themselves_take_turns() {
    let machine = Machine::new(1);
    let log = Log::default();
    for name in ["a", "b", "c"] {
        let log = log.clone();
        machine.spawn(0, name, async move {
            for _ in 0..2 {
                log.add(name);
                yield_now().await;
            }
        });
    }
    machine.run(0);
    assert_eq!(log.take(), ["a", "b", "c", "a", "b", "c"]);
}

#[test]
fn remote_wakes_keep_their_order() {
    let machine = Machine::new(2);
    let log = Log::default();
    let tasks = ["a", "b", "c"].map(|name| {
        let log = log.clone();
        machine.spawn(1, name, async move {
            yield_now().await;
            poll_fn(|_| {
                log.add(name);
                Poll::<()>::Pending
            })
            .await;
        })
    });
    machine.run(1);
    log.take();
    for place in [1, 0, 2] {
        tasks[place].wake();
    }
    machine.run(1);
    assert_eq!(log.take(), ["b", "a", "c"]);
}

#[test]
fn the_current_task_is_known() {
    let machine = Machine::new(1);
    let executor = machine.cpus[0];
    assert_eq!(executor.current(), None);
    let task = machine.spawn(0, "me", async move {
        assert_eq!(executor.current().map(|task| task.name()), Some("me"));
        assert_eq!(current_task().await, executor.current());
    });
    machine.run(0);
    assert!(task.is_finished());
    let mut outside = core::pin::pin!(current_task());
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    assert_eq!(outside.as_mut().poll(&mut context), Poll::Ready(None));
}

#[test]
#[should_panic(expected = "inside of a poll")]
fn running_inside_of_a_poll_is_refused() {
    let machine = Machine::new(1);
    let executor = machine.cpus[0];
    machine.spawn(0, "nested", async move {
        executor.run_one();
    });
    machine.run(0);
}

#[test]
#[should_panic(expected = "foreign")]
fn running_on_a_foreign_cpu_is_refused() {
    Machine::new(2).cpus[1].run_one();
}
