//! Intrusive wait queue: the one mechanism under every wait of hafnon.
//!
//! A [`WaitQueue<T, S>`] is a state `S` and the waiters for it, under one lock, so that checking the
//! state and going to sleep is one atomic step against whoever changes the state. Each waiter carries
//! a tag `T` (a signal mask, a futex address) by which wakers choose.
//!
//! A waiter is a node in a queue and what keeps that queue. There are three forms of it, by where the node lives: inside
//! the waiting future ([`Wait`]), in a [`Waiter`] that is pinned and used for one wait after the other, or, for waits that
//! belong to no task, on the heap ([`BoxedWaiter`]). No operation allocates, except [`BoxedWaiter::new`].
//!
//! ```text
//!            poll: check says "not yet"           wake (under the lock: unlinked, waker taken)
//!   Idle ───────────────────────────────▶ Queued ───────────────────────────────▶ Woken
//!    │                                      │                                       │
//!    │ check says "ready"                   │ drop, cancel: unlink, O(1)            │ poll: Ready
//!    ▼                                      ▼                                       ▼
//!  done                                   gone          drop before poll: a counted wake is passed on
//! ```
//!
//! # Guarantees
//! - A wake between registration and poll is not lost: it is recorded in the node, under the lock.
//! - A waiter woken by [`Waiters::wake_one`] or [`Waiters::wake_some`] and dropped before it saw that
//!   passes the wake on to the next waiter that [takes over](Tag::takes_over).
//! - [`Waiters::wake_all`] wakes those that are there, not those that come back while it runs.
//! - Wakers are made, called and dropped without the lock: their code may touch the queue.
//!
//! `tests/loom.rs` proves these on this code.
#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]
// This crate is one of the rooms for unsafe code: nodes are linked by pointer into futures.
#![allow(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod boxed_waiter;
mod buckets;
mod crowd;
#[cfg(all(test, not(loom)))]
mod foreign;
mod list;
mod locked;
mod queue;
mod status;
pub mod sync;
mod wait;
mod waiter;
mod waiters;

pub use boxed_waiter::{BoxedWaiter, OutOfMemory};
pub use buckets::{Below, Buckets, Keyed};
pub use crowd::{Branch, Change, Crowd, FEW, Member, set_secret};
pub use list::{List, Lists, Tag};
pub use locked::{First, Locked};
pub use queue::WaitQueue;
pub use wait::Wait;
pub use waiter::{Cancel, Waiter, Woken};
pub use waiters::Waiters;
