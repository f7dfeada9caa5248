//! Wakes that race with a CPU going idle, and when a CPU is kicked.

use super::{Machine, never};
use crate::{Class, RunState, TaskOptions};

/// The third of the tests that `dependencies.md` asks for; `tests/loom.rs` tries all interleavings.
#[test]
fn wake_racing_with_idle_is_not_lost() {
    let machine = Machine::new(2);
    let task = machine.spawn(1, "parked", never());
    assert_eq!(machine.run(1), 1);
    // Before "asleep" is published: the CPU must not halt.
    task.wake();
    assert!(!machine.on(1, |executor| executor.prepare_idle()));
    assert_eq!(machine.kicks(1), 0);
    assert_eq!(machine.run(1), 1);
    // After: it is kicked.
    assert!(machine.on(1, |executor| executor.prepare_idle()));
    task.wake();
    assert_eq!(machine.kicks(1), 1);
    machine.on(1, |executor| executor.finish_idle());
    assert_eq!(machine.run(1), 1);
    assert_eq!(task.stats().polls, 3);
}

#[test]
fn a_sleeping_cpu_is_kicked_once() {
    let machine = Machine::new(2);
    let tasks = [(); 3].map(|()| machine.spawn(1, "parked", never()));
    machine.sleep(1);
    tasks.iter().for_each(|task| task.wake());
    assert_eq!(machine.kicks(1), 1);
    assert_eq!(machine.run(1), 3);
}

#[test]
fn a_running_cpu_is_kicked_for_what_is_more_urgent_only() {
    let machine = std::sync::Arc::new(Machine::new(2));
    let class = |class| TaskOptions::new("parked").pinned().class(class);
    let fair = machine.spawn_with(1, class(Class::default()), never());
    let idle = machine.spawn_with(1, class(Class::Idle), never());
    let deadline = machine.spawn_with(1, class(Class::Deadline { within: 10 }), never());
    machine.run(1);
    let inner = machine.clone();
    machine.spawn(1, "runs", async move {
        inner.on(0, |_| idle.wake());
        inner.on(0, |_| fair.wake());
        assert_eq!(inner.kicks(1), 0);
        inner.on(0, |_| deadline.wake());
        assert_eq!(inner.kicks(1), 1);
        assert!(inner.on(1, |executor| executor.should_yield()));
    });
    assert_eq!(machine.run(1), 4);
}

#[test]
fn a_local_wake_kicks_nobody() {
    let machine = Machine::new(2);
    let task = machine.spawn(0, "parked", never());
    machine.sleep(0);
    task.wake();
    assert_eq!([machine.kicks(0), machine.kicks(1)], [0, 0]);
    assert!(machine.cpus[0].has_ready());
    assert_eq!(machine.run_one(0), RunState::Ran);
}

/// Wherever it waits: alone, in the queue, on its way from another CPU.
#[test]
fn whatever_waits_for_its_turn_is_ready() {
    let machine = std::sync::Arc::new(Machine::new(2));
    let executor = machine.cpus[0];
    assert!(!executor.has_ready());
    let inner = machine.clone();
    machine.spawn(0, "first", async move {
        assert!(!executor.has_ready(), "what runs does not wait");
        crate::yield_now().await;
        assert!(!executor.has_ready());
        let parked = [(); 2].map(|()| inner.spawn(0, "waits", never()));
        assert!(executor.has_ready());
        drop(parked);
        crate::yield_now().await;
        assert!(executor.has_ready(), "in the queue");
        for _ in 0..4 {
            inner.advance(20_000_000);
            crate::yield_now().await;
        }
        assert!(!executor.has_ready());
        inner.on(1, |_| inner.spawn(0, "sent", never()));
        assert!(executor.has_ready(), "on its way");
    });
    machine.run(0);
    assert!(!executor.has_ready());
}

#[test]
fn a_group_knows_whether_somebody_sleeps() {
    let machine = Machine::new(3);
    let asleep = || machine.sleepers.any();
    assert!(!asleep());
    machine.sleep(1);
    machine.sleep(2);
    assert!(asleep());
    machine.on(1, |executor| executor.finish_idle());
    assert!(asleep(), "one sleeps still");
    machine.on(2, |executor| executor.finish_idle());
    assert!(!asleep());
}

#[test]
fn a_task_gives_way_to_what_is_more_urgent_only() {
    let machine = std::sync::Arc::new(Machine::new(1));
    let executor = machine.cpus[0];
    let inner = machine.clone();
    machine.spawn(0, "runs", async move {
        assert!(!executor.should_yield(), "nothing waits");
        let class = |class| TaskOptions::new("waits").class(class);
        inner.spawn_with(0, class(Class::Idle), never());
        inner.spawn_with(0, class(Class::default()), never());
        assert!(!executor.should_yield(), "nothing more urgent does");
        inner.spawn_with(0, class(Class::Deadline { within: 10 }), never());
        assert!(executor.should_yield());
    });
    assert_eq!(machine.run(0), 4);
}

/// A task that wakes itself waits for its turn from the end of its poll on, and for nothing before.
#[test]
fn who_wakes_itself_is_ready_after_its_poll() {
    let machine = Machine::new(1);
    let executor = machine.cpus[0];
    let mut first = true;
    machine.spawn(
        0,
        "wakes itself",
        core::future::poll_fn(move |context| {
            context.waker().wake_by_ref();
            assert!(!executor.has_ready(), "it runs");
            if core::mem::take(&mut first) { core::task::Poll::Pending } else { core::task::Poll::Ready(()) }
        }),
    );
    assert_eq!(machine.run_one(0), RunState::Ran);
    assert!(executor.has_ready());
    assert_eq!(machine.run(0), 1);
    assert!(!executor.has_ready());
}
