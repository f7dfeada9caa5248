//! The CPUs of the machine, for tests to run tasks on.

use alloc::vec::Vec;
use executor::{Outcome, TaskOptions, TaskRef};
use hafnon_kernel::{arch::cpu, sched::run};

/// Starts a task that only this CPU may run.
pub fn spawn_on(cpu: usize, task: impl Future<Output = ()> + Send + 'static) -> TaskRef {
    let executor = run::group().members()[cpu];
    executor.spawn(TaskOptions::new("test").pinned(), task).expect("memory")
}

/// Waits until all of them have finished.
pub async fn join(tasks: Vec<TaskRef>) {
    for task in tasks {
        assert_eq!(task.join().await, Outcome::Finished);
    }
}

/// Runs `check` on every CPU, on all at once.
pub async fn on_each(check: fn()) {
    join((0..cpu::count()).map(|cpu| spawn_on(cpu, async move { check() })).collect()).await;
}

/// The CPU with the highest number: another one, where there are several.
pub fn last() -> usize {
    cpu::count() - 1
}
