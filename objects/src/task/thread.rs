//! Thread: the identity and life of one thread. What it runs is a task of the executor.
//!
//! ```text
//!   Created ──start──▶ Running ──exit, kill──▶ Dead
//!      └──── kill, last handle gone ───────────▶
//! ```

use crate::core::base::{Base, Koid};
use crate::core::closing::Doomed;
use crate::core::name::Name;
use crate::object::KernelObject;
use crate::task::Process;
use crate::task::times::{Sum, Times};
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};
use executor::TaskRef;
use waitq::sync::{Mutex, MutexGuard};

/// A thread.
pub struct Thread {
    base: Base,
    name: Name,
    process: Arc<Process>,
    /// Set once: the thread shall not go back to user mode. Nor shall it when its process is dying.
    dying: AtomicBool,
    /// Set once: the thread is no longer a new one.
    started: AtomicBool,
    /// How long it ran, once it has ended, and how long it has waited for its turn.
    times: Sum,
    state: Mutex<State>,
}

enum State {
    Created,
    /// Between `start` and the arrival of its task.
    Starting,
    Running(TaskRef),
    Dead,
}

impl Thread {
    /// A thread of `process` that has not started.
    ///
    /// # Errors
    /// `BAD_STATE` when the process is ending.
    pub fn new(process: Arc<Process>, name: &[u8]) -> Result<Arc<Self>, Status> {
        let base = Base::new();
        base.set_related(process.koid());
        let thread = Arc::new(Self {
            base,
            name: Name::new(name),
            process,
            dying: AtomicBool::new(false),
            started: AtomicBool::new(false),
            times: Sum::default(),
            state: Mutex::new(State::Created),
        });
        thread.process.add_thread(&thread)?;
        Ok(thread)
    }

    /// The thread's id.
    pub fn koid(&self) -> Koid {
        self.base.koid()
    }

    /// The process it belongs to.
    pub fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// Whether it could be started now.
    ///
    /// # Errors
    /// `BAD_STATE`, as in [`Thread::start`].
    pub fn may_start(&self, first: bool) -> Result<(), Status> {
        if !matches!(*self.state.lock(), State::Created) {
            return Err(Status::BAD_STATE);
        }
        self.process.may_start_thread(first)
    }

    /// Starts the thread, and with the `first` one its process. `spawn` makes the task, which calls
    /// [`Thread::ended`] in the end, however it ends; also when it can not be made.
    ///
    /// # Errors
    /// `BAD_STATE` unless the thread is new, and its process is too, if it is the first, or else runs.
    /// What `spawn` returns: the thread has ended then.
    pub fn start(&self, first: bool, spawn: impl FnOnce() -> Result<TaskRef, Status>) -> Result<(), Status> {
        {
            let mut state = self.state.lock();
            if !matches!(*state, State::Created) {
                return Err(Status::BAD_STATE);
            }
            self.process.start_thread(first)?;
            *state = State::Starting;
            self.started.store(true, Ordering::Release);
        }
        self.base.signals.change(Signals::empty(), Signals::THREAD_RUNNING);
        self.adopt(spawn()?);
        Ok(())
    }

    /// Takes in the task, which may have ended or been condemned by now.
    fn adopt(&self, task: TaskRef) {
        let mut state = self.state.lock();
        if self.is_dying() {
            task.kill();
        }
        if matches!(*state, State::Starting) {
            *state = State::Running(task);
        }
    }

    /// Whether the thread shall not go back to user mode.
    #[inline]
    pub fn is_dying(&self) -> bool {
        self.is_leaving() || self.process.is_dying()
    }

    /// Whether the thread itself was killed, or has ended itself. Its process's end comes to it soon, thread by thread.
    #[inline]
    pub fn is_leaving(&self) -> bool {
        self.dying.load(Ordering::Acquire)
    }

    /// The thread's own decision to end, once it returns from its system call.
    pub fn exit(&self) {
        self.dying.store(true, Ordering::Release);
    }

    /// Ends the thread wherever it is.
    pub fn kill(&self) {
        self.dying.store(true, Ordering::Release);
        let state = self.state.lock();
        match &*state {
            State::Running(task) => task.kill(),
            State::Created => self.end_new(state),
            State::Starting | State::Dead => {}
        }
    }

    /// Ends the thread, which has not started.
    fn end_new(&self, mut state: MutexGuard<'_, State>) {
        self.dying.store(true, Ordering::Release);
        *state = State::Dead;
        drop(state);
        self.terminate(false);
    }

    /// The task is over, in a poll that has lasted `poll` nanoseconds, which the task has yet to count.
    pub fn ended(&self, poll: u64) {
        self.dying.store(true, Ordering::Release);
        let task = {
            let mut state = self.state.lock();
            let polls = if let State::Running(task) = &*state { task.stats().run_time } else { 0 };
            self.times.count(Times { ran: polls + poll, queued: 0 });
            core::mem::replace(&mut *state, State::Dead)
        };
        drop(task);
        self.process.count_times(self.times.get());
        self.terminate(true);
    }

    fn terminate(&self, started: bool) {
        let tell = || self.base.signals.change(Signals::THREAD_RUNNING, Signals::THREAD_TERMINATED);
        self.process.thread_ended(self.koid(), started, tell);
    }

    /// It was ready to run for so many nanoseconds, and others did. To be called by its task.
    pub fn count_queued(&self, nanoseconds: u64) {
        self.times.count_queued(nanoseconds);
    }

    /// How long it ran, up to the last end of a poll, and waited for its turn.
    pub fn times(&self) -> Times {
        let state = self.state.lock();
        let polls = if let State::Running(task) = &*state { task.stats().run_time } else { 0 };
        self.times.get() + Times { ran: polls, queued: 0 }
    }

    /// Looks at the thread's task, if it has one.
    pub fn with_task<R>(&self, look: impl FnOnce(&TaskRef) -> R) -> Option<R> {
        match &*self.state.lock() {
            State::Running(task) => Some(look(task)),
            _ => None,
        }
    }

    /// Whether it has been started. Without a lock: its process asks under its own.
    pub(crate) fn has_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// `ZX_THREAD_STATE_*`, apart from what it may be waiting in.
    pub fn phase(&self) -> u32 {
        match &*self.state.lock() {
            State::Created => abi::THREAD_STATE_NEW,
            State::Starting | State::Running(_) if self.is_dying() => abi::THREAD_STATE_DYING,
            State::Starting | State::Running(_) => abi::THREAD_STATE_RUNNING,
            State::Dead => abi::THREAD_STATE_DEAD,
        }
    }
}

impl KernelObject for Thread {
    fn base(&self) -> &Base {
        &self.base
    }

    fn name(&self) -> Option<&Name> {
        Some(&self.name)
    }

    /// A thread that nobody can start any more goes away; not one that just starts.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        if Arc::strong_count(&self.process) == 1 {
            self.process.job().count_end(doomed);
        }
        let state = self.state.lock();
        if matches!(*state, State::Created) {
            self.end_new(state);
        }
    }
}
