//! What is left of the checks of locks where there are none: in release builds, and in models, where loom looks for
//! deadlocks itself.

use super::HeldLock;

/// Whether locks are watched.
pub const ARE_ON: bool = false;

/// Begins to watch the locks that CPUs take.
#[inline(always)]
pub fn start(_cpu: fn() -> usize, _now: fn() -> u64) {}

/// Ends it.
#[inline(always)]
pub fn stop() {}

/// Sets for how many ticks a lock may be held.
#[inline(always)]
pub fn set_limit(_ticks: u64) {}

/// Panics if the caller holds a lock.
#[inline(always)]
pub fn assert_none_held() {}

/// Visits the locks that CPU `cpu` holds and waits for: none is known.
#[inline(always)]
pub fn for_each_held(_cpu: usize, _visit: impl FnMut(HeldLock)) {}
