//! Random numbers for user code.

use super::Caller;
use crate::entropy;
use crate::mm::user::OutSlice;

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
