//! Tasks that die with what spawned them.

use crate::AllocError;
use crate::executor::{Executor, Platform};
use crate::list::{Links, List, Place};
use crate::task::Task;
use crate::task::options::TaskOptions;
use crate::task::reference::TaskRef;
use alloc::sync::Arc;
use core::cell::Cell;
use core::marker::PhantomPinned;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};
use waitq::WaitQueue;

/// The tasks of a scope, and who waits for there to be none.
struct Members(WaitQueue<(), List<InScope>>);

/// A task's place in its scope: beside its future, and left when that has been dropped.
struct Member {
    scope: Arc<Members>,
    links: Links<Member>,
    /// The task, from the moment on that it is a member.
    task: Cell<Option<Task>>,
    _pinned: PhantomPinned,
}

// SAFETY: the links are touched under the lock of their list, the rest by whoever has the future.
unsafe impl Send for Member {}

struct InScope;

impl Place for InScope {
    type Item = Member;

    fn links(member: &Member) -> &Links<Member> {
        &member.links
    }
}

impl Member {
    fn new(scope: Arc<Members>) -> Self {
        Self { scope, links: Links::new(), task: Cell::new(None), _pinned: PhantomPinned }
    }

    /// Makes `task` a member.
    ///
    /// # Safety
    /// The member is pinned, in no scope yet, and lies beside the task's future.
    unsafe fn enter(&self, task: Task) {
        self.task.set(Some(task));
        // SAFETY: the caller's contract, under the lock; its drop takes it out.
        self.scope.0.with(|members, _| unsafe { members.push(NonNull::from(self)) });
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if self.task.get().is_none() {
            return;
        }
        self.scope.0.with(|members, waiters| {
            // SAFETY: it entered, under the lock.
            unsafe { members.remove(NonNull::from(&*self)) };
            if members.is_empty() {
                waiters.wake_all();
            }
        });
    }
}

impl Members {
    fn kill_all(&self) {
        self.0.with(|members, _| {
            members.for_each(|member| {
                // SAFETY: a member is in place until it is removed, under this lock.
                let Some(task) = unsafe { member.as_ref() }.task.get() else { return };
                // SAFETY: as long as its future is there, so is the task. The reference is only borrowed: the
                // executor's own is not given up.
                let task = ManuallyDrop::new(unsafe { TaskRef::from_counted(task) });
                task.kill();
            });
        });
    }
}

/// The future of a task that is a member; what is dropped first comes first.
struct Scoped<F> {
    future: F,
    member: Member,
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the future is pinned with the whole, and never moved out.
        unsafe { self.map_unchecked_mut(|this| &mut this.future) }.poll(context)
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
        let scoped = Scoped { future, member: Member::new(self.0.clone()) };
        // SAFETY: where it lies in the task it is pinned.
        executor.spawn_with(None, options, || scoped, |task, scoped| unsafe { scoped.member.enter(task) })
    }

    /// Kills the tasks that are in the scope now.
    pub fn kill_all(&self) {
        self.0.kill_all();
    }

    /// Waits until there is no task in the scope, at some moment. A task leaves it when its future has been
    /// dropped, shortly before it [is finished](TaskRef::is_finished).
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
