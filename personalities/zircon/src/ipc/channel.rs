//! Channels.

mod call;
mod handles;
mod pieces;

pub use self::call::{channel_call, channel_call_etc, channel_call_etc_long, channel_call_long};
use self::handles::HandlesFrom;
pub use self::handles::check_sendable;
use crate::no_options;
use abi::{HandleDisposition, HandleInfo, RawHandle, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::task::Poll;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::Caller;
use objects::{Channel, Handle, Handles, Message, Reservation};

const MAX_BYTES: usize = abi::CHANNEL_MAX_MSG_BYTES as usize;
const MAX_HANDLES: usize = abi::CHANNEL_MAX_MSG_HANDLES as usize;

/// A new channel.
pub fn channel_create(
    caller: &Caller,
    options: u32,
    out0: Out<RawHandle>,
    out1: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let (first, second) = Channel::new();
    caller.install_pair((Handle::to_new(first)?, Handle::to_new(second)?), (out0, out1))
}

/// Sends a message. All its handles leave the caller, whatever the outcome.
#[inline(always)] // reason: it is hot
pub fn channel_write(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: InSlice<RawHandle>,
) -> Poll<Result<(), Status>> {
    if options != 0 || !handles.is_empty() {
        return write_more(caller, channel, options, bytes, HandlesFrom::Values(handles));
    }
    let channel = channel?;
    let bytes = match bytes.read_vec(MAX_BYTES) {
        Ok(bytes) => bytes.into_boxed_slice(),
        Err(status) => return not_read(status),
    };
    match channel.write(Message { bytes, handles: Handles::default() }) {
        Ok(()) => Poll::Ready(Ok(())),
        Err((_, status)) => not_written(caller, status),
    }
}

/// What is answered where a message was not delivered; nothing yet without memory for a longer queue.
#[cold]
#[inline(never)]
fn not_written(caller: &Caller, status: Status) -> Poll<Result<(), Status>> {
    if status == Status::NO_MEMORY { Poll::Pending } else { Poll::Ready(Err(undelivered(caller, status))) }
}

/// What is answered where the bytes could not be read; nothing yet without memory, as there may be some when it comes back.
#[cold]
#[inline(never)]
fn not_read(status: Status) -> Poll<Result<(), Status>> {
    if status == Status::NO_MEMORY { Poll::Pending } else { Poll::Ready(Err(status)) }
}

/// A write of handles or pieces. Most messages have neither.
#[inline(never)]
fn write_more(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: HandlesFrom,
) -> Poll<Result<(), Status>> {
    if handles.are_many() || is_long(options, bytes) {
        return Poll::Pending;
    }
    let handles = handles.take(caller, channel.as_deref().ok());
    Poll::Ready(send(caller, channel, options, handles, read_bytes(options, bytes)))
}

/// A write of very many pieces or handles, or when there is no memory yet.
async fn write_long(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: HandlesFrom,
) -> Result<(), Status> {
    let handles = handles.take_long(caller, channel.as_deref().ok()).await;
    let bytes = match caller.admit().await {
        Ok(()) => read_bytes_long(options, bytes).await,
        Err(refused) => Err(refused),
    };
    send(caller, channel, options, handles, bytes)
}

/// [`channel_write`] of very many pieces or handles, or when there is no memory yet.
pub async fn channel_write_long(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: InSlice<RawHandle>,
) -> Result<(), Status> {
    write_long(caller, channel, options, bytes, HandlesFrom::Values(handles)).await
}

/// Sends a message whose handles are moved or duplicated, checked and reduced as each says. Where that fails,
/// the entry is told why; moved handles leave the caller whatever the outcome.
pub fn channel_write_etc(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: InSlice<HandleDisposition>,
    results: OutSlice<HandleDisposition>,
) -> Poll<Result<(), Status>> {
    write_more(caller, channel, options, bytes, HandlesFrom::Dispositions(handles, results))
}

/// [`channel_write_etc`] of very many pieces or handles.
pub async fn channel_write_etc_long(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    bytes: InSlice<u8>,
    handles: InSlice<HandleDisposition>,
    results: OutSlice<HandleDisposition>,
) -> Result<(), Status> {
    write_long(caller, channel, options, bytes, HandlesFrom::Dispositions(handles, results)).await
}

/// Sends what was taken, if there is a channel and everything could be read and taken; the first of these decides.
fn send(
    caller: &Caller,
    channel: Result<Arc<Channel>, Status>,
    options: u32,
    handles: Result<Handles, Status>,
    bytes: Result<Box<[u8]>, Status>,
) -> Result<(), Status> {
    let channel = channel.map_err(|status| options_first(options, status))?;
    let message = Message { bytes: bytes?, handles: handles? };
    channel.write(message).map_err(|(_, status)| undelivered(caller, status))
}

/// Why a message was not delivered. Who writes to an end that has as many unread messages as it may is killed.
#[cold]
#[inline(never)]
pub fn undelivered(caller: &Caller, status: Status) -> Status {
    if status == Status::NO_RESOURCES {
        caller.end_process("a message to a channel that has 3500 unread ones");
    }
    status
}

/// Why nothing can be written where there is no channel: options that mean nothing are said before that.
#[cold]
#[inline(never)]
fn options_first(options: u32, status: Status) -> Status {
    if options & !abi::CHANNEL_WRITE_USE_IOVEC != 0 { Status::INVALID_ARGS } else { status }
}

/// Whether a message has so many pieces that gathering them is work for more than one step.
#[inline(always)]
fn is_long(options: u32, bytes: InSlice<u8>) -> bool {
    options == abi::CHANNEL_WRITE_USE_IOVEC && bytes.len() > pieces::STEP
}

/// Reads the bytes of a message, from one place or gathered from several.
#[inline]
fn read_bytes(options: u32, bytes: InSlice<u8>) -> Result<Box<[u8]>, Status> {
    match options {
        0 => bytes.read_vec(MAX_BYTES).map(Vec::into_boxed_slice),
        abi::CHANNEL_WRITE_USE_IOVEC => pieces::gather(InSlice::new(bytes.address(), bytes.len())),
        _ => Err(Status::INVALID_ARGS),
    }
}

/// [`read_bytes`] in steps.
async fn read_bytes_long(options: u32, bytes: InSlice<u8>) -> Result<Box<[u8]>, Status> {
    match is_long(options, bytes) {
        true => pieces::gather_long(InSlice::new(bytes.address(), bytes.len())).await,
        false => read_bytes(options, bytes),
    }
}

/// Where a message that is received goes.
#[derive(Clone, Copy)]
pub struct Destination {
    bytes: OutSlice<u8>,
    handles: HandlesTo,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
}

/// Where received handles go: their values alone, or with what they are.
#[derive(Clone, Copy)]
enum HandlesTo {
    Values(OutSlice<RawHandle>),
    Infos(OutSlice<HandleInfo>),
}

impl HandlesTo {
    fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Infos(infos) => infos.len(),
        }
    }

    /// Makes the handles the caller's, for whom there is room, and writes what they are called.
    #[inline(never)] // reason: most messages have none, and the arrays are large
    fn install(
        &self,
        caller: &Caller,
        mut handles: Handles,
        room: Option<Reservation<'_>>,
    ) -> Result<(), Status> {
        let count = handles.len();
        let mut values = [0; MAX_HANDLES];
        let mut infos = [HandleInfo::default(); MAX_HANDLES];
        for (info, handle) in infos.iter_mut().zip(&*handles) {
            info.kind = handle.object().object_type();
            info.rights = handle.rights();
        }
        let placed = |index: usize, value| {
            values[index] = value;
            infos[index].handle = value;
        };
        room.ok_or(Status::INTERNAL)?.fill(&mut handles, placed)?;
        let written = match self {
            Self::Values(to) => to.write_slice(&values[..count]),
            Self::Infos(to) => to.write_slice(&infos[..count]),
        };
        // There they have been too short a time to be waited through by many.
        written.inspect_err(|_| caller.handles.remove_into(&values[..count], &mut handles))
    }
}

impl Destination {
    #[inline(always)] // reason: as for `deliver`
    fn write_sizes(&self, bytes: usize, handles: usize) -> Result<(), Status> {
        self.actual_bytes.write_optional(&(bytes as u32))?;
        self.actual_handles.write_optional(&(handles as u32))
    }

    fn fits(&self, bytes: usize, handles: usize) -> bool {
        bytes <= self.bytes.len() && handles <= self.handles.len()
    }

    /// Hands a message over; its handles, if there are any, become the caller's, who has room for them.
    #[inline(always)] // reason: a message less to move, on every way
    fn deliver(
        &self,
        caller: &Caller,
        message: Message,
        room: Option<Reservation<'_>>,
    ) -> Result<(), Status> {
        self.bytes.write_slice(&message.bytes)?;
        if message.handles.is_empty() { Ok(()) } else { self.handles.install(caller, message.handles, room) }
    }

    /// `Destination::deliver` for a reply, which is lost if it does not fit. Unlike those of a read, its
    /// sizes must be told somewhere.
    #[inline(always)] // reason: it is hot where calls are polled
    pub fn receive(&self, caller: &Caller, reply: Message) -> Result<(), Status> {
        let (bytes, handles) = (reply.bytes.len(), reply.handles.len());
        self.actual_bytes.write(&(bytes as u32))?;
        self.actual_handles.write(&(handles as u32))?;
        if !self.fits(bytes, handles) {
            return Err(Status::BUFFER_TOO_SMALL);
        }
        let room = room(caller, handles)?;
        self.deliver(caller, reply, room)
    }
}

/// Room for the handles of a message, if it has any.
#[inline(always)]
fn room(caller: &Caller, handles: usize) -> Result<Option<Reservation<'_>>, Status> {
    if handles == 0 { Ok(None) } else { caller.handles.reserve(handles).map(Some) }
}

fn read(caller: &Caller, channel: &Channel, options: u32, to: &Destination) -> Result<(), Status> {
    if options & !abi::CHANNEL_READ_MAY_DISCARD != 0 {
        return Err(Status::NOT_SUPPORTED);
    }
    let (mut sizes, mut room_for_handles) = (None, None);
    let read = channel.read(caller.process.koid(), options != 0, |bytes, handles| {
        sizes = Some((bytes, handles));
        let fits = to.fits(bytes, handles);
        if fits {
            room_for_handles = room(caller, handles)?;
        }
        Ok(fits)
    });
    if let Some((bytes, handles)) = sizes {
        to.write_sizes(bytes, handles)?;
    }
    to.deliver(caller, read?, room_for_handles)
}

/// Receives a message.
#[allow(clippy::too_many_arguments)] // reason: the call has them
#[inline(always)] // reason: the tables of two ABIs have it, and it is hot
pub fn channel_read(
    caller: &Caller,
    channel: Arc<Channel>,
    options: u32,
    bytes: OutSlice<u8>,
    handles: OutSlice<RawHandle>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
) -> Result<(), Status> {
    let handles = HandlesTo::Values(handles);
    read(caller, &channel, options, &Destination { bytes, handles, actual_bytes, actual_handles })
}

/// Receives a message and what its handles are.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn channel_read_etc(
    caller: &Caller,
    channel: Arc<Channel>,
    options: u32,
    bytes: OutSlice<u8>,
    handles: OutSlice<HandleInfo>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
) -> Result<(), Status> {
    let handles = HandlesTo::Infos(handles);
    read(caller, &channel, options, &Destination { bytes, handles, actual_bytes, actual_handles })
}
