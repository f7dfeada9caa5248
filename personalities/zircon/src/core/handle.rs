//! Handles: close, duplicate, replace.

use abi::{RawHandle, Rights, Status};
use hafnon_kernel::mm::user::{InSlice, Out};
use hafnon_kernel::sched::steps::{is_late, next_step};
use hafnon_kernel::sched::{Caller, HandleArgument};
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
    let (mut outcome, mut start) = (Ok(()), 0);
    while start < handles.len() {
        if start != 0 {
            next_step().await;
        }
        let (closed, how) = close_part(caller, handles.part(start, STEP))?;
        (outcome, start) = (outcome.and(how), start + closed);
    }
    outcome
}

/// Closes a step of handles: how many, and whether all of them were good. An error if they could not be read.
fn close_part(caller: &Caller, handles: InSlice<RawHandle>) -> Result<(usize, Result<(), Status>), Status> {
    let mut chunk = [0; STEP];
    let values = &mut chunk[..handles.len()];
    handles.read_into(values)?;
    let (mut outcome, mut doomed) = (Ok(()), Doomed::default());
    let mut closed = 0;
    while closed < values.len() && (closed == 0 || !is_late()) {
        let value = values[closed];
        if value != abi::HANDLE_INVALID {
            let removed = caller.handles.remove(value);
            outcome = outcome.and(removed.map(|handle| handle.close_into(&mut doomed)));
        }
        closed += 1;
    }
    doomed.finish();
    Ok((closed, outcome))
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
