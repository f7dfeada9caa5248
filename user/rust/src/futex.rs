//! Futexes: waiting on a 32-bit word of memory.

use core::sync::atomic::AtomicU32;

use crate::{
    Result,
    clock::INFINITE,
    handle::{Handle, check},
    sys,
};

/// Waits until woken, if `word` still has `current`; `BAD_STATE` if it has not.
pub fn wait(word: &AtomicU32, current: u32) -> Result<()> {
    wait_until(word, current, Handle::INVALID, INFINITE)
}

/// As [`wait`], until `deadline`, naming the thread `owner` (a raw handle, or invalid) that is waited for.
pub fn wait_until(word: &AtomicU32, current: u32, owner: u32, deadline: i64) -> Result<()> {
    // SAFETY: the word outlives the call.
    check(unsafe { sys::zx_futex_wait(word.as_ptr().cast(), current.cast_signed(), owner, deadline) })
}

/// Wakes at most `count` waiters.
pub fn wake(word: &AtomicU32, count: u32) -> Result<()> {
    // SAFETY: the word outlives the call; the kernel takes its address as a name only.
    check(unsafe { sys::zx_futex_wake(word.as_ptr().cast(), count) })
}

/// If `word` still has `current`, wakes `wake_count` waiters and moves `requeue_count` others to `target`.
pub fn requeue(
    word: &AtomicU32,
    wake_count: u32,
    current: u32,
    target: &AtomicU32,
    requeue_count: u32,
) -> Result<()> {
    // SAFETY: both words outlive the call.
    check(unsafe {
        sys::zx_futex_requeue(
            word.as_ptr().cast(),
            wake_count,
            current.cast_signed(),
            target.as_ptr().cast(),
            requeue_count,
            Handle::INVALID,
        )
    })
}

/// Wakes one waiter, which owns the futex from then on.
pub fn wake_single_owner(word: &AtomicU32) -> Result<()> {
    // SAFETY: the word outlives the call; the kernel takes its address as a name only.
    check(unsafe { sys::zx_futex_wake_single_owner(word.as_ptr().cast()) })
}

/// If `word` still has `current`, wakes one waiter, which owns it from then on, and moves `count` others to
/// `target`, which the thread `owner` (a raw handle, or invalid) owns then.
pub fn requeue_single_owner(
    word: &AtomicU32,
    current: u32,
    target: &AtomicU32,
    count: u32,
    owner: u32,
) -> Result<()> {
    // SAFETY: both words outlive the call.
    check(unsafe {
        sys::zx_futex_requeue_single_owner(
            word.as_ptr().cast(),
            current.cast_signed(),
            target.as_ptr().cast(),
            count,
            owner,
        )
    })
}

/// The id of the thread that owns the futex; 0 if none does.
pub fn owner(word: &AtomicU32) -> Result<u64> {
    let mut koid = 0;
    // SAFETY: word and place outlive the call.
    check(unsafe { sys::zx_futex_get_owner(word.as_ptr().cast(), &mut koid) })?;
    Ok(koid)
}
