//! Calls on clocks and timers, and sleeping.

pub mod clock;
mod sleep;
pub mod timer;

pub use sleep::nanosleep;
