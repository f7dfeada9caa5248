//! channel_create, channel_write, channel_read.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Signals, Status,
    abi::CHANNEL_READ_MAY_DISCARD,
    channel::{MAX_BYTES, MAX_HANDLES},
    handle::Handle,
    info,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, stale_handle, user_test, without},
};

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

fn event() -> Handle {
    Event::create().expect("an event").into()
}

fn active(end: &Channel) -> Signals {
    end.wait_observed(Signals::empty(), 0).1
}

/// Writes handles by their raw values, which the call consumes.
fn write_raw(end: &Channel, raw: &[u32]) -> Status {
    call!(zx_channel_write(end.raw(), 0, core::ptr::null(), 0, raw.as_ptr(), raw.len() as u32))
}

/// The same end with these rights only: channels cannot be duplicated.
fn limited(end: Channel, rights: Rights) -> Channel {
    Handle::from(end).replace(rights).expect("a replacement").into()
}

fn is_closed(raw: u32) -> bool {
    call!(zx_handle_close(raw)) == Status::BAD_HANDLE
}

user_test! {
    fn create_refuses_options() {
        let (mut left, mut right) = (0, 0);
        assert_eq!(call!(zx_channel_create(1, &mut left, &mut right)), Status::INVALID_ARGS);
    }

    fn create_refuses_bad_pointers_and_keeps_nothing() {
        let (memory, mut out) = (BadMemory::new(), 0);
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_channel_create(0, address as _, &mut out)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_channel_create(0, &mut out, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn new_ends_are_writable_only() {
        let (left, right) = channel();
        assert_eq!((active(&left), active(&right)), (Signals::CHANNEL_WRITABLE, Signals::CHANNEL_WRITABLE));
    }

    fn messages_arrive_in_order() {
        let (left, right) = channel();
        for number in 0..10u8 {
            left.write(&[number; 5], Vec::new()).expect("write");
        }
        for number in 0..10u8 {
            assert_eq!(right.read().expect("read").bytes, [number; 5]);
        }
    }

    fn empty_message_arrives() {
        let (left, right) = channel();
        left.write(&[], Vec::new()).expect("write");
        assert!(active(&right).contains(Signals::CHANNEL_READABLE));
        let message = right.read().expect("read");
        assert!(message.bytes.is_empty() && message.handles.is_empty());
    }

    fn readable_follows_the_queue() {
        let (left, right) = channel();
        left.write(b"a", Vec::new()).expect("write");
        left.write(b"b", Vec::new()).expect("write");
        right.read().expect("read");
        assert!(active(&right).contains(Signals::CHANNEL_READABLE));
        right.read().expect("read");
        assert_eq!(active(&right), Signals::CHANNEL_WRITABLE);
    }

    fn read_of_empty_queue_is_should_wait() {
        let (left, _right) = channel();
        assert_eq!(left.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn largest_message_arrives() {
        let (left, right) = channel();
        let bytes: Vec<u8> = (0..MAX_BYTES).map(|index| index as u8).collect();
        let handles = (0..MAX_HANDLES).map(|_| event()).collect();
        left.write(&bytes, handles).expect("write");
        let message = right.read().expect("read");
        assert!(message.bytes == bytes);
        assert_eq!(message.handles.len(), MAX_HANDLES);
    }

    fn larger_message_is_out_of_range() {
        let (left, right) = channel();
        assert_eq!(left.write(&vec![0; MAX_BYTES + 1], Vec::new()), Err(Status::OUT_OF_RANGE));
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn more_handles_are_out_of_range_and_consumed() {
        let (left, right) = channel();
        let raw = [(); MAX_HANDLES + 1].map(|()| event().into_raw());
        assert_eq!(write_raw(&left, &raw), Status::OUT_OF_RANGE);
        assert!(raw.into_iter().all(is_closed));
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn handles_move() {
        let (left, right) = channel();
        let event = event();
        let koid = info::basic(&event).expect("info").koid;
        let raw = event.raw();
        left.write(b"x", vec![event]).expect("write");
        assert!(is_closed(raw));
        let message = right.read().expect("read");
        assert_eq!(info::basic(&message.handles[0]).expect("info").koid, koid);
    }

    fn the_other_end_can_be_sent_through_a_channel() {
        let ((left, right), (near, far)) = (channel(), channel());
        left.write(b"", vec![far.into()]).expect("write");
        let far = Channel::from(right.read().expect("read").handles.remove(0));
        near.write(b"through", Vec::new()).expect("write");
        assert_eq!(far.read().expect("read").bytes, b"through");
    }

    fn failed_write_consumes_handles() {
        let (left, right) = channel();
        let raw = event().into_raw();
        let status = call!(zx_channel_write(left.raw(), 1 << 31, core::ptr::null(), 0, &raw, 1));
        assert_eq!(status, Status::INVALID_ARGS, "bad options");
        assert!(is_closed(raw));
        drop(right);
        let raw = event().into_raw();
        assert_eq!(write_raw(&left, &[raw]), Status::PEER_CLOSED);
        assert!(is_closed(raw));
    }

    fn write_to_a_bad_handle_consumes_handles() {
        for bad in [0, NO_HANDLE, stale_handle()] {
            let raw = event().into_raw();
            let status = call!(zx_channel_write(bad, 0, core::ptr::null(), 0, &raw, 1));
            assert_eq!(status, Status::BAD_HANDLE);
            assert!(is_closed(raw));
        }
    }

    fn handles_after_a_bad_one_are_consumed() {
        let (left, right) = channel();
        let (first, last) = (event().into_raw(), event().into_raw());
        assert_eq!(write_raw(&left, &[first, NO_HANDLE, last]), Status::BAD_HANDLE);
        assert!(is_closed(first) && is_closed(last));
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn handle_listed_twice_is_bad_handle() {
        let (left, _right) = channel();
        let raw = event().into_raw();
        assert_eq!(write_raw(&left, &[raw, raw]), Status::BAD_HANDLE);
        assert!(is_closed(raw));
    }

    fn channel_cannot_send_itself() {
        let (left, right) = channel();
        let raw = Handle::from(left).into_raw();
        let status = call!(zx_channel_write(raw, 0, core::ptr::null(), 0, &raw, 1));
        assert_eq!(status, Status::NOT_SUPPORTED);
        assert!(is_closed(raw), "the handle is consumed all the same");
        assert!(active(&right).contains(Signals::CHANNEL_PEER_CLOSED));
    }

    fn handle_needs_transfer() {
        let (left, _right) = channel();
        let event = without(&event(), Rights::TRANSFER);
        let raw = event.into_raw();
        assert_eq!(write_raw(&left, &[raw]), Status::ACCESS_DENIED);
        assert!(is_closed(raw));
    }

    fn read_and_write_need_their_rights() {
        let (left, _right) = channel();
        let deaf = limited(left, Rights::WRITE | Rights::INSPECT);
        assert_eq!(deaf.read().err(), Some(Status::ACCESS_DENIED));
        let (left, _right) = channel();
        let mute = limited(left, Rights::READ | Rights::INSPECT);
        assert_eq!(mute.write(b"x", Vec::new()), Err(Status::ACCESS_DENIED));
    }

    fn channels_are_not_duplicated() {
        let (left, _right) = channel();
        assert_eq!(left.duplicate(Rights::SAME_RIGHTS), Err(Status::ACCESS_DENIED));
    }

    fn wrong_type_is_told() {
        let event = event();
        let status = call!(zx_channel_write(event.raw(), 0, core::ptr::null(), 0, core::ptr::null(), 0));
        assert_eq!(status, Status::WRONG_TYPE);
        assert_eq!(Channel::from(event).read().err(), Some(Status::WRONG_TYPE));
    }

    fn small_buffer_keeps_the_message() {
        let (left, right) = channel();
        left.write(b"twelve bytes", vec![event()]).expect("write");
        let (status, bytes, handles) = right.read_raw(&mut [0; 11], &mut [0; 1]);
        assert_eq!((status, bytes, handles), (Status::BUFFER_TOO_SMALL, 12, 1));
        let (status, bytes, handles) = right.read_raw(&mut [0; 12], &mut []);
        assert_eq!((status, bytes, handles), (Status::BUFFER_TOO_SMALL, 12, 1));
        assert_eq!(right.read().expect("still there").bytes, b"twelve bytes");
    }

    fn handles_are_written_over_bytes_where_their_places_overlap() {
        let (left, right) = channel();
        left.write(&[7; 12], vec![event()]).expect("write");
        let (mut place, mut bytes, mut handles) = ([0_u32; 3], 0, 0);
        let middle = (&raw mut place[1]).cast();
        let status = call!(zx_channel_read(
            right.raw(), 0, place.as_mut_ptr().cast(), middle, 12, 1, &mut bytes, &mut handles,
        ));
        assert_eq!((status, bytes, handles), (Status::OK, 12, 1));
        assert_eq!([place[0], place[2]], [u32::from_ne_bytes([7; 4]); 2]);
        assert_eq!(call!(zx_handle_close(place[1])), Status::OK);
    }

    fn may_discard_discards_what_does_not_fit() {
        let ((left, right), kept) = (channel(), event());
        let sent = kept.duplicate_handle(Rights::SAME_RIGHTS).expect("a duplicate");
        left.write(b"twelve bytes", vec![sent]).expect("write");
        let (mut bytes, mut handles) = (0, 0);
        let status = call!(zx_channel_read(
            right.raw(), CHANNEL_READ_MAY_DISCARD, core::ptr::null_mut(), core::ptr::null_mut(), 0, 0,
            &mut bytes, &mut handles,
        ));
        assert_eq!((status, bytes, handles), (Status::BUFFER_TOO_SMALL, 12, 1));
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
        assert_eq!(info::handle_count(&kept), Ok(1), "its handle is closed");
        // What fits is not discarded.
        left.write(b"x", Vec::new()).expect("write");
        let mut byte = 0_u8;
        let status = call!(zx_channel_read(
            right.raw(), CHANNEL_READ_MAY_DISCARD, (&raw mut byte).cast(), core::ptr::null_mut(), 1, 0,
            &mut bytes, &mut handles,
        ));
        assert_eq!((status, byte, bytes, handles), (Status::OK, b'x', 1, 0));
    }

    fn read_refuses_options() {
        let (left, right) = channel();
        let (handles, count) = (core::ptr::null_mut(), core::ptr::null_mut());
        let read = |options| {
            let bytes = core::ptr::null_mut();
            [
                call!(zx_channel_read(right.raw(), options, bytes, handles, 0, 0, count, count)),
                call!(zx_channel_read_etc(right.raw(), options, bytes, handles.cast(), 0, 0, count, count)),
            ]
        };
        for empty in [true, false] {
            for options in [2, 3, 1 << 31] {
                assert_eq!(read(options), [Status::NOT_SUPPORTED; 2], "{options:#x}, empty: {empty}");
            }
            left.write(b"x", Vec::new()).expect("write");
        }
        assert_eq!(right.read().expect("it is still there").bytes, b"x");
    }

    fn messages_survive_the_sender() {
        let (left, right) = channel();
        left.write(b"last words", Vec::new()).expect("write");
        drop(left);
        assert!(active(&right).contains(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED));
        assert!(!active(&right).contains(Signals::CHANNEL_WRITABLE));
        assert_eq!(right.read().expect("read").bytes, b"last words");
        assert_eq!(right.read().err(), Some(Status::PEER_CLOSED));
        assert_eq!(right.write(b"x", Vec::new()), Err(Status::PEER_CLOSED));
    }

    fn messages_to_a_closed_end_close_their_handles() {
        let ((left, right), (near, far)) = (channel(), channel());
        left.write(b"", vec![far.into()]).expect("write");
        drop(right);
        assert!(active(&near).contains(Signals::CHANNEL_PEER_CLOSED));
    }

    fn own_end_in_own_queue_is_freed() {
        let (left, right) = channel();
        let event = Event::create().expect("an event");
        let mine = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        left.write(b"", vec![mine.into()]).expect("write");
        // The right end lies in its own queue: nobody can ever read it.
        left.write(b"", vec![right.into()]).expect("write");
        drop(left);
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    fn write_refuses_bad_pointers_and_sends_nothing() {
        let (memory, (left, right)) = (BadMemory::new(), channel());
        for (kind, address) in memory.unreadable(16) {
            let status = call!(zx_channel_write(left.raw(), 0, address as _, 16, core::ptr::null(), 0));
            assert_eq!(status, Status::INVALID_ARGS, "bytes: {kind}");
            let status = call!(zx_channel_write(left.raw(), 0, core::ptr::null(), 0, address as _, 4));
            assert_eq!(status, Status::INVALID_ARGS, "handles: {kind}");
        }
        assert_eq!(right.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn read_refuses_bad_pointers() {
        let (memory, (left, right)) = (BadMemory::new(), channel());
        for (kind, address) in memory.unwritable(16) {
            left.write(&[7; 16], Vec::new()).expect("write");
            let (mut bytes, mut handles) = (0, 0);
            let status = call!(zx_channel_read(
                right.raw(), 0, address as _, core::ptr::null_mut(), 16, 0, &mut bytes, &mut handles,
            ));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            // Whether the message is lost is not documented; what comes next must be whole.
            while right.read().is_ok() {}
        }
    }
}
