//! The debug console.

use super::Caller;
use crate::arch::serial;
use crate::mm::user::InSlice;
use abi::Status;

/// Writes text to the console, in chunks so that the console's lock is not held for long.
pub fn debug_write(_caller: &Caller, text: InSlice<u8>) -> Result<(), Status> {
    let mut chunk = [0; 256];
    for start in (0..text.len()).step_by(chunk.len()) {
        let part = text.part(start, chunk.len());
        let bytes = &mut chunk[..part.len()];
        part.read_into(bytes)?;
        serial::CONSOLE.write_text(bytes);
    }
    Ok(())
}
