//! The family of tasks: jobs, the processes in them, and their threads. Here stands who belongs to whom, how each ends,
//! and who goes when memory runs out; running a thread is the kernel's business.
//!
//! - `job`: a group of processes and of further jobs; `job/victims`: who goes for lack of memory; `job/evictions`: who
//!   goes for a page that a job's limit refuses to somebody who is not in it
//! - `process`, `thread`: from their start to their end
//! - `times`: how long tasks ran, handed on from below when they end
//! - `pressure`: the events that tell how much memory is free
//! - `starving`: waiting for memory until somebody has gone

mod job;
pub mod pressure;
mod process;
mod starving;
#[cfg(all(test, not(loom)))]
mod tests;
mod thread;
mod times;

pub use job::{Claim, Greedy, Job};
pub use process::{KILLED, Process};
pub use starving::Starving;
pub use thread::Thread;
pub use times::Times;
