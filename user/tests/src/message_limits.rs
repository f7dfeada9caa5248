//! Limits of what calls, messages in pieces and full ports carry, reached and exceeded: nothing is lost.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Handle, Port, Signals, Status,
    abi::CHANNEL_MAX_MSG_IOVECS,
    channel::{MAX_BYTES, MAX_HANDLES},
    clock, thread,
};

use crate::{
    channel_etc::{iovec, write_pieces},
    harness::{call, user_test},
};

fn event() -> Event {
    Event::create().expect("an event")
}

/// What a call with this request and these handles comes to when it may not be sent.
fn refused(end: &Channel, request: &mut [u8], handles: Vec<Handle>) -> Option<Status> {
    end.call(request, handles, &mut [0; 4], clock::INFINITE).err()
}

user_test! {
    fn a_call_carries_what_a_message_may_and_no_more() {
        let (near, far) = Channel::create().expect("a channel");
        let events = |count: usize| (0..count).map(|_| event().into()).collect::<Vec<Handle>>();
        let many = events(MAX_HANDLES + 1);
        let raw: Vec<u32> = many.iter().map(AsHandle::raw).collect();
        assert_eq!(refused(&near, &mut [0; 4], many), Some(Status::OUT_OF_RANGE));
        assert!(raw.iter().all(|raw| call!(zx_handle_close(*raw)) == Status::BAD_HANDLE), "they are consumed");
        assert_eq!(refused(&near, &mut vec![0; MAX_BYTES + 1], events(1)), Some(Status::OUT_OF_RANGE));
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT), "nothing was sent");

        let server = thread::spawn("server", move || {
            far.wait(Signals::CHANNEL_READABLE, clock::INFINITE).expect("a request");
            let request = far.read().expect("a request");
            far.write(&request.bytes, request.handles).expect("the reply is sent");
        });
        let (mut request, mut reply) = (vec![7; MAX_BYTES], vec![0; MAX_BYTES]);
        let (bytes, handles) =
            near.call(&mut request, events(MAX_HANDLES), &mut reply, clock::INFINITE).expect("a reply");
        assert_eq!((bytes, handles.len()), (MAX_BYTES, MAX_HANDLES));
        assert!(reply[4..] == request[4..]);
        server.expect("a thread").join().expect("it returns");
    }

    fn a_message_has_as_many_pieces_as_allowed_and_no_more() {
        let (near, far) = Channel::create().expect("a channel");
        let bytes: Vec<u8> = (0..=CHANNEL_MAX_MSG_IOVECS).map(|index| index as u8).collect();
        let pieces: Vec<_> = bytes.chunks(1).map(iovec).collect();
        assert_eq!(write_pieces(&near, &pieces), Status::OUT_OF_RANGE);
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
        assert_eq!(write_pieces(&near, &pieces[1..]), Status::OK);
        assert!(far.read().expect("a message").bytes == bytes[1..]);
    }

    /// As many bytes as a message may have, in as many pieces as it may have, and in more or fewer than the kernel gathers
    /// in one step; one byte more is too much.
    fn the_largest_message_may_be_in_pieces() {
        let (near, far) = Channel::create().expect("a channel");
        let bytes: Vec<u8> = (0..=MAX_BYTES).map(|index| (index / 3) as u8).collect();
        for count in [1, 2, 255, 256, 257, CHANNEL_MAX_MSG_IOVECS as usize] {
            let pieces = |bytes: &[u8]| -> Vec<_> {
                // The last piece has what is left.
                let (most, last) = bytes.split_at((count - 1) * (bytes.len() / count));
                most.chunks(bytes.len() / count).chain([last]).map(iovec).collect()
            };
            assert_eq!(write_pieces(&near, &pieces(&bytes[..MAX_BYTES])), Status::OK, "{count}");
            assert!(far.read().expect("a message").bytes == bytes[..MAX_BYTES], "{count}");
            assert_eq!(write_pieces(&near, &pieces(&bytes)), Status::OUT_OF_RANGE, "{count}");
            assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT), "{count}");
        }
    }

    /// The limit is on what user code queues: packets of objects come all the same.
    fn a_port_full_of_user_packets_takes_those_of_objects() {
        let (port, event) = (Port::create().expect("a port"), event());
        while port.queue(1, [0; 4]) != Err(Status::SHOULD_WAIT) {}
        event.wait_async(&port, 2, Signals::EVENT_SIGNALED, 0).expect("it is observed");
        event.signal(Signals::empty(), Signals::EVENT_SIGNALED).expect("signal");
        let packets = core::iter::from_fn(|| port.wait_packet(0).ok());
        let (users, objects): (Vec<_>, Vec<_>) = packets.partition(|packet| packet.key == 1);
        assert_eq!((users.len(), objects.len()), (2048, 1));
        assert_eq!(port.wait_packet(0), Err(Status::TIMED_OUT));
    }
}
