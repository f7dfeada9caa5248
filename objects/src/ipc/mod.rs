//! The family of communication between processes: what one end writes, the other end reads; and events, which carry
//! nothing but their signals.
//!
//! - `ends`: what objects with two ends share
//! - `channel`: messages of bytes and handles, and calls that wait for their reply
//! - `byte_queue`: bytes that are read in steps, with no lock held while user memory is touched
//! - `socket`, `fifo`: streams, datagrams and elements of one size, out of byte queues
//! - `event`, `event_pair`: signals alone

mod byte_queue;
mod channel;
mod ends;
mod event;
mod event_pair;
mod fifo;
mod socket;

pub use byte_queue::{Destination, Reading};
pub use channel::{Call, Channel, KERNEL_TXID, MAX_UNREAD, Message};
pub(crate) use ends::Ends;
pub use event::Event;
pub use event_pair::EventPair;
pub use fifo::Fifo;
pub use socket::{Disposition, MAX_BUFFERED, Socket};
