//! Port packets: 16 bytes that say what it is, then 32 bytes whose meaning depends on that.

use crate::{PKT_TYPE_SIGNAL_ONE, PKT_TYPE_USER, PacketSignal, PortPacket, Signals, Status};

impl PortPacket {
    /// A packet queued by user code.
    pub const fn user(key: u64, payload: [u64; 4]) -> PortPacket {
        PortPacket { key, kind: PKT_TYPE_USER as u32, status: Status::OK, payload }
    }

    /// The packet of a satisfied `object_wait_async`: what was waited for, what was there, how much of it (messages,
    /// bytes; 1 where nothing is counted) and when (nanoseconds; 0 unless asked for).
    pub fn signal_one(
        key: u64,
        trigger: Signals,
        observed: Signals,
        count: u64,
        timestamp: u64,
    ) -> PortPacket {
        let signal = PacketSignal { trigger, observed, count, timestamp, reserved1: 0 };
        PortPacket {
            key,
            kind: PKT_TYPE_SIGNAL_ONE as u32,
            status: Status::OK,
            payload: zerocopy::transmute!(signal),
        }
    }

    /// The payload of a [`PortPacket::signal_one`]; none for other packets.
    pub fn signal(&self) -> Option<PacketSignal> {
        (self.kind == u32::from(PKT_TYPE_SIGNAL_ONE)).then(|| zerocopy::transmute!(self.payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_survive_the_payload() {
        let packet = PortPacket::signal_one(7, Signals::CHANNEL_READABLE, Signals::CHANNEL_WRITABLE, 2, 99);
        let signal = packet.signal().expect("it is a signal packet");
        assert_eq!((signal.trigger, signal.observed), (Signals::CHANNEL_READABLE, Signals::CHANNEL_WRITABLE));
        assert_eq!((packet.key, signal.count, signal.timestamp), (7, 2, 99));
    }

    #[test]
    fn user_packets_have_no_signal() {
        assert_eq!(PortPacket::user(1, [2, 3, 4, 5]).signal(), None);
    }
}
