//! The kernel objects of hafnon: what system calls act on.
//!
//! This crate knows no CPU and no page table. What it needs of the machine are the small traits in
//! [`memory`], timers of `executor`, and functions handed in; so all of IPC runs, and is tested, as an
//! ordinary process.
//!
//! An object is an `Arc` of its type with a [`Base`] inside. User code reaches it through a [`Handle`]
//! in the [`HandleTable`] of its process. Closing the last handle is an event of its own
//! ([`object::KernelObject::on_zero_handles`]); dropping the last `Arc` only frees memory.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "host"))]
extern crate std;

pub mod account;
mod base;
mod byte_queue;
mod channel;
mod clock;
pub mod closing;
pub mod datapipe;
mod debuglog;
mod event;
mod event_pair;
mod fifo;
mod futex;
mod handle;
mod handles;
#[cfg(any(test, feature = "host"))]
pub mod host;
mod io_port;
mod job;
mod listing;
pub mod mapping;
pub mod memory;
pub mod name;
pub mod object;
mod pages;
mod port;
pub mod pressure;
mod process;
mod resource;
pub mod room;
mod secret;
mod signals;
mod slab;
mod socket;
mod sorted;
mod starving;
mod table;
#[cfg(all(test, not(loom)))]
mod tests;
mod thread;
mod timer;
mod times;
pub mod vmar;
pub mod vmo;
pub mod wait;
mod waitset;
mod watch;

pub use base::{Base, Koid, new_koid};
pub use byte_queue::{Reading, Sink};
pub use channel::{Call, Channel, KERNEL_TXID, MAX_UNREAD, Message};
pub use clock::{Clock, ClockUpdate, Moment};
pub use closing::Doomed;
pub use datapipe::{DatapipeConsumer, DatapipeProducer};
pub use debuglog::{Debuglog, Log, MAX_LOG_READERS};
pub use event::Event;
pub use event_pair::EventPair;
pub use fifo::Fifo;
pub use futex::{
    FUTEX_STEP, FutexTable, FutexUnderWay, FutexWait, FutexWaiter, NewOwner, Place, Refused, Requeue,
    futex_waiter,
};
pub use handle::{Handle, HandleId, MAX_HANDLES, live_handles};
pub use handles::{Handles, close_all};
pub use io_port::{IoPort, IoPortPacket};
pub use job::{Greedy, Job};
pub use object::{KernelObject, Object};
pub use port::{AsyncOptions, MAX_OBSERVERS, MAX_USER_PACKETS, PacketWaiter, Port};
pub use process::{KILLED, Process};
pub use resource::Resource;
pub use secret::set_secret;
pub use signals::{MAX_COUNTING, Observation, SignalQueue, SignalSet};
#[cfg(not(loom))]
pub use signals::{on_leaving, wake_the_rest, wake_what_is_left, woken};
pub use socket::{Disposition, MAX_BUFFERED, Socket};
pub use starving::Starving;
pub use table::{HandleTable, Held, Leaving, Mark, Room};
pub use thread::Thread;
pub use timer::{Slack, Timer};
pub use times::Times;
pub use vmar::Vmar;
pub use vmo::Vmo;
pub use waitset::Waitset;
pub use watch::{Holder, Subject};

/// What the `count` of a port packet says: unread messages of a channel, else 1.
pub(crate) fn pending_messages(object: &Object) -> u64 {
    match object {
        Object::Channel(channel) => channel.pending().max(1),
        _ => 1,
    }
}
