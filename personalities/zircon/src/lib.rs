//! Zircon's system calls: names `zx_*`.
//!
//! ```text
//! kernel: sched::thread ─▶ Zircon::entry ─▶ table (generated: decodes, looks handles up, checks rights)
//!                                             ├─▶ ipc::channel::channel_write(caller, …) ─▶ back to user mode
//!                                             ├─▶ wait::one::object_wait_one(caller, …, blocked) ─▶ back, or: blocked.poll
//!                                             └─▶ not yet: Zircon::blocking ─▶ wait::many::object_wait_many(caller, …).await
//! ```
//! One file per family of calls. A handler is safe code over typed arguments: objects, and user pointers that
//! cannot be dereferenced. What it does is in `objects`.
#![no_std]

extern crate alloc;

mod core;
mod device;
mod ipc;
mod memory;
pub mod table;
pub mod task;
mod test;
pub mod time;
mod wait;

// As the table finds them, and Magenta those that it has in common: what each family shows.
pub use self::core::*;
pub use device::*;
pub use ipc::*;
pub use memory::*;
pub use task::*;
pub use time::*;
pub use wait::*;

use abi::Status;
use hafnon_kernel::personality::{Doors, Personality};
use hafnon_kernel::sched::{Args, Caller};

/// Processes that make Zircon's calls.
pub struct Zircon;

impl Personality for Zircon {
    const BIT: u64 = abi::PERSONALITY_ZIRCON;

    #[inline(always)] // reason: every call passes here
    fn doors() -> &'static Doors {
        &table::DOORS
    }

    fn blocking(number: u64, caller: &Caller, args: &Args) -> impl Future<Output = i64> + Send {
        table::blocking(number as u32, caller, args)
    }
}

/// `options` of calls that have none.
///
/// # Errors
/// `INVALID_ARGS`
pub fn no_options(options: u32) -> Result<(), Status> {
    if options == 0 { Ok(()) } else { Err(Status::INVALID_ARGS) }
}
