//! Tests of the executor as a whole, on a machine whose CPUs take turns on the test's thread.

mod accounting;
mod classes;
mod foreign;
mod groups;
mod idle;
mod kill;
mod memory;
mod panics;
mod scopes;
mod stealing;
mod stress;
mod timers;
mod wakes;

use crate::{Executor, Group, Platform, RunState, Sleepers, TaskOptions, TaskRef};
use std::boxed::Box;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::vec::Vec;

std::thread_local!(static CURRENT: Cell<usize> = const { Cell::new(0) });

/// A CPU of a [`Machine`].
pub(crate) struct Simulated {
    cpu: usize,
    clock: Arc<AtomicU64>,
    pub(crate) kicks: AtomicUsize,
    pub(crate) overruns: Mutex<Vec<(&'static str, u64)>>,
}

// SAFETY: a machine is only used by the thread of its test, on which one CPU is current at a time.
unsafe impl Platform for Simulated {
    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    fn is_current(&self) -> bool {
        CURRENT.get() == self.cpu
    }

    fn kick(&self) {
        self.kicks.fetch_add(1, Ordering::Relaxed);
    }

    fn overrun(&self, task: &'static str, nanoseconds: u64) {
        self.overruns.lock().expect("not poisoned").push((task, nanoseconds));
    }
}

/// Some CPUs and a clock that only moves when told to.
pub(crate) struct Machine {
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) cpus: Vec<&'static Executor<Simulated>>,
    pub(crate) group: &'static Group<Simulated>,
    pub(crate) sleepers: &'static Sleepers,
}

impl Machine {
    pub(crate) fn new(cpus: usize) -> Self {
        let clock = Arc::new(AtomicU64::new(1));
        let make = |cpu| {
            let (kicks, overruns) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
            let platform = Simulated { cpu, clock: clock.clone(), kicks, overruns };
            &*Box::leak(Box::new(Executor::new(cpu, platform)))
        };
        let cpus: Vec<_> = (0..cpus).map(make).collect();
        let sleepers: &'static Sleepers = Box::leak(Box::default());
        let group: &'static Group<_> = Box::leak(Box::new(Group::new(cpus.clone().leak(), sleepers)));
        group.link();
        let machine = Self { clock, cpus, group, sleepers };
        (0..machine.cpus.len()).for_each(|cpu| machine.on(cpu, Executor::finish_idle));
        CURRENT.set(0);
        machine
    }

    /// Does something as CPU `cpu`.
    pub(crate) fn on<R>(&self, cpu: usize, work: impl FnOnce(&'static Executor<Simulated>) -> R) -> R {
        let before = CURRENT.replace(cpu);
        let result = work(self.cpus[cpu]);
        CURRENT.set(before);
        result
    }

    pub(crate) fn run_one(&self, cpu: usize) -> RunState {
        self.on(cpu, |executor| executor.run_one())
    }

    /// Runs `cpu` until it is idle; how many polls that took.
    pub(crate) fn run(&self, cpu: usize) -> usize {
        /// More than any test takes.
        const MOST: usize = 1_000_000;
        let polls = (0..MOST).take_while(|_| self.run_one(cpu) == RunState::Ran).count();
        assert!(polls < MOST, "it never becomes idle");
        polls
    }

    /// Runs `cpu` until it is idle, and halts it.
    pub(crate) fn sleep(&self, cpu: usize) {
        self.run(cpu);
        assert!(self.on(cpu, |executor| executor.prepare_idle()));
    }

    pub(crate) fn kicks(&self, cpu: usize) -> usize {
        self.cpus[cpu].platform().kicks.load(Ordering::Relaxed)
    }

    pub(crate) fn spawn<F>(&self, cpu: usize, name: &'static str, future: F) -> TaskRef
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.spawn_with(cpu, TaskOptions::new(name), future)
    }

    pub(crate) fn spawn_with<F>(&self, cpu: usize, options: TaskOptions, future: F) -> TaskRef
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.cpus[cpu].spawn(options, future).expect("the host has memory")
    }

    pub(crate) fn advance(&self, nanoseconds: u64) {
        self.clock.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    pub(crate) fn add(&self, what: &'static str) {
        self.0.lock().expect("not poisoned").push(what);
    }

    pub(crate) fn take(&self) -> Vec<&'static str> {
        core::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

/// Logs its drop.
pub(crate) struct LogsDrop(pub(crate) Log, pub(crate) &'static str);

impl Drop for LogsDrop {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// Logs which CPU drops it.
pub(crate) struct LogsCpu(pub(crate) Arc<AtomicUsize>);

impl Drop for LogsCpu {
    fn drop(&mut self) {
        self.0.store(CURRENT.get() + 1, Ordering::Relaxed);
    }
}

/// Pending for ever, and deaf.
pub(crate) async fn never() {
    core::future::pending::<()>().await;
}
