//! channel_call_etc, and calls in pieces: what is not the same as in `channel_call` and `channel_etc`.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Message, Rights, Signals, Status,
    abi::{
        CHANNEL_WRITE_USE_IOVEC, ChannelCallArgs, ChannelCallEtcArgs, ChannelIovec, HANDLE_OP_DUPLICATE,
        HANDLE_OP_MOVE, HandleDisposition, HandleInfo, OBJ_TYPE_EVENT, OBJ_TYPE_NONE, OBJ_TYPE_PORT,
    },
    clock::INFINITE,
    handle::Handle,
    thread::{self, JoinHandle},
};

use crate::{
    handle_limit::Limited,
    harness::{NO_HANDLE, call, user_test},
};

/// Length of the transaction identifier.
const TXID: usize = 4;

/// An end to call, and a thread that sends the first message that comes back where it came from.
fn echo() -> (Channel, JoinHandle<Channel>) {
    let (near, far) = Channel::create().expect("a channel");
    let server = thread::spawn("echo", move || {
        let request = receive(&far);
        far.write(&request.bytes, request.handles).expect("a reply is sent");
        far
    });
    (near, server.expect("a thread"))
}

fn receive(end: &Channel) -> Message {
    let readable = end.wait(Signals::CHANNEL_READABLE, INFINITE);
    readable.expect("a message arrives");
    end.read().expect("a message is there")
}

fn event() -> u32 {
    Handle::from(Event::create().expect("an event")).into_raw()
}

fn address<T: ?Sized>(object: &mut T) -> u64 {
    (&raw mut *object).expose_provenance() as u64
}

fn disposition(operation: u32, raw: u32) -> HandleDisposition {
    let (kind, rights) = (OBJ_TYPE_NONE, Rights::SAME_RIGHTS);
    HandleDisposition { operation, handle: raw, kind, rights, result: Status::OK }
}

/// Calls with `bytes` and handles; the status, and how much came back into `reply` and `infos`.
fn call(
    end: u32,
    bytes: &mut [u8],
    handles: &mut [HandleDisposition],
    reply: &mut [u8],
    infos: &mut [HandleInfo],
) -> (Status, u32, u32) {
    let mut arguments = ChannelCallEtcArgs {
        wr_bytes: address(bytes),
        wr_handles: address(handles),
        rd_bytes: address(reply),
        rd_handles: address(infos),
        wr_num_bytes: bytes.len() as u32,
        wr_num_handles: handles.len() as u32,
        rd_num_bytes: reply.len() as u32,
        rd_num_handles: infos.len() as u32,
    };
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    let status =
        call!(zx_channel_call_etc(end, 0, INFINITE, &mut arguments, &mut actual_bytes, &mut actual_handles));
    (status, actual_bytes, actual_handles)
}

/// A call through `end` with one handle, which fails.
fn failing(end: u32, one: &mut HandleDisposition) -> Status {
    call(end, &mut [0; TXID], core::slice::from_mut(one), &mut [0; TXID], &mut []).0
}

/// Answers two calls, each with one of these handles.
fn answer_with_handles(end: &Channel, events: [u32; 2]) {
    for event in events {
        let mut request = [0; TXID];
        end.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a call");
        let (bytes, none) = (request.as_mut_ptr().cast(), core::ptr::null_mut());
        assert_eq!(call!(zx_channel_read(end.raw(), 0, bytes, none, TXID as u32, 0, none, none)), Status::OK);
        let mut moved = disposition(HANDLE_OP_MOVE, event);
        let bytes = request.as_ptr().cast();
        assert_eq!(call!(zx_channel_write_etc(end.raw(), 0, bytes, TXID as u32, &mut moved, 1)), Status::OK);
    }
}

user_test! {
    fn a_reply_needs_room_for_its_handles() {
        let ((near, far), events) = (Channel::create().expect("a channel"), [event(), event()]);
        // It keeps its end, which would leave room for a handle. What it sends leaves none: it is paid for still.
        let serve = move || {
            answer_with_handles(&far, events);
            far
        };
        let server = thread::spawn("server", serve).expect("a thread");
        let (mut bytes, mut reply) = ([0; TXID], [0; TXID]);
        let (mut infos, mut values) = ([HandleInfo::default()], [0_u32]);
        let mut arguments = ChannelCallArgs {
            wr_bytes: address(&mut bytes),
            rd_bytes: address(&mut reply),
            rd_handles: address(&mut values),
            wr_num_bytes: TXID as u32,
            rd_num_bytes: TXID as u32,
            rd_num_handles: 1,
            ..Default::default()
        };
        let limited = Limited::new();
        let etc = call(near.raw(), &mut [0; TXID], &mut [], &mut [0; TXID], &mut infos).0;
        let plain = call!(zx_channel_call(near.raw(), 0, INFINITE, &mut arguments, &mut 0, &mut 0));
        drop(limited);
        assert_eq!([etc, plain], [Status::NO_RESOURCES; 2]);
        server.join();
    }

    fn handles_go_with_fewer_rights_and_come_back_described() {
        let (near, server) = echo();
        let (moved, kept) = (event(), Event::create().expect("an event"));
        let mut all = [disposition(HANDLE_OP_MOVE, moved), disposition(HANDLE_OP_DUPLICATE, kept.raw())];
        all[0].rights = Rights::TRANSFER | Rights::WAIT;
        all[1].kind = OBJ_TYPE_EVENT;
        let (mut reply, mut infos) = ([0; 8], [HandleInfo::default(); 2]);
        let (status, bytes, handles) = call(near.raw(), &mut [7; 8], &mut all, &mut reply, &mut infos);
        assert_eq!((status, bytes, handles), (Status::OK, 8, 2));
        assert_eq!(reply[TXID..], [7; 4]);
        assert_eq!(infos.map(|info| info.kind), [OBJ_TYPE_EVENT; 2]);
        assert_eq!(infos.map(|info| info.rights), [Rights::TRANSFER | Rights::WAIT, Rights::DEFAULT_EVENT]);
        infos.into_iter().for_each(|info| drop(Handle::from_raw(info.handle)));
        assert_eq!(call!(zx_handle_close(moved)), Status::BAD_HANDLE);
        server.join().expect("it returns");
    }

    fn failing_entries_are_told_and_nothing_is_sent() {
        let (near, far) = Channel::create().expect("a channel");
        let (moved, kept) = (event(), Event::create().expect("an event"));
        let mut all = [
            disposition(HANDLE_OP_DUPLICATE, kept.raw()),
            disposition(HANDLE_OP_MOVE, NO_HANDLE),
            disposition(HANDLE_OP_MOVE, moved),
        ];
        all[2].kind = OBJ_TYPE_PORT;
        let outcome = call(near.raw(), &mut [0; TXID], &mut all, &mut [0; TXID], &mut []);
        assert_eq!(outcome.0, Status::BAD_HANDLE);
        assert_eq!(all.map(|one| one.result), [Status::OK, Status::BAD_HANDLE, Status::WRONG_TYPE]);
        assert_eq!(call!(zx_handle_close(moved)), Status::BAD_HANDLE);
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
    }

    fn whatever_fails_moved_handles_are_closed() {
        let (near, far) = Channel::create().expect("a channel");
        let mut more = disposition(HANDLE_OP_MOVE, event());
        more.rights = Rights::DEFAULT_EVENT | Rights::MANAGE_PROCESS;
        assert_eq!(failing(near.raw(), &mut more), Status::INVALID_ARGS);
        let mut nowhere = disposition(HANDLE_OP_MOVE, event());
        assert_eq!(failing(NO_HANDLE, &mut nowhere), Status::BAD_HANDLE);
        let mut short = [disposition(HANDLE_OP_MOVE, event())];
        let outcome = call(near.raw(), &mut [0; TXID - 1], &mut short, &mut [0; TXID], &mut []);
        assert_eq!(outcome.0, Status::INVALID_ARGS, "no room for a transaction identifier");
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
        drop(far);
        let mut closed = disposition(HANDLE_OP_MOVE, event());
        assert_eq!(failing(near.raw(), &mut closed), Status::PEER_CLOSED);
        for one in [more, nowhere, short[0], closed] {
            assert_eq!(call!(zx_handle_close(one.handle)), Status::BAD_HANDLE);
        }
    }

    fn the_channel_itself_can_not_be_sent() {
        let (near, far) = Channel::create().expect("a channel");
        let raw = Handle::from(near).into_raw();
        assert_eq!(failing(raw, &mut disposition(HANDLE_OP_MOVE, raw)), Status::NOT_SUPPORTED);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
        far.wait(Signals::CHANNEL_PEER_CLOSED, 0).expect("it was closed");
    }

    fn a_reply_with_too_many_handles_is_lost() {
        let (near, server) = echo();
        let kept = Event::create().expect("an event");
        let mut all = [disposition(HANDLE_OP_DUPLICATE, kept.raw()); 2];
        let mut infos = [HandleInfo::default(); 1];
        let outcome = call(near.raw(), &mut [0; TXID], &mut all, &mut [0; TXID], &mut infos);
        assert_eq!(outcome.0, Status::BUFFER_TOO_SMALL);
        server.join().expect("it returns");
        assert_eq!(near.read().err(), Some(Status::PEER_CLOSED), "the reply is not in the queue");
        assert_eq!(hafnon_user::info::handle_count(&kept), Ok(1));
    }

    fn sizes_must_be_told_somewhere() {
        let (mut bytes, mut told, null) = ([0_u8; TXID], 0, core::ptr::null_mut());
        let (wr_bytes, wr_num_bytes) = (address(&mut bytes), TXID as u32);
        let mut plain = ChannelCallArgs { wr_bytes, wr_num_bytes, wr_num_handles: 1, ..Default::default() };
        let mut etc = ChannelCallEtcArgs { wr_bytes, wr_num_bytes, wr_num_handles: 1, ..Default::default() };
        for (first, second) in [(null, &raw mut told), (&raw mut told, null)] {
            let (kept, (near, server), (other, second_server)) = (Event::create().expect("an event"), echo(), echo());
            let mut one = disposition(HANDLE_OP_DUPLICATE, kept.raw());
            etc.wr_handles = address(&mut one);
            let failed = call!(zx_channel_call_etc(near.raw(), 0, INFINITE, &mut etc, first, second));
            assert_eq!(failed, Status::INVALID_ARGS);
            let mut sent = kept.duplicate(Rights::SAME_RIGHTS).map(|event| Handle::from(event).into_raw()).expect("it");
            plain.wr_handles = address(&mut sent);
            let failed = call!(zx_channel_call(other.raw(), 0, INFINITE, &plain, first, second));
            assert_eq!(failed, Status::INVALID_ARGS);
            // It is the reply that has nowhere to go: both were asked, and what they sent is lost.
            let servers = [server, second_server].map(JoinHandle::join);
            assert!(servers.iter().all(Option::is_some));
            assert_eq!([near.read().err(), other.read().err()], [Some(Status::SHOULD_WAIT); 2]);
            assert_eq!(hafnon_user::info::handle_count(&kept), Ok(1));
        }
    }

    fn requests_come_in_pieces_too() {
        let (near, server) = echo();
        let mut pieces: Vec<Vec<u8>> = (0..100).map(|number| vec![number; 3]).collect();
        let pieces: Vec<_> = pieces.iter_mut().map(|piece| ChannelIovec {
            buffer: address(piece.as_mut_slice()),
            capacity: piece.len() as u32,
            reserved: 0,
        }).collect();
        let (mut reply, mut bytes, mut handles) = ([0_u8; 300], 0, 0);
        let mut arguments = ChannelCallArgs {
            wr_bytes: pieces.as_ptr().expose_provenance() as u64,
            wr_num_bytes: 1,
            rd_bytes: address(&mut reply),
            rd_num_bytes: 300,
            ..Default::default()
        };
        let options = CHANNEL_WRITE_USE_IOVEC;
        let mut call = |arguments: &ChannelCallArgs| {
            call!(zx_channel_call(near.raw(), options, INFINITE, arguments, &mut bytes, &mut handles))
        };
        assert_eq!(call(&arguments), Status::INVALID_ARGS, "one piece has no room for the identifier");
        arguments.wr_num_bytes = 100;
        assert_eq!(call(&arguments), Status::OK);
        assert_eq!((bytes, handles), (300, 0));
        let expected = (0..300).map(|index| (index / 3) as u8);
        assert!(reply.into_iter().zip(expected).skip(TXID).all(|(read, sent)| read == sent));
        server.join().expect("it returns");
    }
}
