//! Rows of `docs/latency.md`: programs that make some work of the kernel as long as they can.
//!
//! Each test is a suite's test `latency::MODULE::NAME`, and fails when the kernel goes for more than 200 000
//! instructions without a chance to take an interrupt, whatever it is at: building up counts, too. Instructions
//! are counted on one CPU (`counted`). A row wants a line in `user/tests/latency.toml`, which says what it does.

pub mod crowds;
mod handles;
pub mod memory;
pub mod observers;
mod output;
mod queues;
mod tasks;
mod timers;
