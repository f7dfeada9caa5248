//! Accounts, budgets, listings.

use super::{Machine, never};
use crate::{Stats, TaskOptions, TaskRef, TaskState, TaskWalk, current_task, waiting_for, yield_now};
use std::sync::atomic::Ordering;
use std::vec::Vec;

#[test]
fn polls_are_accounted() {
    let machine = Machine::new(1);
    let clock = machine.clock.clone();
    let task = machine.spawn(0, "busy", async move {
        for time in [10, 30, 20] {
            clock.fetch_add(time, Ordering::Relaxed);
            yield_now().await;
        }
    });
    machine.advance(1_000);
    machine.on(0, |executor| executor.finish_idle());
    machine.run(0);
    assert_eq!(task.stats(), Stats { run_time: 60, polls: 4, longest_poll: 30 });
    assert_eq!(machine.cpus[0].clock(), machine.clock.load(Ordering::Relaxed));
}

#[test]
fn idle_time_is_nobodys() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "parked", never());
    machine.run(0);
    assert!(machine.cpus[0].prepare_idle());
    machine.advance(5_000);
    task.wake();
    machine.cpus[0].finish_idle();
    machine.run(0);
    assert!(task.stats().run_time <= 1);
}

#[test]
fn a_poll_over_budget_is_reported() {
    let machine = Machine::new(1);
    machine.cpus[0].set_budget(100);
    machine.run(0);
    for (name, time) in [("good", 100), ("bad", 101)] {
        let clock = machine.clock.clone();
        machine.spawn(0, name, async move {
            clock.fetch_add(time, Ordering::Relaxed);
        });
    }
    machine.run(0);
    assert_eq!(*machine.cpus[0].platform().overruns.lock().expect("not poisoned"), [("bad", 101)]);
}

#[test]
fn a_poll_that_does_not_end_is_reported_by_the_interrupt() {
    let machine = Machine::new(1);
    let executor = machine.cpus[0];
    executor.set_budget(100);
    let clock = machine.clock.clone();
    machine.spawn(0, "endless", async move {
        executor.watch();
        clock.fetch_add(100, Ordering::Relaxed);
        executor.watch();
        clock.fetch_add(50, Ordering::Relaxed);
        executor.watch();
        executor.set_budget(1_000);
    });
    executor.watch();
    machine.run(0);
    assert_eq!(*executor.platform().overruns.lock().expect("not poisoned"), [("endless", 150)]);
}

/// Not those of the task that comes after it.
#[test]
fn the_drop_of_a_killed_task_is_its_own_time() {
    struct Slow(std::sync::Arc<std::sync::atomic::AtomicU64>);
    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.fetch_add(500, Ordering::Relaxed);
        }
    }
    let machine = Machine::new(1);
    let slow = Slow(machine.clock.clone());
    let killed = machine.spawn(0, "killed", async move {
        let _slow = slow;
        never().await;
    });
    machine.run(0);
    let before = killed.stats();
    killed.kill();
    let next = machine.spawn(0, "next", async {});
    machine.run(0);
    assert_eq!(killed.stats().run_time - before.run_time, 500);
    assert_eq!(killed.stats().polls, before.polls, "a drop is no poll");
    assert_eq!(next.stats().run_time, 0);
}

#[test]
fn tasks_are_listed_with_what_they_wait_for() {
    let machine = Machine::new(2);
    let parked = TaskOptions::new("parked").id(77).affinity(0b10);
    let parked = machine.spawn_with(1, parked, waiting_for("port", 42, never()));
    machine.spawn(0, "noted", async move {
        let task = current_task().await.expect("a task");
        task.note_wait("timer", 6);
        task.note_wait_number(7);
        never().await;
    });
    (0..2).for_each(|cpu| assert_eq!(machine.run(cpu), 1));
    let new = machine.spawn(0, "new", async {});
    assert!(parked == parked.clone() && parked != new);

    let mut list = Vec::new();
    machine.group.for_each_task(|task| list.push(*task));
    list.sort_by_key(|task| task.name);
    let brief: Vec<_> = list.iter().map(|task| (task.name, task.cpu, task.state, task.waiting_for)).collect();
    assert_eq!(
        brief,
        [
            ("new", 0, TaskState::Scheduled, None),
            ("noted", 0, TaskState::Parked, Some(("timer", 7))),
            ("parked", 1, TaskState::Parked, Some(("port", 42))),
        ]
    );
    assert_eq!((list[2].id, list[2].affinity), (77, 0b10));
    assert_eq!(parked.info(), list[2]);

    parked.kill();
    (0..2).for_each(|cpu| {
        machine.run(cpu);
    });
    let mut names = Vec::new();
    machine.group.for_each_task(|task| names.push(task.name));
    assert_eq!(names, ["noted"]);
}

/// The ids that a walk sees, with `between` called after each of its steps.
fn walked(machine: &Machine, mut between: impl FnMut(&[u64])) -> Vec<u64> {
    let (mut walk, mut seen) = (TaskWalk::default(), Vec::new());
    while machine.cpus[0].visit_some_tasks(&mut walk, |task| seen.push(task.id)) {
        between(&seen);
    }
    seen
}

/// Tasks with the ids from 1 on.
fn numbered(machine: &Machine, count: u64) -> Vec<TaskRef> {
    let spawn = |id| machine.spawn_with(0, TaskOptions::new("one").id(id), never());
    let tasks = (1..=count).map(spawn).collect();
    machine.run(0);
    tasks
}

/// From the newest to the oldest, each once, whatever comes meanwhile and though most of what was seen last has gone.
#[test]
fn a_walk_over_tasks_takes_its_time() {
    let machine = Machine::new(1);
    let tasks = numbered(&machine, 200);
    let all: Vec<u64> = (1..=200).rev().collect();
    assert_eq!(walked(&machine, |_| ()), all);
    let seen = walked(&machine, |seen| {
        machine.spawn(0, "new", never());
        seen[seen.len() - 15..].iter().for_each(|id| tasks[*id as usize - 1].kill());
        machine.run(0);
    });
    assert_eq!(seen, all);
}

/// Nothing tells where a walk was when all that it remembers has gone: it ends there, and sees none twice.
#[test]
fn a_walk_whose_last_tasks_have_all_gone_is_over() {
    let machine = Machine::new(1);
    let tasks = numbered(&machine, 200);
    let seen = walked(&machine, |seen| {
        seen.iter().for_each(|id| tasks[*id as usize - 1].kill());
        machine.run(0);
    });
    let last = seen[seen.len() - 1];
    assert!(last > 1 && seen == (last..=200).rev().collect::<Vec<_>>(), "{seen:?}");
}

#[test]
fn who_can_not_wait_for_the_list_of_tasks_does_without() {
    let machine = Machine::new(1);
    machine.spawn(0, "only", never());
    let count = || {
        let mut count = 0;
        machine.cpus[0].try_for_each_task(|_| count += 1).then_some(count)
    };
    assert_eq!(count(), Some(1));
    machine.cpus[0].for_each_task(|_| assert_eq!(count(), None));
}

#[test]
fn a_task_runs_while_it_is_polled() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "asks", async {
        let own = current_task().await.expect("a task");
        assert_eq!(own.state(), TaskState::Running);
    });
    assert_eq!(task.state(), TaskState::Scheduled);
    machine.run(0);
    assert_eq!(task.outcome(), Some(crate::Outcome::Finished));
}

#[test]
fn a_label_ends_with_the_wait() {
    let machine = Machine::new(1);
    let task = machine.spawn(0, "waits", async {
        waiting_for("turn", 1, yield_now()).await;
        never().await;
    });
    machine.run_one(0);
    assert_eq!(task.waiting_for(), Some(("turn", 1)));
    machine.run(0);
    assert_eq!(task.waiting_for(), None);
}

#[test]
fn numbers_differ() {
    let machine = Machine::new(1);
    let ids = [(); 3].map(|()| machine.spawn(0, "numbered", async {}).id());
    assert!(ids[0] < ids[1] && ids[1] < ids[2]);
}
