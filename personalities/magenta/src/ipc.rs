//! Calls that do what Zircon's do, with arguments in another order, fewer options, or stricter pointers.

use abi::{RawHandle, Status};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice, refused};
use hafnon_kernel::sched::Caller;
use hafnon_zircon::{channel, cprng, no_options, socket};
use objects::{Channel, Socket};

/// Receives a message.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn channel_read(
    caller: &Caller,
    channel: Arc<Channel>,
    options: u32,
    bytes: OutSlice<u8>,
    actual_bytes: Out<u32>,
    handles: OutSlice<RawHandle>,
    actual_handles: Out<u32>,
) -> Result<(), Status> {
    channel::channel_read(caller, channel, options, bytes, handles, actual_bytes, actual_handles)
}

/// A new socket, a stream.
pub fn socket_create(
    caller: &Caller,
    options: u32,
    out0: Out<RawHandle>,
    out1: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    socket::socket_create(caller, abi::SOCKET_STREAM, out0, out1)
}

/// Reads bytes. Without any buffer it tells how many there are to be read.
pub fn socket_read(
    caller: &Caller,
    socket: Arc<Socket>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    no_options(options)?;
    socket::socket_read(caller, socket, 0, buffer, actual)
}

/// Writes bytes; or, with `SOCKET_HALF_CLOSE` and none, ends writing for good.
pub fn socket_write(
    caller: &Caller,
    socket: Arc<Socket>,
    options: u32,
    buffer: InSlice<u8>,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    if options == abi::SOCKET_HALF_CLOSE && buffer.is_empty() {
        return Poll::Ready(socket.half_close());
    }
    socket::socket_write(caller, socket, options, buffer, actual)
}

/// Fills a buffer of at most `CPRNG_DRAW_MAX_LEN` bytes, and tells how many they are.
pub fn cprng_draw(_caller: &Caller, buffer: OutSlice<u8>, actual: Out<usize>) -> Result<(), Status> {
    if buffer.len() > abi::CPRNG_DRAW_MAX_LEN {
        return Err(Status::INVALID_ARGS);
    }
    cprng::draw_part(buffer).map_err(refused)?;
    actual.write(&buffer.len())
}
