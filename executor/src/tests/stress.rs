//! Threads in the role of CPUs, as fast as they can.

use crate::host::{HostExecutor, HostPlatform, LocalRunner, run_until};
use crate::{Executor, Group, NOMINAL_WEIGHT, Outcome, TaskGroup, TaskOptions, TaskRef, yield_now};
use core::future::poll_fn;
use core::task::Poll;
use std::boxed::Box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use std::vec::Vec;

const CPUS: usize = 4;
const WAKES: usize = 100_000;
/// Each is a switch between two threads of the host.
const HITS: usize = 20_000;

struct Cpus {
    executors: &'static [&'static HostExecutor],
    groups: [TaskGroup; 3],
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Cpus {
    fn start() -> Self {
        let make = |index| &*Box::leak(Box::new(Executor::new(index, HostPlatform::new())));
        let executors: &'static [_] = (0..CPUS).map(make).collect::<Vec<_>>().leak();
        Box::leak(Box::new(Group::new(executors, Box::leak(Box::default())))).link();
        let stop = Arc::new(AtomicBool::new(false));
        let start = |executor: &&'static HostExecutor| {
            let (executor, stop) = (*executor, stop.clone());
            std::thread::spawn(move || {
                executor.platform().bind();
                run_until(executor, &stop);
            })
        };
        let threads = executors.iter().map(start).collect();
        let groups = [(); 3].map(|()| TaskGroup::new(CPUS, NOMINAL_WEIGHT).expect("memory"));
        Self { executors, groups, stop, threads }
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, cpu: usize, future: F) -> TaskRef {
        let options = TaskOptions::new("stress");
        match self.groups.get(cpu) {
            Some(group) => self.executors[cpu].spawn_in(group, options, future),
            None => self.executors[cpu].spawn(options, future),
        }
        .expect("memory")
    }
}

impl Drop for Cpus {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        for (executor, thread) in self.executors.iter().zip(self.threads.drain(..)) {
            crate::Platform::kick(executor.platform());
            let joined = thread.join();
            assert!(joined.is_ok() || std::thread::panicking(), "a task panicked");
        }
    }
}

/// How often to look for something that has to come.
const TURNS: u32 = 60_000;

/// Waits until `done` of `all` are done. Turns without any of them are counted, and not time, of which this process
/// may get little.
fn wait_for(what: &str, all: usize, done: impl Fn() -> usize) {
    let (mut last, mut turns) = (done(), 0);
    while last != all {
        std::thread::sleep(Duration::from_millis(1));
        let now = done();
        turns = if now == last { turns + 1 } else { 0 };
        last = now;
        assert!(turns < TURNS, "{what}: {last} of {all}: a wake was lost");
    }
}

fn finished(tasks: &[TaskRef]) -> usize {
    tasks.iter().filter(|task| task.is_finished()).count()
}

/// Takes the tokens that are there, and counts them in `all`, too; ready when it took `total`.
fn consume(tokens: Arc<AtomicUsize>, total: usize, all: Arc<AtomicUsize>) -> impl Future<Output = ()> + Send {
    let mut taken = 0;
    poll_fn(move |_| {
        let more = tokens.swap(0, Ordering::Acquire);
        taken += more;
        all.fetch_add(more, Ordering::Relaxed);
        if taken == total { Poll::Ready(()) } else { Poll::Pending }
    })
}

#[test]
fn no_wake_is_lost() {
    let cpus = Cpus::start();
    let tokens: Vec<_> = (0..CPUS).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let taken = Arc::new(AtomicUsize::new(0));
    let consumers: Vec<_> =
        (0..CPUS).map(|cpu| cpus.spawn(cpu, consume(tokens[cpu].clone(), WAKES, taken.clone()))).collect();
    for cpu in 0..CPUS {
        let (tokens, consumers) = (tokens.clone(), consumers.clone());
        cpus.spawn(cpu, async move {
            for round in 0..WAKES {
                let target = (cpu + round) % CPUS;
                tokens[target].fetch_add(1, Ordering::Release);
                consumers[target].wake();
                if round % 7 == 0 {
                    yield_now().await;
                }
            }
        });
    }
    wait_for("tokens", CPUS * WAKES, || taken.load(Ordering::Relaxed));
    wait_for("consumers", CPUS, || finished(&consumers));
}

/// Each wake goes to a CPU that has just gone idle, or is about to.
#[test]
fn ping_pong_across_cpus() {
    let cpus = Cpus::start();
    let ball = Arc::new(AtomicUsize::new(0));
    let players: Arc<std::sync::OnceLock<[TaskRef; 2]>> = Arc::default();
    let play = |side: usize| {
        let (ball, players) = (ball.clone(), players.clone());
        poll_fn(move |_| {
            let hits = ball.load(Ordering::Acquire);
            if hits % 2 == side
                && hits < HITS
                && let Some(players) = players.get()
            {
                ball.store(hits + 1, Ordering::Release);
                players[1 - side].wake();
            }
            if ball.load(Ordering::Acquire) < HITS { Poll::Pending } else { Poll::Ready(()) }
        })
    };
    let pinned = |cpu: usize, side| {
        let options = TaskOptions::new("player").pinned();
        cpus.executors[cpu].spawn(options, play(side)).expect("memory")
    };
    let pair = [pinned(0, 0), pinned(1, 1)];
    players.set(pair.clone()).expect("set once");
    pair.iter().for_each(TaskRef::wake);
    wait_for("ball", HITS, || ball.load(Ordering::Acquire));
    pair.iter().for_each(TaskRef::wake);
    wait_for("players", 2, || finished(&pair));
}

#[test]
fn killing_races_with_everything() {
    let cpus = Cpus::start();
    let dropped = Arc::new(AtomicUsize::new(0));
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    const TASKS: usize = 20_000;
    for number in 0..TASKS {
        let guard = Counts(dropped.clone());
        let task = cpus.spawn(number % CPUS, async move {
            let _guard = guard;
            loop {
                yield_now().await;
            }
        });
        (0..number % 100).for_each(|_| core::hint::spin_loop());
        task.kill();
        task.wake();
        if number % 64 == 0 {
            wait_for("kill", 1, || usize::from(task.outcome() == Some(Outcome::Killed)));
        }
    }
    wait_for("drops", TASKS, || dropped.load(Ordering::Relaxed));
}

#[test]
fn sleeping_threads_wake_in_time() {
    let runner = LocalRunner::new();
    let timers = runner.executor().timers();
    let start = crate::Platform::now(runner.executor().platform());
    runner.block_on(async { timers.sleep_until(start + 2_000_000).await });
    assert!(crate::Platform::now(runner.executor().platform()) >= start + 2_000_000);
}

/// Also where polls are not timed, and the clock is read for timers alone.
#[test]
fn a_busy_thread_looks_at_its_timers() {
    let runner = LocalRunner::new();
    let executor = runner.executor();
    let past = Arc::new(AtomicUsize::new(0));
    let slept = past.clone();
    let sleeper = executor.spawn(TaskOptions::new("sleeps"), async move {
        executor.timers().sleep_until(crate::Platform::now(executor.platform())).await;
        slept.store(1, Ordering::Relaxed);
    });
    let busy = executor.spawn(TaskOptions::new("busy"), async move {
        for _ in 0..1_000 {
            yield_now().await;
        }
        assert_eq!(past.load(Ordering::Relaxed), 1);
    });
    runner.run_until_idle();
    assert!(sleeper.expect("memory").is_finished());
    assert_eq!(busy.expect("memory").outcome(), Some(Outcome::Finished));
}

#[test]
fn blocking_on_a_task() {
    let runner = LocalRunner::new();
    let task = runner.executor().spawn(TaskOptions::new("work"), async { yield_now().await });
    let task = task.expect("memory");
    assert_eq!(runner.block_on(task.join()), Outcome::Finished);
    runner.run_until_idle();
}
