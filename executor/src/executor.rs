//! The executor of one CPU: what it consists of, and how tasks come to it.
//!
//! `run.rs` beside this file is its loop.

use crate::AllocError;
use crate::group::Group;
use crate::inbox::Inbox;
use crate::level::Level;
use crate::registry::{Registry, TaskWalk};
use crate::run_queue::{Pace, RunQueue};
use crate::sync::atomic::{AtomicPtr, Ordering, fence};
use crate::sync::{OwnersLock, plain};
use crate::task::cache::Cache;
use crate::task::options::{RANK_DEADLINE, TaskOptions};
use crate::task::reference::{self, TaskInfo, TaskRef};
use crate::task::{Header, Task, raw};
use crate::task_group::TaskGroup;
use crate::timers::TimerQueue;
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::Relaxed;

/// What an executor needs of its CPU; one instance per CPU.
///
/// # Safety
/// [`Platform::is_current`] answers `true` to one thread of execution only, always the same (a CPU;
/// on a host, a thread): it is what makes the owner's parts of an executor the owner's.
pub unsafe trait Platform: Send + Sync + Sized + 'static {
    /// The monotonic time in nanoseconds. Read once per poll, so it should be cheap.
    fn now(&self) -> u64;

    /// Whether the caller runs on this CPU.
    fn is_current(&self) -> bool;

    /// Makes this CPU leave its halt or user mode soon, from whatever CPU this is called on. A kick
    /// that arrives between [`Executor::prepare_idle`] and the halt must not be lost.
    fn kick(&self);

    /// The first deadline of this CPU's timers is now `deadline`, earlier than before. Called on the CPU itself:
    /// another one kicks it.
    fn rearm(&self, deadline: u64) {
        let _ = deadline;
    }

    /// Whether polls are timed. Without, [`Stats`](crate::Stats) have no times, no poll is over budget,
    /// fair tasks simply take turns, and the clock is only read while a timer is armed.
    const TIMES_POLLS: bool = true;

    /// Whether executors of this platform may be members of a [`Group`]. One that may not has its tasks to
    /// itself, without a lock: it spawns and lists them on its own CPU only, and panics elsewhere. Wakes may
    /// come from anywhere.
    const SHARES_TASKS: bool = true;

    /// Whether so much has been done since the CPU could take an interrupt that timers that are due can wait for the next
    /// turn: one of them may wake many.
    fn is_late(&self) -> bool {
        false
    }

    /// A poll of the task of this name took `nanoseconds`, more than the budget.
    fn overrun(&self, task: &'static str, nanoseconds: u64) {
        let _ = (task, nanoseconds);
    }
}

/// What [`Executor::run_one`] did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    /// It polled a task, or dropped a killed one. There may be more.
    Ran,
    /// Nothing is ready.
    Idle {
        /// When the next timer expires, in nanoseconds, if there is one.
        next_deadline: Option<u64>,
    },
}

/// The executor of one CPU.
pub struct Executor<P: Platform> {
    pub(crate) platform: P,
    index: usize,
    pub(crate) pace: Pace,
    /// The task that is being polled, for the owner.
    pub(crate) current: plain::AtomicPtr<Header>,
    /// The task that woke during its poll, until the next one is chosen, for the owner: so that putting it
    /// back and taking the next one out is one step.
    pub(crate) again: plain::AtomicPtr<Header>,
    /// A ready task, when it is the only one: it spares the queue and its lock. The owner puts it there;
    /// a thief, who has the lock of the queue, may be quicker to take it.
    lone: AtomicPtr<Header>,
    pub(crate) queue: OwnersLock<RunQueue>,
    /// How many are in the queue, as of the last time someone left it.
    pub(crate) ready: plain::AtomicUsize,
    pub(crate) inbox: Inbox,
    pub(crate) level: Level,
    pub(crate) timers: TimerQueue,
    registry: Registry,
    pub(crate) cache: Cache,
    pub(crate) group: plain::AtomicPtr<Group<P>>,
    pub(crate) budget: plain::AtomicU64,
}

macro_rules! new {
    ($index:ident, $platform:ident) => {
        Self {
            platform: $platform,
            index: $index,
            pace: Pace::new($index, P::TIMES_POLLS),
            current: plain::AtomicPtr::new(ptr::null_mut()),
            again: plain::AtomicPtr::new(ptr::null_mut()),
            lone: AtomicPtr::new(ptr::null_mut()),
            queue: OwnersLock::new(RunQueue::new()),
            ready: plain::AtomicUsize::new(0),
            inbox: Inbox::new(),
            level: Level::new(),
            timers: TimerQueue::with_rearm(Self::rearm),
            registry: Registry::new(),
            cache: Cache::new(),
            group: plain::AtomicPtr::new(ptr::null_mut()),
            budget: plain::AtomicU64::new(u64::MAX),
        }
    };
}

impl<P: Platform> Executor<P> {
    /// The executor of CPU `index`, the bit that stands for it in affinity masks (below 64).
    #[cfg(not(loom))]
    pub const fn new(index: usize, platform: P) -> Self {
        assert!(index < 64);
        new!(index, platform)
    }

    /// The executor of CPU `index`, the bit that stands for it in affinity masks (below 64).
    #[cfg(loom)]
    pub fn new(index: usize, platform: P) -> Self {
        new!(index, platform)
    }

    /// The CPU's index.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The CPU's bit in affinity masks.
    #[inline(always)]
    pub(crate) fn bit(&self) -> u64 {
        1 << self.index
    }

    /// The platform.
    pub fn platform(&self) -> &P {
        &self.platform
    }

    /// The time, in nanoseconds, of the last look at the clock: the end of the last poll, or of idling.
    #[inline(always)]
    pub fn clock(&self) -> u64 {
        self.pace.clock.load(Relaxed)
    }

    /// When the next timer expires, in nanoseconds; `u64::MAX` when there is none.
    #[inline(always)]
    pub fn next_timer(&self) -> u64 {
        self.timers.next()
    }

    /// The CPU's timers. The CPU must look at [`TimerQueue::next_deadline`] before it halts or enters
    /// user mode; another CPU that makes it earlier kicks it.
    #[inline]
    pub fn timers(&'static self) -> &'static TimerQueue {
        &self.timers
    }

    /// From now on, who arms a timer here tells this executor. Before it runs it need not know.
    pub(crate) fn own_timers(&'static self) {
        self.timers.set_owner(ptr::from_ref(self).cast());
    }

    /// Polls longer than this are reported to [`Platform::overrun`]. Time in user mode counts.
    pub fn set_budget(&self, nanoseconds: u64) {
        self.budget.store(nanoseconds, Relaxed);
    }

    /// Makes a task of `future` on this CPU; may be called from any. One allocation, unless a task of the
    /// same layout has ended here; if there is no memory for it, the future is dropped.
    pub fn spawn<F>(&'static self, options: TaskOptions, future: F) -> Result<TaskRef, AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.spawn_with(None, options, || future, |_, _| ())
    }

    /// As [`Executor::spawn`]: as a fair task it competes inside of `group`. The group lives at least until the task
    /// is over. Tasks that are spawned without one are in the executor's own.
    ///
    /// Does not build for a platform that does not time its polls: there, tasks simply take turns.
    #[inline]
    pub fn spawn_in<F>(
        &'static self,
        group: &TaskGroup,
        options: TaskOptions,
        future: F,
    ) -> Result<TaskRef, AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.spawn_in_with(group, options, || future)
    }

    /// As [`Executor::spawn_in`], for a large future: `make` makes it where it stays, once there is memory for it, and it
    /// is not moved. Without memory `make` is dropped.
    #[inline]
    pub fn spawn_in_with<F>(
        &'static self,
        group: &TaskGroup,
        options: TaskOptions,
        make: impl FnOnce() -> F,
    ) -> Result<TaskRef, AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        const { assert!(P::TIMES_POLLS, "turns are not shared by groups without times") };
        self.spawn_with(Some(group), options, make, |_, _| ())
    }

    /// As [`Executor::spawn`], for a task that nobody refers to: it ends by itself, or never.
    #[inline]
    pub fn spawn_detached<F>(&'static self, options: TaskOptions, future: F) -> Result<(), AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.admit(None, options, false, || future, |_, _| ()).map(|_| ())
    }

    /// As [`Executor::spawn`]; before anybody knows the task, `prepare` sees it and its future in place.
    #[inline]
    pub(crate) fn spawn_with<F>(
        &'static self,
        group: Option<&TaskGroup>,
        options: TaskOptions,
        make: impl FnOnce() -> F,
        prepare: impl FnOnce(Task, &F),
    ) -> Result<TaskRef, AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = self.admit(group, options, true, make, prepare)?;
        // SAFETY: a reference was counted for this.
        Ok(unsafe { TaskRef::from_counted(task) })
    }

    #[inline(always)]
    fn admit<F>(
        &'static self,
        group: Option<&TaskGroup>,
        options: TaskOptions,
        referred: bool,
        make: impl FnOnce() -> F,
        prepare: impl FnOnce(Task, &F),
    ) -> Result<Task, AllocError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = raw::allocate(self, group, options, referred, make)?;
        // SAFETY: the task is new, and of this future.
        prepare(task, unsafe { raw::future(task) });
        // SAFETY: its links are unused, and its right to enqueue ours.
        unsafe {
            self.registry.add(&self.platform, task);
            self.enqueue(task);
        }
        Ok(task)
    }

    /// The task that is being polled, if this CPU asks and one is.
    pub fn current(&self) -> Option<TaskRef> {
        if !self.platform.is_current() {
            return None;
        }
        let task = NonNull::new(self.current.load(Relaxed))?;
        // SAFETY: while it is polled, the executor's own reference keeps it alive.
        unsafe { task.as_ref() }.state.acquire();
        // SAFETY: counted right here.
        Some(unsafe { TaskRef::from_counted(task) })
    }

    /// Whether it polls `task` at this moment.
    pub(crate) fn runs(&self, task: Task) -> bool {
        self.current.load(Relaxed) == task.as_ptr()
    }

    /// Notes that `task` is to be polled again, if this code is part of a poll of it on this CPU: that
    /// costs no atomic step. Whether it is.
    #[inline(always)]
    pub(crate) fn note_own_wake(&self, task: Task) -> bool {
        let own = self.runs(task) && self.platform.is_current();
        if own {
            self.again.store(task.as_ptr(), Relaxed);
            self.pace.will_go_on();
        }
        own
    }

    /// From the timer interrupt: reports the poll that is going on if it is over the budget already, as
    /// a poll that does not end cannot.
    pub fn watch(&self) {
        if let Some(task) = self.current() {
            let ran = self.platform.now().saturating_sub(self.clock());
            if ran > self.budget.load(Relaxed) {
                self.platform.overrun(task.name(), ran);
            }
        }
    }

    /// Whether a task waits for its turn on this CPU. A wake from another CPU that is no more urgent than
    /// what runs kicks nobody: user mode needs the timer of a time slice even while this is `false`.
    #[inline]
    pub fn has_ready(&self) -> bool {
        self.ready.load(Relaxed) != 0 || self.has_lone() || !self.inbox.is_empty() || self.has_again()
    }

    /// Whether the task that runs on this CPU should give way to one of a more urgent class.
    pub fn should_yield(&self) -> bool {
        if !self.inbox.is_empty() {
            return true;
        }
        let queue = self.queue.lock(&self.platform);
        if queue.has_backlog() {
            return true;
        }
        let lone = self.lone();
        // SAFETY: tasks in the queue are alive, and so is the lone one while thieves do not have the lock.
        let rank = |task: Task| unsafe { task.as_ref() }.rank();
        let first = queue.first().into_iter().chain(lone).map(rank).min();
        matches!((first, self.level.rank()), (Some(first), Some(running)) if first < running)
    }

    /// Visits the tasks spawned on this CPU that are not over, wherever they are now. `visit` runs under
    /// a lock: it must neither spawn nor end tasks.
    pub fn for_each_task(&self, mut visit: impl FnMut(&TaskInfo)) {
        // SAFETY: a task is in the registry only while it is alive.
        self.registry.for_each(&self.platform, |task| visit(&unsafe { reference::info(task) }));
    }

    /// Visits some of these tasks, in a walk that takes its time; whether there may be more. What ends meanwhile may be
    /// missing, and so may everything behind it if much does.
    pub fn visit_some_tasks(&self, walk: &mut TaskWalk, mut visit: impl FnMut(&TaskInfo)) -> bool {
        // SAFETY: as above.
        self.registry.visit_some(&self.platform, walk, |task| visit(&unsafe { reference::info(task) }))
    }

    /// As [`Executor::for_each_task`], if nobody has the lock, which is not waited for; whether nobody had.
    pub fn try_for_each_task(&self, mut visit: impl FnMut(&TaskInfo)) -> bool {
        // SAFETY: as above.
        self.registry.try_for_each::<P>(|task| visit(&unsafe { reference::info(task) }))
    }

    /// Where `task` is listed: on the CPU that it was spawned on.
    pub(crate) fn registry_of(&'static self, task: &Header) -> &'static Registry {
        let cpu = task.listed as usize;
        match self.group() {
            Some(group) if cpu != self.index => &group.members()[cpu].registry,
            _ => &self.registry,
        }
    }

    /// Enqueues a task whose home this is.
    ///
    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline(always)]
    pub(crate) unsafe fn enqueue(&'static self, task: Task) {
        // SAFETY: the caller's contract is the callees'.
        unsafe {
            if self.platform.is_current() {
                self.enqueue_here(task);
            } else {
                self.deliver(task);
            }
        }
    }

    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline(always)]
    unsafe fn enqueue_here(&'static self, task: Task) {
        // SAFETY: the right to enqueue keeps it alive. (A deadline counts from now: that one is placed now.)
        let patient = unsafe { task.as_ref() }.rank() != RANK_DEADLINE as u8;
        if patient && self.ready.load(Relaxed) == 0 && !self.has_lone() {
            return self.set_lone(task);
        }
        // SAFETY: the caller's contract.
        unsafe { self.enqueue_locked(task) };
    }

    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline(never)]
    unsafe fn enqueue_locked(&'static self, task: Task) {
        let mut queue = self.queue.lock(&self.platform);
        // SAFETY: the caller's contract; the right to enqueue came with the lone task.
        unsafe {
            if let Some(lone) = self.take_lone() {
                queue.push(lone, &self.pace);
            }
            queue.push(task, &self.pace);
        }
        self.ready.store(queue.len(), Relaxed);
    }

    /// Whether a task other than the one that is being polled woke during its poll.
    fn has_again(&self) -> bool {
        let again = self.again.load(Relaxed);
        !again.is_null() && again != self.current.load(Relaxed)
    }

    /// Whether there is a lone task, at some moment.
    #[inline(always)]
    pub(crate) fn has_lone(&self) -> bool {
        !self.lone.load(Ordering::Relaxed).is_null()
    }

    /// The lone task, if it is there. It stays alive and here as long as the caller has the lock of the queue.
    pub(crate) fn lone(&self) -> Option<Task> {
        NonNull::new(self.lone.load(Ordering::Relaxed))
    }

    /// Enqueues `task` as the lone one. By the owner, when there is none; the right to enqueue goes with it.
    #[inline(always)]
    pub(crate) fn set_lone(&self, task: Task) {
        // Release: a thief sees the task as it is now.
        self.lone.store(task.as_ptr(), Ordering::Release);
    }

    /// Takes the lone task out, if it is there, and the right to enqueue it. By the owner, or with the lock
    /// of the queue.
    #[inline(always)]
    pub(crate) fn take_lone(&self) -> Option<Task> {
        let lone = NonNull::new(self.lone.load(Ordering::Relaxed))?;
        let (from, to) = (lone.as_ptr(), ptr::null_mut());
        if !P::SHARES_TASKS {
            self.lone.store(to, Ordering::Relaxed);
            return Some(lone);
        }
        self.lone.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| lone)
    }

    /// Hands `task` to this CPU, from another.
    ///
    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline(never)]
    pub(crate) unsafe fn deliver(&'static self, task: Task) {
        // SAFETY: not published yet, so alive and the caller's.
        let header = unsafe { task.as_ref() };
        let (rank, affinity) = header.exclusive.with(|| (header.rank(), header.affinity.load(Relaxed)));
        // SAFETY: the right to enqueue covers the node. The task is not touched after this.
        unsafe { self.inbox.push(task.cast()) };
        fence(Ordering::SeqCst);
        if self.level.claim_kick(rank) {
            self.platform.kick();
        } else if self.level.is_running() {
            self.offer(affinity);
        }
    }

    /// Kicks this CPU out of user mode, unless it is the caller's.
    pub(crate) fn interrupt(&self) {
        if !self.platform.is_current() {
            self.platform.kick();
        }
    }

    /// The timer queue calls this when its next deadline became earlier.
    fn rearm(executor: *const ()) {
        // SAFETY: `timers` set it from a `&'static Self`.
        let executor = unsafe { &*executor.cast::<Self>() };
        match executor.platform.is_current() {
            true => executor.platform.rearm(executor.next_timer()),
            false => executor.platform.kick(),
        }
    }
}
