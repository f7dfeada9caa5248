//! Calls on what processes talk through.

pub mod channel;
pub mod event;
pub mod fifo;
pub mod sink;
pub mod socket;
