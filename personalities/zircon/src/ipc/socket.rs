//! Sockets.

use super::destination::{Count, UserDestination};
use abi::{RawHandle, Status};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps;
use objects::{Disposition, Handle, Reading, Socket};

/// A new socket.
pub fn socket_create(
    caller: &Caller,
    options: u32,
    out0: Out<RawHandle>,
    out1: Out<RawHandle>,
) -> Result<(), Status> {
    if options & !abi::SOCKET_CREATE_MASK != 0 {
        return Err(Status::INVALID_ARGS);
    }
    let (first, second) = Socket::new(options & abi::SOCKET_DATAGRAM != 0);
    caller.install_pair((Handle::to_new(first)?, Handle::to_new(second)?), (out0, out1))
}

/// Reads bytes. Without any buffer it tells how many there are to be read.
pub fn socket_read(
    _caller: &Caller,
    socket: Arc<Socket>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    if options & !abi::SOCKET_PEEK != 0 || (buffer.is_null() && !buffer.is_empty()) {
        return Poll::Ready(Err(Status::INVALID_ARGS));
    }
    if buffer.is_null() {
        return Poll::Ready(actual.write_optional(&socket.readable()));
    }
    if buffer.len() > steps::STEP {
        return Poll::Pending;
    }
    let mut destination = UserDestination { buffer, count: Count::optional(actual), element_size: 1 };
    match socket.read(buffer.len(), options & abi::SOCKET_PEEK != 0, &mut destination)? {
        Some(_) => Poll::Ready(Ok(())),
        None => Poll::Pending,
    }
}

/// [`socket_read`] of more bytes than go in one step, or where others get in its way.
pub async fn socket_read_long(
    _caller: &Caller,
    socket: Arc<Socket>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    let mut reading = Reading::new();
    let mut destination = UserDestination { buffer, count: Count::optional(actual), element_size: 1 };
    let peek = options & abi::SOCKET_PEEK != 0;
    while socket.read_some(&mut reading, buffer.len(), peek, &mut destination)?.is_none() {
        steps::next_step().await;
    }
    Ok(())
}

/// Writes bytes.
pub fn socket_write(
    _caller: &Caller,
    socket: Arc<Socket>,
    options: u32,
    buffer: InSlice<u8>,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    if options != 0 || (buffer.is_null() && !buffer.is_empty()) {
        return Poll::Ready(Err(Status::INVALID_ARGS));
    }
    if buffer.len() > steps::STEP {
        return Poll::Pending;
    }
    let mut told = Count::optional(actual);
    let written = socket.write(buffer.len(), |count| {
        told.tell(count)?;
        buffer.part(0, count).read_vec(count)
    })?;
    Poll::Ready(told.correct(written))
}

/// [`socket_write`] of more bytes than go in one step.
pub async fn socket_write_long(
    caller: &Caller,
    socket: Arc<Socket>,
    _options: u32,
    buffer: InSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    let (admitted, mut told) = (socket.admitted(buffer.len())?, Count::optional(actual));
    told.tell(admitted)?;
    let bytes = steps::read_vec(caller, buffer.part(0, admitted)).await?;
    told.correct(socket.send(&bytes)?)
}

/// Allows or disables writing at either end.
pub fn socket_set_disposition(
    _caller: &Caller,
    socket: Arc<Socket>,
    own: u32,
    peer: u32,
) -> Result<(), Status> {
    socket.set_disposition(disposition(own)?, disposition(peer)?)
}

fn disposition(flags: u32) -> Result<Disposition, Status> {
    match flags {
        0 => Ok(Disposition::Keep),
        abi::SOCKET_DISPOSITION_WRITE_DISABLED => Ok(Disposition::Disable),
        abi::SOCKET_DISPOSITION_WRITE_ENABLED => Ok(Disposition::Enable),
        _ => Err(Status::INVALID_ARGS),
    }
}

/// Disables writing at this end, at the other (which disables reading at this one), or both, for good
/// unless [`socket_set_disposition`] allows it again.
pub fn socket_shutdown(_caller: &Caller, socket: Arc<Socket>, options: u32) -> Result<(), Status> {
    if options & !abi::SOCKET_SHUTDOWN_MASK != 0 {
        return Err(Status::INVALID_ARGS);
    }
    let disabled_by = |flag| if options & flag != 0 { Disposition::Disable } else { Disposition::Keep };
    socket.set_disposition(disabled_by(abi::SOCKET_SHUTDOWN_WRITE), disabled_by(abi::SOCKET_SHUTDOWN_READ))
}
