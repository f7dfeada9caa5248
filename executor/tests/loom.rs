//! Models of the shipped executor under loom: every interleaving (up to a number of preemptions) of
//! what CPUs do to one task, one inbox, one idle CPU. A lost wake shows as a deadlock, a future that two
//! CPUs touch at once as a concurrent access, a future or a waker that is never dropped as a leak.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p hafnon-executor --test loom --release`
#![cfg(loom)]
// Implements `Platform`, and takes executors back when a run is over.
#![allow(unsafe_code)]

use executor::{Alarm, Class, Executor, Group, Outcome, Platform, RunState, TaskOptions, TaskRef};
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use loom::sync::{Arc, Notify};
use loom::thread;
use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

loom::thread_local!(static CPU: Cell<usize> = Cell::new(usize::MAX));

/// A CPU that a model's thread plays.
struct Cpu {
    index: usize,
    kicked: Notify,
}

// SAFETY: each model gives an index to one thread at most.
unsafe impl Platform for Cpu {
    fn now(&self) -> u64 {
        0
    }

    fn is_current(&self) -> bool {
        CPU.with(Cell::get) == self.index
    }

    fn kick(&self) {
        self.kicked.notify();
    }
}

type Exec = Executor<Cpu>;

/// Executors for one run of a model.
struct Machine {
    cpus: &'static [&'static Exec],
    group: Option<&'static Group<Cpu>>,
}

impl Machine {
    fn new(count: usize, linked: bool) -> Self {
        let make = |index| &*Box::leak(Box::new(Executor::new(index, Cpu { index, kicked: Notify::new() })));
        let cpus: &'static [_] = (0..count).map(make).collect::<Vec<_>>().leak();
        let group: Option<&'static Group<_>> =
            linked.then(|| &*Box::leak(Box::new(Group::new(cpus, Box::leak(Box::default())))));
        if let Some(group) = group {
            group.link();
        }
        Self { cpus, group }
    }

    /// Two CPUs that may take each other's tasks. Who makes them plays the first.
    fn of_two() -> Self {
        CPU.with(|current| current.set(0));
        Self::new(2, true)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: all were leaked in `new`; the model has joined its threads and ended its tasks.
        unsafe {
            if let Some(group) = self.group {
                drop(Box::from_raw((&raw const *group).cast_mut()));
            }
            for cpu in self.cpus {
                drop(Box::from_raw((&raw const **cpu).cast_mut()));
            }
            drop(Box::from_raw((&raw const *self.cpus).cast_mut()));
        }
    }
}

fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn spawn<F: Future<Output = ()> + Send + 'static>(cpu: &'static Exec, future: F) -> TaskRef {
    cpu.spawn(TaskOptions::new("modelled"), future).expect("memory")
}

/// Runs a CPU, halting when there is nothing to do, until `done`.
fn run_until(cpu: &'static Exec, done: impl Fn() -> bool) {
    CPU.with(|current| current.set(cpu.index()));
    while !done() {
        if cpu.run_one() != RunState::Ran && cpu.prepare_idle() {
            cpu.platform().kicked.wait();
            cpu.finish_idle();
        }
    }
}

/// Ready when `flag` is set, which whoever wakes it must have published.
fn flagged(flag: Arc<AtomicBool>) -> impl Future<Output = ()> + Send {
    poll_fn(move |_| if flag.load(Relaxed) { Poll::Ready(()) } else { Poll::Pending })
}

#[test]
fn wake_racing_with_idle() {
    model(4, || {
        let machine = Machine::new(1, false);
        let flag = Arc::new(AtomicBool::new(false));
        let task = spawn(machine.cpus[0], flagged(flag.clone()));
        let remote = task.clone();
        let waker = thread::spawn(move || {
            flag.store(true, Relaxed);
            remote.wake();
        });
        run_until(machine.cpus[0], || task.is_finished());
        waker.join().unwrap();
    });
}

/// Fails when `State::leave_park` looks and writes in two steps. With two preemptions it would be a model of minutes.
#[test]
fn two_wakers_by_value_and_by_reference() {
    model(1, || {
        let machine = Machine::new(1, false);
        let flags = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let inner = flags.clone();
        let task = spawn(
            machine.cpus[0],
            poll_fn(move |_| {
                if inner.iter().all(|flag| flag.load(Relaxed)) { Poll::Ready(()) } else { Poll::Pending }
            }),
        );
        let [first, second] = flags;
        let (waker, reference) = (task.waker(), task.clone());
        let first = thread::spawn(move || {
            first.store(true, Relaxed);
            waker.wake();
        });
        let second = thread::spawn(move || {
            second.store(true, Relaxed);
            reference.wake();
        });
        run_until(machine.cpus[0], || task.is_finished());
        first.join().unwrap();
        second.join().unwrap();
    });
}

/// Counts its drop, by whom it must be.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        assert_eq!(CPU.with(Cell::get), 0, "dropped by a foreign CPU");
        self.0.fetch_add(1, Relaxed);
    }
}

/// A task that does this is killed while it runs, and woken if so wished: how it ended. It is dropped once, and nothing is
/// left to run, however late the wake was.
fn killed(woken: bool, work: impl Future<Output = ()> + Send + 'static) -> Option<Outcome> {
    let machine = Machine::new(1, false);
    let dropped = Arc::new(AtomicUsize::new(0));
    let guard = Dropped(dropped.clone());
    let task = spawn(machine.cpus[0], async move {
        let _guard = guard;
        work.await;
    });
    let (killer, waker) = (task.clone(), woken.then(|| task.waker()));
    let waker = waker.map(|waker| thread::spawn(move || waker.wake()));
    let killer = thread::spawn(move || killer.kill());
    run_until(machine.cpus[0], || task.is_finished());
    killer.join().unwrap();
    waker.into_iter().for_each(|waker| waker.join().unwrap());
    assert_eq!(dropped.load(Relaxed), 1);
    assert!(cpu_is_idle(machine.cpus[0]));
    task.outcome()
}

#[test]
fn kill_racing_with_wake_and_poll() {
    model(2, || {
        let outcome = killed(true, poll_fn(|_| Poll::Pending));
        assert_eq!(outcome, Some(Outcome::Killed));
    });
}

fn cpu_is_idle(cpu: &'static Exec) -> bool {
    cpu.run_one() != RunState::Ran
}

/// Runs a CPU until there is nothing to do.
fn run_out(cpu: &'static Exec) {
    while !cpu_is_idle(cpu) {}
}

/// The second CPU takes what it can, while the first one does its work.
fn steal(cpus: &'static [&'static Exec]) {
    let thief = thread::spawn(move || {
        CPU.with(|current| current.set(1));
        run_out(cpus[1]);
    });
    run_out(cpus[0]);
    thief.join().unwrap();
    run_out(cpus[0]);
}

#[test]
fn kill_racing_with_the_end() {
    model(4, || _ = killed(false, executor::yield_now()));
}

#[test]
fn join_racing_with_the_end() {
    model(3, || {
        let machine = Machine::new(1, false);
        let cpu = machine.cpus[0];
        let published = Arc::new(AtomicBool::new(false));
        let inner = published.clone();
        let task = spawn(cpu, async move { inner.store(true, Relaxed) });
        let joined = task.clone();
        // The last reference may go on either side.
        let joiner = thread::spawn(move || {
            assert_eq!(block_on(joined.join()), Outcome::Finished);
            assert!(published.load(Relaxed));
        });
        drop(task);
        CPU.with(|current| current.set(0));
        run_out(cpu);
        joiner.join().unwrap();
    });
}

/// Other CPUs push so many tasks each while this one takes them: each task runs, those of a CPU in their order.
fn push(tasks: [usize; 2]) {
    let machine = Machine::new(1, false);
    let cpu = machine.cpus[0];
    let next = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let pushers = [0, 1].map(|pusher| {
        let next = next[pusher].clone();
        let push = move || {
            for number in 0..tasks[pusher] {
                let next = next.clone();
                spawn(cpu, async move { assert_eq!(next.fetch_add(1, Relaxed), number) });
            }
        };
        (tasks[pusher] > 0).then(|| thread::spawn(push))
    });
    run_until(cpu, || [0, 1].iter().all(|pusher| next[*pusher].load(Relaxed) == tasks[*pusher]));
    pushers.into_iter().flatten().for_each(|pusher| pusher.join().unwrap());
}

/// Fails when `Backlog::take` does not turn the chain round, and when `push` publishes without `Release`.
///
/// Two CPUs that push, and one of them twice, would be one model of nine minutes in place of two of seconds.
#[test]
fn pushes_of_one_cpu_racing_with_take_all() {
    model(2, || push([2, 0]));
}

/// Fails when `push` publishes with a store: for that a single preemption will do.
#[test]
fn pushes_of_two_cpus_racing_with_take_all() {
    model(1, || push([1, 1]));
}

#[test]
fn an_urgent_wake_interrupts_what_runs() {
    model(4, || {
        let machine = Machine::new(1, false);
        let cpu = machine.cpus[0];
        let urgent_ran = Arc::new(AtomicBool::new(false));
        let inner = urgent_ran.clone();
        // In user mode until it is kicked, as long as there is something to wait for.
        let task = spawn(
            cpu,
            poll_fn(move |context| {
                if inner.load(Relaxed) {
                    return Poll::Ready(());
                }
                cpu.platform().kicked.wait();
                context.waker().wake_by_ref();
                Poll::Pending
            }),
        );
        let other = thread::spawn(move || {
            let options = TaskOptions::new("urgent").class(Class::Deadline { within: 1 });
            cpu.spawn(options, async move { urgent_ran.store(true, Relaxed) }).expect("memory");
        });
        run_until(cpu, || task.is_finished());
        other.join().unwrap();
    });
}

#[test]
fn stealing_racing_with_the_owner() {
    model(3, || {
        let machine = Machine::of_two();
        let cpus = machine.cpus;
        let ran = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            let ran = ran.clone();
            spawn(cpus[0], async move {
                executor::yield_now().await;
                ran.fetch_add(1, Relaxed);
            });
        }
        steal(cpus);
        assert_eq!(ran.load(Relaxed), 2);
    });
}

/// A task that is woken where it lives, by a task that goes on, waits alone for its turn: a thief and the
/// owner both want it. The flag that it waits for is published by the wake that is left out in between.
#[test]
fn stealing_the_lone_task() {
    model(3, || {
        let machine = Machine::of_two();
        let cpus = machine.cpus;
        let flag = Arc::new(AtomicBool::new(false));
        let task = spawn(cpus[0], flagged(flag.clone()));
        assert_eq!(cpus[0].run_one(), RunState::Ran);
        let woken = task.clone();
        let waker = spawn(cpus[0], async move {
            flag.store(true, Relaxed);
            woken.wake();
            executor::yield_now().await;
        });
        steal(cpus);
        assert!(task.is_finished() && waker.is_finished());
    });
}

/// A task that woke itself is parked by nobody, and killed by whoever asks.
#[test]
fn kill_and_wake_racing_with_a_self_wake() {
    model(2, || {
        killed(true, async {
            executor::yield_now().await;
            poll_fn(|_| Poll::<()>::Pending).await;
        });
    });
}

/// A task that moved parks on its new home: a waker that reads the home must see that.
#[test]
fn waking_a_stolen_task() {
    model(3, || {
        let machine = Machine::of_two();
        let cpus = machine.cpus;
        let flag = Arc::new(AtomicBool::new(false));
        let task = spawn(cpus[0], flagged(flag.clone()));
        spawn(cpus[0], async {});
        let (seen, on_thief) = (task.clone(), task.clone());
        let thief = thread::spawn(move || run_until(cpus[1], || on_thief.is_finished()));
        flag.store(true, Relaxed);
        seen.wake();
        run_out(cpus[0]);
        // Whoever ended it, the thief must notice.
        cpus[1].platform().kick();
        thief.join().unwrap();
        assert!(task.is_finished());
        run_out(cpus[0]);
    });
}

/// A thief that looks into the inbox of a CPU that goes idle moves what it cannot take to the queue.
#[test]
fn a_thief_racing_with_idle() {
    model(3, || {
        let machine = Machine::new(2, true);
        let cpus = machine.cpus;
        let flag = Arc::new(AtomicBool::new(false));
        let options = TaskOptions::new("pinned").pinned();
        let task = cpus[0].spawn(options, flagged(flag.clone())).expect("memory");
        let remote = task.clone();
        let thief = thread::spawn(move || {
            CPU.with(|current| current.set(1));
            flag.store(true, Relaxed);
            remote.wake();
            assert!(cpu_is_idle(cpus[1]));
        });
        run_until(cpus[0], || task.is_finished());
        thief.join().unwrap();
    });
}

#[test]
fn expiry_racing_with_set_and_drop() {
    model(3, || {
        let machine = Machine::new(1, false);
        let timers = machine.cpus[0].timers();
        let flag = Arc::new(AtomicUsize::new(0));
        let task = spawn(machine.cpus[0], flagged(Arc::new(AtomicBool::new(true))));
        let alarm = Alarm::new().expect("memory");
        alarm.set(timers, 1, task.waker());
        let expired = flag.clone();
        let expiry = thread::spawn(move || expired.fetch_add(timers.expire(5), Relaxed));
        alarm.set(timers, 9, task.waker());
        let cancelled = alarm.cancel();
        drop(alarm);
        expiry.join().unwrap();
        assert!(cancelled, "the second setting is beyond the expiry");
        assert!(flag.load(Relaxed) <= 1);
        assert_eq!(timers.next_deadline(), None);
        run_until(machine.cpus[0], || task.is_finished());
    });
}
