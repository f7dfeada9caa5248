//! The kernel objects of hafnon: what system calls act on.
//!
//! This crate knows no CPU and no page table. What it needs of the machine are the small traits in
//! [`memory`], timers of `executor`, and functions handed in; so all of IPC runs, and is tested, as an
//! ordinary process.
//!
//! An object is an `Arc` of its type with a [`Base`] inside. User code reaches it through a [`Handle`]
//! in the [`HandleTable`] of its process. Closing the last handle is an event of its own
//! ([`object::KernelObject::on_zero_handles`]); dropping the last `Arc` only frees memory.
//!
//! # Families
//!
//! ```text
//!  object                  the enum over all kinds, which the table lists: above the families, as it names them all
//!  ─────────────────────────────────────────────────────────────────────────────────────────────
//!  magenta                 wait sets, IO ports, data pipes
//!  task                    jobs, processes, threads; who goes when memory runs out
//!  ipc                     channels, sockets, FIFOs, events
//!  wait                    waits, ports, watches, futexes
//!  memory  time  device    VMOs and VMARs; clocks and timers; resources and the log
//!  ─────────────────────────────────────────────────────────────────────────────────────────────
//!  core                    what every object is made of: base, signals, handles, closing, accounts
//! ```
//! The core names no family. A family names the core and, of other families, what their `mod.rs` shows; they form no
//! circle. `tests/house/` of the workspace holds that. Whoever uses the crate names an object without its family
//! (`objects::Vmo`), and what goes with it by a module of its name (`objects::vmar::MapRequest`).
//!
//! Tests stand in the folder of what they test; what they share is in `testing.rs`, and their machine in `host.rs`. A
//! program of its own in `objects/tests` is only what can not share a process with others: it counts allocations, takes
//! all handles of the system, discards what everybody left, or is a model, for which the crate is built anew.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "host"))]
extern crate std;

mod core;
pub mod device;
#[cfg(any(test, feature = "host"))]
pub mod host;
mod ipc;
mod magenta;
pub mod memory;
pub mod object;
mod task;
#[cfg(all(test, not(loom)))]
mod testing;
mod time;
pub mod wait;

// Every kind of object, by the table.
macro_rules! kinds {
    ($($family:ident $kind:ident $type:ident $rights:ident;)*) => { $(pub use $family::$kind;)* };
}
abi::kinds!(kinds);

pub use self::core::account;
pub use self::core::base::{Base, Koid, new_koid};
pub use self::core::closing::{self, Doomed};
pub use self::core::handle::{Handle, HandleId, MAX_HANDLES, live_handles};
pub use self::core::handles::Handles;
pub use self::core::secret::set_secret;
pub use self::core::signals::{MAX_COUNTING, Observation, SignalQueue, SignalSet};
#[cfg(not(loom))]
pub use self::core::signals::{set_hold_back, wake_the_rest, wake_what_is_left, woken};
pub use self::core::table::{HandleTable, Held, Mark, Removal, Reservation};
pub use self::core::{name, room};
pub use device::{Log, MAX_LOG_READERS};
pub use ipc::{Call, Destination, Disposition, KERNEL_TXID, MAX_BUFFERED, MAX_UNREAD, Message, Reading};
pub use magenta::{IoPortPacket, datapipe};
pub use memory::{mapping, vmar, vmo};
pub use object::{KernelObject, Kind, Object};
pub use task::{Claim, Greedy, KILLED, Starving, Times, pressure};
pub use time::{ClockUpdate, Moment, Slack};
pub use wait::{
    AsyncOptions, FUTEX_STEP, FutexTable, FutexTag, FutexUnderWay, FutexWait, FutexWaiter, Holder,
    MAX_OBSERVERS, MAX_USER_PACKETS, NewOwner, PacketWaiter, Refused, Requeue, Subject, futex_waiter,
};
