//! Handles: close, duplicate, replace.

use super::long::next_step;
use super::{Caller, HandleArgument};
use crate::mm::user::{InSlice, Out};
use abi::{RawHandle, Rights, Status};
use objects::Doomed;

/// Closes a handle. `HANDLE_INVALID` is fine.
pub fn handle_close(caller: &Caller, handle: HandleArgument) -> Result<(), Status> {
    if handle.is_none() {
        return Ok(());
    }
    caller.handles.remove(handle.value()).map(drop)
}

/// How many handles are closed between yields, with what that dooms.
const STEP: usize = 64;

/// Closes all of them, whichever of them are good.
pub async fn handle_close_many(caller: &Caller, handles: InSlice<RawHandle>) -> Result<(), Status> {
    let mut outcome = Ok(());
    for start in (0..handles.len()).step_by(STEP) {
        if start != 0 {
            next_step().await;
        }
        outcome = outcome.and(close_part(caller, handles.part(start, STEP))?);
    }
    outcome
}

/// Closes a step of handles. The outer result tells whether they could be read.
fn close_part(caller: &Caller, handles: InSlice<RawHandle>) -> Result<Result<(), Status>, Status> {
    let mut chunk = [0; STEP];
    let values = &mut chunk[..handles.len()];
    handles.read_into(values)?;
    let (mut outcome, mut doomed) = (Ok(()), Doomed::default());
    for value in values.iter().map(|value| HandleArgument::new(*value)).filter(|value| !value.is_none()) {
        let removed = caller.handles.remove(value.value());
        outcome = outcome.and(removed.map(|handle| handle.close_into(&mut doomed)));
    }
    doomed.finish();
    Ok(outcome)
}

/// See [`objects::HandleTable::duplicate`].
pub fn handle_duplicate(
    caller: &Caller,
    handle: HandleArgument,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let value = caller.handles.duplicate(handle.value(), rights)?;
    out.write(&value).inspect_err(|_| drop(caller.handles.remove(value)))
}

/// See [`objects::HandleTable::replace`].
pub fn handle_replace(
    caller: &Caller,
    handle: HandleArgument,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let value = caller.handles.replace(handle.value(), rights)?;
    out.write(&value).inspect_err(|_| drop(caller.handles.remove(value)))
}
