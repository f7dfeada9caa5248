//! Random numbers for user code.

use super::Caller;
use super::long::next_step;
use crate::entropy;
use crate::mm::user::{InSlice, OutSlice};
use crate::pressure::bring_in;
use abi::Status;
use objects::memory::{PAGE_SIZE, Protection};
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
        let part = buffer.part(start, STEP);
        while let Err(reason) = draw_part(part) {
            if !is_worth_waiting(reason) || bring_in_all(caller, part).await.is_err() {
                return caller.end_process("a buffer for random bytes that can not be written");
            }
        }
    }
}

fn is_worth_waiting(reason: FaultError) -> bool {
    matches!(reason, FaultError::NoMemory | FaultError::Unpaid)
}

/// Brings in the pages of a buffer, as faults of user code would.
async fn bring_in_all(caller: &Caller, buffer: OutSlice<u8>) -> Result<(), FaultError> {
    next_step().await;
    let write = Protection { write: true, ..Protection::NONE };
    let first = buffer.address() - buffer.address() % PAGE_SIZE;
    for page in (first..buffer.address() + buffer.len() as u64).step_by(PAGE_SIZE as usize) {
        bring_in(&caller.process, page, write).await?;
    }
    Ok(())
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
