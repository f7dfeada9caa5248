//! Sending a message and waiting for its reply.

use super::handles::HandlesFrom;
use super::{Destination, HandlesTo, is_long, options_first, read_bytes, read_bytes_long, undelivered};
use abi::{ChannelCallArgs, ChannelCallEtcArgs, Rights, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use executor::Sleep;
use hafnon_kernel::mm::user::{In, InOut, InSlice, Out, OutSlice};
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Through, Wait};
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
#[derive(Clone, Copy)]
struct Request {
    options: u32,
    deadline: i64,
    bytes: InSlice<u8>,
    handles: HandlesFrom,
    to: Destination,
}

impl Request {
    #[inline(always)]
    fn of(
        options: u32,
        deadline: i64,
        args: &ChannelCallArgs,
        actual_bytes: Out<u32>,
        actual_handles: Out<u32>,
    ) -> Self {
        let to = Destination {
            bytes: OutSlice::new(args.rd_bytes, args.rd_num_bytes as usize),
            handles: HandlesTo::Values(OutSlice::new(args.rd_handles, args.rd_num_handles as usize)),
            actual_bytes,
            actual_handles,
        };
        let handles = HandlesFrom::Values(InSlice::new(args.wr_handles, args.wr_num_handles as usize));
        let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
        Self { options, deadline, bytes, handles, to }
    }

    fn of_etc(
        options: u32,
        deadline: i64,
        args: &ChannelCallEtcArgs,
        actual_bytes: Out<u32>,
        actual_handles: Out<u32>,
    ) -> Self {
        let to = Destination {
            bytes: OutSlice::new(args.rd_bytes, args.rd_num_bytes as usize),
            handles: HandlesTo::Infos(OutSlice::new(args.rd_handles, args.rd_num_handles as usize)),
            actual_bytes,
            actual_handles,
        };
        let count = args.wr_num_handles as usize;
        let (listed, results) = (InSlice::new(args.wr_handles, count), OutSlice::new(args.wr_handles, count));
        let handles = HandlesFrom::Dispositions(listed, results);
        let bytes = InSlice::new(args.wr_bytes, args.wr_num_bytes as usize);
        Self { options, deadline, bytes, handles, to }
    }
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
    let request = Request::of(options, deadline, &args.read()?, actual_bytes, actual_handles);
    call(caller, handle, request, blocked)
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
    let request = Request::of_etc(options, deadline, &args.read()?, actual_bytes, actual_handles);
    call(caller, handle, request, blocked)
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
    let request = Request::of(options, deadline, &args.read()?, actual_bytes, actual_handles);
    call_long(caller, handle, request).await
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
    let request = Request::of_etc(options, deadline, &args.read()?, actual_bytes, actual_handles);
    call_long(caller, handle, request).await
}

/// What a lookup has found: the channel, and how to wait through its handle.
type Found = Result<(Arc<Channel>, Through), Status>;

/// The channel of a lookup, if it found one.
#[inline(always)]
fn channel_of(found: &Found) -> Option<&Channel> {
    found.as_ref().ok().map(|(channel, _)| &**channel)
}

impl Request {
    /// The channel, and the message that is to be sent, if there is one and everything could be read and taken; the first
    /// of these decides.
    #[inline(always)]
    fn message(
        &self,
        found: Found,
        handles: Result<Handles, Status>,
        bytes: Result<Box<[u8]>, Status>,
    ) -> Result<(Arc<Channel>, Through, Message), Status> {
        let (channel, through) =
            found.map_err(|status| mistake_or(self.options, self.bytes.len(), status))?;
        let message = Message { bytes: bytes?, handles: handles? };
        match message.bytes.len() {
            length if length < size_of::<u32>() => Err(Status::INVALID_ARGS),
            _ => Ok((channel, through, message)),
        }
    }
}

/// Where the reply goes is looked at when it is there: the message is sent also if it has nowhere to go.
#[inline(always)] // reason: it has much to be told
fn call(
    caller: &Caller,
    handle: HandleArgument,
    request: Request,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    if request.handles.are_many() || is_long(request.options, request.bytes) {
        return Poll::Pending;
    }
    let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
    let handles = request.handles.take(caller, channel_of(&found));
    let bytes = read_bytes(request.options, request.bytes);
    let (channel, through, message) = request.message(found, handles, bytes)?;
    let still_open = || caller.still_open(through);
    let mut begun = blocked.keep(|| ReplyWait { call: Call::default(), to: request.to });
    let (wait, waker) = begun.parts();
    let wait = wait.project();
    *wait.to = request.to;
    let sent = wait.call.begin(channel, message, through.handle, still_open, waker);
    sent.map_err(|status| undelivered(caller, status))?;
    begun.suspend(caller.deadline(request.deadline))
}

/// [`call`] with a message that is gathered in steps, and when there is no memory yet.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function keeps its arguments twice, and every thread would have room for them"
)]
fn call_long(
    caller: &Caller,
    handle: HandleArgument,
    request: Request,
) -> impl Future<Output = Result<(), Status>> {
    async move {
        let found = caller.to_wait::<Channel>(handle, Rights::READ | Rights::WRITE);
        let handles = request.handles.take_long(caller, channel_of(&found)).await;
        caller.admit().await?;
        // In a box, as else every thread would have room for it.
        Box::pin(call_with(caller, found, handles, request)).await
    }
}

/// The rest of it, when the handles are taken.
async fn call_with(
    caller: &Caller,
    found: Found,
    handles: Result<Handles, Status>,
    request: Request,
) -> Result<(), Status> {
    let bytes = read_bytes_long(request.options, request.bytes).await;
    let (channel, through, message) = request.message(found, handles, bytes)?;
    let still_open = || caller.still_open(through);
    let deadline = caller.deadline(request.deadline);
    let reply = channel.call(message, through.handle, still_open, deadline).await;
    request.to.receive(caller, reply.map_err(|status| undelivered(caller, status))?)
}
