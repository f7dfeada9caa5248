//! IO ports: Magenta's ports, whose packets are as long as user code makes them.

use super::wait::{after, subject};
use abi::{PORT_MAX_PKT_SIZE, PORT_PKT_TYPE_USER, PacketHeader, RawHandle, Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;
use hafnon_kernel::machine::now;
use hafnon_kernel::mm::frames;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::{Caller, HandleArgument};
use hafnon_zircon::no_options;
use objects::{Handle, IoPort, IoPortPacket};
use zerocopy::{FromBytes, IntoBytes};

/// A new IO port.
pub fn port_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    no_options(options)?;
    caller.install(Handle::to_new(IoPort::new(now))?, out)
}

/// Queues a packet of user code. Its type becomes that of such packets.
pub fn port_queue(_caller: &Caller, port: Arc<IoPort>, packet: InSlice<u8>) -> Result<(), Status> {
    if packet.len() > PORT_MAX_PKT_SIZE {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    let mut packet = packet.read_vec(PORT_MAX_PKT_SIZE)?;
    let (header, _) = PacketHeader::mut_from_prefix(&mut packet).map_err(|_| Status::INVALID_ARGS)?;
    header.kind = PORT_PKT_TYPE_USER;
    port.queue(Vec::into_boxed_slice(packet))
}

/// Waits for a packet. One that there is no room for stays.
pub async fn port_wait(
    caller: &Caller,
    port: Arc<IoPort>,
    timeout: i64,
    packet: OutSlice<u8>,
) -> Result<(), Status> {
    if packet.is_null() {
        return Err(Status::INVALID_ARGS);
    }
    let deadline = caller.deadline(after(timeout));
    match port.wait(|size| size <= packet.len(), deadline).await? {
        IoPortPacket::User(bytes) => packet.write_slice(&bytes),
        IoPortPacket::Bound(told) => packet.write_slice(told.as_bytes()),
    }
}

/// Binds an object: the port gets a packet each time that one of these signals becomes active, or something arrives
/// behind it. Closing the handle unbinds it.
pub fn port_bind(
    caller: &Caller,
    port: Arc<IoPort>,
    key: u64,
    source: HandleArgument,
    signals: Signals,
) -> Result<(), Status> {
    let subject = subject(caller, source, signals)?;
    if signals.is_empty() {
        return Err(Status::INVALID_ARGS);
    }
    port.bind(key, subject, frames::admit)
}
