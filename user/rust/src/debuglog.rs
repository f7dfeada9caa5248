//! The debug log: a ring of records that all programs share.

use abi::{LOG_FLAG_READABLE, LOG_RECORD_MAX, LogRecord, Status, zerocopy::FromBytes};
use alloc::vec::Vec;

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// A view of the debug log, with a place of its own to read at.
    Debuglog
}

impl Debuglog {
    /// A new view, at the oldest record; `resource` is the root resource.
    pub fn create(resource: &impl AsHandle, readable: bool) -> Result<Self> {
        let mut out = Handle::INVALID;
        let options = if readable { LOG_FLAG_READABLE.cast_unsigned() } else { 0 };
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_debuglog_create(resource.raw(), options, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// Writes a record; text beyond `LOG_RECORD_DATA_MAX` bytes is cut.
    pub fn write(&self, text: &[u8]) -> Result<()> {
        // SAFETY: the bytes outlive the call.
        check(unsafe { sys::zx_debuglog_write(self.raw(), 0, text.as_ptr().cast(), text.len()) })
    }

    /// Reads the next record; `SHOULD_WAIT` when all were read.
    pub fn read(&self) -> Result<(LogRecord, Vec<u8>)> {
        let mut record = [0u8; LOG_RECORD_MAX];
        // SAFETY: the buffer outlives the call.
        let read = unsafe { sys::zx_debuglog_read(self.raw(), 0, record.as_mut_ptr().cast(), record.len()) };
        if read < 0 {
            return Err(Status::from_raw(read));
        }
        let (front, data) = record.split_at(size_of::<LogRecord>());
        let head = LogRecord::read_from_bytes(front).map_err(|_| Status::INTERNAL)?;
        Ok((head, data[..usize::from(head.datalen)].to_vec()))
    }
}
