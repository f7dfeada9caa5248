//! What allocates: a task once, unless one like it has ended, an alarm once, and nothing else.
// Counts allocations, and implements `Platform`.
#![allow(unsafe_code)]
#![cfg(not(loom))]

use executor::{
    Alarm, Executor, NOMINAL_WEIGHT, Outcome, Platform, RunState, TaskGroup, TaskOptions, waiting_for,
    yield_now,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::task::Waker;
use std::thread::{self, ThreadId};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    static REFUSE: Cell<bool> = const { Cell::new(false) };
    /// Bytes that this thread allocated, less those that it freed.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: the system's allocator, or null, which says that there is no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        LARGEST.set(LARGEST.get().max(layout.size()));
        if REFUSE.get() {
            return std::ptr::null_mut();
        }
        HELD.set(HELD.get() + layout.size() as isize);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Alone;

// SAFETY: each test uses its executor on its own thread only.
unsafe impl Platform for Alone {
    fn now(&self) -> u64 {
        7
    }

    fn is_current(&self) -> bool {
        true
    }

    fn kick(&self) {}
}

/// The CPU of the thread that made it, which shares nothing.
struct Own(ThreadId);

// SAFETY: the one thread says yes.
unsafe impl Platform for Own {
    const SHARES_TASKS: bool = false;

    fn now(&self) -> u64 {
        7
    }

    fn is_current(&self) -> bool {
        self.0 == thread::current().id()
    }

    fn kick(&self) {}
}

fn own_executor() -> &'static Executor<Own> {
    Box::leak(Box::new(Executor::new(0, Own(thread::current().id()))))
}

fn executor() -> &'static Executor<Alone> {
    Box::leak(Box::new(Executor::new(0, Alone)))
}

fn run(executor: &'static Executor<Alone>) {
    while executor.run_one() == RunState::Ran {}
}

/// How many allocations `work` makes.
fn count<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let before = COUNT.get();
    let result = work();
    (COUNT.get() - before, result)
}

#[test]
fn a_task_is_one_allocation_and_small() {
    let executor = executor();
    LARGEST.set(0);
    let idle = async { std::future::pending::<()>().await };
    let (allocations, task) = count(|| executor.spawn(TaskOptions::new("idle"), idle));
    assert_eq!(allocations, 1);
    assert!(LARGEST.get() <= 256, "an idle kernel task takes {} bytes", LARGEST.get());
    drop(task);
}

/// Tasks of a group need no memory of it when they are spawned, compete, sleep, or are stolen; and it lives until the
/// last one is over.
#[test]
fn a_group_is_one_small_allocation() {
    let executor = executor();
    let held = HELD.get();
    let (allocations, group) = count(|| TaskGroup::new(64, NOMINAL_WEIGHT).expect("memory"));
    assert_eq!((allocations, HELD.get() - held), (1, TaskGroup::size(64) as isize));
    assert!(TaskGroup::size(64) <= 64 * 96 + 24, "{} bytes", TaskGroup::size(64));
    let spawn = |_| {
        executor.spawn_in(&group, TaskOptions::new("any"), async {
            for _ in 0..3 {
                yield_now().await;
            }
            std::future::pending::<()>().await;
        })
    };
    let (allocations, tasks) = count(|| [0, 1, 2].map(spawn).map(|task| task.expect("memory")));
    assert_eq!(allocations, 3);
    let (allocations, ()) = count(|| {
        run(executor);
        tasks.iter().for_each(|task| task.wake());
        run(executor);
        drop(group.clone());
    });
    assert_eq!(allocations, 0);
    drop(group);
    let with_tasks = HELD.get();
    tasks[0].kill();
    tasks[1].kill();
    run(executor);
    assert_eq!(HELD.get(), with_tasks, "the third one is of the group still");
    tasks[2].kill();
    run(executor);
    assert_eq!(
        with_tasks - HELD.get(),
        TaskGroup::size(64) as isize,
        "nobody is, though there are references"
    );
}

#[test]
fn no_memory_for_a_group_is_an_error() {
    REFUSE.set(true);
    let refused = TaskGroup::new(4, NOMINAL_WEIGHT).err();
    REFUSE.set(false);
    assert_eq!(refused, Some(executor::AllocError));
    assert_eq!(TaskGroup::new(usize::MAX / 8, NOMINAL_WEIGHT).err(), Some(executor::AllocError));
}

/// Spawns `count` tasks of a kind, runs them, and gives how many allocations that took.
fn spawn_and_run<const SIZE: usize>(executor: &'static Executor<Alone>, tasks: usize) -> usize {
    let spawn = || {
        for _ in 0..tasks {
            let ballast = [1_u8; SIZE];
            let task = async move { assert_eq!(std::hint::black_box(ballast)[0], 1) };
            executor.spawn_detached(TaskOptions::new("short"), task).expect("memory");
        }
    };
    let (allocations, ()) = count(spawn);
    run(executor);
    allocations
}

#[test]
fn the_memory_of_a_task_that_ended_is_used_again() {
    let executor = executor();
    assert_eq!(spawn_and_run::<100>(executor, 3), 3);
    assert_eq!(spawn_and_run::<100>(executor, 4), 1, "three are there");
    assert_eq!(spawn_and_run::<200>(executor, 4), 4, "others are of another size");
    assert_eq!(spawn_and_run::<200>(executor, 4), 0);
    assert_eq!(spawn_and_run::<100>(executor, 1000), 996);
    assert_eq!(spawn_and_run::<100>(executor, 1000), 1000 - 32, "no more than that are kept");
}

#[test]
fn memory_that_another_thread_frees_is_not_kept() {
    let executor = own_executor();
    let task = executor.spawn(TaskOptions::new("short"), async {}).expect("memory");
    executor.run_until_idle(|| ());
    thread::spawn(move || drop(task)).join().expect("the task is freed");
    let (allocations, _task) = count(|| executor.spawn(TaskOptions::new("short"), async {}));
    assert_eq!(allocations, 1);
}

#[test]
#[should_panic(expected = "its own thread's only")]
fn an_executor_that_is_alone_spawns_on_its_own_thread_only() {
    let executor = own_executor();
    let spawn = move || drop(executor.spawn(TaskOptions::new("foreign"), async {}));
    std::panic::resume_unwind(thread::spawn(spawn).join().expect_err("it panics"));
}

#[test]
fn waking_polling_sleeping_joining_and_killing_allocate_nothing() {
    let executor = executor();
    let timers = executor.timers();
    let worker = async move {
        for _ in 0..10 {
            yield_now().await;
        }
        waiting_for("time", 5, timers.sleep_until(5)).await;
        std::future::pending::<()>().await;
    };
    let worker = executor.spawn(TaskOptions::new("worker"), worker).expect("memory");
    let joined = worker.clone();
    let joiner = async move { assert_eq!(joined.join().await, Outcome::Killed) };
    let joiner = executor.spawn(TaskOptions::new("joiner"), joiner).expect("memory");
    let (allocations, ()) = count(|| {
        run(executor);
        worker.waker().wake();
        run(executor);
        worker.kill();
        run(executor);
    });
    assert!(joiner.is_finished());
    assert_eq!(allocations, 0);
}

#[test]
fn an_alarm_is_one_allocation_and_setting_it_none() {
    let timers = executor().timers();
    let (allocations, alarm) = count(Alarm::new);
    assert_eq!(allocations, 1);
    let alarm = alarm.expect("memory");
    let (allocations, ()) = count(|| {
        for deadline in [5, 3, 9] {
            alarm.set(timers, deadline, Waker::noop().clone());
        }
        assert!(alarm.cancel());
        drop(alarm);
    });
    assert_eq!(allocations, 0);
}

#[test]
fn no_memory_is_an_error() {
    let executor = executor();
    REFUSE.set(true);
    let task = executor.spawn(TaskOptions::new("none"), async {}).is_err();
    let alarm = Alarm::new().is_err();
    REFUSE.set(false);
    assert!(task && alarm);
    run(executor);
}
