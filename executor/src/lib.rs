//! The executor of hafnon: one per CPU, every wait of the kernel is a future that it polls.
//!
//! - [`Executor`] runs the tasks of one CPU by [class](Class): deadline, then fair, then idle.
//!   `run.rs` proves, in two columns, that no wake is lost when a CPU goes idle.
//! - [`TaskRef`] is a counted reference to a task: kill it, join it, look at its accounts.
//!   `task/mod.rs` lists every kind of reference and every state bit.
//! - [`TimerQueue`], [`Sleep`] and [`Alarm`] wait for a time.
//! - [`Scope`] ties the life of tasks to the life of what spawned them.
//! - [`TaskGroup`] makes tasks compete as one. `run_queue.rs` says how time is shared, and what that guarantees.
//! - [`InPlace`] keeps a value of any type that fits, such as one of many kinds of waits.
//! - [`Group`] lets CPUs steal from and kick each other.
//! - `host` (in tests, and with feature `std`) lets a thread play a CPU.
//!
//! One allocation per task; no wake, poll, sleep or join allocates.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_op_in_unsafe_fn)]
// This crate is one of the rooms for unsafe code: raw wakers and intrusive queues.
#![allow(unsafe_code)]

extern crate alloc;

mod alarm;
mod executor;
mod group;
mod heap;
#[cfg(all(not(loom), any(test, feature = "std")))]
pub mod host;
mod in_place;
mod inbox;
mod level;
mod list;
mod registry;
mod run;
mod run_queue;
mod scope;
mod stealing;
mod sync;
mod task;
mod task_group;
mod timers;
mod unwind;
mod yielding;

pub use alarm::Alarm;
pub use executor::{Executor, Platform, RunState};
pub use group::{Group, Sleepers};
pub use in_place::{InPlace, Kept, See};
pub use registry::TaskWalk;
pub use scope::Scope;
pub use task::annotate::{WaitingFor, current_task, waiting_for};
pub use task::options::{Class, NOMINAL_WEIGHT, TaskOptions};
pub use task::reference::{BorrowedWaker, Outcome, Stats, TaskInfo, TaskRef, TaskState};
pub use task_group::TaskGroup;
pub use timers::{Sleep, TimerQueue};
pub use yielding::{YieldNow, yield_now};

/// There was no memory for a task or an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AllocError;

#[cfg(all(test, not(loom)))]
mod tests;
