//! A counted reference to a task, and what can be learned through it.

use super::options::Class;
use super::state::{Snapshot, Wake};
use super::{Header, Task, waker};
use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::sync::atomic::Ordering::Relaxed;
use core::task::Waker;

/// A counted reference to a task. Dropping it neither kills nor detaches anything.
pub struct TaskRef(Task);

// SAFETY: through a reference only the shared parts of the header are reached.
unsafe impl Send for TaskRef {}
// SAFETY: as above.
unsafe impl Sync for TaskRef {}

/// How a task ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Its future was ready.
    Finished,
    /// Its future was dropped before that.
    Killed,
    /// Its future panicked, when it was polled or dropped. (Only where panics unwind: on a host.)
    Panicked,
}

/// What a task is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskState {
    /// Waits to be woken.
    Parked,
    /// Ready: in a run queue or on the way to one.
    Scheduled,
    /// Being polled.
    Running,
    /// Over; its future has been dropped.
    Over(Outcome),
}

/// What a task has used. Times in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// The time spent in its polls.
    pub run_time: u64,
    /// How often it was polled.
    pub polls: u64,
    /// The longest poll.
    pub longest_poll: u64,
}

/// A line of a listing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaskInfo {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Its class.
    pub class: Class,
    /// The CPUs that may run it, one bit each; zero: only its own.
    pub affinity: u64,
    /// The CPU it is on.
    pub cpu: usize,
    /// What it is at.
    pub state: TaskState,
    /// What it has used.
    pub stats: Stats,
    /// What it waits for, if it said so.
    pub waiting_for: Option<(&'static str, u64)>,
}

impl TaskRef {
    /// Takes over a reference that was counted before.
    ///
    /// # Safety
    /// The caller gives its reference up.
    pub(crate) unsafe fn from_counted(task: Task) -> Self {
        Self(task)
    }

    /// A reference to the task that `waker` wakes, if it is one of this crate's.
    pub fn from_waker(waker: &Waker) -> Option<Self> {
        let task = waker::task_of(waker)?;
        // SAFETY: the waker has a reference, so the task is alive while one more is counted.
        unsafe { task.as_ref() }.state.acquire();
        Some(Self(task))
    }

    pub(crate) fn task(&self) -> Task {
        self.0
    }

    pub(crate) fn header(&self) -> &Header {
        // SAFETY: this reference keeps the header alive.
        unsafe { self.0.as_ref() }
    }

    /// Ends the task: its future is dropped, unpolled, on the CPU that owns it, at that CPU's next
    /// dequeue, wherever it waits. If it is being polled elsewhere that CPU is kicked, and the future is
    /// dropped after the poll, unless it is ready by then. Killing twice, or too late, does nothing.
    pub fn kill(&self) {
        self.follow_up(self.header().state.kill());
    }

    /// Wakes the task.
    pub fn wake(&self) {
        // SAFETY: this is a reference.
        unsafe { (self.header().vtable.wake)(self.0) };
    }

    /// Wakes the task; if it is being polled on another CPU, also kicks that CPU out of user mode, so
    /// that the task notices soon.
    pub fn interrupt(&self) {
        self.follow_up(self.header().state.wake());
    }

    /// What there is to do after the state was notified, so that the task notices soon.
    fn follow_up(&self, wake: Wake) {
        match wake {
            // SAFETY: the state gave the right to enqueue.
            Wake::Enqueue => unsafe { (self.header().vtable.enqueue)(self.0) },
            // SAFETY: this is a reference.
            Wake::Busy => unsafe { (self.header().vtable.interrupt)(self.0) },
            Wake::Nothing | Wake::Free => {}
        }
    }

    /// Waits until the future has been dropped. Does not allocate; any number may wait.
    pub async fn join(&self) -> Outcome {
        let header = self.header();
        header.joiners.wait_unless((), |(), ()| header.state.join()).await;
        self.outcome().expect("joiners are woken after the task is over")
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<Outcome> {
        outcome(self.header().state.snapshot())
    }

    /// Whether the task is over, either way.
    pub fn is_finished(&self) -> bool {
        self.outcome().is_some()
    }

    /// Whether someone asked for its end.
    pub fn is_killed(&self) -> bool {
        self.header().state.snapshot().is_killed()
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.header().name()
    }

    /// Its number.
    pub fn id(&self) -> u64 {
        self.header().id.get()
    }

    /// What it is at.
    pub fn state(&self) -> TaskState {
        // SAFETY: this is a reference.
        unsafe { state(self.0) }
    }

    /// What it has used.
    pub fn stats(&self) -> Stats {
        stats(self.header())
    }

    /// Its class.
    pub fn class(&self) -> Class {
        Class::unpack(self.header().class_word())
    }

    /// Changes its class, from the next time it is enqueued.
    pub fn set_class(&self, class: Class) {
        self.header().class.store(class.pack(), Relaxed);
    }

    /// The CPUs that may run it, one bit each; zero: only its own.
    pub fn affinity(&self) -> u64 {
        self.header().affinity.load(Relaxed)
    }

    /// Changes the CPUs that may run it, from its next dequeue. Bits of CPUs that are not in the group
    /// are ignored; zero pins it to where it is.
    pub fn set_affinity(&self, mask: u64) {
        self.header().affinity.store(mask, Relaxed);
    }

    /// The index of the CPU it is on.
    pub fn cpu(&self) -> usize {
        // SAFETY: this is a reference.
        unsafe { (self.header().vtable.home)(self.0) }
    }

    /// What it waits for, if it said so.
    pub fn waiting_for(&self) -> Option<(&'static str, u64)> {
        self.header().waits_for.get()
    }

    /// All of the above.
    pub fn info(&self) -> TaskInfo {
        // SAFETY: this is a reference.
        unsafe { info(self.0) }
    }

    /// Notes that the task waits for `what` number `number`, until something else is noted; an empty `what` takes
    /// the note back. See [`waiting_for`](crate::waiting_for) for a form that does both.
    pub fn note_wait(&self, what: &'static str, number: u64) {
        self.header().waits_for.set(what, number);
    }

    /// Changes the number of [`TaskRef::note_wait`], which costs a single store.
    #[inline]
    pub fn note_wait_number(&self, number: u64) {
        self.header().waits_for.set_number(number);
    }

    /// A waker for the task, which counts a reference of its own.
    pub fn waker(&self) -> Waker {
        self.borrow_waker().clone()
    }

    /// A waker for the task, which uses this reference.
    #[inline]
    pub fn borrow_waker(&self) -> BorrowedWaker<'_> {
        // SAFETY: the task lives as long as this reference, which is borrowed.
        BorrowedWaker { waker: unsafe { waker::borrowed(self.0) }, _reference: PhantomData }
    }
}

/// A waker that uses somebody's [`TaskRef`].
pub struct BorrowedWaker<'a> {
    waker: ManuallyDrop<Waker>,
    _reference: PhantomData<&'a TaskRef>,
}

impl Deref for BorrowedWaker<'_> {
    type Target = Waker;

    fn deref(&self) -> &Waker {
        &self.waker
    }
}

/// # Safety
/// The task is alive.
pub(crate) unsafe fn info(task: Task) -> TaskInfo {
    // SAFETY: alive, by contract.
    let header = unsafe { task.as_ref() };
    TaskInfo {
        id: header.id.get(),
        name: header.name(),
        class: Class::unpack(header.class_word()),
        affinity: header.affinity.load(Relaxed),
        // SAFETY: as above.
        cpu: unsafe { (header.vtable.home)(task) },
        // SAFETY: as above.
        state: unsafe { state(task) },
        stats: stats(header),
        waiting_for: header.waits_for.get(),
    }
}

fn stats(header: &Header) -> Stats {
    Stats {
        run_time: header.run_time.load(Relaxed),
        polls: header.polls.load(Relaxed),
        longest_poll: header.longest.load(Relaxed),
    }
}

fn outcome(state: Snapshot) -> Option<Outcome> {
    let how = match (state.is_done(), state.is_panicked()) {
        (true, _) => Outcome::Finished,
        (_, true) => Outcome::Panicked,
        _ => Outcome::Killed,
    };
    state.is_closed().then_some(how)
}

/// # Safety
/// The task is alive.
unsafe fn state(task: Task) -> TaskState {
    // SAFETY: alive, by contract.
    let header = unsafe { task.as_ref() };
    let state = header.state.snapshot();
    match outcome(state) {
        Some(how) => TaskState::Over(how),
        None if !state.is_active() => TaskState::Parked,
        // SAFETY: as above.
        None if unsafe { (header.vtable.is_running)(task) } => TaskState::Running,
        None => TaskState::Scheduled,
    }
}

impl Clone for TaskRef {
    fn clone(&self) -> Self {
        self.header().state.acquire();
        Self(self.0)
    }
}

impl Drop for TaskRef {
    fn drop(&mut self) {
        if self.header().state.release() {
            // SAFETY: the state said that this was the last reference.
            unsafe { waker::free(self.0) };
        }
    }
}

impl PartialEq for TaskRef {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for TaskRef {}

impl fmt::Debug for TaskRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.info().fmt(formatter)
    }
}
