//! channel_write_etc, channel_read_etc, channel_call_etc, and messages in pieces.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Status,
    abi::{
        CHANNEL_MAX_MSG_IOVECS, CHANNEL_WRITE_USE_IOVEC, ChannelIovec, HANDLE_OP_DUPLICATE, HANDLE_OP_MOVE,
        HandleDisposition, HandleInfo, OBJ_TYPE_CHANNEL, OBJ_TYPE_EVENT, OBJ_TYPE_NONE,
    },
    handle::Handle,
    info,
};

use crate::harness::{NO_HANDLE, call, user_test, without};

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

fn event() -> Event {
    Event::create().expect("an event")
}

/// A disposition that passes on what it is given.
fn disposition(operation: u32, raw: u32) -> HandleDisposition {
    HandleDisposition {
        operation,
        handle: raw,
        kind: OBJ_TYPE_NONE,
        rights: Rights::SAME_RIGHTS,
        result: Status::OK,
    }
}

fn write(end: &Channel, dispositions: &mut [HandleDisposition]) -> Status {
    let count = dispositions.len() as u32;
    call!(zx_channel_write_etc(end.raw(), 0, core::ptr::null(), 0, dispositions.as_mut_ptr(), count))
}

/// Reads one message that has one handle.
fn read_one(end: &Channel) -> (Handle, HandleInfo) {
    let (mut info, mut bytes, mut handles) = (HandleInfo::default(), 0, 0);
    let null = core::ptr::null_mut();
    let status = call!(zx_channel_read_etc(end.raw(), 0, null, &mut info, 0, 1, &mut bytes, &mut handles));
    assert_eq!((status, bytes, handles), (Status::OK, 0, 1));
    (Handle::from_raw(info.handle), info)
}

fn iovec(bytes: &[u8]) -> ChannelIovec {
    ChannelIovec {
        buffer: bytes.as_ptr().expose_provenance() as u64,
        capacity: bytes.len() as u32,
        reserved: 0,
    }
}

fn write_pieces(end: &Channel, pieces: &[ChannelIovec]) -> Status {
    let (options, count) = (CHANNEL_WRITE_USE_IOVEC, pieces.len() as u32);
    call!(zx_channel_write(end.raw(), options, pieces.as_ptr().cast(), count, core::ptr::null(), 0))
}

user_test! {
    fn move_moves_and_read_tells_type_and_rights() {
        let (left, right) = channel();
        let raw = Handle::from(event()).into_raw();
        assert_eq!(write(&left, &mut [disposition(HANDLE_OP_MOVE, raw)]), Status::OK);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
        let (_handle, info) = read_one(&right);
        assert_eq!((info.kind, info.rights, info.unused), (OBJ_TYPE_EVENT, Rights::DEFAULT_EVENT, 0));
    }

    fn duplicate_keeps_the_source() {
        let (left, right) = channel();
        let event = event();
        assert_eq!(write(&left, &mut [disposition(HANDLE_OP_DUPLICATE, event.raw())]), Status::OK);
        let (handle, _) = read_one(&right);
        assert_eq!(info::basic(&handle).expect("info").koid, info::basic(&event).expect("info").koid);
    }

    fn rights_are_cut_to_what_is_asked() {
        let (left, right) = channel();
        let event = event();
        let mut one = disposition(HANDLE_OP_DUPLICATE, event.raw());
        one.rights = Rights::WAIT;
        assert_eq!(write(&left, &mut [one]), Status::OK);
        let (_handle, info) = read_one(&right);
        assert_eq!(info.rights, Rights::WAIT);
    }

    fn more_rights_are_refused() {
        let (left, _right) = channel();
        let event = event();
        let mut all = [disposition(HANDLE_OP_DUPLICATE, event.raw())];
        all[0].rights = Rights::READ;
        assert_eq!(write(&left, &mut all), Status::INVALID_ARGS);
        assert_eq!(all[0].result, Status::INVALID_ARGS);
    }

    fn type_is_checked() {
        let (left, right) = channel();
        let raw = Handle::from(event()).into_raw();
        let mut all = [disposition(HANDLE_OP_MOVE, raw)];
        all[0].kind = OBJ_TYPE_CHANNEL;
        assert_eq!(write(&left, &mut all), Status::WRONG_TYPE);
        assert_eq!(all[0].result, Status::WRONG_TYPE);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE, "a moved handle is closed");
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn every_entry_gets_its_result_and_the_first_failure_is_returned() {
        let (left, _right) = channel();
        let (good, last) = (event(), Handle::from(event()).into_raw());
        let mut all = [
            disposition(HANDLE_OP_DUPLICATE, good.raw()),
            disposition(HANDLE_OP_MOVE, NO_HANDLE),
            disposition(77, good.raw()),
            disposition(HANDLE_OP_MOVE, last),
        ];
        assert_eq!(write(&left, &mut all), Status::BAD_HANDLE);
        let results = all.map(|one| one.result);
        assert_eq!(results, [Status::OK, Status::BAD_HANDLE, Status::INVALID_ARGS, Status::OK]);
        assert_eq!(call!(zx_handle_close(last)), Status::BAD_HANDLE);
    }

    fn rights_of_the_source_count() {
        let (left, _right) = channel();
        let stuck = without(&event(), Rights::TRANSFER);
        let single = without(&event(), Rights::DUPLICATE);
        for raw in [stuck.raw(), single.raw()] {
            let status = write(&left, &mut [disposition(HANDLE_OP_DUPLICATE, raw)]);
            assert_eq!(status, Status::ACCESS_DENIED);
        }
    }

    fn channel_cannot_send_itself() {
        let (left, _right) = channel();
        let raw = Handle::from(left).into_raw();
        let mut all = [disposition(HANDLE_OP_MOVE, raw)];
        let status = call!(zx_channel_write_etc(raw, 0, core::ptr::null(), 0, all.as_mut_ptr(), 1));
        assert_eq!(status, Status::NOT_SUPPORTED);
        // Whether the move took place is no part of the answer; afterwards it is closed either way.
        call!(zx_handle_close(raw));
    }

    fn pieces_make_one_message() {
        let (left, right) = channel();
        let pieces = [iovec(b"one "), iovec(b""), iovec(b"message")];
        assert_eq!(write_pieces(&left, &pieces), Status::OK);
        assert_eq!(right.read().expect("read").bytes, b"one message");
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn pieces_need_reserved_zero() {
        let (left, _right) = channel();
        let mut piece = iovec(b"x");
        piece.reserved = 1;
        assert_eq!(write_pieces(&left, &[piece]), Status::INVALID_ARGS);
    }

    fn pieces_are_limited_in_sum_and_number() {
        let (left, right) = channel();
        let half = alloc::vec![0; 40_000];
        assert_eq!(write_pieces(&left, &[iovec(&half), iovec(&half)]), Status::OUT_OF_RANGE);
        let many: Vec<_> = (0..=CHANNEL_MAX_MSG_IOVECS).map(|_| iovec(b"")).collect();
        assert_eq!(write_pieces(&left, &many), Status::OUT_OF_RANGE);
        assert_eq!(write_pieces(&left, &many[1..]), Status::OK);
        assert!(right.read().expect("read").bytes.is_empty());
    }
}
