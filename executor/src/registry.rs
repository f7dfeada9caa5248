//! Where the tasks spawned on a CPU are listed, wherever they run, until their futures are dropped.

use crate::list::List;
use crate::sync::Mutex;
use crate::task::{Header, Task};

/// One list per CPU, so that spawning does not serialise the CPUs.
pub(crate) struct Registry {
    tasks: Mutex<List<Header>>,
}

impl Registry {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { tasks: Mutex::new(List::new(|task| &task.registry_links)) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { tasks: Mutex::new(List::new(|task| &task.registry_links)) }
    }

    /// # Safety
    /// `task` is new, and lives until it is removed.
    pub(crate) unsafe fn add(&self, task: Task) {
        // SAFETY: the caller's contract, under the lock.
        unsafe { self.tasks.lock().push(task) };
    }

    /// # Safety
    /// `task` was added and not removed.
    pub(crate) unsafe fn remove(&self, task: Task) {
        // SAFETY: the caller's contract, under the lock.
        unsafe { self.tasks.lock().remove(task) };
    }

    /// Visits the tasks under the lock, which keeps them alive.
    pub(crate) fn for_each(&self, visit: impl FnMut(Task)) {
        self.tasks.lock().for_each(visit);
    }
}
