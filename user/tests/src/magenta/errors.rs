//! Errors of calls that Zircon has too, by Magenta's names: what the objects are asked that they can not do.

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Process, Rights, Signals, Socket, Status,
    abi::{
        INFO_HANDLE_BASIC, INFO_HANDLE_TABLE, INFO_PROCESS, INFO_THREAD_EXCEPTION_REPORT, InfoHandleBasic,
        InfoHandleExtended, InfoProcess, PROP_NAME, PROP_PROCESS_DEBUG_ADDR, PROP_SOCKET_TX_THRESHOLD,
    },
};

use super::{event, owned};
use crate::{
    harness::{call, first_thread, process, user_test},
    pressure::{glutton, room_for_handles, until_error, use_up},
};

const NONE: *mut usize = core::ptr::null_mut();
const NO_WORD: *mut u32 = core::ptr::null_mut();
/// How long a message is of which some use up memory.
const LENGTH: usize = 1500;

user_test! {
    fn information_is_of_topics_and_types() {
        let (event, mut info) = (event(), InfoHandleBasic::default());
        let (buffer, size) = ((&raw mut info).cast(), size_of::<InfoHandleBasic>());
        let ask = |topic, size| call!(mx_object_get_info(event.raw(), topic, buffer, size, NONE, NONE));
        assert_eq!(ask(INFO_HANDLE_BASIC, size), Status::OK);
        assert_eq!(ask(INFO_HANDLE_BASIC, size - 1), Status::BUFFER_TOO_SMALL);
        assert_eq!(ask(u32::MAX, size), Status::NOT_SUPPORTED);
        let mut process = InfoProcess::default();
        let (buffer, size) = ((&raw mut process).cast(), size_of::<InfoProcess>());
        let status = call!(mx_object_get_info(event.raw(), INFO_PROCESS, buffer, size, NONE, NONE));
        assert_eq!(status, Status::WRONG_TYPE);
        let (thread, topic) = (first_thread().raw(), INFO_THREAD_EXCEPTION_REPORT);
        assert_eq!(call!(mx_object_get_info(thread, topic, buffer, size, NONE, NONE)), Status::BAD_STATE);
    }

    fn properties_are_of_types_and_sizes() {
        let (vmo, mut value) = (hafnon_user::Vmo::create(1).expect("a VMO"), [0; 32]);
        let value = value.as_mut_ptr();
        let get = |property, size| call!(mx_object_get_property(vmo.raw(), property, value, size));
        let set = |property, size| call!(mx_object_set_property(vmo.raw(), property, value, size));
        assert_eq!((get(PROP_NAME, 32), set(PROP_NAME, 32)), (Status::OK, Status::OK));
        assert_eq!(get(PROP_NAME, 31), Status::BUFFER_TOO_SMALL);
        assert_eq!((get(u32::MAX, 32), set(u32::MAX, 32)), (Status::NOT_SUPPORTED, Status::NOT_SUPPORTED));
        let address = PROP_PROCESS_DEBUG_ADDR;
        assert_eq!((get(address, 8), set(address, 8)), (Status::WRONG_TYPE, Status::WRONG_TYPE));
        let set = |size| call!(mx_object_set_property(process().raw(), address, value, size));
        assert_eq!(set(7), Status::BUFFER_TOO_SMALL);
        let (one, other) = Socket::create_stream().expect("a socket");
        drop(other);
        let set = |property| call!(mx_object_set_property(one.raw(), property, value, 8));
        assert_eq!(set(PROP_SOCKET_TX_THRESHOLD), Status::PEER_CLOSED);
    }

    fn children_are_found_by_their_koid() {
        let (process, mut out) = (process(), 0);
        let status = call!(mx_object_get_child(process.raw(), 1, Rights::SAME_RIGHTS.bits(), &mut out));
        assert_eq!(status, Status::NOT_FOUND);
    }

    fn only_some_signals_are_user_codes() {
        let (one, two) = EventPair::create().expect("an event pair");
        let signal = |clear, set| call!(mx_object_signal(one.raw(), clear, set));
        let signal_peer = |clear, set| call!(mx_object_signal_peer(one.raw(), clear, set));
        let kernels = Signals::EVENTPAIR_PEER_CLOSED.bits();
        assert_eq!((signal(kernels, 0), signal(0, kernels)), (Status::INVALID_ARGS, Status::INVALID_ARGS));
        assert_eq!((signal_peer(kernels, 0), signal_peer(0, kernels)), (Status::INVALID_ARGS, Status::INVALID_ARGS));
        drop(two);
        assert_eq!(signal_peer(0, Signals::USER_SIGNAL_0.bits()), Status::PEER_CLOSED);
    }

    fn without_memory_nothing_is_taken() {
        // Whatever this test needs of memory it takes before there is none.
        let (glutton, process): (_, Process) = (glutton(), process());
        let (near, far) = Channel::create().expect("a channel");
        let (event, sent) = (Event::create().expect("an event"), event().into_raw());
        let thread = hafnon_user::info::basic(crate::harness::first_thread()).expect("info").koid;
        let (mut one, mut two, mut out, same) = (0, 0, 0, Rights::SAME_RIGHTS.bits());
        assert_eq!(call!(mx_socket_create(0, &mut one, &mut two)), Status::OK);
        let (socket, _unread) = (owned(one), owned(two));
        let full = [(); 64].map(|()| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle"));
        near.write(&[], full.into()).expect("a message");
        let bytes = alloc::boxed::Box::new([1_u8; LENGTH]);
        let mut records = alloc::vec![InfoHandleExtended::default(); 600];
        let mut copies = room_for_handles(100_000);
        let (bytes, mut received, mut handles) = (bytes.as_ptr(), 0, [0; 64]);

        use_up(&glutton);
        let write = |handles, count| call!(mx_channel_write(near.raw(), 0, bytes, LENGTH as u32, handles, count));
        let message = until_error(|_| write(NO_WORD.cast_const(), 0));
        let kept = write(&sent, 1);
        let written = until_error(|_| call!(mx_socket_write(socket.raw(), 0, bytes, LENGTH, NONE)));
        let copied = until_error(|_| {
            let status = call!(mx_handle_duplicate(event.raw(), same, &mut out));
            if status == Status::OK {
                copies.push(out);
            }
            status
        });
        let replaced = call!(mx_handle_replace(sent, Rights::WAIT.bits(), &mut out));
        let child = call!(mx_object_get_child(process.raw(), thread, same, &mut out));
        let to = handles.as_mut_ptr();
        let read = call!(mx_channel_read(far.raw(), 0, core::ptr::null_mut(), 0, NO_WORD, to, 64, &mut received));
        let (to, room) = (records.as_mut_ptr().cast(), records.len() * size_of::<InfoHandleExtended>());
        let told = call!(mx_object_get_info(process.raw(), INFO_HANDLE_TABLE, to, room, NONE, NONE));

        drop(glutton);
        copies.into_iter().for_each(|raw| drop(owned(raw)));
        assert_eq!([message, kept, written, copied], [Status::NO_MEMORY; 4]);
        assert_eq!([replaced, child, read, told], [Status::NO_MEMORY; 4]);
        assert_eq!(call!(mx_object_signal(sent, 0, 8)), Status::OK, "it has all its rights");
        assert_eq!(call!(mx_handle_close(sent)), Status::OK, "nor is it lost");
    }
}
