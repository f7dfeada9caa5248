//! Calls that are too long for one step, and copies of user memory that are: each page may have to be brought in first.

use super::Caller;
use crate::arch::stretch;
pub use crate::arch::stretch::is_late;
pub use crate::arch::user::hold_back;
use crate::mm::user::{InSlice, OutSlice};
use abi::Status;
use alloc::vec::Vec;
use core::ops::Range;

/// Ends a step of a call: interrupts have a chance, and other tasks their turn, before the next one begins.
pub fn next_step() -> impl Future<Output = ()> {
    end_step();
    executor::yield_now()
}

/// As [`next_step`], for who is polled again by himself.
pub fn end_step() {
    stretch::end_soon();
}

/// How many bytes are copied in one step.
pub const STEP: usize = 16 * 4096;

/// Reads all bytes into a new vector.
///
/// # Errors
/// `INVALID_ARGS` where nothing can be read; `NO_MEMORY`.
pub async fn read_vec(caller: &Caller, from: InSlice<u8>) -> Result<Vec<u8>, Status> {
    caller.admit().await?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(from.len()).map_err(|_| Status::NO_MEMORY)?;
    for part in steps(from.len()) {
        bytes.resize(part.end, 0);
        from.part(part.start, part.len()).read_into(&mut bytes[part])?;
        next_step().await;
    }
    Ok(bytes)
}

/// Writes all bytes.
///
/// # Errors
/// `INVALID_ARGS` where nothing can be written; `NO_MEMORY`.
pub async fn write_slice(to: OutSlice<u8>, bytes: &[u8]) -> Result<(), Status> {
    for part in steps(bytes.len()) {
        to.part(part.start, part.len()).write_slice(&bytes[part])?;
        next_step().await;
    }
    Ok(())
}

/// The parts of so many bytes that are copied in one step each.
fn steps(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(STEP).map(move |start| start..length.min(start + STEP))
}
