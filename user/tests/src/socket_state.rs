//! socket_set_disposition, socket_shutdown, and the thresholds of sockets.

use hafnon_user::{
    AsHandle, Event, Rights, Signals, Socket, Status,
    abi::{
        PROP_SOCKET_RX_THRESHOLD as RX, PROP_SOCKET_TX_THRESHOLD as TX,
        SOCKET_DISPOSITION_WRITE_DISABLED as DISABLED, SOCKET_DISPOSITION_WRITE_ENABLED as ENABLED,
        SOCKET_SHUTDOWN_READ, SOCKET_SHUTDOWN_WRITE,
    },
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
    socket::{CAPACITY, active, datagrams, read, stream},
};

/// What an end has while neither may write.
const NEITHER: Signals = Signals::SOCKET_WRITE_DISABLED.union(Signals::SOCKET_PEER_WRITE_DISABLED);

/// Writing at `quiet` is disabled, and nothing is left to be read.
fn assert_disabled(quiet: &Socket, other: &Socket) {
    assert_eq!(active(quiet), Signals::SOCKET_WRITE_DISABLED);
    assert_eq!(active(other), Signals::SOCKET_WRITABLE | Signals::SOCKET_PEER_WRITE_DISABLED);
    assert_eq!((quiet.write(b"x"), quiet.write(b"")), (Err(Status::BAD_STATE), Err(Status::BAD_STATE)));
    assert_eq!(read(other), Err(Status::BAD_STATE));
    assert_eq!(other.write(b"still"), Ok(5));
    assert_eq!(read(quiet), Ok(b"still".to_vec()));
}

user_test! {
    fn writing_is_disabled_from_either_end() {
        for (left, right) in [stream(), datagrams()] {
            left.set_disposition(DISABLED, 0).expect("disabled");
            assert_disabled(&left, &right);
            right.set_disposition(0, ENABLED).expect("enabled");
            assert_eq!((active(&left), active(&right)), (Signals::SOCKET_WRITABLE, Signals::SOCKET_WRITABLE));
            left.set_disposition(0, DISABLED).expect("disabled");
            assert_disabled(&right, &left);
            right.set_disposition(ENABLED, 0).expect("enabled");
            left.set_disposition(DISABLED, DISABLED).expect("disabled");
            assert_eq!((active(&left), active(&right)), (NEITHER, NEITHER));
            right.set_disposition(ENABLED, DISABLED).expect("enabled");
            assert_disabled(&left, &right);
            right.set_disposition(0, 0).expect("nothing to do");
            assert_disabled(&left, &right);
        }
    }

    /// Writing that is enabled again is told of even if nobody can read any more: as in the public tests.
    fn writing_enabled_again_shows_beside_a_closed_peer() {
        for (left, right) in [stream(), datagrams()] {
            left.set_disposition(DISABLED, 0).expect("disabled");
            drop(right);
            let closed = Signals::SOCKET_PEER_CLOSED;
            assert_eq!(active(&left), closed | Signals::SOCKET_WRITE_DISABLED);
            left.set_disposition(ENABLED, 0).expect("enabled");
            assert_eq!(active(&left), closed | Signals::SOCKET_WRITABLE);
            assert_eq!(left.write(b"x"), Err(Status::PEER_CLOSED));
            left.set_disposition(DISABLED, 0).expect("disabled");
            assert_eq!(active(&left), closed | Signals::SOCKET_WRITE_DISABLED);
        }
        let (left, right) = stream();
        drop(right);
        left.set_disposition(ENABLED, 0).expect("nothing to enable");
        assert_eq!(active(&left), Signals::SOCKET_PEER_CLOSED);
    }

    fn what_was_written_is_read_first() {
        let (left, right) = stream();
        left.write(b"before").expect("written");
        left.set_disposition(DISABLED, 0).expect("disabled");
        assert!(active(&right).contains(Signals::SOCKET_READABLE));
        assert_eq!(right.read(&mut [0; 2]), Ok(2));
        assert_eq!(read(&right), Ok(b"fore".to_vec()));
        assert_eq!(read(&right), Err(Status::BAD_STATE));
    }

    fn closed_comes_before_disabled() {
        let (left, right) = stream();
        left.set_disposition(DISABLED, DISABLED).expect("disabled");
        drop(left);
        assert_eq!((right.write(b"x"), read(&right)), (Err(Status::PEER_CLOSED), Err(Status::PEER_CLOSED)));
        right.set_disposition(ENABLED, ENABLED).expect("enabled");
        assert_eq!(active(&right), Signals::SOCKET_PEER_CLOSED | Signals::SOCKET_WRITABLE);
    }

    fn unread_bytes_keep_writing_disabled() {
        let (left, right) = stream();
        left.write(b"unread").expect("written");
        left.set_disposition(DISABLED, DISABLED).expect("disabled");
        assert_eq!(left.set_disposition(ENABLED, ENABLED), Err(Status::BAD_STATE));
        assert_eq!(right.set_disposition(ENABLED, ENABLED), Err(Status::BAD_STATE));
        assert_eq!(active(&left), NEITHER, "nothing was changed");
        right.set_disposition(ENABLED, 0).expect("nothing is unread there");
        read(&right).expect("read");
        left.set_disposition(ENABLED, 0).expect("enabled");
        assert_eq!(left.write(b"again"), Ok(5));
        left.set_disposition(ENABLED, 0).expect("it was enabled before");
    }

    fn unread_bytes_of_a_closed_end_keep_writing_disabled() {
        let (left, right) = stream();
        left.write(b"unread").expect("written");
        right.set_disposition(0, DISABLED).expect("disabled");
        drop(left);
        assert_eq!(right.set_disposition(0, ENABLED), Err(Status::BAD_STATE));
        assert_eq!(read(&right), Ok(b"unread".to_vec()));
        right.set_disposition(0, ENABLED).expect("enabled");
        assert_eq!(read(&right), Err(Status::PEER_CLOSED));
    }

    fn dispositions_are_checked() {
        let (left, right) = stream();
        for bad in [DISABLED | ENABLED, 4, 1 << 31, DISABLED | 8] {
            assert_eq!(left.set_disposition(bad, DISABLED), Err(Status::INVALID_ARGS));
            assert_eq!(left.set_disposition(DISABLED, bad), Err(Status::INVALID_ARGS));
        }
        assert_eq!((active(&left), active(&right)), (Signals::SOCKET_WRITABLE, Signals::SOCKET_WRITABLE));
    }

    fn handles_are_checked() {
        let (left, _right) = stream();
        let event = Event::create().expect("an event");
        for bad in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(call!(zx_socket_set_disposition(bad, 0, 0)), Status::BAD_HANDLE);
            assert_eq!(call!(zx_socket_shutdown(bad, 0)), Status::BAD_HANDLE);
        }
        assert_eq!(call!(zx_socket_set_disposition(event.raw(), 0, 0)), Status::WRONG_TYPE);
        assert_eq!(call!(zx_socket_shutdown(event.raw(), 0)), Status::WRONG_TYPE);
        let denied = without(&left, Rights::MANAGE_SOCKET);
        assert_eq!(denied.set_disposition(0, 0), Err(Status::ACCESS_DENIED));
        assert_eq!(without(&left, Rights::WRITE).shutdown(0), Err(Status::ACCESS_DENIED));
    }

    fn shutdown_disables() {
        let (left, right) = stream();
        left.shutdown(SOCKET_SHUTDOWN_WRITE).expect("shut down");
        assert_disabled(&left, &right);
        let (left, right) = stream();
        right.write(b"before").expect("written");
        left.shutdown(SOCKET_SHUTDOWN_READ).expect("shut down");
        assert_eq!(right.write(b"x"), Err(Status::BAD_STATE));
        assert_eq!(read(&left), Ok(b"before".to_vec()));
        assert_disabled(&right, &left);
        left.shutdown(SOCKET_SHUTDOWN_READ | SOCKET_SHUTDOWN_WRITE).expect("shut down");
        assert_eq!((active(&left), active(&right)), (NEITHER, NEITHER));
        for bad in [4, 1 << 31, SOCKET_SHUTDOWN_READ | 8] {
            assert_eq!(left.shutdown(bad), Err(Status::INVALID_ARGS));
        }
    }

    fn read_threshold_follows_the_bytes() {
        let (left, right) = stream();
        let reached = || active(&right).contains(Signals::SOCKET_READ_THRESHOLD);
        assert_eq!(right.threshold(RX), Ok(0));
        left.write(&[0; 10]).expect("written");
        assert!(!reached());
        for (threshold, expected) in [(10, true), (11, false), (0, false), (9, true), (12, false)] {
            right.set_threshold(RX, threshold).expect("set");
            assert_eq!((right.threshold(RX), reached()), (Ok(threshold), expected), "{threshold}");
        }
        left.write(&[0; 2]).expect("written");
        assert!(reached());
        right.read(&mut [0; 1]).expect("read");
        assert!(!reached());
        assert_eq!(left.threshold(RX), Ok(0), "each end has its own");
    }

    fn write_threshold_follows_the_room() {
        let (left, right) = stream();
        let reached = || active(&left).contains(Signals::SOCKET_WRITE_THRESHOLD);
        left.write(&[0; 10]).expect("written");
        let room = CAPACITY - 10;
        for (threshold, expected) in [(room, true), (room + 1, false), (0, false), (1, true), (room, true)] {
            left.set_threshold(TX, threshold).expect("set");
            assert_eq!((left.threshold(TX), reached()), (Ok(threshold), expected), "{threshold}");
        }
        left.write(&[0; 1]).expect("written");
        assert!(!reached());
        right.read(&mut [0; 1]).expect("read");
        assert!(reached());
        assert_eq!(right.threshold(TX), Ok(0), "each end has its own");
    }

    fn thresholds_are_checked() {
        let (left, right) = stream();
        for property in [RX, TX] {
            left.set_threshold(property, CAPACITY).expect("set");
            assert_eq!(left.set_threshold(property, CAPACITY + 1), Err(Status::INVALID_ARGS));
            assert_eq!(left.threshold(property), Ok(CAPACITY));
        }
        drop(right);
        left.set_threshold(RX, 1).expect("set");
        assert_eq!(left.set_threshold(TX, 1), Err(Status::PEER_CLOSED));
    }

    fn properties_need_their_rights_type_and_size() {
        let (left, _right) = stream();
        let (no_get, no_set) = (without(&left, Rights::GET_PROPERTY), without(&left, Rights::SET_PROPERTY));
        let mut value = 0usize;
        let place = (&raw mut value) as usize;
        for property in [RX, TX] {
            assert_eq!(no_get.threshold(property), Err(Status::ACCESS_DENIED));
            assert_eq!(no_set.set_threshold(property, 1), Err(Status::ACCESS_DENIED));
            let job = crate::harness::job();
            assert_eq!(call!(zx_object_get_property(job.raw(), property, place as _, 8)), Status::WRONG_TYPE);
            assert_eq!(call!(zx_object_set_property(job.raw(), property, place as _, 8)), Status::WRONG_TYPE);
            let small = Status::BUFFER_TOO_SMALL;
            assert_eq!(call!(zx_object_get_property(left.raw(), property, place as _, 7)), small);
            assert_eq!(call!(zx_object_set_property(left.raw(), property, place as _, 7)), small);
        }
    }

    fn properties_refuse_bad_pointers() {
        let (memory, (left, _right)) = (BadMemory::new(), stream());
        for property in [RX, TX] {
            for (kind, address) in memory.unwritable(8) {
                let status = call!(zx_object_get_property(left.raw(), property, address as _, 8));
                assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            }
            for (kind, address) in memory.unreadable(8) {
                let status = call!(zx_object_set_property(left.raw(), property, address as _, 8));
                assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            }
        }
    }
}
