//! Job: a group of processes and of further jobs.
//!
//! Parents keep weak references to their children, children strong ones to their parents. Jobs nest at
//! most [`MAX_HEIGHT`] deep. Killing marks a job, in one step: from then on it and all jobs below take no children.
//! Its children are killed one after the other (`core/closing.rs`), and theirs.
//!
//! A killed job whose last child is gone has settled: it leaves its parent, which may settle with that, and so on upwards.
//! Each of them may be observed by many, so jobs for which a step has no time leave in the queue in which their children
//! were killed.

mod evictions;
mod victims;

pub use evictions::Claim;
pub use victims::Greedy;

use crate::core::account::{Ledger, Payer};
use crate::core::base::{Base, Koid};
use crate::core::closing::{Doomed, Remains};
use crate::core::listing::visit_part;
use crate::core::name::Name;
use crate::object::{KernelObject, Object};
use crate::task::Process;
use crate::task::times::{Sum, Times};
use abi::{Signals, Status};
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Bound::{Excluded, Unbounded};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use waitq::sync::{Locked, Mutex, Patience};

/// The root job's height; a child's is one less, and a job of height 0 has no child jobs.
pub const MAX_HEIGHT: u32 = 32;

/// A job.
pub struct Job {
    base: Base,
    name: Name,
    parent: Option<Arc<Job>>,
    height: u32,
    kill_on_oom: AtomicBool,
    /// What its processes may be: see [`Job::personalities`].
    personalities: AtomicU64,
    /// What it and the jobs below have.
    ledger: Arc<Ledger>,
    /// Of those of its processes that have terminated.
    times: Sum,
    /// Set by a kill, with the state locked: from then on there are no new children, here and below.
    killed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<Koid, Weak<Job>>,
    processes: BTreeMap<Koid, Weak<Process>>,
    /// Killed, and the last child is gone: the job leaves its parent, and tells then that it has terminated.
    settled: bool,
    /// It has settled, and leaves when it has its turn in the queue.
    is_to_leave: bool,
    return_code: i64,
    /// The process and the child job up to which all have been killed, once they are to be.
    killed_up_to: (Koid, Koid),
    /// Who of it had to end last, as others needed a page that it was to pay for; and how many had to.
    evicted: (Weak<Process>, u64),
    /// It is in a queue of objects with something to discard.
    doomed: bool,
    /// The next in that queue.
    next_doomed: Option<Object>,
}

impl State {
    /// Notes that there is something to do when it has its turn; whether it is to be pushed to a queue for that.
    fn doom(&mut self) -> bool {
        !core::mem::replace(&mut self.doomed, true)
    }
}

impl Job {
    /// The root of a tree.
    pub fn root() -> Arc<Self> {
        Self::with_parent(None, MAX_HEIGHT)
    }

    fn with_parent(parent: Option<Arc<Self>>, height: u32) -> Arc<Self> {
        let base = Base::with_signals(Signals::JOB_NO_JOBS | Signals::JOB_NO_PROCESSES);
        base.set_related(parent.as_ref().map_or(0, |parent| parent.base.koid()));
        let name = Name::new(if parent.is_none() { b"root" } else { b"" });
        let state = State::default();
        let ledger = Ledger::new(parent.as_ref().map(|parent| parent.ledger.clone()));
        let job = Arc::new(Self {
            base,
            name,
            parent,
            height,
            kill_on_oom: AtomicBool::new(false),
            personalities: AtomicU64::new(u64::MAX),
            killed: AtomicBool::new(false),
            ledger,
            times: Sum::default(),
            state: Mutex::new(state),
        });
        let owner = Arc::downgrade(&job);
        job.ledger.set_owner(owner);
        job
    }

    /// A new job in this one.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` when jobs would nest too deep, `BAD_STATE` when this one was killed.
    pub fn create_child(self: &Arc<Self>) -> Result<Arc<Self>, Status> {
        let height = self.height.checked_sub(1).filter(|height| *height > 0).ok_or(Status::OUT_OF_RANGE)?;
        let child = Self::with_parent(Some(self.clone()), height);
        let mut state = self.state.lock();
        if self.is_killed() {
            drop(state); // the child's drop takes this lock
            return Err(Status::BAD_STATE);
        }
        child.personalities.store(self.personalities(), Ordering::Relaxed);
        state.jobs.insert(child.base.koid(), Arc::downgrade(&child));
        self.base.signals.clear(Signals::JOB_NO_JOBS);
        drop(state);
        Ok(child)
    }

    /// Whether this is the root of the tree.
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// Adds a process that is about to exist.
    pub(crate) fn add_process(&self, process: &Arc<Process>) -> Result<(), Status> {
        let mut state = self.state.lock();
        if self.is_killed() {
            return Err(Status::BAD_STATE);
        }
        state.processes.insert(process.koid(), Arc::downgrade(process));
        self.base.signals.clear(Signals::JOB_NO_PROCESSES);
        Ok(())
    }

    /// Removes a process that has ended, and has it `tell` so in the same step: who knows that finds it in no
    /// list, and who finds the list empty knows that it has ended.
    pub(crate) fn remove_process(&self, koid: Koid, tell: impl FnOnce(), doomed: &mut Doomed) {
        doomed.count_woken(self.base.signals.woken_at_once());
        let settled = {
            let mut state = self.state.lock();
            let removed = state.processes.remove(&koid);
            tell();
            if removed.is_some() && state.processes.is_empty() {
                self.base.signals.assert(Signals::JOB_NO_PROCESSES);
            }
            self.settle(&mut state)
        };
        if settled {
            self.terminate(doomed);
        }
    }

    /// Removes a child job that is gone, or that has settled and is to `tell` that it has terminated, in the same
    /// step, as [`Job::remove_process`] does; whether this job has settled with it.
    fn remove_job(&self, koid: Koid, tell: impl FnOnce()) -> bool {
        let mut state = self.state.lock();
        let removed = state.jobs.remove(&koid);
        tell();
        if removed.is_some() && state.jobs.is_empty() {
            self.base.signals.assert(Signals::JOB_NO_JOBS);
        }
        self.settle(&mut state)
    }

    /// A killed job settles when its last child is gone; whether that is now.
    fn settle(&self, state: &mut State) -> bool {
        let killed = self.killed.load(Ordering::Relaxed);
        let settles = killed && !state.settled && state.jobs.is_empty() && state.processes.is_empty();
        state.settled |= settles;
        settles
    }

    /// Takes this job, which has settled, out of its parent, and tells. The parent may settle with that, and so on
    /// upwards; whoever there is no time for does so when he has his turn.
    fn terminate(&self, doomed: &mut Doomed) {
        let mut settled = self.leave_parent(doomed);
        while let Some(job) = settled {
            if doomed.is_spent() {
                return job.terminate_later(doomed);
            }
            settled = job.leave_parent(doomed);
        }
    }

    /// Removes this job, which has settled, from its parent, and shows `TERMINATED`. Returns the parent if that has settled by
    /// it.
    fn leave_parent(&self, doomed: &mut Doomed) -> Option<&Arc<Self>> {
        doomed.count(1);
        doomed.count_woken(self.base.signals.woken_at_once());
        self.lift_limit();
        let tell = || self.base.signals.assert(Signals::JOB_TERMINATED);
        let Some(parent) = &self.parent else {
            tell();
            return None;
        };
        doomed.count_woken(parent.base.signals.woken_at_once());
        parent.remove_job(self.base.koid(), tell).then_some(parent)
    }

    /// As [`Job::terminate`], when it has its turn.
    fn terminate_later(self: &Arc<Self>, doomed: &mut Doomed) {
        let push = {
            let mut state = self.state.lock();
            state.is_to_leave = true;
            state.doom()
        };
        if push {
            doomed.push(self.clone().into());
        }
    }

    /// Counts whom it wakes that this job goes, if this is the last reference to it: its parent may have no children then.
    pub(crate) fn count_end(self: &Arc<Self>, doomed: &mut Doomed) {
        if Arc::strong_count(self) == 1
            && let Some(parent) = &self.parent
        {
            doomed.count_woken(parent.base.signals.woken_at_once());
        }
    }

    /// Nobody is left here, and nobody comes, for whom its limit could be. What others hold still of what it has paid
    /// for counts above, and they may go on to use it.
    fn lift_limit(&self) {
        self.set_page_limit(u64::MAX);
    }

    /// Kills every process in this job and below, soon. No new child from this moment on.
    pub fn kill(self: &Arc<Self>, return_code: i64) {
        let mut doomed = Doomed::default();
        self.kill_into(return_code, &mut doomed);
        doomed.finish_unawaited();
    }

    pub(crate) fn kill_into(self: &Arc<Self>, return_code: i64, doomed: &mut Doomed) {
        let (settled, push) = {
            let mut state = self.state.lock();
            if self.killed.swap(true, Ordering::AcqRel) {
                return;
            }
            state.return_code = return_code;
            let settled = self.settle(&mut state);
            (settled, !settled && state.doom())
        };
        if settled {
            self.terminate(doomed);
        }
        if push {
            doomed.push(self.clone().into());
        }
    }

    /// Whether it was killed, or a job above. To be asked with the state locked by who adds a child: a kill that this
    /// does not see has yet to lock it, and finds the child.
    fn is_killed(&self) -> bool {
        self.and_above().any(|job| job.killed.load(Ordering::Acquire))
    }

    /// Whether this is `job`, or below it.
    pub fn is_within(&self, job: &Self) -> bool {
        self.and_above().any(|above| core::ptr::eq(above, job))
    }

    /// The process with the lowest id above `after`, which is moved on to it.
    pub fn next_process(&self, after: &mut Koid) -> Option<Arc<Process>> {
        let process = next(&self.state.lock().processes, *after)?;
        *after = process.koid();
        Some(process)
    }

    /// The process with the lowest id above `after`, for those who may not wait.
    ///
    /// # Errors
    /// Somebody has the job locked.
    pub fn process_after(&self, after: Koid, patience: Patience) -> Result<Option<Arc<Process>>, Locked> {
        Ok(next(&patience.lock(&self.state)?.processes, after))
    }

    /// As [`Job::process_after`], for child jobs.
    ///
    /// # Errors
    /// Somebody has the job locked.
    pub fn job_after(&self, after: Koid, patience: Patience) -> Result<Option<Arc<Self>>, Locked> {
        Ok(next(&patience.lock(&self.state)?.jobs, after))
    }

    /// The job that it is in; none of the root's.
    pub fn parent(&self) -> Option<&Arc<Self>> {
        self.parent.as_ref()
    }

    /// The child job with the lowest id above `after`.
    fn next_job(&self, after: Koid) -> Option<Arc<Self>> {
        next(&self.state.lock().jobs, after)
    }

    /// Visits the ids of child jobs, a part of those behind `after`. The last one; nothing if that was the last part.
    pub fn visit_jobs(&self, after: Koid, mut visit: impl FnMut(Koid)) -> Option<Koid> {
        visit_part(&self.state.lock().jobs, after, |koid, _| visit(koid))
    }

    /// The times of those of its processes that have terminated.
    pub fn ended_times(&self) -> Times {
        self.times.get()
    }

    /// A process terminates that has these.
    pub(crate) fn count_times(&self, times: Times) {
        self.times.count(times);
    }

    /// Visits the ids of processes, as [`Job::visit_jobs`].
    pub fn visit_processes(&self, after: Koid, mut visit: impl FnMut(Koid)) -> Option<Koid> {
        visit_part(&self.state.lock().processes, after, |koid, _| visit(koid))
    }

    /// The child job or process with this id.
    pub fn find_child(&self, koid: Koid) -> Option<Object> {
        let state = self.state.lock();
        let process = state.processes.get(&koid).and_then(Weak::upgrade);
        let job = state.jobs.get(&koid).and_then(Weak::upgrade);
        process.map(Object::from).or(job.map(Object::from))
    }

    /// Whether it asks to be killed first when memory runs out.
    pub fn kill_on_oom(&self) -> bool {
        self.kill_on_oom.load(Ordering::Relaxed)
    }

    /// Sets [`Job::kill_on_oom`].
    pub fn set_kill_on_oom(&self, kill: bool) {
        self.kill_on_oom.store(kill, Ordering::Relaxed);
    }

    /// What is charged to it.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// How many pages are charged to it and to all jobs below: those of VMOs, and what the kernel holds for them.
    pub fn pages(&self) -> u64 {
        self.ledger.pages()
    }

    /// How many may be charged to it and to all jobs below.
    pub fn page_limit(&self) -> u64 {
        self.ledger.page_limit()
    }

    /// Sets [`Job::page_limit`]. What there is beyond that stays, but nothing is added.
    pub fn set_page_limit(&self, pages: u64) {
        self.ledger.set_page_limit(pages);
    }

    /// Which personalities its processes may have, a bit each: at first those of the job above, or all.
    pub fn personalities(&self) -> u64 {
        self.personalities.load(Ordering::Relaxed)
    }

    /// Leaves its processes, and the jobs that will be below, these personalities.
    ///
    /// # Errors
    /// `ACCESS_DENIED` for one that it does not grant now, `BAD_STATE` when there is a process in it or a job: these
    /// have theirs already.
    pub fn restrict_personalities(&self, left: u64) -> Result<(), Status> {
        let state = self.state.lock();
        if left & !self.personalities() != 0 {
            return Err(Status::ACCESS_DENIED);
        }
        if !state.jobs.is_empty() || !state.processes.is_empty() {
            return Err(Status::BAD_STATE);
        }
        self.personalities.store(left, Ordering::Relaxed);
        Ok(())
    }

    /// How many handles its processes, and those of all jobs below, may have.
    pub fn handle_limit(&self) -> u64 {
        self.ledger.handle_limit()
    }

    /// Says how many handles these may be.
    pub fn set_handle_limit(&self, handles: u64) {
        self.ledger.set_handle_limit(handles);
    }

    /// This job, its parent, and so on.
    fn and_above(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |job| job.parent.as_deref())
    }

    /// The process of this job that is the oldest of those that live.
    pub fn first_process(&self) -> Option<Arc<Process>> {
        self.next_process(&mut 0)
    }

    /// The code with which the job was killed, once it has terminated.
    pub fn exit(&self) -> Option<i64> {
        let terminated = self.base.signals.get().contains(Signals::JOB_TERMINATED);
        terminated.then(|| self.state.lock().return_code)
    }
}

/// The child with the lowest id above `after`. Ids grow, so this visits each once, and those that die meanwhile hide
/// nobody.
fn next<T>(children: &BTreeMap<Koid, Weak<T>>, after: Koid) -> Option<Arc<T>> {
    children.range((Excluded(after), Unbounded)).find_map(|(_, child)| child.upgrade())
}

/// The children of a killed job: each is killed once. Then its own end, if that has been left.
impl Remains for Job {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let mut state = self.state.lock();
        let return_code = state.return_code;
        if let Some(process) = next(&state.processes, state.killed_up_to.0) {
            state.killed_up_to.0 = process.koid();
            drop(state);
            process.kill_into(return_code, doomed);
        } else if let Some(job) = next(&state.jobs, state.killed_up_to.1) {
            state.killed_up_to.1 = job.base.koid();
            drop(state);
            job.kill_into(return_code, doomed);
        } else if core::mem::take(&mut state.is_to_leave) {
            drop(state);
            self.terminate(doomed);
        } else {
            // The end of its last child may doom it again.
            state.doomed = false;
            return false;
        }
        true
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        change(&mut self.state.lock().next_doomed)
    }
}

/// Accounts know ledgers, and no jobs: this is where a payer is made out of one.
impl Payer {
    /// A process of this job.
    pub fn new(job: &Job) -> Arc<Self> {
        Self::of(job.ledger.clone())
    }
}

impl Drop for Job {
    /// It leaves its parent, if it has not yet, with nobody to tell. What that ends is left, as many may go at once.
    fn drop(&mut self) {
        self.lift_limit();
        let Some(parent) = &self.parent else { return };
        if parent.remove_job(self.base.koid(), || {}) {
            let mut doomed = Doomed::default();
            parent.terminate_later(&mut doomed);
            doomed.leave();
        }
    }
}

impl KernelObject for Job {
    const USER_SIGNALS: Signals = Signals::USER_SIGNAL_ALL;

    fn base(&self) -> &Base {
        &self.base
    }

    fn name(&self) -> Option<&Name> {
        Some(&self.name)
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        self.count_end(doomed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;

    use super::*;
    use std::thread;

    /// Who sees that a job has terminated does not find it in its parent any more. With the parent's list held, a killed
    /// job gets no further than to settle.
    #[test]
    fn a_job_leaves_its_parent_before_it_tells() {
        let parent = Job::root();
        let child = parent.create_child().unwrap();
        let terminated = || child.base.signals.get().contains(Signals::JOB_TERMINATED);
        thread::scope(|scope| {
            let list = parent.state.lock();
            scope.spawn(|| child.kill(1));
            while !child.state.try_lock().is_some_and(|state| state.settled) {
                thread::yield_now();
            }
            assert!(!terminated() && child.exit().is_none() && list.jobs.len() == 1);
        });
        assert!(terminated() && child.exit() == Some(1) && parent.state.lock().jobs.is_empty());
    }

    /// It is linked to the next in it.
    #[test]
    fn a_job_is_in_one_queue_at_a_time() {
        let (job, mut doomed) = (Job::root(), Doomed::default());
        let _child = job.create_child().unwrap();
        job.kill_into(1, &mut doomed);
        assert!(!job.state.lock().doom(), "it is in one");
        doomed.finish();
        assert!(job.state.lock().doom(), "it has had its turn");
    }
}
