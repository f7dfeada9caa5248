//! Tasks that die with what spawned them.

use crate::AllocError;
use crate::executor::{Executor, Platform};
use crate::list::{Links, List, Place};
use crate::task::options::TaskOptions;
use crate::task::reference::TaskRef;
use crate::task::{Header, Task};
use alloc::sync::Arc;
use waitq::WaitQueue;

struct InScope;

impl Place for InScope {
    type Item = Header;

    fn links(task: &Header) -> &Links<Header> {
        &task.scope_links
    }
}

/// The tasks of a scope, and who waits for there to be none.
pub(crate) struct Members(WaitQueue<(), List<InScope>>);

impl Members {
    /// # Safety
    /// `task` is new and in no scope; it is removed before it goes away.
    pub(crate) unsafe fn add(self: &Arc<Self>, task: Task) {
        // SAFETY: new, so the caller's alone.
        unsafe { task.as_ref() }.scope.set(Some(self.clone()));
        // SAFETY: the caller's contract, under the lock.
        self.0.with(|tasks, _| unsafe { tasks.push(task) });
    }

    /// # Safety
    /// `task` was added and not removed.
    pub(crate) unsafe fn remove(&self, task: Task) {
        self.0.with(|tasks, waiters| {
            // SAFETY: the caller's contract, under the lock.
            unsafe { tasks.remove(task) };
            if tasks.is_empty() {
                waiters.wake_all();
            }
        });
    }

    fn kill_all(&self) {
        self.0.with(|tasks, _| {
            tasks.for_each(|task| {
                // SAFETY: a member is alive until it is removed, under this lock. The reference is only
                // borrowed: the member's own is not given up.
                let task = core::mem::ManuallyDrop::new(unsafe { TaskRef::from_counted(task) });
                task.kill();
            });
        });
    }
}

/// A set of tasks that is killed when it is dropped.
pub struct Scope(Arc<Members>);

impl Scope {
    /// An empty scope. Allocates its (small, fixed-size) list.
    pub fn new() -> Self {
        Self(Arc::new(Members(WaitQueue::new(List::new()))))
    }

    /// As [`Executor::spawn`], into this scope.
    pub fn spawn<P, F>(
        &self,
        executor: &'static Executor<P>,
        options: TaskOptions,
        future: F,
    ) -> Result<TaskRef, AllocError>
    where
        P: Platform,
        F: Future<Output = ()> + Send + 'static,
    {
        executor.spawn_into(Some(&self.0), options, future)
    }

    /// Kills the tasks that are in the scope now.
    pub fn kill_all(&self) {
        self.0.kill_all();
    }

    /// Waits until there is no task in the scope, at some moment.
    pub async fn empty(&self) {
        self.0.0.wait_unless((), |tasks, _| tasks.is_empty()).await;
    }

    /// Whether there is no task in the scope.
    pub fn is_empty(&self) -> bool {
        self.0.0.with(|tasks, _| tasks.is_empty())
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.kill_all();
    }
}
