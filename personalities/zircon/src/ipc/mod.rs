//! Calls on what processes talk through.

pub mod channel;
pub mod event;
pub mod fifo;
mod sink;
pub mod socket;

pub use sink::UserSink;
