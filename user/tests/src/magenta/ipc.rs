//! Handles, objects, channels, sockets and events by Magenta's names, where an argument or option differs.

use alloc::sync::Arc;

use hafnon_user::{
    AsHandle, Rights, Signals, Status,
    abi::{INFO_HANDLE_BASIC, InfoHandleBasic, PROP_NAME, THREAD_STATE_BLOCKED_WAIT_ONE},
};

use super::{NEVER, event, owned};
use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, stale_handle, user_test},
};

type Pair = [hafnon_user::handle::Handle; 2];

fn channel() -> Pair {
    let (mut one, mut two) = (0, 0);
    assert_eq!(call!(mx_channel_create(0, &mut one, &mut two)), Status::OK);
    [one, two].map(owned)
}

fn socket() -> Pair {
    let (mut one, mut two) = (0, 0);
    assert_eq!(call!(mx_socket_create(0, &mut one, &mut two)), Status::OK);
    [one, two].map(owned)
}

const NULL: *mut u32 = core::ptr::null_mut();

user_test! {
    fn handles_are_zircons() {
        let event = event();
        let mut copy = 0;
        assert_eq!(call!(mx_handle_duplicate(event.raw(), Rights::SAME_RIGHTS.bits(), &mut copy)), Status::OK);
        assert_eq!(call!(zx_object_signal(copy, 0, 8)), Status::OK);
        let mut reduced = 0;
        assert_eq!(call!(mx_handle_replace(copy, Rights::WAIT.bits(), &mut reduced)), Status::OK);
        assert_eq!(call!(mx_handle_close(copy)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_object_signal(reduced, 8, 0)), Status::ACCESS_DENIED);
        assert_eq!(call!(mx_handle_wait_one(reduced, 8, 0, NULL)), Status::OK);
        assert_eq!(call!(mx_handle_close(reduced)), Status::OK);
        assert_eq!(call!(mx_handle_close(stale_handle())), Status::BAD_HANDLE);
    }

    fn objects_tell_what_they_are() {
        let event = event();
        let (mut info, mut actual, mut avail) = (InfoHandleBasic::default(), 0, 0);
        let size = size_of::<InfoHandleBasic>();
        let buffer = (&raw mut info).cast();
        let status =
            call!(mx_object_get_info(event.raw(), INFO_HANDLE_BASIC, buffer, size, &mut actual, &mut avail));
        assert_eq!((status, actual, avail, info.kind), (Status::OK, 1, 1, 5));
        let mut out = 0;
        let status = call!(mx_object_get_child(event.raw(), 1, Rights::SAME_RIGHTS.bits(), &mut out));
        assert_eq!(status, Status::ACCESS_DENIED, "an event has no ENUMERATE");
        let process = crate::harness::process();
        let mut name = [0xff; 32];
        assert_eq!(call!(mx_object_get_property(process.raw(), PROP_NAME, name.as_mut_ptr(), 32)), Status::OK);
        assert_ne!(name[0], 0xff);
        assert_eq!(call!(mx_object_set_property(process.raw(), PROP_NAME, name.as_ptr(), 32)), Status::OK);
    }

    fn signals_reach_the_peer() {
        let (mut one, mut two) = (0, 0);
        assert_eq!(call!(mx_eventpair_create(1, &mut one, &mut two)), Status::NOT_SUPPORTED);
        assert_eq!(call!(mx_eventpair_create(0, &mut one, &mut two)), Status::OK);
        let [one, two] = [one, two].map(owned);
        let user = Signals::USER_SIGNAL_0.bits();
        assert_eq!(call!(mx_object_signal_peer(one.raw(), 0, user)), Status::OK);
        assert_eq!(call!(mx_handle_wait_one(two.raw(), user, 0, NULL)), Status::OK);
        let mut event = 0;
        assert_eq!(call!(mx_event_create(1, &mut event)), Status::INVALID_ARGS);
        assert_eq!(call!(mx_event_create(0, &mut event)), Status::OK);
        drop(owned(event));
    }

    fn messages_carry_bytes_and_handles() {
        let [here, there] = channel();
        let sent = event().into_raw();
        assert_eq!(call!(mx_channel_write(here.raw(), 0, b"hi".as_ptr(), 2, &sent, 1)), Status::OK);
        let (mut bytes, mut size, mut handle, mut count) = ([0; 4], 0, 0, 0);
        let buffer = bytes.as_mut_ptr();
        let small = call!(mx_channel_read(there.raw(), 0, buffer, 1, &mut size, &mut handle, 1, &mut count));
        assert_eq!((small, size, count), (Status::BUFFER_TOO_SMALL, 2, 1));
        let read = call!(mx_channel_read(there.raw(), 0, buffer, 4, &mut size, &mut handle, 1, &mut count));
        assert_eq!((read, size, count, bytes), (Status::OK, 2, 1, *b"hi\0\0"));
        drop(owned(handle));
        let unknown = call!(mx_channel_read(there.raw(), 2, buffer, 4, NULL, NULL, 0, NULL));
        assert_eq!(unknown, Status::NOT_SUPPORTED);
        let empty = call!(mx_channel_read(there.raw(), 0, buffer, 4, NULL, NULL, 0, NULL));
        assert_eq!(empty, Status::SHOULD_WAIT);
        drop(here);
        let closed = call!(mx_channel_read(there.raw(), 0, buffer, 4, NULL, NULL, 0, NULL));
        assert_eq!(closed, Status::PEER_CLOSED);
        assert_eq!(call!(mx_channel_write(there.raw(), 0, b"x".as_ptr(), 1, NULL, 0)), Status::PEER_CLOSED);
    }

    fn failed_write_keeps_handles() {
        let ([here, there], [end, _other]) = (channel(), channel());
        let sent = [event(), event(), end];
        let mute = event().replace(Rights::WAIT).expect("a handle");
        let write = |options, length, raw: &[u32]| {
            let bytes = [0_u8; 1].as_ptr();
            call!(mx_channel_write(here.raw(), options, bytes, length, raw.as_ptr(), raw.len() as u32))
        };
        let [a, b, c] = [0, 1, 2].map(|index: usize| sent[index].raw());
        for options in [1, 2, u32::MAX] {
            assert_eq!(write(options, 1, &[a, b, c]), Status::INVALID_ARGS, "there are no iovecs");
        }
        assert_eq!(write(0, 65_537, &[a, b, c]), Status::OUT_OF_RANGE);
        assert_eq!(write(0, 1, &[a; 65]), Status::OUT_OF_RANGE);
        assert_eq!(write(0, 1, &[a, b, a]), Status::INVALID_ARGS, "one is listed twice");
        assert_eq!(write(0, 1, &[a, b, stale_handle()]), Status::BAD_HANDLE);
        assert_eq!(write(0, 1, &[a, b, mute.raw()]), Status::ACCESS_DENIED);
        assert_eq!(write(0, 1, &[a, b, here.raw()]), Status::NOT_SUPPORTED);
        let mut received = 0;
        let read = |from: u32, received| call!(mx_channel_read(from, 0, NULL.cast(), 0, NULL, NULL, 0, received));
        assert_eq!(read(there.raw(), &mut received), Status::SHOULD_WAIT, "nothing was sent");
        drop(there);
        assert_eq!(write(0, 1, &[a, b, c]), Status::PEER_CLOSED);
        // They are what they were.
        assert_eq!(call!(mx_object_signal(a, 0, 8)), Status::OK);
        assert_eq!(call!(mx_handle_wait_one(b, 8, 0, NULL)), Status::TIMED_OUT);
        assert_eq!(read(c, &mut received), Status::SHOULD_WAIT, "the end is this process's still");
    }

    fn failed_write_does_not_end_a_wait() {
        let ([here, there], event) = (channel(), Arc::new(event()));
        drop(there);
        let waits = event.clone();
        let waiter = blocked(THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            call!(mx_handle_wait_one(waits.raw(), 8, NEVER, NULL))
        });
        let sent = event.raw();
        assert_eq!(call!(mx_channel_write(here.raw(), 0, NULL.cast(), 0, &sent, 1)), Status::PEER_CLOSED);
        assert_eq!(call!(mx_object_signal(sent, 0, 8)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::OK));
    }

    fn sent_handles_are_gone_and_waits_through_them_end() {
        let ([here, _there], sent) = (channel(), event().into_raw());
        let waiter = blocked(THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            call!(mx_handle_wait_one(sent, 8, NEVER, NULL))
        });
        assert_eq!(call!(mx_channel_write(here.raw(), 0, NULL.cast(), 0, &sent, 1)), Status::OK);
        assert_eq!(waiter.join(), Some(Status::CANCELED));
        assert_eq!(call!(mx_handle_close(sent)), Status::BAD_HANDLE);
    }

    fn failed_replacing_keeps_the_handle() {
        let event = event();
        let mut out = 0;
        let replace = |rights: Rights, out: *mut u32| call!(mx_handle_replace(event.raw(), rights.bits(), out));
        assert_eq!(replace(Rights::EXECUTE, &mut out), Status::INVALID_ARGS);
        for (kind, bad) in BadMemory::new().unwritable(4) {
            assert_eq!(replace(Rights::WAIT, bad as _), Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(call!(mx_object_signal(event.raw(), 0, 8)), Status::OK, "it has its rights");
        assert_eq!(replace(Rights::SAME_RIGHTS, &mut out), Status::OK);
        let new = owned(out);
        assert_eq!(call!(mx_object_signal(new.raw(), 8, 0)), Status::OK);
        assert_eq!(call!(mx_handle_close(event.into_raw())), Status::BAD_HANDLE);
    }

    fn sockets_are_streams() {
        let (mut one, mut two) = (0, 0);
        assert_eq!(call!(mx_socket_create(1, &mut one, &mut two)), Status::INVALID_ARGS);
        let [here, there] = socket();
        let (mut bytes, mut actual) = ([0; 4], 0);
        assert_eq!(call!(mx_socket_write(here.raw(), 0, b"abc".as_ptr(), 3, &mut actual)), Status::OK);
        assert_eq!(actual, 3);
        assert_eq!(call!(mx_socket_read(there.raw(), 0, bytes.as_mut_ptr(), 4, &mut actual)), Status::OK);
        assert_eq!((actual, bytes), (3, *b"abc\0"));
    }

    fn half_closed_sockets_are_read_to_their_end() {
        let [here, there] = socket();
        let (mut bytes, mut actual) = ([0; 4], 0);
        let null = core::ptr::null();
        assert_eq!(call!(mx_socket_write(here.raw(), 0, b"ab".as_ptr(), 2, &mut actual)), Status::OK);
        assert_eq!(call!(mx_socket_write(here.raw(), 1, b"c".as_ptr(), 1, &mut actual)), Status::INVALID_ARGS);
        assert_eq!(call!(mx_socket_write(here.raw(), 1, null, 0, &mut actual)), Status::OK);
        assert_eq!(call!(mx_socket_write(here.raw(), 0, b"c".as_ptr(), 1, &mut actual)), Status::BAD_STATE);
        assert_eq!(call!(mx_socket_read(there.raw(), 0, bytes.as_mut_ptr(), 4, &mut actual)), Status::OK);
        assert_eq!(actual, 2);
        let read = call!(mx_socket_read(there.raw(), 0, bytes.as_mut_ptr(), 4, &mut actual));
        assert_eq!(read, Status::PEER_CLOSED);
        let closed = Signals::SOCKET_PEER_CLOSED.bits();
        assert_eq!(call!(mx_handle_wait_one(there.raw(), closed, 0, NULL)), Status::OK);
        assert_eq!(call!(mx_handle_wait_one(here.raw(), closed, 0, NULL)), Status::TIMED_OUT);
        assert_eq!(call!(mx_socket_write(there.raw(), 0, b"x".as_ptr(), 1, &mut actual)), Status::OK);
        assert_eq!(call!(mx_socket_read(here.raw(), 0, bytes.as_mut_ptr(), 4, &mut actual)), Status::OK);
        assert_eq!(call!(mx_socket_write(here.raw(), 1, null, 0, &mut actual)), Status::OK, "it is half closed");
        drop(there);
        assert_eq!(call!(mx_socket_write(here.raw(), 1, null, 0, &mut actual)), Status::PEER_CLOSED);
    }

    fn full_and_empty_sockets_should_wait_and_closed_ones_end() {
        let ([here, there], mut bytes) = (socket(), [0; 4096]);
        let bytes = bytes.as_mut_ptr();
        let none = core::ptr::null_mut();
        let read = || call!(mx_socket_read(there.raw(), 0, bytes, 4096, none));
        let write = |raw| call!(mx_socket_write(raw, 0, bytes, 4096, none));
        assert_eq!(read(), Status::SHOULD_WAIT);
        let full = (0..1000).map(|_| write(here.raw())).find(|status| *status != Status::OK);
        assert_eq!(full, Some(Status::SHOULD_WAIT));
        let mut outstanding = 0;
        let ask = call!(mx_socket_read(there.raw(), 0, core::ptr::null_mut(), 0, &mut outstanding));
        assert_eq!((ask, outstanding % 4096), (Status::OK, 0));
        drop(here);
        assert_eq!((0..outstanding / 4096).map(|_| read()).find(|status| *status != Status::OK), None);
        assert_eq!((read(), write(there.raw())), (Status::PEER_CLOSED, Status::PEER_CLOSED));
    }

    fn sockets_refuse() {
        let ([here, there], event, mut actual) = (socket(), event(), 0);
        let mut bytes = [0; 8];
        let buffer = bytes.as_mut_ptr();
        assert_eq!(call!(mx_socket_write(here.raw(), 0, buffer, 8, &mut actual)), Status::OK);
        assert_eq!(call!(mx_socket_read(there.raw(), 8, buffer, 8, &mut actual)), Status::INVALID_ARGS);
        let null = core::ptr::null_mut();
        assert_eq!(call!(mx_socket_read(there.raw(), 0, null, 8, &mut actual)), Status::INVALID_ARGS);
        for (kind, bad) in BadMemory::new().unwritable(8) {
            let status = call!(mx_socket_read(there.raw(), 0, bad as _, 8, &mut actual));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        assert_eq!(call!(mx_socket_read(event.raw(), 0, buffer, 8, &mut actual)), Status::WRONG_TYPE);
        assert_eq!(call!(mx_socket_write(event.raw(), 0, buffer, 8, &mut actual)), Status::WRONG_TYPE);
        assert_eq!(call!(mx_socket_read(NO_HANDLE, 0, buffer, 8, &mut actual)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_socket_write(NO_HANDLE, 0, buffer, 8, &mut actual)), Status::BAD_HANDLE);
        assert_eq!(call!(mx_socket_read(there.raw(), 0, buffer, 8, &mut actual)), Status::OK);
        assert_eq!(actual, 8, "nothing was lost");
    }
}
