//! The loop of an executor: takes the most urgent ready task, polls it, accounts it, again; and halts
//! when there is none.
//!
//! # No wake is lost when a CPU goes idle
//! The waker on another CPU and the CPU that wants to halt each write first, fence, and then read what
//! the other wrote:
//!
//! ```text
//!   waker (Executor::deliver)               idle CPU (Executor::prepare_idle)
//!   W1  inbox.push(task)                    I1  level := ASLEEP
//!   ----- fence(SeqCst) -----               ----- fence(SeqCst) -----
//!   W2  level above the task's rank?        I2  inbox empty?
//!         yes: level := ALERT, kick               yes: halt     no: do not halt
//! ```
//!
//! The fences are in one total order. If the waker's is first, I2 sees W1: the CPU does not halt. If
//! the CPU's is first, W2 sees I1 (or what the CPU wrote later, when it was awake): the waker kicks.
//! A kick that comes between I2 and the halt is kept by the machine: interrupts are off until the halt
//! (`sti; hlt`), and a host thread's park has a token. The caller arms the next deadline before I1.
//!
//! # No urgent task waits behind a less urgent one that runs
//! The same, with "runs a task of class c" for "asleep": whenever `choose` publishes a
//! class that gives way to more than the one before, it fences and looks at the inbox again before it
//! polls. As long as the class stays, nothing is written and nothing fenced.
//!
//! Tasks woken on the CPU itself go straight to the run queue: its own code cannot race with its
//! going idle, and interrupt handlers do not run between I1 and the halt.

use crate::executor::{Executor, Platform, RunState};
use crate::run_queue::{Pace, Rivals};
use crate::sync::atomic::{Ordering, fence};
use crate::task::reference::Outcome;
use crate::task::state::Pause;
use crate::task::{Header, Task, waker};
use crate::task_group::TaskGroup;
use crate::unwind::Panics;
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::Relaxed;
use core::task::{Context, Poll};

/// How many timers fire before the next task has its turn, at most. As many again fire after it: neither tasks nor timers
/// wait for all of the others.
const DUE_AT_ONCE: usize = 32;

impl<P: Platform> Executor<P> {
    /// Fires expired timers, takes in what other CPUs sent, and polls the most urgent task; steals one
    /// if there is none.
    ///
    /// # Panics
    /// On another CPU, and when called by a task that this executor polls. And, where panics unwind, when a task
    /// panicked: that [is over](Outcome::Panicked) then, and the executor goes on with the others when it is called
    /// again.
    pub fn run_one(&'static self) -> RunState {
        self.begin();
        while !self.step() {
            if self.is_idle() {
                return RunState::Idle { next_deadline: self.timers.next_deadline() };
            }
        }
        RunState::Ran
    }

    /// Does as [`Executor::run_one`] until nothing is ready, with `between` called before each turn. When
    /// the next timer expires, if there is one.
    ///
    /// # Panics
    /// As [`Executor::run_one`].
    #[inline]
    pub fn run_until_idle(&'static self, mut between: impl FnMut()) -> Option<u64> {
        self.begin();
        loop {
            between();
            if !self.step() && self.is_idle() {
                return self.timers.next_deadline();
            }
        }
    }

    fn begin(&'static self) {
        self.own_timers();
        assert!(self.platform.is_current(), "an executor does not run on a foreign CPU");
        assert!(self.current.load(Relaxed).is_null(), "an executor does not run inside of a poll");
    }

    /// Fires timers and runs a task. Whether there was one.
    #[inline(always)]
    fn step(&'static self) -> bool {
        let deadline = self.timers.next();
        if !P::TIMES_POLLS && deadline != u64::MAX {
            self.pace.clock.store(self.platform.now(), Relaxed);
        }
        if self.clock() >= deadline {
            self.timers.expire_some(self.clock(), DUE_AT_ONCE, || self.platform.is_late());
        }
        let task = self.choose();
        if let Some(task) = task {
            self.run(task);
        }
        task.is_some()
    }

    /// Whether there is nothing to steal either, and no timer to fire.
    #[cold]
    fn is_idle(&'static self) -> bool {
        if self.steal() {
            return false;
        }
        self.pace.clock.store(self.platform.now(), Relaxed);
        let idle = self.clock() < self.timers.next();
        if idle {
            self.level.wake();
        }
        idle
    }

    /// Publishes that the CPU is about to halt. Call it when [`Executor::run_one`] was idle and its
    /// deadline is armed, with interrupts off. `true`: halt, then call [`Executor::finish_idle`].
    /// `false`: something came up, go on with `run_one`.
    #[must_use]
    pub fn prepare_idle(&'static self) -> bool {
        self.level.sleep();
        if let Some(group) = self.group() {
            group.add_sleeper(self.bit());
        }
        fence(Ordering::SeqCst);
        // The queue last: a thief that empties the others into it has the lock meanwhile.
        let ready = self.has_lone() || !self.inbox.is_empty() || self.queue.lock(&self.platform).len() != 0;
        let stay = ready || self.steal();
        if stay {
            self.leave_idle();
        }
        !stay
    }

    /// The CPU is awake again.
    pub fn finish_idle(&'static self) {
        self.leave_idle();
        self.pace.clock.store(self.platform.now(), Relaxed);
    }

    fn leave_idle(&'static self) {
        self.level.wake();
        if let Some(group) = self.group() {
            group.remove_sleeper(self.bit());
        }
    }

    /// Takes the next task out of the queue, and publishes its class.
    #[inline]
    fn choose(&'static self) -> Option<Task> {
        loop {
            let task = self.dequeue()?;
            // SAFETY: it came out of the queue, so it is alive and ours.
            let header = unsafe { task.as_ref() };
            if self.level.run(header.rank()) {
                fence(Ordering::SeqCst);
                if !self.inbox.is_empty() {
                    self.put_back(task);
                    continue;
                }
            }
            if header.affinity.load(Relaxed) & self.bit() != 0 || !self.send_away(task) {
                return Some(task);
            }
        }
    }

    /// Undoes [`Executor::dequeue`].
    #[cold]
    fn put_back(&'static self, task: Task) {
        let mut queue = self.queue.lock(&self.platform);
        // SAFETY: it was dequeued last, and the right to enqueue came with it.
        unsafe { queue.put_back(task, &self.pace) };
        self.ready.store(queue.len(), Relaxed);
    }

    /// Takes the next task out. The lock is needed only if there is more than the task that woke during
    /// its poll and the lone one.
    #[inline]
    fn dequeue(&'static self) -> Option<Task> {
        let again = NonNull::new(self.again.load(Relaxed));
        if again.is_some() {
            self.again.store(ptr::null_mut(), Relaxed);
        }
        if self.ready.load(Relaxed) != 0 || !self.inbox.is_empty() {
            return self.dequeue_locked(again);
        }
        match (self.take_lone(), again) {
            (Some(lone), Some(again)) => Some(self.first_of(lone, again)),
            (only, other) => {
                self.pace.set_rivals(Rivals::Nobody);
                only.or(other)
            }
        }
    }

    /// The more urgent one of two tasks; the other one is the lone one then. `first` came first, the poll of `second` has
    /// just ended.
    fn first_of(&'static self, first: Task, second: Task) -> Task {
        // SAFETY: both were taken out just now, with the right to enqueue.
        let (later, rivals) = unsafe {
            match Pace::are_siblings(first, second) {
                true => (self.pace.is_before_sibling(second, first), Rivals::Sibling),
                false => (self.is_before_stranger(second, first), Rivals::Any),
            }
        };
        self.pace.set_rivals(rivals);
        let (first, second) = if later { (second, first) } else { (first, second) };
        // SAFETY: as above.
        let affinity = unsafe { second.as_ref() }.affinity.load(Relaxed);
        self.set_lone(second);
        self.offer(affinity);
        first
    }

    /// Whether `second` is to run before `first`, which is of another group and came first.
    ///
    /// # Safety
    /// Both were taken out, with the right to enqueue.
    #[inline(never)]
    unsafe fn is_before_stranger(&'static self, second: Task, first: Task) -> bool {
        let _lock = self.queue.lock(&self.platform);
        // SAFETY: by contract, and with the lock.
        unsafe {
            self.pace.place(first);
            self.pace.place(second);
            self.pace.is_before(second, first)
        }
    }

    /// In one locked step: the lone task and `again` go into the queue, and what other CPUs sent, or some of it if
    /// that is much; the next task comes out.
    fn dequeue_locked(&'static self, again: Option<Task>) -> Option<Task> {
        let mut queue = self.queue.lock(&self.platform);
        for task in self.take_lone().into_iter().chain(again) {
            // SAFETY: the right to enqueue came with the one, and was kept of the other.
            unsafe { queue.push(task, &self.pace) };
        }
        queue.take_in(&self.inbox, &self.pace);
        let task = queue.pop();
        self.ready.store(queue.len(), Relaxed);
        self.pace.set_rivals(if queue.len() == 0 { Rivals::Nobody } else { Rivals::Any });
        if let Some(next) = queue.first() {
            // SAFETY: tasks in the queue are alive.
            let affinity = unsafe { next.as_ref() }.affinity.load(Relaxed);
            drop(queue);
            self.offer(affinity);
        }
        task
    }

    /// Polls `task`, which was dequeued, or drops it if it was killed. Where panics unwind, one of the task, or of who
    /// waits for its end, goes on when the executor is ready for the next task.
    #[inline]
    fn run(&'static self, task: Task) {
        // SAFETY: it came out of the queue, so it is alive, by the executor's own reference.
        let header = unsafe { task.as_ref() };
        self.current.store(task.as_ptr(), Relaxed);
        let mut panics = Panics::none();
        if header.state.start() {
            // SAFETY: borrows the executor's own reference, which the poll cannot end.
            let waker = unsafe { waker::borrowed(task) };
            let mut context = Context::from_waker(&waker);
            // SAFETY: dequeued and started, so the future is this executor's.
            let result = header.exclusive.with(|| unsafe { (header.vtable.poll)(task, &mut context) });
            self.account(header);
            match result {
                Ok(Poll::Ready(())) => self.retire(task, Outcome::Finished, &mut panics),
                // From here on the task may be another CPU's, unless it was woken meanwhile.
                Ok(Poll::Pending) => match header.state.pause(!self.again.load(Relaxed).is_null()) {
                    Pause::Park => {}
                    Pause::Again => self.again.store(task.as_ptr(), Relaxed),
                    Pause::Drop => self.drop_killed(task, &mut panics),
                },
                Err(payload) => {
                    panics.note(payload);
                    self.retire(task, Outcome::Panicked, &mut panics);
                }
            }
        } else {
            self.drop_killed(task, &mut panics);
        }
        self.current.store(ptr::null_mut(), Relaxed);
        panics.resume();
    }

    /// Counts a poll, and its time.
    #[inline(always)]
    fn account(&self, header: &Header) {
        header.count_poll();
        self.account_time(header);
    }

    /// Reads the clock and charges the time since the last look at it.
    #[inline(always)]
    fn account_time(&self, header: &Header) {
        if !P::TIMES_POLLS {
            return;
        }
        let now = self.platform.now();
        let ran = now.saturating_sub(self.clock());
        self.pace.clock.store(now, Relaxed);
        header.account(ran);
        if !self.pace.has(Rivals::Nobody) {
            self.charge(header, ran);
        }
        if ran > self.budget.load(Relaxed) {
            self.platform.overrun(header.name(), ran);
        }
    }

    /// Charges a poll during which others waited for their turn. As long as they are siblings alone, it needs no lock.
    #[inline(always)]
    fn charge(&self, header: &Header, ran: u64) {
        if self.pace.has(Rivals::Sibling) && self.ready.load(Relaxed) == 0 && self.inbox.is_empty() {
            return self.pace.charge_among_siblings(header, ran);
        }
        self.charge_among_all(header, ran);
    }

    #[inline(never)]
    fn charge_among_all(&self, header: &Header, ran: u64) {
        let mut queue = self.queue.lock(&self.platform);
        if self.pace.has(Rivals::Sibling) {
            queue.enter_competition(header, &self.pace);
        }
        queue.charge(header, ran, &self.pace);
    }

    #[cold]
    fn drop_killed(&'static self, task: Task, panics: &mut Panics) {
        // SAFETY: dequeued or polled by this executor, and scheduled, so that nobody else can be.
        let header = unsafe { task.as_ref() };
        // SAFETY: as above.
        let dropped = header.exclusive.with(|| unsafe { (header.vtable.drop_future)(task) });
        self.account_time(header);
        let how = match dropped {
            Ok(()) => Outcome::Killed,
            Err(payload) => {
                panics.note(payload);
                Outcome::Panicked
            }
        };
        self.retire(task, how, panics);
    }

    /// Ends a task whose future is gone: unlists it, wakes who waits for that, and gives up the
    /// executor's own reference.
    fn retire(&'static self, task: Task, how: Outcome, panics: &mut Panics) {
        // SAFETY: the executor's own reference keeps it alive until the last step.
        let header = unsafe { task.as_ref() };
        // Its last wish, if it had one.
        self.again.store(ptr::null_mut(), Relaxed);
        // SAFETY: it was listed when it was spawned, and will be in no queue any more.
        unsafe {
            self.registry_of(header).remove(&self.platform, task);
            drop(header.group.take().map(|group| TaskGroup::from_raw(group)));
        }
        if header.state.is_unshared() {
            // SAFETY: the executor's own reference is the last.
            return unsafe { waker::free(task) };
        }
        if header.state.close(how) {
            panics.run(|| _ = header.joiners.with(|_, waiters| waiters.wake_all()));
        }
        if header.state.release() {
            // SAFETY: that was the last reference.
            unsafe { waker::free(task) };
        }
    }
}
