//! The ready tasks of one CPU: by class, then, if they are fair, by group, and then among those of a group.
//!
//! # Order
//! One heap holds the tasks of the deadline and idle classes and, for the fair class, the *groups* that have ready
//! tasks here ([`GroupQueue`]); each group has a heap of its fair tasks. The class is the top of a key. Below it is
//! the absolute deadline, the virtual time, or nothing, so that a class is a queue of its own in order of deadline,
//! of virtual time, of arrival. Ties are in order of arrival. The key also is where a task or group keeps its
//! virtual time while it is in no queue.
//!
//! # Shares
//! Virtual time is run time divided by weight. The group that is behind the others is next, and in it the task
//! that is behind its siblings: a process of a thousand threads that spin gets as much as one of a single thread.
//! After its poll a task is charged among its siblings, and its group among the groups (hierarchical start-time
//! fair queueing: Goyal, Guo, Vin, "A hierarchical CPU scheduler for multimedia operating systems", 1996).
//! On each level the *floor* is the key of what ran last; it never goes back. By it is placed what becomes ready:
//!
//! | what | its place |
//! |---|---|
//! | slept | where it was, but no more than [`LAG`] before the floor |
//! | is new | [`LAG`] behind the floor, as if it had just had its turn |
//! | comes from another CPU | as far behind this floor as it was behind that one |
//!
//! A poll that begins when nothing else is ready is charged to nobody: there is nobody to share with. For all the
//! time without competition the floor moves with the clock, so that no debt outlives it. This is what keeps the
//! path of a single ready task short. So it is on each level: a poll that only a sibling waited for is charged among siblings
//! and not among groups, and so is one after which the task goes on, since whom it woke is ready now.
//!
//! # What that guarantees
//! - Two groups that are both ready get time in proportion to their weights, but for a poll of each and `LAG`; and
//!   so do two tasks of a group. How many tasks a group has, and how many come and go, makes no difference.
//! - What wakes has its turn after the poll that goes on and after those that woke before it, however many
//!   spin. Having slept is worth `LAG` at most, once: whoever uses up more than its share has to wait.
//! - A loop that makes new groups, or new tasks, gains nothing by their being new.
//!
//! Shares are of each CPU: a group that has CPUs beside it for itself does not wait on those for the others.

use crate::heap::{Heap, Link, Node};
use crate::inbox::{Backlog, Inbox};
use crate::sync::plain::{AtomicU8, AtomicU64};
use crate::task::options::{Class, NOMINAL_WEIGHT, PLACE_MASK, RANK_DEADLINE, RANK_FAIR, RANK_SHIFT};
use crate::task::{Header, Task};
use crate::task_group::{self, GroupQueue};
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;

/// How many tasks and groups a thief looks at, and how many tasks of each group.
const STEAL_LIMIT: usize = 32;
const STEAL_LIMIT_OF_GROUP: usize = 8;

/// How many tasks that other CPUs sent move to the queue at a time.
pub(crate) const TAKEN_AT_ONCE: usize = 64;

/// How far ahead of the floor sleeping takes a task or group, and how far behind it a new one starts, in nanoseconds
/// of virtual time: the slice of a thread.
pub(crate) const LAG: u64 = 10_000_000;

/// The weight of an executor's own group, in which tasks run that were spawned into none: the kernel's. They work
/// for everybody.
const OWN_WEIGHT: u32 = 8 * NOMINAL_WEIGHT;

/// The key of a fair task or group at virtual time zero, and the highest of all.
pub(crate) const FAIR: u64 = RANK_FAIR << RANK_SHIFT;
const LAST_FAIR: u64 = FAIR | PLACE_MASK;

/// Who else was ready when the task that runs was chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Rivals {
    Nobody,
    /// One task of the same group; or nobody, but the task will go on after this poll.
    Sibling,
    /// Whoever is in the queue, or one task of another group.
    Any,
}

/// Where a CPU's scheduling stands. Written by the owner.
pub(crate) struct Pace {
    /// The time of the last look at the clock, in nanoseconds.
    pub(crate) clock: AtomicU64,
    /// The key of the group that ran last.
    floor: AtomicU64,
    /// The clock when there was competition last: the floor is true for that time. (Like the floor, written with
    /// the lock.)
    settled: AtomicU64,
    /// The [`Rivals`] of the task that runs.
    rivals: AtomicU8,
    cpu: usize,
    /// Whether polls are timed.
    timed: bool,
    /// The group of tasks that were spawned into none.
    own: GroupQueue,
}

impl Pace {
    pub(crate) const fn new(cpu: usize, timed: bool) -> Self {
        Self {
            clock: AtomicU64::new(0),
            floor: AtomicU64::new(FAIR),
            settled: AtomicU64::new(0),
            rivals: AtomicU8::new(Rivals::Nobody as u8),
            cpu,
            timed,
            own: GroupQueue::new(OWN_WEIGHT),
        }
    }

    /// The queue that a task's group has here.
    fn group_of(&self, task: &Header) -> &GroupQueue {
        let Some(shared) = task.group.get() else { return &self.own };
        // SAFETY: a task that may be queued has a reference to its group. This one only borrows it.
        let queues = unsafe { task_group::queues(shared).as_ref() };
        queues.get(self.cpu).unwrap_or(&self.own)
    }

    /// Whether the task that runs has these rivals.
    #[inline(always)]
    pub(crate) fn has(&self, rivals: Rivals) -> bool {
        self.rivals.load(Relaxed) == rivals as u8
    }

    /// Notes who else is ready as the next task has been chosen. By the owner.
    #[inline(always)]
    pub(crate) fn set_rivals(&self, rivals: Rivals) {
        self.rivals.store(rivals as u8, Relaxed);
    }

    /// The floor makes up for the time since there was competition last. With the lock, when nothing is queued.
    fn catch_up(&self) {
        let clock = self.clock.load(Relaxed);
        let alone = clock.saturating_sub(self.settled.load(Relaxed));
        if self.timed {
            self.floor.store(self.floor.load(Relaxed).saturating_add(alone).min(LAST_FAIR), Relaxed);
        }
        self.settled.store(clock, Relaxed);
    }

    /// Notes that the task that runs will go on. By the owner.
    #[inline(always)]
    pub(crate) fn will_go_on(&self) {
        if self.has(Rivals::Nobody) {
            self.set_rivals(Rivals::Sibling);
        }
    }

    /// Gives a task that becomes ready its place among its siblings, or in its class. A deadline that has passed is
    /// renewed.
    ///
    /// # Safety
    /// The caller has the right to enqueue.
    pub(crate) unsafe fn place(&self, task: Task) {
        // SAFETY: the right to enqueue covers the node.
        let header = unsafe { task.as_ref() };
        let class = header.class_word();
        let same_class = rank(class ^ header.node.key.get()) == 0;
        let key = if same_class { header.node.key.get() } else { first_place(class) };
        header.node.key.set(match rank(class) {
            RANK_FAIR => placed(key, self.group_of(header).floor.load(Relaxed), header.is_new()),
            RANK_DEADLINE => deadline(key, class, self.clock.load(Relaxed)),
            _ => key,
        });
    }

    /// Whether `second`, whose poll has just ended, is to run before `first`, which is of the same group. Both get their
    /// places. Neither needs the lock: of their group only the floor is used, which is the owner's.
    ///
    /// # Safety
    /// The caller is the owner, has the right to enqueue both, and they [are siblings](Pace::are_siblings).
    #[inline]
    pub(crate) unsafe fn is_before_sibling(&self, second: Task, first: Task) -> bool {
        // SAFETY: by contract.
        let (one, other) = unsafe { (first.as_ref(), second.as_ref()) };
        let not_fair = |task: &Header| (task.class_word() ^ FAIR) | (task.node.key.get() ^ FAIR);
        if rank(not_fair(one) | not_fair(other)) == 0 {
            let floor = self.group_of(one).floor.load(Relaxed);
            one.node.key.set(placed(one.node.key.get(), floor, one.is_new()));
            other.node.key.set(placed(other.node.key.get(), floor, false));
        } else {
            // SAFETY: by contract.
            unsafe { self.place_both(first, second) };
        }
        other.node.key.get() < one.node.key.get()
    }

    /// # Safety
    /// As [`Pace::place`], for each.
    #[cold]
    unsafe fn place_both(&self, first: Task, second: Task) {
        // SAFETY: by contract.
        unsafe {
            self.place(first);
            self.place(second);
        }
    }

    /// Charges a poll of `ran` nanoseconds to a fair task, among its siblings. By the owner: it is in no queue.
    #[inline]
    pub(crate) fn charge_among_siblings(&self, task: &Header, ran: u64) {
        charge_in(self.group_of(task), task, ran);
    }

    /// Whether `second` is to run before `first`, which came first and is of another group; nothing is queued, and both
    /// have their places among their siblings.
    ///
    /// # Safety
    /// The caller has the lock and the right to enqueue both.
    pub(crate) unsafe fn is_before(&self, second: Task, first: Task) -> bool {
        // SAFETY: by contract.
        let (first, second) = unsafe { (first.as_ref(), second.as_ref()) };
        let (mut left, mut right) = (&first.node.key, &second.node.key);
        let (one, other) = (self.group_of(first), self.group_of(second));
        if rank(left.get()) == RANK_FAIR && rank(right.get()) == RANK_FAIR && !core::ptr::eq(one, other) {
            self.catch_up();
            self.place_group(one, first.is_new());
            self.place_group(other, second.is_new());
            (left, right) = (&one.node.key, &other.node.key);
        }
        right.get() < left.get()
    }

    /// Whether two tasks are of one group.
    ///
    /// # Safety
    /// The caller has the right to enqueue both.
    #[inline]
    pub(crate) unsafe fn are_siblings(first: Task, second: Task) -> bool {
        // SAFETY: by contract.
        unsafe { first.as_ref().group.get() == second.as_ref().group.get() }
    }

    /// Gives a group that becomes ready, with a task that may be new, its place. By who has the lock; the group is in no heap.
    fn place_group(&self, group: &GroupQueue, new: bool) {
        let key = &group.node.key;
        key.set(placed(key.get(), self.floor.load(Relaxed), new));
    }
}

/// The ready tasks of one CPU.
pub(crate) struct RunQueue {
    /// Tasks that are not fair, and groups with fair tasks.
    heap: Heap,
    /// How many tasks there are, in groups or not.
    tasks: usize,
    backlog: Backlog,
}

/// The class that a key was made for.
fn rank(key: u64) -> u64 {
    key >> RANK_SHIFT
}

/// What a node in the heap of all stands for: a group if its key is fair.
///
/// # Safety
/// The node is in the heap of a run queue, of which the caller has the lock for as long as it uses the group.
unsafe fn as_group<'a>(node: NonNull<Node>) -> Option<&'a GroupQueue> {
    // SAFETY: what is in a heap is alive, and groups alone have fair keys there.
    unsafe { (rank(node.as_ref().key.get()) == RANK_FAIR).then(|| node.cast::<GroupQueue>().as_ref()) }
}

impl RunQueue {
    pub(crate) const fn new() -> Self {
        Self { heap: Heap::new(), tasks: 0, backlog: Backlog::new() }
    }

    /// How many tasks there are; those that other CPUs have sent and that are not in their places count as one.
    pub(crate) fn len(&self) -> usize {
        self.tasks + usize::from(!self.backlog.is_empty())
    }

    /// Whether there are tasks that other CPUs have sent and that are not in their places.
    pub(crate) fn has_backlog(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// How many tasks are in their places.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn queued(&self) -> usize {
        self.tasks
    }

    /// The task that is next.
    pub(crate) fn first(&self) -> Option<Task> {
        let node = self.heap.first()?;
        // SAFETY: whoever has this queue has its lock, and one reference to one heap at a time.
        let first = unsafe { as_group(node).map_or(Some(node), |group| group.tasks().first()) };
        first.map(NonNull::cast)
    }

    /// Enqueues `task` in its place.
    ///
    /// # Safety
    /// The caller has, and gives up, the right to enqueue.
    #[inline]
    pub(crate) unsafe fn push(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the caller's contract.
        unsafe { self.insert(task, pace, |heap, node| heap.push(node)) };
    }

    /// Undoes [`RunQueue::pop`].
    ///
    /// # Safety
    /// `task` was the next one, and the right to enqueue it is given up.
    pub(crate) unsafe fn put_back(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the caller's contract. It has its place already, unless it was alone.
        unsafe { self.insert(task, pace, |heap, node| heap.put_back(node)) };
    }

    /// # Safety
    /// The caller has, and gives up, the right to enqueue; `into` pushes or puts back, which fits.
    unsafe fn insert(&mut self, task: Task, pace: &Pace, into: unsafe fn(&mut Heap, NonNull<Node>)) {
        if self.tasks == 0 {
            pace.catch_up();
        }
        self.tasks += 1;
        // SAFETY: the right to enqueue covers the node, which lives while it is queued, and while its task does so
        // does a group; whoever has this queue has the lock.
        unsafe {
            pace.place(task);
            if rank(task.as_ref().node.key.get()) != RANK_FAIR {
                return into(&mut self.heap, task.cast());
            }
            let group = pace.group_of(task.as_ref());
            if group.tasks().len() == 0 {
                pace.place_group(group, task.as_ref().is_new());
                into(&mut self.heap, NonNull::from(&group.node));
            }
            into(group.tasks(), task.cast());
        }
    }

    /// Takes out the task that is next. The right to enqueue it comes with it.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Task> {
        let first = self.heap.first()?;
        self.tasks -= 1;
        // SAFETY: whoever has this queue has the lock; what is first is in the heap.
        unsafe {
            let Some(group) = as_group(first) else { return self.heap.pop().map(NonNull::cast) };
            let task = group.tasks().pop();
            if group.tasks().len() == 0 {
                self.heap.pop();
            }
            task.map(NonNull::cast)
        }
    }

    /// Gives the group of a task that ran the place of one that becomes ready: as the poll began, it was in no
    /// competition. By the executor that ran it.
    pub(crate) fn enter_competition(&self, task: &Header, pace: &Pace) {
        if self.tasks == 0 {
            pace.catch_up();
        }
        let group = pace.group_of(task);
        // SAFETY: whoever has this queue has the lock.
        if unsafe { group.tasks() }.len() == 0 {
            pace.place_group(group, task.is_new());
        }
    }

    /// Charges a poll of `ran` nanoseconds, which began when others were ready, to a fair task and its group, and
    /// notes the places that they had. By the executor that ran it: the task is in no queue.
    pub(crate) fn charge(&mut self, task: &Header, ran: u64, pace: &Pace) {
        pace.settled.store(pace.clock.load(Relaxed), Relaxed);
        if rank(task.node.key.get()) != RANK_FAIR {
            return;
        }
        let group = pace.group_of(task);
        charge_in(group, task, ran);
        let key = raise(&pace.floor, group.node.key.get());
        // No poll is for nothing, or a clock that stands still would let a group have all the turns.
        let key = after(key, Class::virtual_time(group.cost.load(Relaxed), ran).max(1));
        let node = NonNull::from(&group.node);
        // SAFETY: whoever has this queue has the lock. A group with ready tasks is in the heap, and else in none.
        unsafe {
            if group.tasks().len() == 0 {
                return group.node.key.set(key);
            }
            self.heap.remove(node);
            group.node.key.set(key);
            self.heap.push(node);
        }
    }

    /// Moves some of what other CPUs have sent to the queue.
    #[inline]
    pub(crate) fn take_in(&mut self, inbox: &Inbox, pace: &Pace) {
        if self.backlog.is_empty() && inbox.is_empty() {
            return;
        }
        let taken = self.backlog.take(inbox, TAKEN_AT_ONCE);
        for node in taken {
            // SAFETY: nodes in an inbox are tasks', and the right to enqueue comes with them.
            unsafe { self.push(node.cast(), pace) };
        }
    }

    /// Takes out a task that may run on the CPU with this bit, with a virtual time counted from the
    /// floor of its group here.
    pub(crate) fn steal(&mut self, cpu: u64, pace: &Pace) -> Option<Task> {
        // SAFETY: tasks in a queue are alive.
        let fits =
            |node: NonNull<Node>| unsafe { node.cast::<Header>().as_ref() }.affinity.load(Relaxed) & cpu != 0;
        let mut found: Link = None;
        self.heap.find(STEAL_LIMIT, |node| {
            // SAFETY: whoever has this queue has the lock.
            found = match unsafe { as_group(node) } {
                // SAFETY: as above.
                Some(group) => unsafe { group.tasks() }.find(STEAL_LIMIT_OF_GROUP, fits),
                None => Some(node).filter(|node| fits(*node)),
            };
            found.is_some()
        })?;
        let task: Task = found?.cast();
        // SAFETY: it was found in this queue, of which we have the lock.
        unsafe { self.remove(task, pace) };
        Some(task)
    }

    /// # Safety
    /// `task` is in this queue.
    unsafe fn remove(&mut self, task: Task, pace: &Pace) {
        self.tasks -= 1;
        // SAFETY: tasks in a queue are alive; whoever has the queue has the lock; a group is in the heap as long as it
        // has tasks.
        unsafe {
            let key = &task.as_ref().node.key;
            if rank(key.get()) != RANK_FAIR {
                return self.heap.remove(task.cast());
            }
            let group = pace.group_of(task.as_ref());
            group.tasks().remove(task.cast());
            if group.tasks().len() == 0 {
                self.heap.remove(NonNull::from(&group.node));
            }
            key.set(FAIR + key.get().saturating_sub(group.floor.load(Relaxed)));
        }
    }

    /// Enqueues what was stolen from another queue: its virtual time counts from its group's floor here.
    ///
    /// # Safety
    /// As for [`RunQueue::push`].
    pub(crate) unsafe fn push_stolen(&mut self, task: Task, pace: &Pace) {
        // SAFETY: the right to enqueue covers the node.
        let header = unsafe { task.as_ref() };
        let key = &header.node.key;
        if rank(key.get()) == RANK_FAIR {
            let behind = key.get() - FAIR;
            let floor = pace.group_of(header).floor.load(Relaxed);
            key.set(floor.saturating_add(behind).min(LAST_FAIR));
        }
        // SAFETY: the caller's contract.
        unsafe { self.push(task, pace) };
    }
}

/// Charges a poll of `ran` nanoseconds to a task of this group, if it is fair, among its siblings.
#[inline(always)]
fn charge_in(group: &GroupQueue, task: &Header, ran: u64) {
    let key = task.node.key.get();
    if rank(key) == RANK_FAIR {
        task.node.key.set(after(raise(&group.floor, key), Class::virtual_time(task.class_word(), ran)));
    }
}

/// Where something fair is that was at `key` and paid.
#[inline(always)]
fn after(key: u64, cost: u64) -> u64 {
    (key + cost).min(LAST_FAIR)
}

/// Where something fair goes that becomes ready and was at `key`.
#[inline]
fn placed(key: u64, floor: u64, new: bool) -> u64 {
    match new && key == FAIR {
        true => (floor + LAG).min(LAST_FAIR),
        false => key.max(floor - LAG),
    }
}

/// Raises a floor to `key`, which was the first; the key.
fn raise(floor: &AtomicU64, key: u64) -> u64 {
    if key > floor.load(Relaxed) {
        floor.store(key, Relaxed);
    }
    key
}

/// The key of a deadline task: as it was, or renewed if that has passed.
#[cold]
fn deadline(key: u64, class: u64, now: u64) -> u64 {
    if key > now { key } else { (now + (class & PLACE_MASK)).min(PLACE_MASK) }
}

/// Where a new task of this packed class begins.
pub(crate) fn first_place(class: u64) -> u64 {
    class & !PLACE_MASK
}

/// Forgets the place in this CPU's queue, which means nothing on the CPU that the task is sent to.
pub(crate) fn forget_place(header: &Header) {
    header.node.key.set(0);
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{FAIR, LAG, LAST_FAIR, deadline, placed, raise};
    use crate::sync::plain::AtomicU64;
    use core::sync::atomic::Ordering::Relaxed;

    #[test]
    fn a_deadline_that_has_passed_is_renewed() {
        let class = 50;
        assert_eq!(deadline(101, class, 100), 101);
        assert_eq!(deadline(100, class, 100), 150);
        assert_eq!(deadline(3, class, 100), 150);
    }

    #[test]
    fn a_floor_only_rises() {
        let floor = AtomicU64::new(FAIR + 5);
        for (key, then) in [(FAIR + 4, FAIR + 5), (FAIR + 5, FAIR + 5), (FAIR + 9, FAIR + 9)] {
            assert_eq!(raise(&floor, key), key);
            assert_eq!(floor.load(Relaxed), then);
        }
    }

    #[test]
    fn who_slept_long_is_a_little_ahead_and_who_is_new_a_little_behind() {
        let floor = FAIR + 10 * LAG;
        assert_eq!(placed(FAIR, floor, false), floor - LAG);
        assert_eq!(placed(floor + 1, floor, false), floor + 1);
        assert_eq!(placed(FAIR, floor, true), floor + LAG);
        assert_eq!(placed(FAIR + 1, floor, true), floor - LAG, "it has run before");
        assert_eq!(placed(FAIR, LAST_FAIR - 1, true), LAST_FAIR);
    }
}
