//! What has ended leaves no memory behind: tasks whatever their end, and groups.

use crate::host::LocalRunner;
use crate::{TaskGroup, TaskOptions};
use core::future::pending;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::vec::Vec;

std::thread_local!(static LIVE: Cell<isize> = const { Cell::new(0) });

struct Counting;

// SAFETY: the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get() + layout.size() as isize);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes are left when `work` was done a second time: the first may fill caches.
fn left_by(mut work: impl FnMut()) -> isize {
    work();
    let before = LIVE.get();
    work();
    LIVE.get() - before
}

/// More tasks than a cache keeps the memory of.
const MANY: usize = 100;

#[test]
fn tasks_that_have_ended() {
    let runner = LocalRunner::new();
    let executor = runner.executor();
    let options = TaskOptions::new("ends");
    let ends = || executor.spawn(options, async {}).expect("memory");
    let waits = || executor.spawn(options, pending()).expect("memory");
    let left = left_by(|| {
        let tasks: Vec<_> = (0..MANY).map(|_| ends()).collect();
        runner.run_until_idle();
        assert!(tasks.iter().all(|task| task.clone().is_finished()));
    });
    assert_eq!(left, 0, "by those that finished");
    let left = left_by(|| {
        let tasks: Vec<_> = (0..MANY).map(|_| waits()).collect();
        runner.run_until_idle();
        tasks.iter().for_each(|task| task.kill());
        runner.run_until_idle();
    });
    assert_eq!(left, 0, "by those that were killed");
    let left = left_by(|| {
        let tasks: Vec<_> = (0..MANY).map(|_| waits()).collect();
        runner.run_until_idle();
        for task in &tasks {
            task.waker().wake();
            drop(task.waker());
        }
        runner.run_until_idle();
        tasks.iter().for_each(|task| task.kill());
        let last: Vec<_> = tasks.iter().map(|task| task.waker()).collect();
        runner.run_until_idle();
        drop(tasks);
        last.into_iter().for_each(|waker| waker.wake());
    });
    assert_eq!(left, 0, "by those whose waker was the last that knew them");
}

#[test]
fn groups_that_nobody_knows() {
    let size = TaskGroup::size(4) as isize;
    let before = LIVE.get();
    let group = TaskGroup::new(4, 1024).expect("memory");
    assert_eq!(LIVE.get() - before, size, "it takes what it says");
    let other = group.clone();
    drop(group);
    assert_eq!(LIVE.get() - before, size);
    drop(other);
    assert_eq!(LIVE.get(), before);
}
