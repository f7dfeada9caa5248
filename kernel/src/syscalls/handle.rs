//! Handles: close, duplicate, replace.

use super::Caller;
use crate::mm::user::{InSlice, Out};
use abi::{RawHandle, Rights, Status};

/// Closes a handle. `HANDLE_INVALID` is fine.
pub fn handle_close(caller: &Caller, handle: RawHandle) -> Result<(), Status> {
    if handle == 0 {
        return Ok(());
    }
    caller.process.handles.remove(handle).map(drop)
}

/// Closes all of them, whichever of them are good.
pub fn handle_close_many(caller: &Caller, handles: InSlice<RawHandle>) -> Result<(), Status> {
    let mut outcome = Ok(());
    let mut chunk = [0; 64];
    for start in (0..handles.len()).step_by(chunk.len()) {
        let part = handles.part(start, chunk.len());
        let values = &mut chunk[..part.len()];
        part.read_into(values)?;
        for value in values {
            outcome = handle_close(caller, *value).and(outcome);
        }
    }
    outcome
}

/// See [`objects::HandleTable::duplicate`].
pub fn handle_duplicate(
    caller: &Caller,
    handle: RawHandle,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let value = caller.process.handles.duplicate(handle, rights)?;
    out.write(&value).inspect_err(|_| drop(caller.process.handles.remove(value)))
}

/// See [`objects::HandleTable::replace`].
pub fn handle_replace(
    caller: &Caller,
    handle: RawHandle,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let value = caller.process.handles.replace(handle, rights)?;
    out.write(&value).inspect_err(|_| drop(caller.process.handles.remove(value)))
}
