//! A group of tasks that compete as one: the threads of a process, say.
//!
//! Fair tasks share a CPU by groups first (`run_queue.rs` says how). For that a group has a queue on each CPU, with
//! its ready tasks there and its virtual time there. A group is one allocation, made beforehand, so that no
//! spawn, wake, switch or theft needs memory for it: 24 bytes, and 96 for each CPU of the machine, 6 KiB on 64 CPUs.
//! Each task counts a reference to its group until its future has been dropped.
//!
//! A queue's heap is touched with the lock of its CPU's run queue; so is the group's key. The floor is written by the
//! CPU's executor only, a thief reads it.

use crate::AllocError;
use crate::heap::{Heap, Node};
use crate::run_queue::FAIR;
use crate::sync::atomic::{AtomicUsize, Ordering, fence};
use crate::sync::plain::AtomicU64;
use crate::task::options::cost_of_weight;
use alloc::alloc::{Layout, alloc, dealloc};
use core::cell::UnsafeCell;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;

/// The queue of a group on one CPU. The node comes first: the run queue knows a group by the address of its node,
/// whose key is the group's virtual time there.
#[repr(C)]
pub(crate) struct GroupQueue {
    pub(crate) node: Node,
    tasks: UnsafeCell<Heap>,
    /// The key of the task of the group that ran last, as [`Pace`](crate::run_queue::Pace) has one of groups.
    pub(crate) floor: AtomicU64,
    /// What a nanosecond costs the group.
    pub(crate) cost: AtomicU64,
}

const _: () = assert!(cfg!(loom) || size_of::<GroupQueue>() == 96, "as documented");

// SAFETY: the module's documentation says who may touch what.
unsafe impl Send for GroupQueue {}
// SAFETY: as above.
unsafe impl Sync for GroupQueue {}

impl GroupQueue {
    pub(crate) const fn new(weight: u32) -> Self {
        Self {
            node: Node::new(FAIR),
            tasks: UnsafeCell::new(Heap::new()),
            floor: AtomicU64::new(FAIR),
            cost: AtomicU64::new(cost_of_weight(weight)),
        }
    }

    /// The ready tasks of the group on this CPU.
    ///
    /// # Safety
    /// The caller has the lock of the CPU's run queue, and no other reference to the same heap.
    #[expect(clippy::mut_from_ref, reason = "guarded by the lock of the run queue")]
    pub(crate) unsafe fn tasks(&self) -> &mut Heap {
        // SAFETY: by contract.
        unsafe { &mut *self.tasks.get() }
    }
}

/// What all handles to a group share; the queues follow, one per CPU.
#[repr(C)]
pub(crate) struct Shared {
    references: AtomicUsize,
    cpus: usize,
}

/// A group whose fair tasks get, on each CPU, the time of one competitor together. See
/// [`Executor::spawn_in`](crate::Executor::spawn_in).
pub struct TaskGroup(NonNull<Shared>);

// SAFETY: handles share what is synchronised as the module's documentation says.
unsafe impl Send for TaskGroup {}
// SAFETY: as above.
unsafe impl Sync for TaskGroup {}

impl TaskGroup {
    /// A group on a machine of `cpus` CPUs, with the weight of one fair task of `weight` among groups. On a CPU with
    /// a higher number its tasks run in the executor's own group.
    pub fn new(cpus: usize, weight: u32) -> Result<Self, AllocError> {
        let (layout, offset) = layout(cpus).ok_or(AllocError)?;
        // SAFETY: the layout is not of size zero.
        let memory = NonNull::new(unsafe { alloc(layout) }).ok_or(AllocError)?;
        // SAFETY: fresh memory of this layout.
        unsafe {
            memory.cast().write(Shared { references: AtomicUsize::new(1), cpus });
            let queues = memory.add(offset).cast::<GroupQueue>();
            (0..cpus).for_each(|cpu| queues.add(cpu).write(GroupQueue::new(weight)));
        }
        Ok(Self(memory.cast()))
    }

    /// Changes the weight of the group, from the next poll of each of its tasks on.
    pub fn set_weight(&self, weight: u32) {
        self.queues().iter().for_each(|queue| queue.cost.store(cost_of_weight(weight), Relaxed));
    }

    /// The memory that a group on a machine of `cpus` CPUs takes, in bytes.
    pub fn size(cpus: usize) -> usize {
        layout(cpus).map_or(usize::MAX, |(layout, _)| layout.size())
    }

    /// One queue per CPU.
    fn queues(&self) -> &[GroupQueue] {
        // SAFETY: alive as long as there is a handle.
        unsafe { queues(self.0).as_ref() }
    }

    /// The reference that a task keeps.
    pub(crate) fn into_raw(self) -> NonNull<Shared> {
        ManuallyDrop::new(self).0
    }

    /// Takes a task's reference over.
    ///
    /// # Safety
    /// It came from [`TaskGroup::into_raw`], and is given up.
    pub(crate) unsafe fn from_raw(shared: NonNull<Shared>) -> Self {
        Self(shared)
    }
}

/// The queues of a group.
///
/// # Safety
/// It is alive.
pub(crate) unsafe fn queues(shared: NonNull<Shared>) -> NonNull<[GroupQueue]> {
    // SAFETY: made so in `TaskGroup::new`.
    unsafe { NonNull::slice_from_raw_parts(shared.add(1).cast(), shared.as_ref().cpus) }
}

/// The layout of a group, and where in it the queues are.
fn layout(cpus: usize) -> Option<(Layout, usize)> {
    let queues = Layout::array::<GroupQueue>(cpus).ok()?;
    let (layout, offset) = Layout::new::<Shared>().extend(queues).ok()?;
    debug_assert_eq!(offset, size_of::<Shared>());
    Some((layout, offset))
}

impl Clone for TaskGroup {
    #[inline]
    fn clone(&self) -> Self {
        // Relaxed: the caller has a reference, so the count cannot reach zero meanwhile.
        // SAFETY: alive as long as there is a handle.
        unsafe { self.0.as_ref() }.references.fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

impl Drop for TaskGroup {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: alive until this reference is given up.
        if unsafe { self.0.as_ref() }.references.fetch_sub(1, Ordering::Release) == 1 {
            self.free();
        }
    }
}

impl TaskGroup {
    #[cold]
    fn free(&mut self) {
        // What others did with their references comes before.
        fence(Ordering::Acquire);
        // SAFETY: there is no task of the group any more, so its queues are in no heap, and nobody knows it.
        unsafe {
            let Some((layout, _)) = layout(self.0.as_ref().cpus) else { return };
            core::ptr::drop_in_place(self.0.as_ptr());
            dealloc(self.0.cast().as_ptr(), layout);
        }
    }
}
