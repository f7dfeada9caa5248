//! The log: that of Zircon's debuglog calls. Everybody may write it. Reading takes the root resource there, which these
//! calls have no place for, so that a view to be read comes from there, too.

use abi::{RawHandle, Status};
use alloc::sync::Arc;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_zircon::{debug, no_options};
use objects::Debuglog;

/// The options with which a record is written that are kept in it: Magenta's flags, of which Zircon's
/// records have the low half as their severity.
const FLAGS: u32 = 0xffff;

/// A view of the log to be written. One to be read, with `LOG_FLAG_READABLE`, is `ACCESS_DENIED`.
pub fn log_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    if options == abi::LOG_FLAG_READABLE as u32 {
        return Err(Status::ACCESS_DENIED);
    }
    debug::view(caller, options, out)
}

/// Writes a record; text that is too long is `OUT_OF_RANGE`.
pub fn log_write(
    caller: &Caller,
    view: Arc<Debuglog>,
    text: InSlice<u8>,
    options: u32,
) -> Result<(), Status> {
    if text.len() > abi::LOG_RECORD_DATA_MAX {
        return Err(Status::OUT_OF_RANGE);
    }
    if options & !FLAGS != 0 {
        return Err(Status::INVALID_ARGS);
    }
    let [severity, flags, ..] = options.to_le_bytes();
    debug::write(caller, &view, (severity, flags), text)
}

/// Reads a record into a buffer that has room for any.
///
/// # Errors
/// What the call returns instead of `OK` is, if positive, no error but the number of bytes.
pub fn log_read(
    _caller: &Caller,
    view: Arc<Debuglog>,
    buffer: OutSlice<u8>,
    options: u32,
) -> Result<(), Status> {
    no_options(options)?;
    if buffer.len() < abi::LOG_RECORD_MAX {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    debug::read(&view, buffer)
}
