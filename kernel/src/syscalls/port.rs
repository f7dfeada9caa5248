//! Ports.

use super::{Blocked, Caller};
use crate::mm::user::{In, Out};
use abi::{PortPacket, RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::Poll;
use objects::{Handle, Port};

/// A new port. The only option is binding to interrupts, which any port may be.
pub fn port_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    if options & !abi::PORT_BIND_TO_INTERRUPT != 0 {
        return Err(Status::INVALID_ARGS);
    }
    caller.install(Handle::to_new(Port::new())?, out)
}

/// Queues a packet of user code.
pub fn port_queue(_caller: &Caller, port: Arc<Port>, packet: In<PortPacket>) -> Result<(), Status> {
    let mut packet = packet.read()?;
    packet.kind = u32::from(abi::PKT_TYPE_USER);
    port.queue(packet)
}

/// Waits for a packet.
pub fn port_wait(
    caller: &Caller,
    port: Arc<Port>,
    deadline: i64,
    packet: Out<PortPacket>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    blocked.packet(port, caller.deadline(deadline), packet)
}

/// Withdraws what `object_wait_async` asked for, through a handle with the right that it needed too.
pub fn port_cancel(caller: &Caller, port: Arc<Port>, source: RawHandle, key: u64) -> Result<(), Status> {
    caller.any(source, Rights::WAIT)?;
    port.cancel(caller.id(source), key)
}
