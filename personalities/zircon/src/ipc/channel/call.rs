//! Sending a message and waiting for its reply.

use super::handles::{self, take_dispositions, take_dispositions_long, take_handles, take_handles_long};
use super::{Destination, is_long, options_first, read_bytes, read_bytes_long, undelivered};
use abi::{ChannelCallArgs, ChannelCallEtcArgs, RawHandle, Rights, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use executor::Sleep;
use hafnon_kernel::mm::user::{In, InOut, InSlice, Out, OutSlice};
use hafnon_kernel::sched::Wait;
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Through};
use objects::{Call, Channel, Handles, Message};
use pin_project_lite::pin_project;

pin_project! {
    /// A wait for a reply, and where that goes.
    struct ReplyWait {
        #[pin]
        call: Call,
        to: Destination,
    }
}

impl Wait for ReplyWait {
    #[inline]
    fn poll(
        self: Pin<&mut Self>,
        caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        let this = self.project();
        let reply = ready!(this.call.poll(deadline, task));
        Poll::Ready(reply.and_then(|message| this.to.receive(caller, message)))
    }
}

/// A call that is to be made, and where its reply goes.
struct Request {
    options: u32,
    deadline: i64,
    bytes: InSlice<u8>,
    to: Destination,
}

/// Why no call can be made where there is no channel: what no channel takes is said before that.
#[cold]
#[inline(never)]
fn mistake_or(options: u32, length: usize, status: Status) -> Status {
    match options {
        0 if length < size_of::<u32>() => Status::INVALID_ARGS,
        options => options_first(options, status),
    }
}

/// Sends a message and waits for its reply.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn channel_call(
    caller: &Caller,
    handle: HandleArgument,
    options: u32,
    deadline: i64,
    args: In<ChannelCallArgs>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let args = args.read()?;
    let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
    let values = InSlice::<RawHandle>::new(args.wr_handles, args.wr_num_handles as usize);
    if values.len() > handles::FEW || is_long(options, bytes) {
        return Poll::Pending;
    }
    let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
    let handles = take_handles(caller, channel_of(&found), values);
    let to = Destination::of_call(&args, actual_bytes, actual_handles);
    call(caller, found, handles, Request { options, deadline, bytes, to }, blocked)
}

/// [`channel_call`] with dispositions and descriptions of handles.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn channel_call_etc(
    caller: &Caller,
    handle: HandleArgument,
    options: u32,
    deadline: i64,
    args: InOut<ChannelCallEtcArgs>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let args = args.read()?;
    let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
    let count = args.wr_num_handles as usize;
    if count > handles::FEW || is_long(options, bytes) {
        return Poll::Pending;
    }
    let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
    let (values, results) = (InSlice::new(args.wr_handles, count), OutSlice::new(args.wr_handles, count));
    let handles = take_dispositions(caller, channel_of(&found), values, results);
    let to = Destination::of_call_etc(&args, actual_bytes, actual_handles);
    call(caller, found, handles, Request { options, deadline, bytes, to }, blocked)
}

/// [`channel_call`] of very many pieces or handles.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub async fn channel_call_long(
    caller: &Caller,
    handle: HandleArgument,
    options: u32,
    deadline: i64,
    args: In<ChannelCallArgs>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
) -> Result<(), Status> {
    let args = args.read()?;
    let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
    let values = InSlice::<RawHandle>::new(args.wr_handles, args.wr_num_handles as usize);
    let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
    let handles = take_handles_long(caller, channel_of(&found), values).await;
    caller.admit().await?;
    let to = Destination::of_call(&args, actual_bytes, actual_handles);
    // In a box, as else every thread would have room for it.
    Box::pin(call_long(caller, found, handles, Request { options, deadline, bytes, to })).await
}

/// [`channel_call_etc`] of very many pieces or handles.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub async fn channel_call_etc_long(
    caller: &Caller,
    handle: HandleArgument,
    options: u32,
    deadline: i64,
    args: InOut<ChannelCallEtcArgs>,
    actual_bytes: Out<u32>,
    actual_handles: Out<u32>,
) -> Result<(), Status> {
    let args = args.read()?;
    let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
    let count = args.wr_num_handles as usize;
    let (values, results) = (InSlice::new(args.wr_handles, count), OutSlice::new(args.wr_handles, count));
    let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
    let handles = take_dispositions_long(caller, channel_of(&found), values, results).await;
    caller.admit().await?;
    let to = Destination::of_call_etc(&args, actual_bytes, actual_handles);
    // In a box, as else every thread would have room for it.
    Box::pin(call_long(caller, found, handles, Request { options, deadline, bytes, to })).await
}

/// The channel of a lookup, if it found one.
#[inline(always)]
fn channel_of(found: &Result<(Arc<Channel>, Through), Status>) -> Option<&Channel> {
    found.as_ref().ok().map(|(channel, _)| &**channel)
}

/// Where the reply goes is looked at when it is there: the message is sent also if it has nowhere to go.
#[inline(always)] // reason: it has much to be told
fn call(
    caller: &Caller,
    found: Result<(Arc<Channel>, Through), Status>,
    handles: Result<Handles, Status>,
    request: Request,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let bytes = read_bytes(request.options, request.bytes);
    let (channel, through) =
        found.map_err(|status| mistake_or(request.options, request.bytes.len(), status))?;
    let message = Message { bytes: bytes?, handles: handles? };
    if message.bytes.len() < size_of::<u32>() {
        return Poll::Ready(Err(Status::INVALID_ARGS));
    }
    let still_open = || caller.still_open(through);
    let mut begun = blocked.keep(|| ReplyWait { call: Call::default(), to: request.to });
    let (wait, waker) = begun.parts();
    let wait = wait.project();
    *wait.to = request.to;
    let sent = wait.call.begin(channel, message, through.handle, still_open, waker);
    sent.map_err(|status| undelivered(caller, status))?;
    begun.suspend(caller.deadline(request.deadline))
}

/// [`call`] with a message that is gathered in steps.
async fn call_long(
    caller: &Caller,
    found: Result<(Arc<Channel>, Through), Status>,
    handles: Result<Handles, Status>,
    request: Request,
) -> Result<(), Status> {
    let bytes = read_bytes_long(request.options, request.bytes).await;
    let (channel, through) =
        found.map_err(|status| mistake_or(request.options, request.bytes.len(), status))?;
    let message = Message { bytes: bytes?, handles: handles? };
    if message.bytes.len() < size_of::<u32>() {
        return Err(Status::INVALID_ARGS);
    }
    let still_open = || caller.still_open(through);
    let deadline = caller.deadline(request.deadline);
    let reply = channel.call(message, through.handle, still_open, deadline).await;
    request.to.receive(caller, reply.map_err(|status| undelivered(caller, status))?)
}
