//! What runs when: the executors and what a CPU does between polls, the life of a thread, what it waits in, and how a long
//! call goes on in steps.
//!
//! ```text
//! run (one loop per CPU) ─▶ thread (one task each) ─▶ a personality's calls ─▶ blocked, steps
//! ```

pub mod blocked;
pub mod caller;
pub mod closing;
pub mod run;
pub mod steps;
pub mod thread;
pub mod unfinished;
pub mod waiter_pool;

pub use blocked::{Blocked, Wait};
pub use caller::{Args, Caller, HandleArgument, Through};
