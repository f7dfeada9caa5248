//! The allocation of a task, and the operations that know the type of its future.

use super::label::Label;
use super::options::TaskOptions;
use super::state::{State, Wake};
use super::{Header, Task};
use crate::heap::Node;
use crate::list::Links;
use crate::run_queue::first_place;
use crate::sync::{Exclusive, plain};
use crate::unwind::{Payload, catch, forget};
use crate::{AllocError, Executor, Platform, TaskGroup};
use alloc::alloc::Layout;
use core::cell::{Cell, UnsafeCell};
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};
use waitq::WaitQueue;

/// The operations that need to know the platform or the future.
pub(crate) struct VTable {
    /// Polls the future, and drops it if it is ready, or panics: then the drop is done all the same, and the first
    /// panic is the answer. The caller has the right to the future.
    pub(crate) poll: unsafe fn(Task, &mut Context<'_>) -> Result<Poll<()>, Payload>,
    /// Drops the future; a panic of that is the answer. The caller has the right to it.
    pub(crate) drop_future: unsafe fn(Task) -> Result<(), Payload>,
    /// Frees the allocation. The future is gone, and so are all references.
    pub(crate) free: unsafe fn(Task),
    /// Hands the task to its home. The caller has, and gives up, the right to enqueue.
    pub(crate) enqueue: unsafe fn(Task),
    /// Wakes the task. The caller has a reference.
    pub(crate) wake: unsafe fn(Task),
    /// Makes the task's home leave user mode, if that is another CPU. The caller has a reference.
    pub(crate) interrupt: unsafe fn(Task),
    /// Whether the task's home is polling it at this moment. The caller has a reference.
    pub(crate) is_running: unsafe fn(Task) -> bool,
    /// The index of the task's home. The caller has a reference.
    pub(crate) home: unsafe fn(Task) -> usize,
}

#[repr(C)]
struct Allocation<F> {
    header: Header,
    future: UnsafeCell<ManuallyDrop<F>>,
}

struct Typed<P, F>(core::marker::PhantomData<(P, F)>);

impl<P: Platform, F: Future<Output = ()> + Send + 'static> Typed<P, F> {
    const TABLE: VTable = VTable {
        poll: poll::<F>,
        drop_future: drop_future::<F>,
        free: free::<P, F>,
        enqueue: enqueue::<P>,
        wake: wake::<P>,
        interrupt: interrupt::<P>,
        is_running: is_running::<P>,
        home: home::<P>,
    };
}

/// Allocates a task at home on `executor`, in `group` if there is one, with one reference besides the executor's own if it is `referred`
/// to. It is scheduled, but in no queue yet, and listed nowhere. Its future is made once there is memory, right there:
/// one that existed before would have to be moved, and futures are large.
#[inline(always)]
pub(crate) fn allocate<P, F>(
    executor: &'static Executor<P>,
    group: Option<&TaskGroup>,
    options: TaskOptions,
    referred: bool,
    make: impl FnOnce() -> F,
) -> Result<Task, AllocError>
where
    P: Platform,
    F: Future<Output = ()> + Send + 'static,
{
    let layout = Layout::new::<Allocation<F>>();
    let memory = executor.cache.allocate(&executor.platform, layout).ok_or(AllocError)?;
    let memory = memory.cast::<Allocation<F>>();
    // SAFETY: fresh memory of this layout.
    unsafe { (&raw mut (*memory.as_ptr()).future).write(UnsafeCell::new(ManuallyDrop::new(make()))) };
    let class = options.class.pack();
    let header = Header {
        node: Node::new(first_place(class)),
        state: State::new(referred),
        vtable: &Typed::<P, F>::TABLE,
        home: plain::AtomicPtr::new(core::ptr::from_ref(executor).cast_mut().cast()),
        class: plain::AtomicU64::new(class),
        affinity: plain::AtomicU64::new(options.affinity),
        id: Cell::new(options.id),
        name: NonNull::from(options.name).cast(),
        name_length: options.name.len() as u32,
        listed: executor.index() as u32,
        run_time: plain::AtomicU64::new(0),
        longest: plain::AtomicU64::new(0),
        polls: plain::AtomicU64::new(0),
        waits_for: Label::new(),
        group: Cell::new(group.cloned().map(TaskGroup::into_raw)),
        registry_links: Links::new(),
        joiners: WaitQueue::new(()),
        exclusive: Exclusive::new(),
    };
    // SAFETY: as above.
    unsafe { memory.cast::<Header>().write(header) };
    Ok(memory.cast())
}

/// The future of a task.
///
/// # Safety
/// `task` holds an `F`, and the caller has the right to it for as long as the reference is used.
pub(crate) unsafe fn future<'a, F>(task: Task) -> &'a F {
    // SAFETY: the caller's contract.
    unsafe { &*task.cast::<Allocation<F>>().as_ref().future.get() }
}

/// # Safety
/// See [`VTable::poll`]; `task` holds an `F`.
unsafe fn poll<F: Future<Output = ()>>(task: Task, context: &mut Context<'_>) -> Result<Poll<()>, Payload> {
    let result = catch(|| {
        // SAFETY: the caller has the right to the future, which is alive, and never moves.
        unsafe {
            let future: &mut F = &mut *task.cast::<Allocation<F>>().as_ref().future.get();
            Pin::new_unchecked(future).poll(context)
        }
    });
    if let Ok(Poll::Pending) = result {
        return result;
    }
    // SAFETY: as above. What a panic left of the future is to be dropped, like what a finished one left.
    let dropped = unsafe { drop_future::<F>(task) };
    match (result, dropped) {
        (Err(first), Err(second)) => {
            forget(second);
            Err(first)
        }
        (result, Ok(())) => result,
        (Ok(_), Err(payload)) => Err(payload),
    }
}

/// # Safety
/// See [`VTable::drop_future`]; `task` holds an `F`.
unsafe fn drop_future<F>(task: Task) -> Result<(), Payload> {
    // SAFETY: the caller has the right to the future, and nobody looks at it again, even after a panic.
    catch(|| unsafe { ManuallyDrop::drop(&mut *task.cast::<Allocation<F>>().as_ref().future.get()) })
}

/// # Safety
/// See [`VTable::free`]; `task` was spawned on an `Executor<P>` and holds an `F`.
unsafe fn free<P: Platform, F>(task: Task) {
    // SAFETY: nobody else knows the task any more; it was allocated with this layout.
    unsafe {
        let home = home_of::<P>(task);
        core::ptr::drop_in_place(task.as_ptr());
        home.cache.free(&home.platform, task.cast(), Layout::new::<Allocation<F>>());
    }
}

/// # Safety
/// `task` was spawned on an `Executor<P>`, and is alive.
unsafe fn home_of<P: Platform>(task: Task) -> &'static Executor<P> {
    // SAFETY: the home was set from a `&'static Executor<P>`.
    unsafe { &*task.as_ref().home.load(core::sync::atomic::Ordering::Relaxed).cast::<Executor<P>>() }
}

/// # Safety
/// See [`VTable::enqueue`].
#[inline]
unsafe fn enqueue<P: Platform>(task: Task) {
    // SAFETY: the caller's contract is the callees'.
    unsafe { home_of::<P>(task).enqueue(task) };
}

/// # Safety
/// See [`VTable::wake`].
#[inline]
unsafe fn wake<P: Platform>(task: Task) {
    // SAFETY: the caller has a reference; after `Enqueue`, the right to enqueue. Until then the home may
    // be changing, but not if it is the one that runs this very code, as part of a poll of the task.
    unsafe {
        let noted = home_of::<P>(task).note_own_wake(task);
        if !noted && (task.as_ref().state.wake_parked() || task.as_ref().state.wake() == Wake::Enqueue) {
            home_of::<P>(task).enqueue(task);
        }
    }
}

/// # Safety
/// See [`VTable::interrupt`].
unsafe fn interrupt<P: Platform>(task: Task) {
    // SAFETY: the caller has a reference.
    unsafe { home_of::<P>(task) }.interrupt();
}

/// # Safety
/// See [`VTable::home`].
unsafe fn home<P: Platform>(task: Task) -> usize {
    // SAFETY: the caller has a reference.
    unsafe { home_of::<P>(task) }.index()
}

/// # Safety
/// See [`VTable::is_running`].
unsafe fn is_running<P: Platform>(task: Task) -> bool {
    // SAFETY: the caller has a reference.
    unsafe { home_of::<P>(task) }.runs(task)
}
