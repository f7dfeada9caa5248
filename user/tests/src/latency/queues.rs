//! Queues that grow until they are full, and what is in them.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Debuglog, Event, Port, Rights, Signals, Socket, Status, Vmo,
    abi::{
        CHANNEL_MAX_MSG_BYTES, CHANNEL_MAX_MSG_HANDLES, CHANNEL_MAX_MSG_IOVECS, CHANNEL_WRITE_USE_IOVEC,
        ChannelCallArgs, ChannelIovec, VM_PERM_READ,
    },
    handle::Handle,
    startup::root_vmar,
    vmar::{Mapping, PAGE_SIZE, READ_WRITE},
};

use crate::harness::{call, resource, user_test};

/// Unread messages of a channel, at most, and packets of a port.
const MESSAGES: usize = 3_500;
const PACKETS: u64 = 2_048;
/// Channels that lie in each other's queues.
const NESTED: usize = 500;
/// Views of the log.
const READERS: usize = 128;

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

fn copies(event: &Event, count: usize) -> Vec<Handle> {
    (0..count).map(|_| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle")).collect()
}

user_test! {
    #[needs("counted")]
    fn a_channel_to_its_limit_and_back() {
        let (near, far) = channel();
        (0..MESSAGES).for_each(|_| near.write(b"unread", vec![]).expect("written"));
        (0..MESSAGES).for_each(|_| _ = far.read().expect("a message"));
    }

    #[needs("counted")]
    fn messages_with_most_handles_and_bytes() {
        let ((near, far), event) = (channel(), Event::create().expect("an event"));
        let bytes = vec![7; CHANNEL_MAX_MSG_BYTES as usize];
        for _ in 0..500 {
            near.write(&bytes, copies(&event, CHANNEL_MAX_MSG_HANDLES as usize)).expect("written");
        }
        for _ in 0..100 {
            assert_eq!(far.read().expect("a message").handles.len(), CHANNEL_MAX_MSG_HANDLES as usize);
        }
    }

    #[needs("counted")]
    fn a_call_of_8192_pieces() {
        let ((near, far), piece) = (channel(), [7_u8; 8]);
        let buffer = piece.as_ptr().expose_provenance() as u64;
        let pieces = vec![ChannelIovec { buffer, capacity: 8, reserved: 0 }; CHANNEL_MAX_MSG_IOVECS as usize];
        let wr_bytes = pieces.as_ptr().expose_provenance() as u64;
        let wr_num_bytes = pieces.len() as u32;
        let args = ChannelCallArgs { wr_bytes, wr_num_bytes, ..Default::default() };
        let mut actual = (0, 0);
        let options = CHANNEL_WRITE_USE_IOVEC;
        let status = call!(zx_channel_call(near.raw(), options, 0, &args, &mut actual.0, &mut actual.1));
        assert_eq!(status, Status::TIMED_OUT);
        assert_eq!(far.read().expect("a message").bytes.len(), CHANNEL_MAX_MSG_BYTES as usize);
    }

    /// Each piece lies across two pages that have to be brought in.
    #[needs("counted")]
    fn messages_of_pieces_in_fresh_pages() {
        const PIECES: usize = 1_000;
        const AT_TRAP: usize = 24;
        let (near, far) = channel();
        for count in [AT_TRAP, PIECES] {
            let memory = Vmo::create((2 * PIECES * PAGE_SIZE) as u64).expect("a VMO");
            let mapping = Mapping::new(&memory, READ_WRITE, 2 * PIECES * PAGE_SIZE).expect("mapped");
            let piece = |index: usize| {
                let buffer = (mapping.address() + (2 * index + 1) * PAGE_SIZE - 1) as u64;
                ChannelIovec { buffer, capacity: 2, reserved: 0 }
            };
            let pieces: Vec<ChannelIovec> = (0..count).map(piece).collect();
            let options = CHANNEL_WRITE_USE_IOVEC;
            let (list, none) = (pieces.as_ptr().cast(), core::ptr::null());
            assert_eq!(call!(zx_channel_write(near.raw(), options, list, count as u32, none, 0)), Status::OK);
            assert_eq!(far.read().expect("a message").bytes, vec![0; 2 * count]);
        }
    }

    #[needs("counted")]
    fn closing_full_channels_nested_in_channels() {
        let (first, mut last) = channel();
        let mut outer = first;
        for _ in 0..NESTED {
            for _ in 0..20 {
                last.write(b"unread", vec![]).expect("written");
                outer.write(b"unread", vec![]).expect("written");
            }
            let (near, far) = channel();
            near.write(b"ends", vec![outer.into(), last.into()]).expect("written");
            (outer, last) = (far, near);
        }
        last.wait(Signals::CHANNEL_WRITABLE, 0).expect("it is there");
        drop(last);
        drop(outer);
    }

    #[needs("counted")]
    fn a_port_to_its_limit_and_away() {
        let ports: Vec<Port> = (0..32).map(|_| Port::create().expect("a port")).collect();
        for port in &ports {
            (0..PACKETS).for_each(|key| port.queue(key, [key; 4]).expect("queued"));
        }
        let raw: Vec<u32> = ports.into_iter().map(|port| Handle::from(port).into_raw()).collect();
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::OK);
    }

    #[needs("counted")]
    fn full_sockets() {
        let bytes = vec![7; 256 * 1024];
        let mut ends = Vec::new();
        for _ in 0..64 {
            let (left, right) = Socket::create_stream().expect("a socket");
            left.write(&bytes).expect("written");
            right.write(&bytes).expect("written");
            ends.push(Handle::from(left).into_raw());
            ends.push(Handle::from(right).into_raw());
        }
        let mut read = vec![0; 256 * 1024];
        let (last, mut actual) = (ends[ends.len() - 1], 0);
        assert_eq!(call!(zx_socket_read(last, 0, read.as_mut_ptr().cast(), read.len(), &mut actual)), Status::OK);
        assert_eq!(actual, read.len());
        let fresh = vec![0; 256 * 1024];
        let (left, right) = Socket::create_stream().expect("a socket");
        assert_eq!(left.write(&fresh).expect("written"), fresh.len());
        drop((left, right));
        let (left, right) = Socket::create_datagram().expect("a socket");
        while left.write(b"a").is_ok() {}
        assert_eq!(call!(zx_handle_close_many(ends.as_ptr(), ends.len())), Status::OK);
        drop((left, right));
    }

    #[needs("counted")]
    fn full_data_pipes() {
        const ALL: usize = 256 * 1024;
        for bytes in [vec![0; ALL], vec![7; ALL]] {
            let (mut consumer, mut producer, mut actual) = (0, 0, 0);
            assert_eq!(call!(mx_datapipe_create(0, 1, ALL, &mut consumer, &mut producer)), Status::OK);
            let (consumer, producer) = (Handle::from_raw(consumer), Handle::from_raw(producer));
            assert_eq!(call!(mx_datapipe_write(producer.raw(), 0, bytes.as_ptr(), ALL, &mut actual)), Status::OK);
            assert_eq!(actual, ALL);
            let mut read = vec![0; ALL];
            let to: *mut u8 = read.as_mut_ptr();
            assert_eq!(call!(mx_datapipe_read(consumer.raw(), 0, to, ALL, &mut actual)), Status::OK);
            assert!(actual == ALL && read == bytes);
        }
    }

    #[needs("counted")]
    fn closing_data_pipes_whose_windows_are_cut_to_pieces() {
        const PIPES: usize = 64;
        const PAGES: usize = 64;
        let root = root_vmar().expect("a root region");
        let producers: Vec<Handle> = (0..PIPES)
            .map(|_| {
                let (mut consumer, mut producer, mut address, mut room) = (0, 0, 0, 0);
                let created = call!(mx_datapipe_create(0, 1, PAGES * PAGE_SIZE, &mut consumer, &mut producer));
                assert_eq!(created, Status::OK);
                assert_eq!(call!(mx_datapipe_begin_write(producer, 0, 1, &mut address, &mut room)), Status::OK);
                for page in (0..PAGES).step_by(2) {
                    let at = address + page * PAGE_SIZE;
                    assert_eq!(call!(zx_vmar_protect(root.raw(), VM_PERM_READ, at, PAGE_SIZE)), Status::OK);
                }
                drop(Handle::from_raw(consumer));
                Handle::from_raw(producer)
            })
            .collect();
        let (near, far) = Channel::create().expect("a channel");
        near.write(b"all of them", producers).expect("sent");
        drop(far);
    }

    /// All of them have read everything whenever a record is written, and a port observes each of them often.
    #[needs("counted")]
    fn a_log_with_all_its_readers() {
        const EACH: u64 = 16;
        let readers: Vec<Debuglog> =
            (0..READERS).map(|_| Debuglog::create(resource(), true).expect("a view")).collect();
        let writer = Debuglog::create(resource(), false).expect("a view");
        let port = Port::create().expect("a port");
        for _ in 0..5 {
            for reader in &readers {
                while reader.read().is_ok() {}
                (0..EACH).for_each(|key| reader.wait_async(&port, key, Signals::LOG_READABLE, 0).expect("armed"));
            }
            writer.write(b"to all").expect("written");
            for _ in 0..READERS as u64 * EACH {
                port.wait_packet(0).expect("all have been told when the call returns");
            }
        }
        drop(readers);
        writer.write(b"to nobody").expect("written");
    }
}
