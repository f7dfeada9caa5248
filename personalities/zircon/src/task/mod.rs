//! Calls on jobs, processes and threads.

pub mod job;
mod kill;
pub mod multi;
pub mod process;
pub mod thread;

pub use kill::task_kill;
