//! socket_create, socket_read, socket_write: streams and datagrams. Dispositions and thresholds are in
//! `socket_state.rs`.

use alloc::{vec, vec::Vec};
use core::ptr::{null, null_mut};

use hafnon_user::{
    AsHandle, Event, Rights, Signals, Socket, Status,
    abi::{INFO_SOCKET, SOCKET_DATAGRAM, SOCKET_PEEK, SOCKET_SHUTDOWN_WRITE, SOCKET_STREAM},
    info,
};

use crate::{
    bad_memory::{BadMemory, half_mapped},
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
};

/// Bytes that one direction holds.
pub const CAPACITY: usize = 256 * 1024;

pub fn stream() -> (Socket, Socket) {
    Socket::create_stream().expect("a socket")
}

pub fn datagrams() -> (Socket, Socket) {
    Socket::create_datagram().expect("a socket")
}

pub fn active(end: &Socket) -> Signals {
    end.wait_observed(Signals::empty(), 0).1
}

/// What one read of at most 100 bytes gets.
pub fn read(end: &Socket) -> Result<Vec<u8>, Status> {
    let mut bytes = vec![0; 100];
    let count = end.read(&mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Both calls with these arguments.
fn both(end: u32, options: u32, data: usize, length: usize, actual: *mut usize) -> [Status; 2] {
    [
        call!(zx_socket_read(end, options, data as _, length, actual)),
        call!(zx_socket_write(end, options, data as _, length, actual)),
    ]
}

user_test! {
    fn create_refuses_options() {
        let (mut left, mut right) = (0, 0);
        for options in [2, 4, 8, 1 << 31, SOCKET_DATAGRAM | 2] {
            assert_eq!(call!(zx_socket_create(options, &mut left, &mut right)), Status::INVALID_ARGS);
        }
    }

    fn create_refuses_bad_pointers_and_keeps_nothing() {
        let (memory, mut out) = (BadMemory::new(), 0);
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_socket_create(0, address as _, &mut out)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_socket_create(0, &mut out, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn ends_know_each_other() {
        let (left, right) = stream();
        let (one, two) = (info::basic(&left).expect("info"), info::basic(&right).expect("info"));
        assert_eq!((one.koid, one.related_koid), (two.related_koid, two.koid));
        assert_eq!(one.rights, Rights::DEFAULT_SOCKET);
        assert_eq!((active(&left), active(&right)), (Signals::SOCKET_WRITABLE, Signals::SOCKET_WRITABLE));
    }

    fn stream_has_no_borders() {
        let (left, right) = stream();
        assert_eq!(left.write(b"one"), Ok(3));
        assert_eq!(left.write(b"two"), Ok(3));
        assert_eq!(right.write(b"back"), Ok(4));
        let mut some = [0; 4];
        assert_eq!(right.read(&mut some), Ok(4));
        assert_eq!(&some, b"onet");
        assert_eq!(read(&right), Ok(b"wo".to_vec()));
        assert_eq!(read(&right), Err(Status::SHOULD_WAIT));
        assert_eq!(read(&left), Ok(b"back".to_vec()));
    }

    fn stream_writes_and_reads_are_short() {
        let (left, right) = stream();
        let bytes: Vec<u8> = (0..CAPACITY + 1000).map(|index| (index % 251) as u8).collect();
        assert_eq!(left.write(&bytes), Ok(CAPACITY));
        assert_eq!(active(&left), Signals::empty());
        assert_eq!(left.write(b"x"), Err(Status::SHOULD_WAIT));
        assert_eq!(left.write(b""), Ok(0));
        let mut read = vec![0; CAPACITY * 2];
        assert_eq!(right.read(&mut read[..10_000]), Ok(10_000));
        assert_eq!(active(&left), Signals::SOCKET_WRITABLE);
        assert_eq!(left.write(&bytes[CAPACITY..]), Ok(1000));
        assert_eq!(right.read(&mut read[10_000..]), Ok(bytes.len() - 10_000));
        assert!(read[..bytes.len()] == bytes);
        assert_eq!(active(&right), Signals::SOCKET_WRITABLE);
    }

    fn datagrams_keep_their_borders() {
        let (left, right) = datagrams();
        for text in [&b"first"[..], b"second", b"third"] {
            assert_eq!(left.write(text), Ok(text.len()));
        }
        assert_eq!(read(&right), Ok(b"first".to_vec()));
        // What does not fit is lost.
        let mut short = [0; 3];
        assert_eq!(right.read(&mut short), Ok(3));
        assert_eq!(&short, b"sec");
        assert_eq!(read(&right), Ok(b"third".to_vec()));
        assert_eq!(read(&right), Err(Status::SHOULD_WAIT));
        assert_eq!(left.write(b""), Ok(0));
        assert_eq!(read(&right), Err(Status::SHOULD_WAIT), "there are no empty datagrams");
    }

    fn datagram_writes_are_never_short() {
        let (left, right) = datagrams();
        let bytes = vec![7; CAPACITY + 1];
        assert_eq!(left.write(&bytes), Err(Status::OUT_OF_RANGE));
        assert_eq!(left.write(&bytes[..CAPACITY - 10]), Ok(CAPACITY - 10));
        assert_eq!(left.write(&bytes[..11]), Err(Status::SHOULD_WAIT));
        assert_eq!(left.write(&bytes[..10]), Ok(10));
        assert_eq!(left.write(&bytes[..1]), Err(Status::SHOULD_WAIT));
        assert_eq!(read(&right).map(|bytes| bytes.len()), Ok(100));
        assert_eq!(read(&right), Ok(vec![7; 10]));
    }

    fn peek_leaves_everything() {
        for (left, right) in [stream(), datagrams()] {
            left.write(b"hello").expect("written");
            let mut bytes = [0; 5];
            assert_eq!(right.peek(&mut bytes[..2]), Ok(2));
            assert_eq!(right.peek(&mut bytes), Ok(5));
            assert_eq!(&bytes, b"hello");
            assert!(active(&right).contains(Signals::SOCKET_READABLE));
            assert_eq!(read(&right), Ok(b"hello".to_vec()));
            assert_eq!(right.peek(&mut bytes), Err(Status::SHOULD_WAIT));
        }
    }

    fn reading_no_bytes_takes_nothing() {
        for (left, right) in [stream(), datagrams()] {
            assert_eq!(right.read(&mut []), Err(Status::SHOULD_WAIT));
            left.write(b"kept").expect("written");
            assert_eq!((right.read(&mut []), right.read(&mut []), right.peek(&mut [])), (Ok(0), Ok(0), Ok(0)));
            assert_eq!(read(&right), Ok(b"kept".to_vec()));
            drop(left);
            assert_eq!(right.read(&mut []), Err(Status::PEER_CLOSED));
        }
    }

    fn a_failed_datagram_write_tells_no_number() {
        let (left, _right) = datagrams();
        let (bytes, mut actual) = (vec![0; CAPACITY + 1], 99);
        let status = call!(zx_socket_write(left.raw(), 0, bytes.as_ptr().cast(), bytes.len(), &mut actual));
        assert_eq!((status, actual), (Status::OUT_OF_RANGE, 99));
    }

    fn readable_follows_the_bytes() {
        let (left, right) = stream();
        left.write(b"ab").expect("written");
        assert!(active(&right).contains(Signals::SOCKET_READABLE));
        right.read(&mut [0; 1]).expect("read");
        assert!(active(&right).contains(Signals::SOCKET_READABLE));
        right.read(&mut [0; 1]).expect("read");
        assert!(!active(&right).contains(Signals::SOCKET_READABLE));
    }

    fn read_without_a_buffer_tells_how_much_there_is() {
        for ((left, right), available) in [(stream(), 9), (datagrams(), 4)] {
            let mut actual = 99;
            let status = call!(zx_socket_read(right.raw(), 0, null_mut(), 0, &mut actual));
            assert_eq!((status, actual), (Status::OK, 0));
            left.write(b"some").expect("written");
            left.write(b"bytes").expect("written");
            let status = call!(zx_socket_read(right.raw(), 0, null_mut(), 0, &mut actual));
            assert_eq!((status, actual), (Status::OK, available));
            assert_eq!(read(&right).map(|bytes| bytes.len()), Ok(available));
        }
    }

    fn info_tells_how_full_it_is() {
        for ((left, right), options) in [(stream(), SOCKET_STREAM), (datagrams(), SOCKET_DATAGRAM)] {
            left.write(b"some").expect("written");
            left.write(b"bytes").expect("written");
            let (sends, receives) = (left.info().expect("info"), right.info().expect("info"));
            let first = if options == SOCKET_STREAM { 9 } else { 4 };
            assert_eq!((sends.options, sends.tx_buf_max, sends.tx_buf_size), (options, CAPACITY, 9));
            assert_eq!((sends.rx_buf_max, sends.rx_buf_size, sends.rx_buf_available), (CAPACITY, 0, 0));
            assert_eq!((receives.rx_buf_size, receives.rx_buf_available), (9, first));
            drop(left);
            let alone = right.info().expect("info");
            assert_eq!((alone.tx_buf_max, alone.tx_buf_size, alone.rx_buf_size), (0, 0, 9));
        }
    }

    fn info_needs_a_socket_and_the_right() {
        let (left, _right) = stream();
        let (mut buffer, event) = ([0; 64], Event::create().expect("an event"));
        assert_eq!(info::query(event.raw(), INFO_SOCKET, &mut buffer).0, Status::WRONG_TYPE);
        let denied = without(&left, Rights::INSPECT);
        assert_eq!(info::query(denied.raw(), INFO_SOCKET, &mut buffer).0, Status::ACCESS_DENIED);
        assert_eq!(info::query(left.raw(), INFO_SOCKET, &mut buffer[..47]).0, Status::BUFFER_TOO_SMALL);
    }

    fn options_are_checked() {
        let (left, _right) = stream();
        let mut data = [0u8; 4];
        let data = data.as_mut_ptr() as usize;
        for options in [1, 2, 4, 16, 1 << 31, SOCKET_PEEK | 1] {
            assert_eq!(both(left.raw(), options, data, 1, null_mut()), [Status::INVALID_ARGS; 2]);
        }
        assert_eq!(
            both(left.raw(), SOCKET_PEEK, data, 1, null_mut()),
            [Status::SHOULD_WAIT, Status::INVALID_ARGS]
        );
    }

    fn lengths_have_32_bits() {
        let huge = u32::MAX as usize + 1;
        for (left, right) in [stream(), datagrams()] {
            let mut byte = 0u8;
            let data = &raw mut byte as usize;
            let transfer = |length| both(left.raw(), 0, data, length, null_mut());
            for length in [huge, huge + 1, usize::MAX] {
                assert_eq!(transfer(length), [Status::INVALID_ARGS; 2], "{length:#x}");
            }
            left.shutdown(SOCKET_SHUTDOWN_WRITE).expect("shut down");
            assert_eq!(transfer(huge), [Status::INVALID_ARGS, Status::BAD_STATE]);
            drop(right);
            assert_eq!(transfer(huge), [Status::INVALID_ARGS, Status::PEER_CLOSED]);
        }
    }

    fn handles_are_checked() {
        let (left, right) = stream();
        let event = Event::create().expect("an event");
        let mut data = [0u8; 4];
        let data = data.as_mut_ptr() as usize;
        for bad in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(both(bad, 0, data, 1, null_mut()), [Status::BAD_HANDLE; 2]);
        }
        assert_eq!(both(event.raw(), 0, data, 1, null_mut()), [Status::WRONG_TYPE; 2]);
        left.write(b"x").expect("written");
        let (no_read, no_write) = (without(&right, Rights::READ), without(&right, Rights::WRITE));
        assert_eq!(both(no_read.raw(), 0, data, 1, null_mut()), [Status::ACCESS_DENIED, Status::OK]);
        assert_eq!(both(no_write.raw(), 0, data, 1, null_mut()), [Status::OK, Status::ACCESS_DENIED]);
    }

    fn write_refuses_bad_pointers_and_writes_nothing() {
        let memory = BadMemory::new();
        for (left, right) in [stream(), datagrams()] {
            for (kind, address) in memory.unreadable(16) {
                let status = call!(zx_socket_write(left.raw(), 0, address as _, 16, null_mut()));
                assert_eq!(status, Status::INVALID_ARGS, "data: {kind}");
            }
            for (kind, address) in memory.unwritable(8).into_iter().filter(|(kind, _)| *kind != "null") {
                let status = call!(zx_socket_write(left.raw(), 0, memory.good() as _, 16, address as _));
                assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
            }
            assert_eq!(call!(zx_socket_write(left.raw(), 0, null(), 0, null_mut())), Status::OK);
            assert_eq!(read(&right), Err(Status::SHOULD_WAIT));
        }
    }

    fn read_refuses_bad_pointers_and_loses_nothing_of_a_stream() {
        let memory = BadMemory::new();
        let (left, right) = stream();
        left.write(&[7; 16]).expect("written");
        for (kind, address) in memory.unwritable(16) {
            let status = call!(zx_socket_read(right.raw(), 0, address as _, 16, null_mut()));
            assert_eq!(status, Status::INVALID_ARGS, "data: {kind}");
        }
        for (kind, address) in memory.unwritable(8).into_iter().filter(|(kind, _)| *kind != "null") {
            let status = call!(zx_socket_read(right.raw(), 0, memory.good() as _, 16, address as _));
            assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
        }
        assert_eq!(read(&right), Ok(vec![7; 16]));
    }

    fn a_datagram_that_is_read_into_a_bad_buffer_is_gone() {
        let memory = BadMemory::new();
        let (left, right) = datagrams();
        for (kind, address) in memory.unwritable(16).into_iter().filter(|(kind, _)| *kind != "null") {
            left.write(&[7; 16]).expect("written");
            left.write(&[8; 16]).expect("written");
            for options in [SOCKET_PEEK, SOCKET_PEEK, 0] {
                let status = call!(zx_socket_read(right.raw(), options, address as _, 16, null_mut()));
                assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            }
            assert_eq!(read(&right), Ok(vec![8; 16]), "{kind}");
            assert_eq!(read(&right), Err(Status::SHOULD_WAIT), "{kind}");
        }
    }

    /// The kernel copies so much in steps.
    fn long_transfers_lose_nothing_where_memory_ends_half_way() {
        let memory = half_mapped(CAPACITY);
        let bytes: Vec<u8> = (0..CAPACITY).map(|number| (number / 7) as u8).collect();
        for ((left, right), kept) in [(stream(), &[0, SOCKET_PEEK][..]), (datagrams(), &[SOCKET_PEEK])] {
            let data = memory.address();
            let status = call!(zx_socket_write(left.raw(), 0, data as _, CAPACITY, null_mut()));
            assert_eq!((status, read(&right)), (Status::INVALID_ARGS, Err(Status::SHOULD_WAIT)));
            assert_eq!(left.write(&bytes), Ok(CAPACITY));
            for options in kept {
                let status = call!(zx_socket_read(right.raw(), *options, data as _, CAPACITY, null_mut()));
                assert_eq!(status, Status::INVALID_ARGS);
            }
            let mut back = vec![0; CAPACITY];
            assert_eq!(right.read(&mut back), Ok(CAPACITY));
            assert!(back == bytes);
        }
    }

    fn bytes_survive_the_writer() {
        for (left, right) in [stream(), datagrams()] {
            left.write(b"last words").expect("written");
            right.write(b"lost").expect("written");
            drop(left);
            assert_eq!(active(&right), Signals::SOCKET_READABLE | Signals::SOCKET_PEER_CLOSED);
            assert_eq!(right.write(b"x"), Err(Status::PEER_CLOSED));
            assert_eq!(right.write(b""), Err(Status::PEER_CLOSED));
            assert_eq!(read(&right), Ok(b"last words".to_vec()));
            assert_eq!(read(&right), Err(Status::PEER_CLOSED));
            assert_eq!(active(&right), Signals::SOCKET_PEER_CLOSED);
        }
    }

    fn signal_peer_acts_on_the_other_end() {
        let (left, right) = stream();
        left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_3).expect("signalled");
        assert_eq!(active(&right), Signals::SOCKET_WRITABLE | Signals::USER_SIGNAL_3);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::SOCKET_READABLE), Err(Status::INVALID_ARGS));
        let denied = without(&left, Rights::SIGNAL_PEER);
        assert_eq!(denied.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::ACCESS_DENIED));
        drop(right);
        assert_eq!(left.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::PEER_CLOSED));
    }
}
