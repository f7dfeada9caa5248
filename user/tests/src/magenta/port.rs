//! port_create, port_queue, port_wait, port_bind: IO ports.

use alloc::{sync::Arc, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Signals, Socket, Status,
    abi::{
        self, IoPacket, PORT_MAX_PKT_SIZE, PORT_PKT_TYPE_IOSN, PORT_PKT_TYPE_USER, PacketHeader,
        zerocopy::FromBytes,
    },
    clock::{self, MILLISECOND},
    handle::Handle,
};

use super::{NEVER, event, owned, unreadable};
use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, user_test},
};

const SIGNALED: Signals = Signals::EVENT_SIGNALED;

fn port() -> Handle {
    let mut out = 0;
    assert_eq!(call!(mx_port_create(0, &mut out)), Status::OK);
    owned(out)
}

/// A packet of this length, with a head and a pattern.
fn packet(key: u64, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..length).map(|index| index as u8).collect();
    bytes[..8].copy_from_slice(&key.to_ne_bytes());
    bytes
}

fn queue(port: &Handle, packet: &[u8]) -> Status {
    call!(mx_port_queue(port.raw(), packet.as_ptr(), packet.len()))
}

/// The next packet, with zeros behind.
fn take(port: &Handle, timeout: i64) -> Result<[u8; PORT_MAX_PKT_SIZE], Status> {
    let mut bytes = [0; PORT_MAX_PKT_SIZE];
    match call!(mx_port_wait(port.raw(), timeout, bytes.as_mut_ptr(), bytes.len())) {
        Status::OK => Ok(bytes),
        status => Err(status),
    }
}

/// The next packet of a bound object.
fn told(port: &Handle) -> Result<IoPacket, Status> {
    let bytes = take(port, 0)?;
    let (packet, rest) = IoPacket::read_from_prefix(&bytes).expect("a packet");
    assert_eq!((packet.hdr.kind, packet.hdr.extra), (PORT_PKT_TYPE_IOSN, 0));
    assert_eq!(rest, [0; PORT_MAX_PKT_SIZE - size_of::<IoPacket>()], "nothing follows");
    assert!(packet.timestamp > 0 && packet.timestamp <= clock::monotonic());
    Ok(packet)
}

fn bind(port: &Handle, key: u64, source: &impl AsHandle) {
    assert_eq!(call!(mx_port_bind(port.raw(), key, source.raw(), SIGNALED.bits())), Status::OK);
}

fn signal(event: &Event, clear: Signals, set: Signals) {
    event.signal(clear, set).expect("signal");
}

user_test! {
    fn packets_of_any_length_come_out_as_they_went_in() {
        let port = port();
        for length in [16, 17, 100, PORT_MAX_PKT_SIZE] {
            assert_eq!(queue(&port, &packet(length as u64, length)), Status::OK);
        }
        for length in [16, 17, 100, PORT_MAX_PKT_SIZE] {
            let (bytes, sent) = (take(&port, NEVER).expect("a packet"), packet(length as u64, length));
            let (header, _) = PacketHeader::read_from_prefix(&bytes).expect("a head");
            assert_eq!((header.key, header.kind), (length as u64, PORT_PKT_TYPE_USER));
            assert_eq!(bytes[12..length], sent[12..], "what follows the type is kept");
            assert!(bytes[length..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(take(&port, 0), Err(Status::TIMED_OUT));
    }

    fn lengths_are_bounded() {
        let port = port();
        for length in [0, 1, 15] {
            assert_eq!(queue(&port, &packet(1, 16)[..length]), Status::INVALID_ARGS, "{length}");
        }
        assert_eq!(queue(&port, &packet(1, PORT_MAX_PKT_SIZE + 1)), Status::BUFFER_TOO_SMALL);
        assert_eq!(take(&port, 0), Err(Status::TIMED_OUT), "nothing was queued");
    }

    fn packet_without_room_stays() {
        let (port, mut bytes) = (port(), [0; 32]);
        assert_eq!(queue(&port, &packet(7, 33)), Status::OK);
        let mut wait = || call!(mx_port_wait(port.raw(), NEVER, bytes.as_mut_ptr(), 32));
        assert_eq!([(); 2].map(|()| wait()), [Status::INVALID_ARGS; 2]);
        assert_eq!(take(&port, 0).map(|bytes| bytes[0]), Ok(7));
    }

    fn full_port_is_should_wait() {
        let port = port();
        for key in 0..2048 {
            assert_eq!(queue(&port, &packet(key, 16)), Status::OK);
        }
        assert_eq!(queue(&port, &packet(0, 16)), Status::SHOULD_WAIT);
        take(&port, 0).expect("a packet");
        assert_eq!(queue(&port, &packet(0, 16)), Status::OK);
    }

    fn wait_counts_from_now() {
        let (port, before) = (port(), clock::monotonic());
        assert_eq!(take(&port, 2 * MILLISECOND), Err(Status::TIMED_OUT));
        assert!(clock::monotonic() - before >= 2 * MILLISECOND);
    }

    fn waiter_is_woken_by_packet_or_binding() {
        let (port, event) = (Arc::new(port()), Event::create().expect("an event"));
        bind(&port, 5, &event);
        for bound in [false, true] {
            let waits = port.clone();
            let waiter = blocked(abi::THREAD_STATE_BLOCKED_PORT, move || take(&waits, NEVER));
            match bound {
                false => assert_eq!(queue(&port, &packet(4, 16)), Status::OK),
                true => signal(&event, Signals::empty(), SIGNALED),
            }
            let bytes = waiter.join().expect("it returns").expect("a packet");
            assert_eq!(bytes[0], 4 + u8::from(bound));
        }
    }

    fn closing_the_port_ends_the_wait() {
        let raw = port().into_raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_PORT, move || {
            let mut bytes = [0; 16];
            call!(mx_port_wait(raw, NEVER, bytes.as_mut_ptr(), 16))
        });
        assert_eq!(call!(mx_handle_close(raw)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::CANCELED));
    }

    fn bound_object_tells_each_time_that_it_is_signalled() {
        let (port, event) = (port(), Event::create().expect("an event"));
        bind(&port, 9, &event);
        assert_eq!(told(&port), Err(Status::TIMED_OUT));
        signal(&event, Signals::empty(), SIGNALED | Signals::USER_SIGNAL_0);
        let packet = told(&port).expect("a packet");
        assert_eq!((packet.hdr.key, packet.signals, packet.bytes), (9, SIGNALED, 0));
        signal(&event, Signals::empty(), SIGNALED);
        assert_eq!(told(&port), Err(Status::TIMED_OUT), "it was signalled all the time");
        for _ in 0..10 {
            signal(&event, SIGNALED, Signals::empty());
            signal(&event, Signals::empty(), SIGNALED);
        }
        for _ in 0..10 {
            assert_eq!(told(&port).map(|packet| packet.hdr.key), Ok(9));
        }
        assert_eq!(told(&port), Err(Status::TIMED_OUT));
    }

    fn bound_channels_tell_of_each_message() {
        let port = port();
        let ends = [(); 3].map(|()| Channel::create().expect("a channel"));
        let write = |index: usize| ends[index].0.write(b"message", Vec::new()).expect("written");
        let bind = |index: usize| {
            let mask = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
            let status = call!(mx_port_bind(port.raw(), index as u64, ends[index].1.raw(), mask.bits()));
            assert_eq!(status, Status::OK);
        };
        [2, 2, 1].into_iter().for_each(write);
        (0..3).for_each(bind);
        [0, 2, 0, 0, 1].into_iter().for_each(write);
        let mut arrived = [0; 3];
        for _ in 0..8 {
            let packet = told(&port).expect("a packet");
            assert_eq!(packet.signals, Signals::CHANNEL_READABLE);
            arrived[packet.hdr.key as usize] += 1;
        }
        assert_eq!((arrived, told(&port)), ([3, 2, 3], Err(Status::TIMED_OUT)), "read or not");
        let [(closed, _), ..] = ends;
        drop(closed);
        let packet = told(&port).expect("a packet");
        assert_eq!((packet.hdr.key, packet.signals), (0, Signals::CHANNEL_PEER_CLOSED));
        assert_eq!(told(&port), Err(Status::TIMED_OUT));
    }

    fn bound_socket_tells_of_each_write_and_signal() {
        let port = port();
        let (one, other) = Socket::create_stream().expect("a socket");
        let write = || assert_eq!(one.write(b"ab"), Ok(2));
        let mask = Signals::SOCKET_READABLE | Signals::USER_SIGNAL_3;
        write();
        write();
        assert_eq!(call!(mx_port_bind(port.raw(), 1, other.raw(), mask.bits())), Status::OK);
        write();
        assert_eq!(one.signal_peer(Signals::empty(), Signals::USER_SIGNAL_3), Ok(()));
        let told = || told(&port).map(|packet| packet.signals);
        let readable = Ok(Signals::SOCKET_READABLE);
        assert_eq!([(); 4].map(|()| told()), [readable, Ok(Signals::USER_SIGNAL_3), readable, Err(Status::TIMED_OUT)]);
    }

    fn a_pool_of_waiters_shares_what_arrives_at_once() {
        let (port, (one, other)) = (Arc::new(port()), Channel::create().expect("a channel"));
        for _ in 0..3 {
            one.write(b"message", Vec::new()).expect("written");
        }
        let waiters = [(); 3].map(|()| {
            let port = port.clone();
            blocked(abi::THREAD_STATE_BLOCKED_PORT, move || take(&port, NEVER))
        });
        let mask = Signals::CHANNEL_READABLE.bits();
        assert_eq!(call!(mx_port_bind(port.raw(), 6, other.raw(), mask)), Status::OK);
        for waiter in waiters {
            assert_eq!(waiter.join().expect("it returns").expect("a packet")[0], 6);
        }
        assert_eq!(take(&port, 0), Err(Status::TIMED_OUT));
    }

    fn signalled_object_tells_when_it_is_bound() {
        let (port, event) = (port(), Event::create().expect("an event"));
        signal(&event, Signals::empty(), SIGNALED);
        bind(&port, 1, &event);
        bind(&port, 2, &event);
        assert_eq!([told(&port), told(&port)].map(|packet| packet.expect("a packet").hdr.key), [1, 2]);
    }

    fn closing_the_handle_unbinds() {
        let (port, event) = (port(), Event::create().expect("an event"));
        let copy = event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        bind(&port, 1, &copy);
        drop(copy);
        signal(&event, Signals::empty(), SIGNALED);
        assert_eq!(told(&port), Err(Status::TIMED_OUT));
        // What had been queued stays.
        let copy = event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        bind(&port, 2, &copy);
        signal(&event, SIGNALED, Signals::empty());
        drop(copy);
        signal(&event, Signals::empty(), SIGNALED);
        assert_eq!(told(&port).map(|packet| packet.hdr.key), Ok(2));
        assert_eq!(told(&port), Err(Status::TIMED_OUT));
    }

    fn create_refuses() {
        let mut out = 0;
        for options in [1, 2, u32::MAX] {
            assert_eq!(call!(mx_port_create(options, &mut out)), Status::INVALID_ARGS);
        }
        for (kind, bad) in BadMemory::new().unwritable(4) {
            assert_eq!(call!(mx_port_create(0, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn queue_and_wait_refuse() {
        let (port, event, memory) = (port(), event(), BadMemory::new());
        for (kind, bad) in memory.unreadable(16) {
            assert_eq!(call!(mx_port_queue(port.raw(), bad as _, 16)), Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(take(&port, 0), Err(Status::TIMED_OUT), "nothing was queued");
        for (kind, bad) in memory.unwritable(16) {
            assert_eq!(queue(&port, &packet(1, 16)), Status::OK);
            assert_eq!(call!(mx_port_wait(port.raw(), 0, bad as _, 16)), Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!((queue(&event, &packet(1, 16)), take(&event, 0)), (Status::WRONG_TYPE, Err(Status::WRONG_TYPE)));
        let mut bytes = packet(1, 16);
        assert_eq!(call!(mx_port_queue(NO_HANDLE, bytes.as_ptr(), 16)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_port_wait(NO_HANDLE, 0, bytes.as_mut_ptr(), 16)), Status::BAD_HANDLE);
        let mute = port.duplicate_handle(Rights::READ).expect("a handle");
        let deaf = port.duplicate_handle(Rights::WRITE).expect("a handle");
        assert_eq!((queue(&mute, &bytes), take(&deaf, 0)), (Status::ACCESS_DENIED, Err(Status::ACCESS_DENIED)));
        // A port of Zircon's is something else.
        let other = hafnon_user::Port::create().expect("a port");
        assert_eq!(call!(mx_port_wait(other.raw(), 0, bytes.as_mut_ptr(), 16)), Status::WRONG_TYPE);
    }

    fn bind_refuses() {
        let (port, event) = (port(), event());
        let bind = |port, source, signals| call!(mx_port_bind(port, 1, source, signals));
        assert_eq!(bind(port.raw(), event.raw(), 0), Status::INVALID_ARGS);
        assert_eq!(bind(port.raw(), NO_HANDLE, 8), Status::BAD_HANDLE);
        assert_eq!(bind(NO_HANDLE, event.raw(), 8), Status::BAD_HANDLE);
        assert_eq!(bind(event.raw(), event.raw(), 8), Status::WRONG_TYPE);
        assert_eq!(bind(port.raw(), port.raw(), 8), Status::ACCESS_DENIED, "a port has no WAIT");
        let mute = port.duplicate_handle(Rights::READ).expect("a handle");
        assert_eq!(bind(mute.raw(), event.raw(), 8), Status::ACCESS_DENIED);
        assert_eq!(bind(port.raw(), unreadable().raw(), 1), Status::ACCESS_DENIED);
    }
}
