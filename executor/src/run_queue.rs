//! The ready tasks of one CPU, by class, in one heap: the class is the top of the key.
//!
//! Below the class, the key is the absolute deadline, the virtual time, or nothing, so that a class is
//! a queue of its own in order of deadline, of virtual time, of arrival. Ties are in order of arrival.
//! The key also is where a task keeps its virtual time or deadline while it is in no queue.

use crate::heap::{Heap, Node};
use crate::sync::plain::AtomicU64;
use crate::task::options::{Class, PLACE_MASK, RANK_DEADLINE, RANK_FAIR, RANK_SHIFT};
use crate::task::{Header, Task};
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;

/// How many tasks a thief looks at.
const STEAL_LIMIT: usize = 32;

/// Where a CPU's scheduling stands. Written by the owner.
pub(crate) struct Pace {
    /// The time of the last look at the clock, in nanoseconds.
    pub(crate) clock: AtomicU64,
    /// The key of the fair task that ran last: the least that a task which comes in has.
    floor: AtomicU64,
}

impl Pace {
    pub(crate) const fn new() -> Self {
        Self { clock: AtomicU64::new(0), floor: AtomicU64::new(FAIR) }
    }
}

/// The key of a fair task at virtual time zero, and the highest of all.
const FAIR: u64 = RANK_FAIR << RANK_SHIFT;
const LAST_FAIR: u64 = FAIR | PLACE_MASK;

/// The ready tasks of one CPU.
pub(crate) struct RunQueue {
    heap: Heap,
}

/// The class that a key was made for.
fn rank(key: u64) -> u64 {
    key >> RANK_SHIFT
}

/// A node in a run queue or an inbox is a task's.
fn header(node: NonNull<Node>) -> Task {
    node.cast()
}

impl RunQueue {
    pub(crate) const fn new() -> Self {
        Self { heap: Heap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// The task that is next.
    pub(crate) fn first(&self) -> Option<Task> {
        self.heap.first().map(header)
    }

    /// Enqueues `task` in its place.
    ///
    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline]
    pub(crate) unsafe fn push(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the right to enqueue covers the node, which lives while it is queued.
        unsafe {
            place(task, pace);
            self.heap.push(task.cast());
        }
    }

    /// Takes out the task that is next. The right to enqueue it comes with it.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Task> {
        self.heap.pop().map(header)
    }

    /// Undoes [`RunQueue::pop`].
    ///
    /// # Safety
    /// `task` was the next one, and the right to enqueue it is given up.
    pub(crate) unsafe fn put_back(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the caller's contract. It has its place already, unless it was alone.
        unsafe {
            place(task, pace);
            self.heap.put_back(task.cast());
        }
    }

    /// Takes out a task that may run on the CPU with this bit, with a virtual time counted from the
    /// floor of this queue.
    pub(crate) fn steal(&mut self, cpu: u64, pace: &Pace) -> Option<Task> {
        let fits = |node| {
            // SAFETY: nodes in the heap are alive.
            let affinity = &unsafe { header(node).as_ref() }.affinity;
            affinity.load(Relaxed) & cpu != 0
        };
        let node = self.heap.find(STEAL_LIMIT, fits)?;
        // SAFETY: `find` found it in this heap.
        unsafe { self.heap.remove(node) };
        // SAFETY: now it is the caller's.
        let key = unsafe { &node.as_ref().key };
        if rank(key.get()) == RANK_FAIR {
            key.set(FAIR + key.get().saturating_sub(pace.floor.load(Relaxed)));
        }
        Some(header(node))
    }

    /// Enqueues what was stolen from another queue: its virtual time counts from this one's floor.
    ///
    /// # Safety
    /// As for [`RunQueue::push`].
    pub(crate) unsafe fn push_stolen(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the right to enqueue covers the node.
        let key = unsafe { &task.as_ref().node.key };
        if rank(key.get()) == RANK_FAIR {
            let behind = key.get() - FAIR;
            key.set(pace.floor.load(Relaxed).saturating_add(behind).min(LAST_FAIR));
        }
        // SAFETY: the caller's contract.
        unsafe { self.push(task, pace) };
    }
}

/// Gives a task that becomes ready its place. A fair task starts no earlier than the floor, so that sleeping
/// saves nothing up; a deadline that has passed is renewed.
///
/// # Safety
/// The caller has the right to enqueue.
#[inline]
pub(crate) unsafe fn place(task: Task, pace: &Pace) {
    // SAFETY: the right to enqueue covers the node.
    let header = unsafe { task.as_ref() };
    let class = header.class_word();
    let same_class = rank(class ^ header.node.key.get()) == 0;
    let key = if same_class { header.node.key.get() } else { first_place(class) };
    header.node.key.set(match rank(class) {
        RANK_FAIR => key.max(pace.floor.load(Relaxed)),
        RANK_DEADLINE => deadline(key, class, pace.clock.load(Relaxed)),
        _ => key,
    });
}

/// The key of a deadline task: as it was, or renewed if that has passed.
#[cold]
fn deadline(key: u64, class: u64, now: u64) -> u64 {
    if key > now { key } else { (now + (class & PLACE_MASK)).min(PLACE_MASK) }
}

/// Charges a poll of `ran` nanoseconds to the place in the queue that the task will get, and notes the
/// place that it had. By the executor that runs it.
#[inline(always)]
pub(crate) fn charge(task: &Header, ran: u64, pace: &Pace) {
    let key = task.node.key.get();
    if rank(key) == RANK_FAIR {
        if key > pace.floor.load(Relaxed) {
            pace.floor.store(key, Relaxed);
        }
        let cost = Class::virtual_time(task.class_word(), ran);
        task.node.key.set(key.wrapping_add(cost).min(LAST_FAIR));
    }
}

/// Where a new task of this packed class begins.
pub(crate) fn first_place(class: u64) -> u64 {
    class & !PLACE_MASK
}

/// Forgets the place in this CPU's queue, which means nothing on the CPU that the task is sent to.
pub(crate) fn forget_place(header: &Header) {
    header.node.key.set(0);
}
