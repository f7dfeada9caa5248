//! How groups of tasks share time, and what a crowd of one does to another.

use super::{CURRENT, Machine, never};
use crate::run_queue::LAG;
use crate::{Class, NOMINAL_WEIGHT, RunState, TaskGroup, TaskOptions, TaskRef, yield_now};
use core::future::poll_fn;
use core::task::{Poll, Waker};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::vec::Vec;

/// A slice of a thread.
const SLICE: u64 = LAG;

fn group(machine: &Machine, weight: u32) -> TaskGroup {
    TaskGroup::new(machine.cpus.len(), weight).expect("memory")
}

fn spawn_in<F>(machine: &Machine, cpu: usize, group: &TaskGroup, options: TaskOptions, future: F) -> TaskRef
where
    F: Future<Output = ()> + Send + 'static,
{
    machine.cpus[cpu].spawn_in(group, options, future).expect("memory")
}

/// A task that takes all it gets, in polls of a slice.
fn spin(machine: &Machine, cpu: usize, group: &TaskGroup) -> TaskRef {
    spin_with(machine, cpu, group, Class::default())
}

fn spin_with(machine: &Machine, cpu: usize, group: &TaskGroup, class: Class) -> TaskRef {
    let clock = machine.clock.clone();
    spawn_in(machine, cpu, group, TaskOptions::new("spinner").class(class), async move {
        loop {
            clock.fetch_add(SLICE, Ordering::Relaxed);
            yield_now().await;
        }
    })
}

/// A task that sleeps between short polls; how late it was at worst.
fn sleep(machine: &Machine, cpu: usize, group: &TaskGroup, rounds: usize) -> (TaskRef, Arc<AtomicU64>) {
    let (clock, timers) = (machine.clock.clone(), machine.cpus[cpu].timers());
    let late = Arc::new(AtomicU64::new(0));
    let worst = late.clone();
    let task = spawn_in(machine, cpu, group, TaskOptions::new("sleeper").pinned(), async move {
        for round in 0..rounds {
            let due = clock.load(Ordering::Relaxed) + SLICE * (1 + round as u64 % 3) / 2;
            timers.sleep_until(due).await;
            worst.fetch_max(clock.load(Ordering::Relaxed) - due, Ordering::Relaxed);
            clock.fetch_add(1_000, Ordering::Relaxed);
        }
    });
    (task, late)
}

/// Lets the CPUs take turns, so many each.
fn turns(machine: &Machine, count: usize) {
    for _ in 0..count {
        (0..machine.cpus.len()).for_each(|cpu| assert_eq!(machine.run_one(cpu), RunState::Ran));
    }
}

fn polls(tasks: &[TaskRef]) -> u64 {
    tasks.iter().map(|task| task.stats().polls).sum()
}

fn close_to(number: u64, expected: u64, apart: u64) {
    assert!(number.abs_diff(expected) <= apart, "{number} instead of {expected}");
}

#[test]
fn one_that_wakes_leaves_the_other_sleepers() {
    let machine = Machine::new(3);
    [1, 2].iter().for_each(|cpu| machine.sleep(*cpu));
    assert_eq!(machine.group.sleepers(), 0b110);
    machine.on(1, |executor| executor.finish_idle());
    assert_eq!(machine.group.sleepers(), 0b100);
}

#[test]
fn a_sleeper_beside_a_thousand_spinners_of_another_group_is_in_time() {
    for cpus in [1, 2] {
        let machine = Machine::new(cpus);
        let (crowd, quiet) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
        for number in 0..1_000 {
            spin(&machine, number % cpus, &crowd);
        }
        let (sleeper, late) = sleep(&machine, 0, &quiet, 100);
        turns(&machine, 1_000);
        assert!(sleeper.is_finished());
        let late = late.load(Ordering::Relaxed);
        // A poll of each CPU moves the clock, which they have in common, by a slice; and being new costs one.
        assert!(late <= (cpus as u64 + 1) * SLICE, "{late} ns late with {cpus} CPUs");
    }
}

#[test]
fn a_sleeper_beside_a_thousand_groups_that_spin_is_in_time() {
    let machine = Machine::new(1);
    let quiet = group(&machine, NOMINAL_WEIGHT);
    let (sleeper, late) = sleep(&machine, 0, &quiet, 100);
    machine.run_one(0);
    for _ in 0..1_000 {
        spin(&machine, 0, &group(&machine, NOMINAL_WEIGHT));
    }
    turns(&machine, 1_000);
    assert!(sleeper.is_finished());
    assert!(late.load(Ordering::Relaxed) <= 2 * SLICE, "{late:?} ns late");
}

#[test]
fn a_sleeper_beside_a_thousand_spinners_of_its_own_group_is_in_time() {
    let machine = Machine::new(1);
    let crowd = group(&machine, NOMINAL_WEIGHT);
    let (sleeper, late) = sleep(&machine, 0, &crowd, 100);
    machine.run_one(0);
    for _ in 0..1_000 {
        spin(&machine, 0, &crowd);
    }
    turns(&machine, 1_000);
    assert!(sleeper.is_finished());
    assert!(late.load(Ordering::Relaxed) <= 2 * SLICE, "{late:?} ns late");
}

/// However many tasks a group has.
#[test]
fn groups_share_by_weight() {
    let machine = Machine::new(1);
    let sizes = [(1, NOMINAL_WEIGHT), (10, NOMINAL_WEIGHT), (100, 3 * NOMINAL_WEIGHT)];
    let groups = sizes.map(|(count, weight)| {
        let group = group(&machine, weight);
        (0..count).map(|_| spin(&machine, 0, &group)).collect::<Vec<_>>()
    });
    turns(&machine, 1_000);
    for (tasks, expected) in groups.iter().zip([200, 200, 600]) {
        close_to(polls(tasks), expected, 5);
    }
}

#[test]
fn a_weight_can_be_changed() {
    let machine = Machine::new(1);
    let (one, other) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
    let (first, second) = (spin(&machine, 0, &one), spin(&machine, 0, &other));
    turns(&machine, 100);
    close_to(first.stats().polls, 50, 2);
    one.set_weight(4 * NOMINAL_WEIGHT);
    let before = [&first, &second].map(|task| task.stats().polls);
    turns(&machine, 100);
    close_to(first.stats().polls - before[0], 80, 4);
    close_to(second.stats().polls - before[1], 20, 4);
}

/// With and without another group, and whether or not the queue is needed.
#[test]
fn tasks_of_a_group_share_by_weight() {
    for (others, expected) in [(0, 400), (1, 200)] {
        let machine = Machine::new(1);
        let (crowd, other) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
        let weights = [NOMINAL_WEIGHT, 3 * NOMINAL_WEIGHT];
        let tasks = weights.map(|weight| spin_with(&machine, 0, &crowd, Class::Fair { weight }));
        (0..others).for_each(|_| drop(spin(&machine, 0, &other)));
        turns(&machine, 400);
        close_to(tasks[0].stats().polls, expected / 4, 3);
        close_to(tasks[1].stats().polls, 3 * expected / 4, 3);
    }
}

#[test]
fn two_tasks_of_two_groups_alternate() {
    let machine = Machine::new(1);
    let tasks = [(); 2].map(|()| spin(&machine, 0, &group(&machine, NOMINAL_WEIGHT)));
    for turn in 1..50 {
        turns(&machine, 2);
        assert_eq!(tasks.each_ref().map(|task| task.stats().polls), [turn, turn]);
    }
}

/// An hour of sleep is worth a slice, to a task and to a group.
#[test]
fn who_slept_for_long_is_served_soon_but_not_for_long() {
    for siblings in [true, false] {
        let machine = Machine::new(1);
        let crowd = group(&machine, NOMINAL_WEIGHT);
        let quiet = if siblings { crowd.clone() } else { group(&machine, NOMINAL_WEIGHT) };
        let spinners: Vec<_> = (0..2).map(|_| spin(&machine, 0, &crowd)).collect();
        let (clock, timers) = (machine.clock.clone(), machine.cpus[0].timers());
        let sleeper = spawn_in(&machine, 0, &quiet, TaskOptions::new("sleeper"), async move {
            timers.sleep_until(1_000 * SLICE).await;
            loop {
                clock.fetch_add(SLICE, Ordering::Relaxed);
                yield_now().await;
            }
        });
        turns(&machine, 1_000);
        let before = polls(&spinners);
        turns(&machine, 120);
        let expected = if siblings { 80 } else { 60 };
        close_to(polls(&spinners) - before, expected, 3);
        assert!(sleeper.stats().polls >= 40);
    }
}

/// Who ran alone owes nothing for it, and who ran before that owes nothing any more.
#[test]
fn time_without_competition_counts_for_nobody() {
    let machine = Machine::new(1);
    let groups = [(); 2].map(|()| group(&machine, NOMINAL_WEIGHT));
    let stop = Arc::new(AtomicU64::new(0));
    let (stopped, clock) = (stop.clone(), machine.clock.clone());
    // This one competes for a while and runs ahead by a long poll, and then the other is alone.
    let ahead = spawn_in(&machine, 0, &groups[0], TaskOptions::new("ahead"), async move {
        loop {
            let time = if stopped.load(Ordering::Relaxed) == 0 { SLICE } else { 100 * SLICE };
            clock.fetch_add(time, Ordering::Relaxed);
            match stopped.load(Ordering::Relaxed) == 1 {
                true => {
                    stopped.store(2, Ordering::Relaxed);
                    core::future::poll_fn(|_| match stopped.load(Ordering::Relaxed) {
                        2 => core::task::Poll::Pending,
                        _ => core::task::Poll::Ready(()),
                    })
                    .await;
                }
                false => yield_now().await,
            }
        }
    });
    let alone = spin(&machine, 0, &groups[1]);
    turns(&machine, 20);
    stop.store(1, Ordering::Relaxed);
    turns(&machine, 1_000);
    assert_eq!(stop.load(Ordering::Relaxed), 2);
    let before = [&ahead, &alone].map(|task| task.stats().polls);
    stop.store(0, Ordering::Relaxed);
    ahead.wake();
    turns(&machine, 100);
    close_to(ahead.stats().polls - before[0], 50, 3);
    close_to(alone.stats().polls - before[1], 50, 3);
}

/// Neither a loop of new groups nor one of new tasks gets more than its share.
#[test]
fn being_new_is_no_advantage() {
    for fresh in [true, false] {
        let machine = Arc::new(Machine::new(1));
        let steady = spin(&machine, 0, &group(&machine, NOMINAL_WEIGHT));
        let crowd = group(&machine, NOMINAL_WEIGHT);
        let used = Arc::new(AtomicU64::new(0));
        fn next(machine: &Arc<Machine>, crowd: TaskGroup, fresh: bool, used: Arc<AtomicU64>) {
            let inner = machine.clone();
            spawn_in(machine, 0, &crowd.clone(), TaskOptions::new("short"), async move {
                inner.advance(SLICE);
                used.fetch_add(1, Ordering::Relaxed);
                let crowd = if fresh { group(&inner, NOMINAL_WEIGHT) } else { crowd };
                next(&inner, crowd, fresh, used);
            });
        }
        next(&machine, crowd, fresh, used.clone());
        turns(&machine, 200);
        assert!(steady.stats().polls >= 97, "{} of 200", steady.stats().polls);
        assert!(used.load(Ordering::Relaxed) >= 60);
    }
}

/// The kernel's tasks are a group of their own, with a greater weight.
#[test]
fn tasks_without_a_group_are_one() {
    let machine = Machine::new(1);
    let crowd = group(&machine, NOMINAL_WEIGHT);
    let spinners: Vec<_> = (0..10).map(|_| spin(&machine, 0, &crowd)).collect();
    for _ in 0..5 {
        let clock = machine.clock.clone();
        machine.spawn(0, "kernel's", async move {
            loop {
                clock.fetch_add(SLICE, Ordering::Relaxed);
                yield_now().await;
            }
        });
    }
    turns(&machine, 900);
    close_to(polls(&spinners), 100, 3);
}

/// A thief takes tasks of a group along, with what they owe their siblings.
#[test]
fn a_group_spans_cpus() {
    let machine = Machine::new(2);
    let (crowd, other) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
    let tasks: Vec<_> = (0..10).map(|_| spin(&machine, 0, &crowd)).collect();
    let pinned = TaskOptions::new("pinned").pinned();
    let clock = machine.clock.clone();
    let rival = spawn_in(&machine, 1, &other, pinned, async move {
        loop {
            clock.fetch_add(SLICE, Ordering::Relaxed);
            yield_now().await;
        }
    });
    tasks[..5].iter().for_each(|task| task.set_affinity(0b10));
    turns(&machine, 220);
    assert_eq!(tasks.iter().filter(|task| task.cpu() == 1).count(), 5);
    let before: Vec<_> = tasks.iter().map(|task| task.stats().polls).collect();
    let rivals = rival.stats().polls;
    turns(&machine, 100);
    close_to(rival.stats().polls - rivals, 50, 2);
    for (number, (task, before)) in tasks.iter().zip(before).enumerate() {
        close_to(task.stats().polls - before, if number < 5 { 10 } else { 20 }, 2);
    }
}

/// A thief looks at some tasks of each group: those that may not move hide nobody else's.
#[test]
fn tasks_that_are_pinned_hide_no_other_group_from_a_thief() {
    let machine = Machine::new(2);
    let (crowd, other) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
    for _ in 0..100 {
        spawn_in(&machine, 0, &crowd, TaskOptions::new("pinned").pinned(), never());
    }
    let free = spawn_in(&machine, 0, &other, TaskOptions::new("free"), never());
    assert_eq!(machine.run(1), 1);
    assert_eq!(free.cpu(), 1);
}

/// The turn of a task with less weight comes later, not never, and what it owes is its own, not its group's.
#[test]
fn a_light_task_makes_its_group_no_lighter() {
    let machine = Machine::new(1);
    let (mixed, plain) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
    let light = spin_with(&machine, 0, &mixed, Class::Fair { weight: NOMINAL_WEIGHT / 16 });
    let heavy = spin(&machine, 0, &mixed);
    let rival = spin(&machine, 0, &plain);
    turns(&machine, 680);
    close_to(rival.stats().polls, 340, 3);
    close_to(heavy.stats().polls, 320, 3);
    close_to(light.stats().polls, 20, 2);
}

#[test]
fn a_group_for_fewer_cpus_competes_as_the_executors_own_elsewhere() {
    let machine = Machine::new(2);
    let small = TaskGroup::new(1, NOMINAL_WEIGHT).expect("memory");
    let tasks = [0, 1, 1].map(|cpu| spawn_in(&machine, cpu, &small, TaskOptions::new("any"), yield_now()));
    assert_eq!((machine.run(0), machine.run(1)), (2, 4));
    assert!(tasks.iter().all(TaskRef::is_finished));
}

/// A group goes when its handle and its tasks are gone, in either order; and a killed task leaves it, too.
#[test]
fn a_group_outlives_its_handle() {
    let machine = Machine::new(1);
    let own = group(&machine, NOMINAL_WEIGHT);
    let tasks: Vec<_> =
        (0..3).map(|_| spawn_in(&machine, 0, &own, TaskOptions::new("any"), never())).collect();
    machine.run(0);
    drop(own);
    tasks[0].kill();
    tasks[1..].iter().for_each(TaskRef::wake);
    assert_eq!(machine.run(0), 3);
    tasks.iter().for_each(TaskRef::kill);
    assert_eq!(machine.run(0), 2);
}

/// Tasks that change class while they wait for their turn go by their new one from their next turn on, and no queue
/// loses any: whatever happens to tasks of several groups on several CPUs, each is polled when it was woken.
#[test]
fn nothing_is_lost_between_groups_classes_and_cpus() {
    let machine = Machine::new(3);
    let groups: Vec<_> = (1..4).map(|weight| group(&machine, weight * NOMINAL_WEIGHT)).collect();
    let woken = Arc::new(AtomicU64::new(0));
    let mut random = 11_u64;
    let mut next = move |below: usize| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
        (random >> 33) as usize % below
    };
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let (count, clock) = (woken.clone(), machine.clock.clone());
            let options = TaskOptions::new("any");
            let work = core::future::poll_fn(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                clock.fetch_add(1 + number % 7 * 1_000, Ordering::Relaxed);
                core::task::Poll::<()>::Pending
            });
            match number % 4 {
                3 => machine.spawn_with(number as usize % 3, options, work),
                own => spawn_in(&machine, number as usize % 3, &groups[own as usize], options, work),
            }
        })
        .collect();
    for _ in 0..3_000 {
        let task = &tasks[next(tasks.len())];
        match next(12) {
            0 => task.set_class(Class::Idle),
            1 => task.set_class(Class::Deadline { within: next(10_000) as u64 }),
            2 | 3 => task.set_class(Class::Fair { weight: 1 + next(2_000) as u32 }),
            4 => task.set_affinity(1 + next(7) as u64),
            5 => groups[next(3)].set_weight(1 + next(2_000) as u32),
            6..9 => machine.on(next(3), |_| task.wake()),
            _ => _ = machine.run_one(next(3)),
        }
    }
    for task in &tasks {
        task.set_affinity(u64::MAX);
    }
    (0..3).for_each(|cpu| _ = machine.run(cpu));
    let before = woken.load(Ordering::Relaxed);
    tasks.iter().for_each(TaskRef::wake);
    (0..3).for_each(|cpu| _ = machine.run(cpu));
    (0..3).for_each(|cpu| _ = machine.run(cpu));
    assert_eq!(woken.load(Ordering::Relaxed) - before, tasks.len() as u64);
    tasks.iter().for_each(TaskRef::kill);
    (0..3).for_each(|cpu| _ = machine.run(cpu));
    assert!(tasks.iter().all(TaskRef::is_finished));
}

/// A place where a task waits.
#[derive(Default)]
struct Door(Mutex<Option<Waker>>);

impl Door {
    async fn wait(&self) {
        let mut knocked = false;
        poll_fn(|context| {
            if core::mem::replace(&mut knocked, true) {
                return Poll::Ready(());
            }
            *self.0.lock().expect("not poisoned") = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn knock(&self) {
        self.0.lock().expect("not poisoned").take().expect("somebody waits").wake();
    }
}

/// A task of CPU 0 that takes all it gets; once it is `open`, it knocks at the door, as if it was on the other CPU.
fn spin_and_knock(
    machine: &Machine,
    group: &TaskGroup,
    door: &Arc<Door>,
    open: &Arc<AtomicBool>,
    cpu: usize,
) {
    let (door, open, clock) = (door.clone(), open.clone(), machine.clock.clone());
    spawn_in(machine, 0, group, TaskOptions::new("spinner"), async move {
        loop {
            clock.fetch_add(SLICE, Ordering::Relaxed);
            if open.swap(false, Ordering::Relaxed) {
                let here = CURRENT.replace(cpu);
                door.knock();
                CURRENT.set(here);
            }
            yield_now().await;
        }
    });
}

/// Each time, although they compete with it, and it with nobody as its polls begin.
#[test]
fn who_is_woken_by_a_sibling_has_its_turn_before_that_goes_on() {
    const ROUNDS: usize = 1_000;
    let machine = Machine::new(1);
    let crowd = group(&machine, NOMINAL_WEIGHT);
    let doors: Arc<[Door; 3]> = Arc::default();
    let turns = Arc::new(AtomicU64::new(0));
    for number in 0..doors.len() {
        let (doors, turns, clock) = (doors.clone(), turns.clone(), machine.clock.clone());
        spawn_in(&machine, 0, &crowd, TaskOptions::new("sleeper"), async move {
            loop {
                doors[number].wait().await;
                turns.fetch_add(1, Ordering::Relaxed);
                clock.fetch_add(600, Ordering::Relaxed);
            }
        });
    }
    machine.run(0);
    let (clock, counted) = (machine.clock.clone(), turns.clone());
    let waker = spawn_in(&machine, 0, &crowd, TaskOptions::new("waker"), async move {
        // Nobody is new any more.
        for _ in 0..3 {
            clock.fetch_add(SLICE, Ordering::Relaxed);
            yield_now().await;
        }
        for round in 0..ROUNDS {
            doors[round % doors.len()].knock();
            clock.fetch_add(500, Ordering::Relaxed);
            yield_now().await;
            assert_eq!(counted.load(Ordering::Relaxed), round as u64 + 1);
        }
    });
    machine.run(0);
    assert!(waker.is_finished());
    assert_eq!(turns.load(Ordering::Relaxed), ROUNDS as u64);
}

/// A group whose tasks competed with each other alone has let that time pass as one task does that was alone: what was
/// owed before is forgotten, also if another CPU sends who owed it, and has not been heard yet when the poll ends.
#[test]
fn time_among_siblings_counts_for_nobody_else() {
    for waking_cpu in [0, 1] {
        let machine = Machine::new(2);
        let (crowd, own) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
        let (door, open) = (Arc::new(Door::default()), Arc::new(AtomicBool::new(false)));
        let (inner, clock) = (door.clone(), machine.clock.clone());
        let debtor = spawn_in(&machine, 0, &own, TaskOptions::new("debtor"), async move {
            for time in [SLICE, SLICE, 100 * SLICE] {
                yield_now().await;
                clock.fetch_add(time, Ordering::Relaxed);
            }
            inner.wait().await;
            loop {
                clock.fetch_add(SLICE, Ordering::Relaxed);
                yield_now().await;
            }
        });
        for _ in 0..2 {
            spin_and_knock(&machine, &crowd, &door, &open, waking_cpu);
            (0..300).for_each(|_| _ = machine.run_one(0));
            assert!(door.0.lock().expect("not poisoned").is_some(), "it has had its long poll");
        }
        open.store(true, Ordering::Relaxed);
        let before = debtor.stats().polls;
        (0..100).for_each(|_| _ = machine.run_one(0));
        close_to(debtor.stats().polls - before, 50, 3);
    }
}

/// Two tasks that spin beside each other have competed with nobody else, and still are not before who wakes, whether one
/// of them wakes it or another CPU.
#[test]
fn a_sleeper_beside_two_spinners_of_another_group_is_next() {
    for waking_cpu in [0, 1] {
        let machine = Machine::new(2);
        let (pair, quiet) = (group(&machine, NOMINAL_WEIGHT), group(&machine, NOMINAL_WEIGHT));
        let door = Arc::new(Door::default());
        let inner = door.clone();
        let sleeper =
            spawn_in(&machine, 0, &quiet, TaskOptions::new("sleeper"), async move { inner.wait().await });
        machine.run(0);
        let open = Arc::new(AtomicBool::new(false));
        for _ in 0..2 {
            spin_and_knock(&machine, &pair, &door, &open, waking_cpu);
            machine.run_one(0);
        }
        for _ in 0..21 {
            machine.run_one(0);
        }
        open.store(true, Ordering::Relaxed);
        machine.run_one(0);
        assert!(!open.load(Ordering::Relaxed) && !sleeper.is_finished());
        machine.run_one(0);
        assert!(sleeper.is_finished());
    }
}
