//! Which task is next.

use super::{Log, Machine, never};
use crate::{Class, NOMINAL_WEIGHT, TaskOptions, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn logging(machine: &Machine, log: &Log, name: &'static str, class: Class) {
    let log = log.clone();
    machine.spawn_with(0, TaskOptions::new(name).class(class), async move { log.add(name) });
}

#[test]
fn deadline_before_fair_before_idle() {
    let machine = Machine::new(1);
    let log = Log::default();
    logging(&machine, &log, "idle 1", Class::Idle);
    logging(&machine, &log, "fair 1", Class::default());
    logging(&machine, &log, "late", Class::Deadline { within: 200 });
    logging(&machine, &log, "idle 2", Class::Idle);
    logging(&machine, &log, "early", Class::Deadline { within: 100 });
    logging(&machine, &log, "fair 2", Class::Fair { weight: 1 });
    logging(&machine, &log, "as early", Class::Deadline { within: 100 });
    machine.run(0);
    let order = ["early", "as early", "late", "fair 1", "fair 2", "idle 1", "idle 2"];
    assert_eq!(log.take(), order);
}

#[test]
fn a_deadline_that_has_passed_is_renewed() {
    let machine = Machine::new(1);
    let log = Log::default();
    let slow = TaskOptions::new("slow").class(Class::Deadline { within: 100 });
    let task = machine.spawn_with(0, slow, never());
    machine.run(0);
    machine.advance(150);
    machine.run(0);
    task.wake();
    logging(&machine, &log, "within 50", Class::Deadline { within: 50 });
    machine.run_one(0);
    assert_eq!(log.take(), ["within 50"], "the other has a new deadline, 100 from now");
    assert_eq!(machine.run(0), 1);
}

/// Runs tasks of these weights, in polls of 1 000 ns, 1 200 times; how often each was polled.
fn shares(weights: &[u32]) -> std::vec::Vec<usize> {
    let machine = Machine::new(1);
    let counts: std::vec::Vec<_> = weights.iter().map(|_| Arc::new(AtomicUsize::new(0))).collect();
    for (weight, count) in weights.iter().zip(&counts) {
        let options = TaskOptions::new("busy").class(Class::Fair { weight: *weight });
        let (count, clock) = (count.clone(), machine.clock.clone());
        machine.spawn_with(0, options, async move {
            loop {
                count.fetch_add(1, Ordering::Relaxed);
                clock.fetch_add(1_000, Ordering::Relaxed);
                yield_now().await;
            }
        });
    }
    machine.run_one(0); // takes the clock's start into account
    (1..1_200).for_each(|_| assert_eq!(machine.run_one(0), crate::RunState::Ran));
    counts.iter().map(|count| count.load(Ordering::Relaxed)).collect()
}

#[test]
fn fair_tasks_share_by_weight() {
    for (weights, expected) in [
        (&[NOMINAL_WEIGHT, NOMINAL_WEIGHT][..], &[600, 600][..]),
        (&[NOMINAL_WEIGHT, 3 * NOMINAL_WEIGHT], &[300, 900]),
        (&[10, 20, 30], &[200, 400, 600]),
    ] {
        for (share, expected) in shares(weights).into_iter().zip(expected) {
            assert!(share.abs_diff(*expected) <= 3, "{share} instead of {expected} for {weights:?}");
        }
    }
}

#[test]
fn sleeping_saves_no_time_up() {
    let machine = Machine::new(1);
    let sleeper = machine.spawn(0, "sleeper", never());
    machine.run(0);
    let clock = machine.clock.clone();
    let busy = machine.spawn(0, "busy", async move {
        loop {
            clock.fetch_add(1_000, Ordering::Relaxed);
            yield_now().await;
        }
    });
    (0..100).for_each(|_| assert_eq!(machine.run_one(0), crate::RunState::Ran));
    // The sleeper is served soon, but then the two alternate: it is not ahead by 100 polls.
    let before = busy.stats().polls;
    for _ in 0..10 {
        sleeper.wake();
        machine.advance(1_000);
        machine.run_one(0);
        machine.run_one(0);
    }
    assert!(busy.stats().polls - before >= 9);
    assert!(sleeper.stats().polls >= 10);
}

#[test]
fn a_class_can_be_changed() {
    let machine = Machine::new(1);
    let log = Log::default();
    let inner = log.clone();
    let task = machine.spawn(0, "changing", async move {
        yield_now().await;
        inner.add("changed");
    });
    assert_eq!(task.class(), Class::Fair { weight: NOMINAL_WEIGHT });
    task.set_class(Class::Idle);
    machine.run_one(0);
    logging(&machine, &log, "fair", Class::default());
    machine.run(0);
    assert_eq!(log.take(), ["fair", "changed"]);
    for class in [Class::Deadline { within: 77 }, Class::Fair { weight: 77 }, Class::Idle] {
        task.set_class(class);
        assert_eq!(task.class(), class);
    }
}
