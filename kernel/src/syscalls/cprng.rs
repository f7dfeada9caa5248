//! Random numbers for user code.

use super::Caller;
use crate::entropy;
use crate::mm::user::{InSlice, OutSlice};
use abi::Status;

/// Fills a buffer of at most `CPRNG_DRAW_MAX_LEN` bytes. There is no error to report, so a caller that
/// passes anything else is ended.
pub fn cprng_draw(caller: &Caller, buffer: OutSlice<u8>) {
    let mut bytes = [0; abi::CPRNG_DRAW_MAX_LEN];
    let drawn = bytes.get_mut(..buffer.len()).is_some_and(|bytes| {
        entropy::fill(bytes);
        buffer.write_slice(bytes).is_ok()
    });
    if !drawn {
        caller.process.kill(abi::TASK_RETCODE_EXCEPTION_KILL);
    }
}

/// Mixes up to `CPRNG_ADD_ENTROPY_MAX_LEN` bytes into the generator.
pub fn cprng_add_entropy(_caller: &Caller, buffer: InSlice<u8>) -> Result<(), Status> {
    let mut bytes = [0; abi::CPRNG_ADD_ENTROPY_MAX_LEN];
    let bytes = bytes.get_mut(..buffer.len()).ok_or(Status::INVALID_ARGS)?;
    buffer.read_into(bytes)?;
    entropy::add(bytes);
    Ok(())
}
