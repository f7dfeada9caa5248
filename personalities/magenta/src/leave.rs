//! Calls that a handle survives when they fail: where Zircon's take it whatever happens, Magenta's take it when they
//! succeed.

use abi::{CHANNEL_MAX_MSG_BYTES, CHANNEL_MAX_MSG_HANDLES, RawHandle, Rights, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use hafnon_kernel::mm::user::{InSlice, Out};
use hafnon_kernel::sched::{Caller, HandleArgument};
use hafnon_zircon::{channel, no_options};
use objects::{Channel, Handle, Handles, Message};

const MAX_BYTES: usize = CHANNEL_MAX_MSG_BYTES as usize;
const MAX_HANDLES: usize = CHANNEL_MAX_MSG_HANDLES as usize;

/// Exchanges a handle for one with the same rights or fewer. If that fails, it is still there.
pub fn handle_replace(
    caller: &Caller,
    handle: HandleArgument,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let table = &caller.handles;
    let same = rights == Rights::SAME_RIGHTS;
    let enough = |old: &Handle| same || old.rights().contains(rights);
    let agree = |old: &Handle| if enough(old) { Ok(()) } else { Err(Status::INVALID_ARGS) };
    let (taken, removal) = table.take(&[handle.value()], agree)?;
    let Some(mut taken) = taken.into_iter().next() else { unreachable!("one was taken") };
    let held = taken.rights();
    if !same {
        taken.set_rights(rights);
    }
    let (refused, status) = match table.add(taken) {
        Err((taken, status)) => (Ok(taken), status),
        Ok(value) => match out.write(&value) {
            Ok(()) => return Ok(()),
            Err(status) => (table.remove(value), status),
        },
    };
    // There is none if another thread has guessed the new value, and closed it.
    if let Ok(mut taken) = refused {
        taken.set_rights(held);
        removal.back([taken]);
    }
    Err(status)
}

/// Sends a message. There are no iovecs. The handles leave the caller when it is sent.
pub fn channel_write(
    caller: &Caller,
    channel: Arc<Channel>,
    options: u32,
    bytes: InSlice<u8>,
    handles: InSlice<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let bytes = bytes.read_vec(MAX_BYTES).map(Vec::into_boxed_slice)?;
    if handles.is_empty() {
        return channel
            .write(Message { bytes, handles: Handles::default() })
            .map_err(|(_, status)| channel::undelivered(caller, status));
    }
    write_with(caller, &channel, bytes, handles)
}

#[inline(never)] // reason: most messages have no handles, and the array is large
fn write_with(
    caller: &Caller,
    channel: &Channel,
    bytes: Box<[u8]>,
    handles: InSlice<RawHandle>,
) -> Result<(), Status> {
    let mut values = [0; MAX_HANDLES];
    let values = values.get_mut(..handles.len()).ok_or(Status::OUT_OF_RANGE)?;
    handles.read_into(values)?;
    let sendable = |handle: &Handle| channel::check_sendable(handle.object(), handle.rights(), Some(channel));
    let (mut handles, removal) = caller.handles.take(values, sendable)?;
    if let Err(status) = removal.pay_for(&mut handles) {
        removal.back(handles);
        return Err(status);
    }
    channel.write(Message { bytes, handles }).map_err(|(message, status)| {
        removal.back(message.handles);
        channel::undelivered(caller, status)
    })
}
