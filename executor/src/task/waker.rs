//! The waker of a task: a counted reference behind one table for all tasks.

use super::state::Wake;
use super::{Header, Task};
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use core::task::{RawWaker, RawWakerVTable, Waker};

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop);

/// A waker that borrows the reference of the executor that polls; it must not be dropped.
///
/// # Safety
/// The task outlives the waker.
#[inline(always)]
pub(crate) unsafe fn borrowed(task: Task) -> ManuallyDrop<Waker> {
    let raw = RawWaker::new(task.as_ptr().cast_const().cast(), &TABLE);
    // SAFETY: the table keeps the contract of `RawWaker`; this one counts no reference and drops none.
    ManuallyDrop::new(unsafe { Waker::from_raw(raw) })
}

/// The task that a waker wakes, if it is one of ours.
pub(crate) fn task_of(waker: &Waker) -> Option<Task> {
    if !core::ptr::eq(waker.vtable(), &TABLE) {
        return None;
    }
    NonNull::new(waker.data().cast::<Header>().cast_mut())
}

/// Frees a task whose last reference is gone.
///
/// # Safety
/// The state said so to the caller, once.
#[cold]
pub(crate) unsafe fn free(task: Task) {
    // SAFETY: alive until this call, which is the last that knows it.
    unsafe { (task.as_ref().vtable.free)(task) };
}

/// # Safety
/// `data` is a task to which the caller has a reference. (Also for those below.)
unsafe fn task(data: *const ()) -> Task {
    // SAFETY: wakers are only made from tasks.
    unsafe { NonNull::new_unchecked(data.cast::<Header>().cast_mut()) }
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: the waker that is cloned has a reference.
    unsafe { task(data).as_ref() }.state.acquire();
    RawWaker::new(data, &TABLE)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: the waker's reference is given up by the state; after `Enqueue` the right to enqueue
    // keeps the task alive, and after `Free` it is ours alone.
    unsafe {
        let task = task(data);
        match task.as_ref().state.wake_parked_and_release() {
            true => (task.as_ref().vtable.enqueue)(task),
            false => wake_slowly(task),
        }
    }
}

/// As [`wake`] for a task that was not parked a moment ago.
///
/// # Safety
/// The caller gives up a reference.
#[inline(never)]
unsafe fn wake_slowly(task: Task) {
    // SAFETY: as above.
    unsafe {
        match task.as_ref().state.wake_and_release() {
            Wake::Enqueue => (task.as_ref().vtable.enqueue)(task),
            Wake::Free => free(task),
            Wake::Nothing | Wake::Busy => {}
        }
    }
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: the waker has a reference.
    unsafe {
        let task = task(data);
        (task.as_ref().vtable.wake)(task);
    }
}

unsafe fn drop(data: *const ()) {
    // SAFETY: the waker's reference is given up here; if it was the last, the task is ours alone.
    unsafe {
        let task = task(data);
        if task.as_ref().state.release() {
            free(task);
        }
    }
}
