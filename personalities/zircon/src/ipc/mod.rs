//! Calls on what processes talk through.

pub mod channel;
mod destination;
pub mod event;
pub mod fifo;
pub mod socket;

pub use destination::{Count, UserDestination};
