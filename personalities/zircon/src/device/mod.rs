//! Calls on the console, the log and the source of random numbers.

pub mod cprng;
pub mod debug;
