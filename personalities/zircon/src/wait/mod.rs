//! Calls that wait for objects.

pub mod futex;
pub mod many;
pub mod one;
pub mod port;
