//! Rows of `docs/latency.md`: programs that make some work of the kernel as long as they can.
//!
//! Each test is a suite's test `latency::MODULE::NAME`, and fails when the kernel goes for more than 200 000
//! instructions without a chance to take an interrupt, whatever it is at: building up counts, too. Instructions
//! are counted on one CPU (`counted`). A row wants a line in `user/tests/latency.toml`, which says what it does.

use hafnon_user::{AsHandle, Channel, Status};

use crate::harness::call;

pub mod crowds;
mod handles;
pub mod memory;
pub mod observers;
mod output;
mod queues;
mod tasks;
mod timers;

/// Reads a message with handles in vain: there is no room for these, or it is not there.
fn read_in_vain(channel: &Channel, options: u32, room: u32) -> Status {
    let (nothing, nowhere) = (core::ptr::null_mut(), core::ptr::without_provenance_mut(8));
    call!(zx_channel_read(
        channel.raw(),
        options,
        nothing,
        nowhere,
        0,
        room,
        core::ptr::null_mut(),
        core::ptr::null_mut()
    ))
}
