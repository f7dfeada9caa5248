//! Calls on what processes talk through.

pub mod channel;
pub mod destination;
pub mod event;
pub mod fifo;
pub mod socket;
