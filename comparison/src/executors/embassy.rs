//! embassy's executor. Its tasks live in static memory; here that is memory never freed, and for tasks
//! that end at once, memory used again and again.

use super::{BATCH, Contender, Done, Nothing};
use embassy_executor::raw::{Executor, TaskStorage};
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether there is something to run.
static PENDING: AtomicBool = AtomicBool::new(false);

#[unsafe(export_name = "__pender")]
fn pender(_context: *mut ()) {
    PENDING.store(true, Relaxed);
}

pub struct Embassy {
    executor: &'static Executor,
    storage: &'static [TaskStorage<Nothing>],
}

impl Contender for Embassy {
    fn new() -> Self {
        let storage = (0..BATCH).map(|_| TaskStorage::new()).collect::<Vec<_>>().leak();
        Self { executor: Box::leak(Box::new(Executor::new(std::ptr::null_mut()))), storage }
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let storage = Box::leak(Box::new(TaskStorage::new()));
        self.executor.spawner().spawn(storage.spawn(|| future).expect("a new task"));
    }

    fn spawn_batch(&self) {
        for storage in self.storage {
            self.executor.spawner().spawn(storage.spawn(|| ready(())).expect("the one before has ended"));
        }
    }

    fn run(&self, _done: &Done) {
        while PENDING.load(Relaxed) {
            PENDING.store(false, Relaxed);
            // SAFETY: on the thread that made it, and not called by one of its tasks.
            unsafe { self.executor.poll() };
        }
    }
}
