//! Tasks that move between CPUs.

use super::{Machine, never};
use crate::run_queue::TAKEN_AT_ONCE;
use crate::{RunState, TaskOptions, TaskState, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn an_idle_cpu_steals_what_waits_for_its_turn() {
    let machine = Machine::new(2);
    let tasks = ["a", "b"].map(|name| machine.spawn(0, name, never()));
    assert_eq!(machine.run(1), 1, "one of the two is left to its CPU");
    assert_eq!(tasks[0].cpu(), 1);
    assert_eq!(machine.run(0), 1);
    assert_eq!(tasks[0].state(), TaskState::Parked);
    tasks[0].wake();
    assert_eq!(machine.run(0), 0, "it stays on its new home while it is parked");
    assert_eq!(machine.run(1), 1);
    assert_eq!(tasks[0].stats().polls, 2, "accounts move along");
}

#[test]
fn a_cpu_runs_until_there_is_nothing_to_steal_either() {
    let machine = Machine::new(2);
    let tasks = ["a", "b"].map(|name| machine.spawn(0, name, never()));
    let mut turns = 0;
    let next = machine.on(1, |executor| executor.run_until_idle(|| turns += 1));
    assert_eq!((next, turns), (None, 3), "it finds nothing, what it steals, and nothing");
    assert_eq!(tasks.map(|task| task.cpu()), [1, 0]);
}

#[test]
fn a_thief_looks_into_the_inbox_of_a_busy_cpu() {
    let machine = Arc::new(Machine::new(3));
    let inner = machine.clone();
    machine.spawn(0, "busy", async move {
        let other = inner.on(2, |_| inner.spawn(0, "other", async {}));
        assert_eq!(inner.run(1), 1);
        assert!(other.is_finished());
    });
    machine.run_one(0);
    assert_eq!(machine.run(0), 0);
}

#[test]
fn pinned_tasks_and_masks_are_respected() {
    let machine = Machine::new(3);
    let pinned = machine.spawn_with(0, TaskOptions::new("pinned").pinned(), never());
    let masked = machine.spawn_with(0, TaskOptions::new("masked").affinity(0b101), never());
    machine.spawn_with(0, TaskOptions::new("third").affinity(0b001), never());
    assert_eq!(machine.run(1), 0);
    assert_eq!(machine.run(2), 1);
    assert_eq!([pinned.cpu(), masked.cpu()], [0, 2]);
    assert_eq!(machine.run(0), 2);
}

#[test]
fn a_changed_mask_moves_the_task_at_its_next_dequeue() {
    let machine = Machine::new(2);
    let task = machine.spawn(0, "moving", never());
    machine.run(0);
    machine.sleep(1);
    task.set_affinity(0b10);
    assert_eq!(task.affinity(), 0b10);
    task.wake();
    assert_eq!(machine.run(0), 0);
    assert_eq!((task.cpu(), machine.kicks(1)), (1, 1));
    assert_eq!(machine.run(1), 1);
    task.set_affinity(1 << 40);
    task.wake();
    assert_eq!(machine.run(1), 1, "no such CPU: stays");
}

#[test]
fn a_cpu_with_two_ready_kicks_a_sleeper_and_that_steals() {
    let machine = Machine::new(2);
    machine.sleep(1);
    for name in ["a", "b"] {
        machine.spawn(0, name, async {
            loop {
                yield_now().await;
            }
        });
    }
    assert_eq!(machine.kicks(1), 0);
    machine.run_one(0);
    assert_eq!(machine.kicks(1), 1);
    machine.on(1, |executor| executor.finish_idle());
    assert_eq!(machine.run_one(1), crate::RunState::Ran);
}

#[test]
fn a_cpu_does_not_halt_beside_work_it_may_steal() {
    let machine = Machine::new(2);
    assert_eq!(machine.run(1), 0);
    let _tasks = ["a", "b"].map(|name| machine.spawn(0, name, never()));
    assert!(!machine.on(1, |executor| executor.prepare_idle()));
    assert_eq!(machine.run(1), 1);
    machine.sleep(1);
}

#[test]
fn a_remote_wake_on_a_busy_cpu_rouses_a_sleeper() {
    let machine = Arc::new(Machine::new(3));
    let parked = machine.spawn(0, "parked", never());
    machine.run(0);
    machine.sleep(2);
    let inner = machine.clone();
    machine.spawn(0, "busy", async move {
        inner.on(1, |_| parked.wake());
        assert_eq!([0, 1, 2].map(|cpu| inner.kicks(cpu)), [0, 0, 1]);
    });
    machine.run_one(0);
}

/// A task that wakes others on its own CPU and then does what takes long.
#[test]
fn what_was_woken_beside_a_task_that_goes_on_is_offered() {
    for woken in [1, 2] {
        let machine = Arc::new(Machine::new(2));
        let parked: Vec<_> = (0..woken).map(|_| machine.spawn(0, "parked", never())).collect();
        machine.run(0);
        machine.sleep(1);
        let inner = machine.clone();
        machine.spawn(0, "busy", async move {
            inner.on(0, |executor| executor.offer_ready());
            assert_eq!(inner.kicks(1), 0, "nothing is ready");
            parked.iter().for_each(|task| task.wake());
            assert_eq!(inner.kicks(1), 0, "it may wait at once, and then they run here");
            inner.on(0, |executor| executor.offer_ready());
            assert_eq!(inner.kicks(1), 1);
            inner.on(1, |executor| executor.finish_idle());
            assert_eq!(inner.run(1), woken, "it steals them");
        });
        machine.run_one(0);
    }
}

/// A task that may run nowhere else wakes no CPU.
#[test]
fn what_is_pinned_is_not_offered() {
    let machine = Arc::new(Machine::new(2));
    let parked = machine.spawn_with(0, TaskOptions::new("parked").pinned(), never());
    machine.run(0);
    machine.sleep(1);
    let inner = machine.clone();
    machine.spawn(0, "busy", async move {
        parked.wake();
        inner.on(0, |executor| executor.offer_ready());
        assert_eq!(inner.kicks(1), 0);
    });
    machine.run_one(0);
}

#[test]
fn virtual_time_moves_along_relative_to_the_queue() {
    let machine = Machine::new(2);
    // CPU 0 has run for long, CPU 1 has not: what comes from CPU 0 must not wait until CPU 1 has.
    for cpu in [0, 1] {
        let clock = machine.clock.clone();
        let step = if cpu == 0 { 1_000_000 } else { 1 };
        let options = TaskOptions::new("busy").pinned();
        machine.spawn_with(cpu, options, async move {
            loop {
                clock.fetch_add(step, std::sync::atomic::Ordering::Relaxed);
                yield_now().await;
            }
        });
    }
    for _ in 0..50 {
        machine.run_one(0);
        machine.on(1, |executor| executor.finish_idle());
        machine.run_one(1);
    }
    let moved = machine.spawn(0, "moved", async { yield_now().await });
    while moved.stats().polls == 0 {
        machine.run_one(0);
    }
    moved.set_affinity(0b10);
    for _ in 0..3 {
        machine.run_one(0);
    }
    machine.on(1, |executor| executor.finish_idle());
    for _ in 0..3 {
        machine.run_one(1);
    }
    assert!(moved.is_finished());
}

/// However many tasks other CPUs have sent, a CPU and a thief move a few of them at a time.
#[test]
fn a_crowd_from_another_cpu_is_taken_in_a_few_at_a_time() {
    const CROWD: usize = 10_000;
    let machine = Machine::new(3);
    let clock = machine.clock.clone();
    let busy = machine.spawn(0, "busy", async move {
        loop {
            clock.fetch_add(1_000_000, std::sync::atomic::Ordering::Relaxed);
            yield_now().await;
        }
    });
    machine.run_one(0);
    let options = TaskOptions::new("crowd");
    let crowd: std::vec::Vec<_> =
        (0..CROWD).map(|_| machine.on(1, |_| machine.spawn_with(0, options, async {}))).collect();
    let queued = || machine.cpus[0].queue.lock(machine.cpus[0].platform()).queued();
    machine.on(2, |executor| executor.finish_idle());
    assert_eq!(machine.run_one(2), crate::RunState::Ran, "a thief finds some");
    assert!(queued() <= TAKEN_AT_ONCE, "and moved only some");
    machine.run_one(0);
    assert!(queued() <= 2 * TAKEN_AT_ONCE);
    let before = busy.stats().polls;
    for _ in 0..CROWD + 50 {
        assert_eq!(machine.run_one(0), crate::RunState::Ran);
    }
    assert!(crowd.iter().all(|task| task.is_finished()));
    assert!(busy.stats().polls > before, "and it had turns meanwhile");
}

/// A task is listed where it was spawned, wherever it ends.
#[test]
fn a_task_that_ends_elsewhere_is_listed_no_more() {
    let machine = Machine::new(2);
    let names = |cpu: usize| {
        let mut names = std::vec::Vec::new();
        machine.cpus[cpu].for_each_task(|task| names.push(task.name));
        names
    };
    let [first, second, third] = ["first", "second", "third"].map(|name| machine.spawn(0, name, never()));
    let _own = machine.spawn(1, "own", never());
    for task in [first, second, third] {
        let name = task.name();
        task.set_affinity(0b10);
        task.wake();
        machine.run(0);
        machine.run(1);
        assert_eq!((task.cpu(), names(0).contains(&name)), (1, true));
        task.kill();
        machine.run(1);
        assert!(task.is_finished() && !names(0).contains(&name));
        assert_eq!(names(1), ["own"]);
    }
    assert!(names(0).is_empty());
}

/// What a task has had on one CPU counts for nothing among those of another.
#[test]
fn who_is_sent_to_another_cpu_begins_there_anew() {
    const TURNS: usize = 40;
    let machine = Machine::new(2);
    let spends = |turns: Arc<AtomicUsize>| {
        let clock = machine.clock.clone();
        async move {
            loop {
                clock.fetch_add(1_000_000, Ordering::Relaxed);
                turns.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
            }
        }
    };
    let [moved, beside, there] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let task = machine.spawn_with(0, TaskOptions::new("moved").affinity(0b01), spends(moved.clone()));
    machine.spawn_with(0, TaskOptions::new("beside").affinity(0b01), spends(beside));
    (0..10 * TURNS).for_each(|_| assert_eq!(machine.run_one(0), RunState::Ran));
    task.set_affinity(0b10);
    (0..4).for_each(|_| assert_eq!(machine.run_one(0), RunState::Ran));
    machine.spawn_with(1, TaskOptions::new("there").affinity(0b10), spends(there.clone()));
    let before = moved.load(Ordering::Relaxed);
    machine.on(1, |executor| executor.finish_idle());
    (0..TURNS).for_each(|_| assert_eq!(machine.run_one(1), RunState::Ran));
    let (moved, there) = (moved.load(Ordering::Relaxed) - before, there.load(Ordering::Relaxed));
    assert!(moved >= TURNS / 4 && there >= TURNS / 4, "{moved} and {there} of {TURNS} turns");
}

/// While not all that was sent here is in its place, nobody knows whether something more urgent is among it.
#[test]
fn who_runs_gives_way_to_what_is_not_in_its_place_yet() {
    let machine = Machine::new(2);
    machine.on(1, |_| {
        for _ in 0..3 * TAKEN_AT_ONCE {
            machine.spawn_with(0, TaskOptions::new("sent").affinity(0b01), never());
        }
    });
    assert_eq!(machine.run_one(0), RunState::Ran);
    assert!(machine.on(0, |executor| executor.should_yield()));
    machine.run(0);
    assert!(!machine.on(0, |executor| executor.should_yield()));
}
