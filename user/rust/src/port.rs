//! Ports: a queue of packets, from user code and from objects that were waited on.

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// A queue of packets.
    Port
}

/// One packet, as the system calls have it.
pub type Packet = abi::PortPacket;

impl Port {
    /// A new, empty port.
    pub fn create() -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_port_create(0, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// Queues a user packet with `key` and `payload`.
    pub fn queue(&self, key: u64, payload: [u64; 4]) -> Result<()> {
        self.queue_packet(&Packet::user(key, payload))
    }

    /// Queues any packet; the kernel makes it a user packet.
    pub fn queue_packet(&self, packet: &Packet) -> Result<()> {
        // SAFETY: the packet outlives the call.
        check(unsafe { sys::zx_port_queue(self.raw(), packet) })
    }

    /// Takes the first packet, waiting for it until `deadline`.
    pub fn wait_packet(&self, deadline: i64) -> Result<Packet> {
        let mut packet = Packet::default();
        // SAFETY: the packet outlives the call.
        check(unsafe { sys::zx_port_wait(self.raw(), deadline, &mut packet) })?;
        Ok(packet)
    }

    /// Removes queued packets and armed waits of `source` with `key`. `NOT_FOUND`: there were none.
    pub fn cancel(&self, source: &impl AsHandle, key: u64) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_port_cancel(self.raw(), source.raw(), key) })
    }
}
