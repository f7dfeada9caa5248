//! The debug console, and the debug log: a ring of records for user programs.

use super::{Caller, no_options, now};
use crate::arch::serial;
use crate::mm::user::{InSlice, Out, OutSlice};
use abi::{LogRecord, RawHandle, Rights, Status};
use alloc::sync::Arc;
use objects::{Debuglog, Handle, Log, Resource};
use spin::Once;
use zerocopy::IntoBytes;

static LOG: Once<Log> = Once::new();

/// A view of the log. The root resource is the permission, and every resource is the root resource.
pub fn debuglog_create(
    caller: &Caller,
    resource: RawHandle,
    options: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    caller.object::<Resource>(resource, Rights::NONE)?;
    let read = options == abi::LOG_FLAG_READABLE as u32;
    if options != 0 && !read {
        return Err(Status::INVALID_ARGS);
    }
    let view = Debuglog::new(LOG.call_once(Log::default), read)?;
    let read_right = if read { Rights::READ } else { Rights::NONE };
    caller.install(Handle::new(view, Rights::DEFAULT_LOG | read_right)?, out)
}

/// Writes a record; text that is too long is cut.
pub fn debuglog_write(
    caller: &Caller,
    view: Arc<Debuglog>,
    options: u32,
    text: InSlice<u8>,
) -> Result<(), Status> {
    no_options(options)?;
    let mut data = [0; abi::LOG_RECORD_DATA_MAX];
    let part = text.part(0, data.len());
    let data = &mut data[..part.len()];
    part.read_into(data)?;
    let head = LogRecord {
        severity: abi::LOG_INFO as u8,
        timestamp: now(),
        pid: caller.process.koid(),
        tid: caller.thread.koid(),
        ..Default::default()
    };
    view.log().write(head, data)
}

/// Reads a record, as much of it as fits. The record is consumed also when it can not be written.
///
/// # Errors
/// What the call returns instead of `OK` is, if positive, no error but the number of bytes.
pub fn debuglog_read(
    _caller: &Caller,
    view: Arc<Debuglog>,
    options: u32,
    buffer: OutSlice<u8>,
) -> Result<(), Status> {
    no_options(options)?;
    let (head, text) = view.read()?;
    let mut record = [0; abi::LOG_RECORD_MAX];
    let (front, data) = record.split_at_mut(size_of::<LogRecord>());
    front.copy_from_slice(head.as_bytes());
    data.copy_from_slice(&text);
    let length = (front.len() + usize::from(head.datalen)).min(buffer.len());
    buffer.write_slice(&record[..length])?;
    Err(Status::from_raw(length as i32))
}

/// How much text is written between yields, under one lock of the console.
const STEP: usize = 256;

/// Writes text to the console.
pub async fn debug_write(_caller: &Caller, text: InSlice<u8>) -> Result<(), Status> {
    for start in (0..text.len()).step_by(STEP) {
        if start != 0 {
            executor::yield_now().await;
        }
        write_part(text.part(start, STEP))?;
    }
    Ok(())
}

fn write_part(text: InSlice<u8>) -> Result<(), Status> {
    let mut chunk = [0; STEP];
    let bytes = &mut chunk[..text.len()];
    text.read_into(bytes)?;
    serial::CONSOLE.write_text(bytes);
    Ok(())
}
