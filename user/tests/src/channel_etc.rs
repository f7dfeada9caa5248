//! channel_write_etc, channel_read_etc, and messages in pieces.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Status,
    abi::{
        CHANNEL_MAX_MSG_IOVECS, CHANNEL_WRITE_USE_IOVEC, ChannelIovec, HANDLE_OP_DUPLICATE, HANDLE_OP_MOVE,
        HandleDisposition, HandleInfo, OBJ_TYPE_CHANNEL, OBJ_TYPE_EVENT, OBJ_TYPE_NONE,
    },
    channel::MAX_HANDLES,
    handle::Handle,
    info,
};

use crate::harness::{NO_HANDLE, call, user_test, without};

/// One way to write a message with one handle.
type Attempt<'a> = &'a dyn Fn(&mut HandleDisposition) -> Status;

/// What closing the source answers, once it was moved or duplicated.
const AFTER: [(u32, Status); 2] = [(HANDLE_OP_MOVE, Status::BAD_HANDLE), (HANDLE_OP_DUPLICATE, Status::OK)];

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

/// A piece of a message.
pub fn iovec(bytes: &[u8]) -> ChannelIovec {
    ChannelIovec {
        buffer: bytes.as_ptr().expose_provenance() as u64,
        capacity: bytes.len() as u32,
        reserved: 0,
    }
}

/// Writes a message that is in pieces.
pub fn write_pieces(end: &Channel, pieces: &[ChannelIovec]) -> Status {
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
        for (operation, after) in AFTER {
            let (left, _right) = channel();
            let raw = Handle::from(left).into_raw();
            let mut all = [disposition(operation, raw)];
            let status = call!(zx_channel_write_etc(raw, 0, core::ptr::null(), 0, all.as_mut_ptr(), 1));
            assert_eq!((status, all[0].result), (Status::NOT_SUPPORTED, Status::NOT_SUPPORTED));
            assert_eq!(call!(zx_handle_close(raw)), after);
        }
    }

    fn results_of_success_are_left_as_they_were() {
        let (left, right) = channel();
        let (event, raw) = (event(), Handle::from(event()).into_raw());
        let mut all = [disposition(HANDLE_OP_DUPLICATE, event.raw()), disposition(HANDLE_OP_MOVE, raw)];
        all[0].result = Status::WRONG_TYPE;
        assert_eq!(write(&left, &mut all), Status::OK);
        assert_eq!(all.map(|one| one.result), [Status::WRONG_TYPE, Status::OK]);
        assert_eq!(right.read().expect("read").handles.len(), 2);
        // Nor does a failure touch the entries that did not fail.
        let mut all = [disposition(HANDLE_OP_DUPLICATE, event.raw()), disposition(HANDLE_OP_MOVE, raw)];
        all[0].result = Status::WRONG_TYPE;
        assert_eq!(write(&left, &mut all), Status::BAD_HANDLE);
        assert_eq!(all.map(|one| one.result), [Status::WRONG_TYPE, Status::BAD_HANDLE]);
    }

    fn whatever_fails_moved_handles_are_closed_and_duplicated_ones_are_not() {
        let (left, right) = channel();
        let null = core::ptr::null;
        drop(right);
        let (open, _other) = channel();
        for (operation, after) in AFTER {
            let attempts: [(&str, Attempt<'_>, Status); 6] = [
                ("options", &|one| call!(zx_channel_write_etc(open.raw(), 1, null(), 0, one, 1)), Status::INVALID_ARGS),
                ("bytes", &|one| call!(zx_channel_write_etc(open.raw(), 0, null(), 9, one, 1)), Status::INVALID_ARGS),
                ("handle", &|one| call!(zx_channel_write_etc(NO_HANDLE, 0, null(), 0, one, 1)), Status::BAD_HANDLE),
                ("peer", &|one| call!(zx_channel_write_etc(left.raw(), 0, null(), 0, one, 1)), Status::PEER_CLOSED),
                ("type", &|one| {
                    one.kind = OBJ_TYPE_CHANNEL;
                    write(&open, core::slice::from_mut(one))
                }, Status::WRONG_TYPE),
                ("rights", &|one| {
                    one.rights = Rights::DEFAULT_EVENT | Rights::EXECUTE;
                    write(&open, core::slice::from_mut(one))
                }, Status::INVALID_ARGS),
            ];
            for (what, attempt, expected) in attempts {
                let raw = Handle::from(event()).into_raw();
                assert_eq!(attempt(&mut disposition(operation, raw)), expected, "{what}");
                assert_eq!(call!(zx_handle_close(raw)), after, "{what}");
            }
        }
    }

    fn an_operation_that_does_not_exist_closes_the_handle() {
        let (left, _right) = channel();
        for operation in [2, u32::MAX] {
            let raw = Handle::from(event()).into_raw();
            assert_eq!(write(&left, &mut [disposition(operation, raw)]), Status::INVALID_ARGS);
            assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
        }
    }

    fn the_same_handle_is_moved_once_and_duplicated_often() {
        let ((left, right), one) = (channel(), event());
        assert_eq!(write(&left, &mut [disposition(HANDLE_OP_DUPLICATE, one.raw()); 3]), Status::OK);
        assert_eq!(right.read().expect("read").handles.len(), 3);
        let raw = Handle::from(one).into_raw();
        let mut all = [disposition(HANDLE_OP_MOVE, raw); 2];
        assert_eq!(write(&left, &mut all), Status::BAD_HANDLE);
        assert_eq!(all.map(|one| one.result), [Status::OK, Status::BAD_HANDLE]);
        // In this order both succeed.
        let raw = Handle::from(event()).into_raw();
        let mut all = [disposition(HANDLE_OP_DUPLICATE, raw), disposition(HANDLE_OP_MOVE, raw)];
        assert_eq!(write(&left, &mut all), Status::OK);
    }

    fn as_many_handles_as_allowed_and_no_more() {
        let ((left, right), one) = (channel(), event());
        let mut all = [disposition(HANDLE_OP_DUPLICATE, one.raw()); MAX_HANDLES + 1];
        assert_eq!(write(&left, &mut all[1..]), Status::OK);
        assert_eq!(right.read().expect("read").handles.len(), MAX_HANDLES);
        let raw = Handle::from(one).into_raw();
        all[MAX_HANDLES].operation = HANDLE_OP_MOVE;
        assert_eq!(write(&left, &mut all), Status::OUT_OF_RANGE);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE, "also the last one is taken");
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn a_handle_may_be_sent_without_any_right() {
        let (left, right) = channel();
        let mut one = disposition(HANDLE_OP_MOVE, Handle::from(event()).into_raw());
        one.rights = Rights::NONE;
        assert_eq!(write(&left, &mut [one]), Status::OK);
        let (handle, info) = read_one(&right);
        assert_eq!(info.rights, Rights::NONE);
        // What can not be transferred can still be closed.
        let raw = handle.into_raw();
        assert_eq!(write(&left, &mut [disposition(HANDLE_OP_MOVE, raw)]), Status::ACCESS_DENIED);
    }

    fn small_buffers_keep_the_message() {
        let (left, right) = channel();
        left.write(b"four", alloc::vec![event().into()]).expect("write");
        let null = core::ptr::null_mut();
        let (mut info, mut bytes, mut handles, mut text) = (HandleInfo::default(), 0, 0, [0_u8; 4]);
        let into = text.as_mut_ptr().cast();
        let status = call!(zx_channel_read_etc(right.raw(), 0, into, null, 4, 0, &mut bytes, &mut handles));
        assert_eq!((status, bytes, handles), (Status::BUFFER_TOO_SMALL, 4, 1));
        let status = call!(zx_channel_read_etc(
            right.raw(), 0, into, &mut info, 4, 1, core::ptr::null_mut(), core::ptr::null_mut(),
        ));
        assert_eq!((status, &text, info.kind), (Status::OK, b"four", OBJ_TYPE_EVENT));
        drop(Handle::from_raw(info.handle));
    }

    fn pieces_make_one_message() {
        let (left, right) = channel();
        let pieces = [iovec(b"one "), iovec(b""), iovec(b"message")];
        assert_eq!(write_pieces(&left, &pieces), Status::OK);
        assert_eq!(right.read().expect("read").bytes, b"one message");
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn a_piece_that_can_not_be_read_sends_nothing() {
        let (left, right) = channel();
        let (mut bad, mut none) = (iovec(b"good"), iovec(b""));
        (bad.buffer, none.buffer) = (0, 0);
        assert_eq!(write_pieces(&left, &[iovec(b"good"), bad]), Status::INVALID_ARGS);
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
        assert_eq!(write_pieces(&left, &[iovec(b"good"), none]), Status::OK, "null is fine for no bytes");
        assert_eq!(right.read().expect("read").bytes, b"good");
        assert_eq!(write_pieces(&left, &[]), Status::OK, "no pieces make an empty message");
        assert!(right.read().expect("read").bytes.is_empty());
    }

    fn pieces_travel_with_handles() {
        let ((left, right), raw) = (channel(), Handle::from(event()).into_raw());
        let (piece, options) = (iovec(b"with a handle"), CHANNEL_WRITE_USE_IOVEC);
        let pieces = (&raw const piece).cast();
        let mut one = disposition(HANDLE_OP_MOVE, raw);
        assert_eq!(call!(zx_channel_write_etc(left.raw(), options, pieces, 1, &mut one, 1)), Status::OK);
        let message = right.read().expect("read");
        assert_eq!((message.bytes.as_slice(), message.handles.len()), (&b"with a handle"[..], 1));
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
