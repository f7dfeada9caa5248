//! Random numbers for user code.

use super::Caller;
use super::long::next_step;
use crate::entropy;
use crate::mm::user::{InSlice, OutSlice};
use crate::pressure::relief;
use abi::Status;
use objects::vmar::FaultError;

/// How many bytes are drawn between yields.
const STEP: usize = abi::CPRNG_DRAW_MAX_LEN;

/// Fills a buffer. There is no error to report: a caller whose buffer can not be written is ended, and one for which there
/// is no memory waits, as for a page fault.
pub async fn cprng_draw(caller: &Caller, buffer: OutSlice<u8>) {
    for start in (0..buffer.len()).step_by(STEP) {
        if start != 0 {
            next_step().await;
        }
        while let Err(reason) = draw_part(buffer.part(start, STEP)) {
            if reason != FaultError::NoMemory {
                return caller.end_process("a buffer for random bytes that can not be written");
            }
            relief().await;
        }
    }
}

/// Fills a buffer of at most [`STEP`] bytes.
pub(super) fn draw_part(buffer: OutSlice<u8>) -> Result<(), FaultError> {
    let mut bytes = [0; STEP];
    let bytes = &mut bytes[..buffer.len()];
    entropy::fill(bytes);
    buffer.fill(bytes)
}

/// Mixes up to `CPRNG_ADD_ENTROPY_MAX_LEN` bytes into the generator.
pub fn cprng_add_entropy(_caller: &Caller, buffer: InSlice<u8>) -> Result<(), Status> {
    let mut bytes = [0; abi::CPRNG_ADD_ENTROPY_MAX_LEN];
    let bytes = bytes.get_mut(..buffer.len()).ok_or(Status::INVALID_ARGS)?;
    buffer.read_into(bytes)?;
    entropy::add(bytes);
    Ok(())
}
