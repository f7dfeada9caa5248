//! Process: an address space, a handle table, and the threads that use them.
//!
//! ```text
//!   Created ──first thread starts──▶ Running ──last thread ends──▶ Dead
//!      │                               │                             ▲
//!      └── kill, last handle gone ──┐  └── kill, exit ──▶ Dying ─────┘ when the last thread is gone
//!                                   └───────────────────────────────▶
//! ```
//! Threads that never started do not count there: they end with the process.
//!
//! Entering `Dying` is one step, whatever there is to end: threads look at [`Process::is_dying`], and those that
//! wait are killed one after the other (`core/closing.rs`). So are, after entering `Dead`, the handles closed and
//! everything unmapped; what remains is the object itself.

use crate::core::account::{Charge, Payer};
use crate::core::base::{Base, Koid};
use crate::core::closing::{Doomed, Remains, TURN};
use crate::core::listing::visit_part;
use crate::core::name::Name;
use crate::core::table::HandleTable;
use crate::memory::Work;
use crate::memory::vmar::Vmar;
use crate::object::{KernelObject, Object};
use crate::task::times::{Sum, Times};
use crate::task::{Job, Thread};
use crate::wait::{FutexQueue, FutexTable, pages_of_threads};
use abi::{Signals, Status};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::any::Any;
use core::ops::Bound::{Excluded, Unbounded};
use core::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use waitq::sync::{Locked, Mutex, Patience};

/// The return code of a process that was killed: `ZX_TASK_RETCODE_SYSCALL_KILL`.
pub const KILLED: i64 = -1024;

/// How much of a dead process's address space is unmapped in one turn, and as how many things that counts.
const UNMAPPED_AT_ONCE: (u32, usize) = (1024, TURN);

/// A process.
pub struct Process {
    base: Base,
    name: Name,
    job: Arc<Job>,
    payer: Arc<Payer>,
    /// Its handles. Counted by itself for those who, with locks held, ask whether a handle is open: the last
    /// reference to a process must not go there.
    pub handles: Arc<HandleTable>,
    /// Its futexes.
    pub futexes: FutexTable,
    root: Arc<Vmar>,
    machine: Arc<dyn Any + Send + Sync>,
    /// Where debuggers find what its dynamic loader has loaded; 0 as long as it has not said so.
    debug_address: AtomicU64,
    /// Whether its dynamic loader is to stop at each load, if not 0.
    break_on_load: AtomicU64,
    /// Of those of its threads that have ended.
    times: Sum,
    /// Set once: its threads shall not go back to user mode.
    dying: AtomicBool,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Created,
    Running,
    Dying,
    Dead,
}

struct State {
    phase: Phase,
    threads: BTreeMap<Koid, Arc<Thread>>,
    /// How many of them have started.
    started: usize,
    /// What their waits may take.
    waits: Charge,
    return_code: i64,
    /// The thread up to which all have been killed, once they are to be.
    killed: Koid,
    /// It is in a queue of objects with something to discard.
    doomed: bool,
    /// The next in that queue.
    next_doomed: Option<Object>,
}

impl State {
    fn may_start_thread(&self, first: bool) -> Result<(), Status> {
        let phase = if first { Phase::Created } else { Phase::Running };
        if self.phase == phase { Ok(()) } else { Err(Status::BAD_STATE) }
    }

    /// Notes that the process has something to discard; whether it is to be pushed to a queue for that.
    fn doom(&mut self) -> bool {
        !core::mem::replace(&mut self.doomed, true)
    }
}

impl AsRef<FutexQueue> for Process {
    fn as_ref(&self) -> &FutexQueue {
        self.futexes.as_ref()
    }
}

impl Process {
    /// A process in `job`, without threads. What it has the kernel hold is charged to `payer`; `machine` is what the
    /// kernel keeps for it; `secret` is mixed into its handle values.
    ///
    /// # Errors
    /// `BAD_STATE` when the job was killed, `NO_MEMORY`.
    pub fn new(
        job: Arc<Job>,
        payer: Arc<Payer>,
        name: &[u8],
        root: Arc<Vmar>,
        machine: Arc<dyn Any + Send + Sync>,
        secret: u32,
    ) -> Result<Arc<Self>, Status> {
        let base = Base::new();
        base.set_related(job.base().koid());
        let process = Arc::new(Self {
            name: Name::new(name),
            handles: Arc::new(HandleTable::paid(base.koid(), secret, job.ledger().clone())),
            futexes: FutexTable::default(),
            job,
            root,
            machine,
            debug_address: AtomicU64::new(0),
            break_on_load: AtomicU64::new(0),
            times: Sum::default(),
            dying: AtomicBool::new(false),
            state: Mutex::new(State {
                phase: Phase::Created,
                threads: BTreeMap::new(),
                started: 0,
                waits: Charge::to(payer.clone()),
                return_code: 0,
                killed: 0,
                doomed: false,
                next_doomed: None,
            }),
            payer,
            base,
        });
        process.job.add_process(&process)?;
        Ok(process)
    }

    /// The process's id.
    pub fn koid(&self) -> Koid {
        self.base.koid()
    }

    /// Its name, padded with zeros.
    pub fn name_text(&self) -> [u8; crate::core::name::MAX_NAME] {
        self.name.get()
    }

    /// The job it is in.
    pub fn job(&self) -> &Arc<Job> {
        &self.job
    }

    /// What it has the kernel hold is charged here.
    pub fn payer(&self) -> &Arc<Payer> {
        &self.payer
    }

    /// Its address space.
    pub fn root(&self) -> &Arc<Vmar> {
        &self.root
    }

    /// What the kernel keeps for it.
    pub fn machine(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.machine
    }

    /// The property `PROCESS_DEBUG_ADDR`.
    pub fn debug_address(&self) -> u64 {
        self.debug_address.load(Relaxed)
    }

    /// Sets the debug address: by whoever starts the process to `PROCESS_DEBUG_ADDR_BREAK_ON_SET`, if at all, and
    /// then by its dynamic loader.
    ///
    /// # Errors
    /// `INVALID_ARGS` for 0, `ACCESS_DENIED` when it is an address already.
    pub fn set_debug_address(&self, address: u64) -> Result<(), Status> {
        const BREAK: u64 = abi::PROCESS_DEBUG_ADDR_BREAK_ON_SET as u64;
        if address == 0 {
            return Err(Status::INVALID_ARGS);
        }
        let replace = |before| [0, BREAK].contains(&before).then_some(address);
        self.debug_address.try_update(Relaxed, Relaxed, replace).map_err(|_| Status::ACCESS_DENIED)?;
        Ok(())
    }

    /// The property `PROCESS_BREAK_ON_LOAD`.
    pub fn break_on_load(&self) -> u64 {
        self.break_on_load.load(Relaxed)
    }

    /// Sets [`Process::break_on_load`].
    pub fn set_break_on_load(&self, value: u64) {
        self.break_on_load.store(value, Relaxed);
    }

    /// Whether it was killed, or has ended: its threads shall not go back to user mode.
    #[inline]
    pub fn is_dying(&self) -> bool {
        self.dying.load(Acquire)
    }

    /// The times of those of its threads that have ended.
    pub fn ended_times(&self) -> Times {
        self.times.get()
    }

    /// A thread has ended that has these.
    pub(crate) fn count_times(&self, times: Times) {
        self.times.count(times);
    }

    /// Adds a thread that is about to exist.
    ///
    /// # Errors
    /// `BAD_STATE` when the process is ending.
    pub(crate) fn add_thread(&self, thread: &Arc<Thread>) -> Result<(), Status> {
        let mut state = self.state.lock();
        if matches!(state.phase, Phase::Dying | Phase::Dead) {
            return Err(Status::BAD_STATE);
        }
        state.threads.insert(thread.koid(), thread.clone());
        self.futexes.widen(state.threads.len());
        Ok(())
    }

    /// Whether a thread of it could start now: the `first`, or another one.
    ///
    /// # Errors
    /// `BAD_STATE`, as in [`Process::start_thread`].
    pub(crate) fn may_start_thread(&self, first: bool) -> Result<(), Status> {
        self.state.lock().may_start_thread(first)
    }

    /// A thread of it starts; with the `first` one, the process does. From now on it may wait, and pays for that.
    ///
    /// # Errors
    /// `BAD_STATE` unless it is new, for the first thread, or running, for others. `NO_MEMORY` when its job may not have
    /// more.
    pub(crate) fn start_thread(&self, first: bool) -> Result<(), Status> {
        let mut state = self.state.lock();
        state.may_start_thread(first)?;
        let pages = pages_of_threads(state.started + 1);
        state.waits.cover(pages, pages)?;
        state.phase = Phase::Running;
        state.started += 1;
        Ok(())
    }

    /// Whether it has started at some time, and with what code it ended, if it has.
    pub fn progress(&self) -> (bool, Option<i64>) {
        let state = self.state.lock();
        (state.phase != Phase::Created, (state.phase == Phase::Dead).then_some(state.return_code))
    }

    /// A thread is gone, which had `started` or not. Who is told of it by `tell` does not find it here any more.
    /// The last thread that had started takes the process with it.
    pub(crate) fn thread_ended(self: &Arc<Self>, thread: Koid, started: bool, tell: impl FnOnce()) {
        self.futexes.leave(thread);
        let (removed, doomed) = {
            let mut state = self.state.lock();
            let removed = state.threads.remove(&thread);
            state.started -= usize::from(started);
            let last = started && state.started == 0;
            let pages = pages_of_threads(state.started);
            state.waits.reduce(pages);
            if last {
                state.waits.clear();
                state.phase = Phase::Dead;
                self.dying.store(true, Release);
            }
            (removed, last && state.doom())
        };
        drop(removed);
        tell();
        if doomed {
            let mut doomed = Doomed::default();
            doomed.push(self.clone().into());
            doomed.finish_unawaited();
        }
    }

    /// Ends the process: every thread is killed, soon; the first caller's code is its return code.
    pub fn kill(self: &Arc<Self>, return_code: i64) {
        let mut doomed = Doomed::default();
        self.kill_into(return_code, &mut doomed);
        doomed.finish_unawaited();
    }

    /// As [`Process::kill`]; the rest is left to the caller's loop.
    pub(crate) fn kill_into(self: &Arc<Self>, return_code: i64, doomed: &mut Doomed) {
        self.kill_in(&[Phase::Created, Phase::Running], return_code, doomed);
    }

    /// As [`Process::kill_into`], if it is in one of these phases.
    fn kill_in(self: &Arc<Self>, phases: &[Phase], return_code: i64, doomed: &mut Doomed) {
        let push = {
            let mut state = self.state.lock();
            if !phases.contains(&state.phase) {
                return;
            }
            state.return_code = return_code;
            state.phase = if state.started == 0 { Phase::Dead } else { Phase::Dying };
            self.dying.store(true, Release);
            state.doom()
        };
        if push {
            doomed.push(self.clone().into());
        }
    }

    /// What is to be discarded next.
    fn next_remains(&self) -> Left {
        let mut state = self.state.lock();
        let next = state.threads.range((Excluded(state.killed), Unbounded)).next();
        if let Some(thread) = next.map(|(_, thread)| thread.clone()) {
            state.killed = thread.koid();
            return Left::Thread(thread);
        }
        if state.phase == Phase::Dead {
            return Left::Handles;
        }
        // Its last thread dooms it again.
        state.doomed = false;
        Left::Nothing
    }

    /// Unmaps everything, once all handles are closed, in steps, and tells then that the process has terminated:
    /// whether that is done.
    fn terminate(&self, doomed: &mut Doomed) -> bool {
        let (work, things) = UNMAPPED_AT_ONCE;
        doomed.count(things);
        let (retired, is_done) = self.root.destroy_address_space(&mut Work::new(work));
        drop(retired);
        if is_done {
            self.job.count_times(self.ended_times());
            doomed.count_woken(self.base.signals.woken_at_once());
            let tell = || self.base.signals.assert(Signals::PROCESS_TERMINATED);
            self.job.remove_process(self.koid(), tell, doomed);
        }
        is_done
    }

    /// Visits the ids of its threads that have started, a part of those behind `after`. The last id that was looked
    /// at; nothing if that was the last part.
    pub fn visit_threads(&self, after: Koid, mut visit: impl FnMut(Koid)) -> Option<Koid> {
        let visit = |koid, thread: &Arc<Thread>| {
            if thread.has_started() {
                visit(koid);
            }
        };
        visit_part(&self.state.lock().threads, after, visit)
    }

    /// The thread with the next id after this one.
    pub fn thread_after(&self, after: Koid) -> Option<Arc<Thread>> {
        let state = self.state.lock();
        state.threads.range((Excluded(after), Unbounded)).next().map(|(_, thread)| thread.clone())
    }

    /// As [`Process::thread_after`], for those who may not wait.
    ///
    /// # Errors
    /// Somebody has the process locked.
    pub fn thread_after_with(&self, after: Koid, patience: Patience) -> Result<Option<Arc<Thread>>, Locked> {
        let state = patience.lock(&self.state)?;
        Ok(state.threads.range((Excluded(after), Unbounded)).next().map(|(_, thread)| thread.clone()))
    }

    /// The thread with this id.
    pub fn find_thread(&self, koid: Koid) -> Option<Arc<Thread>> {
        self.state.lock().threads.get(&koid).cloned()
    }
}

impl KernelObject for Process {
    fn base(&self) -> &Base {
        &self.base
    }

    fn name(&self) -> Option<&Name> {
        Some(&self.name)
    }

    /// A process that never started and that nobody can start any more goes away; not one that just starts.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        self.job.count_end(doomed);
        self.kill_in(&[Phase::Created], KILLED, doomed);
    }
}

/// What is left of a process that was killed.
enum Left {
    /// A thread, to be killed.
    Thread(Arc<Thread>),
    /// Nothing, as long as its last thread has not ended.
    Nothing,
    /// Its handles, and in the end its address space.
    Handles,
}

impl Remains for Process {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        match self.next_remains() {
            Left::Thread(thread) => {
                doomed.count_woken(thread.base().signals.woken_at_once());
                thread.kill();
            }
            Left::Nothing => return false,
            Left::Handles => return self.handles.close_one(doomed) || !self.terminate(doomed),
        }
        true
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        change(&mut self.state.lock().next_doomed)
    }
}
