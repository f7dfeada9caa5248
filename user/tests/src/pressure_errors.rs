//! Which calls have an answer for when there is no memory, and give it.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Port, Process, Rights, Socket, Status, Thread,
    abi::{
        CHANNEL_MAX_MSG_HANDLES, ChannelCallArgs, ChannelCallEtcArgs, HandleInfo, INFO_HANDLE_TABLE,
        InfoHandleExtended, PortPacket, THREAD_STATE_NEW,
    },
    handle::Handle,
    info,
};

use crate::{
    harness::{call, job, process, user_test},
    pressure::{glutton, room_for_handles, until_error, use_up},
};

const MAX_HANDLES: usize = CHANNEL_MAX_MSG_HANDLES as usize;
/// Handles to have, for a list of them that takes pages.
const MANY: usize = 600;
/// Messages that together have more handles than a table has room for that has [`MANY`].
const MESSAGES: usize = 64;
/// More handles than a table gets while there is no memory.
const MOST_COPIES: usize = 100_000;
/// How much one message or write takes.
const LENGTH: usize = 1500;

/// Handles to an event, as many as asked.
fn handles(count: usize) -> Vec<Handle> {
    let event = Event::create().expect("an event");
    let duplicate = |_| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    (0..count).map(duplicate).collect()
}

/// A call of a channel that nobody answers; it fails, or adds a message.
fn ask(make: impl Fn(&mut u32, &mut u32) -> Status) -> Status {
    let (mut bytes, mut handles) = (0, 0);
    match make(&mut bytes, &mut handles) {
        Status::TIMED_OUT => Status::OK,
        status => status,
    }
}

user_test! {
    fn what_grows_needs_memory() {
        // Whatever this test needs of memory it takes before there is none.
        let (glutton, process, many) = (glutton(), process(), handles(MANY));
        let (near, far) = Channel::create().expect("a channel");
        (0..MESSAGES).for_each(|_| near.write(&[], handles(MAX_HANDLES)).expect("a message"));
        let (asked, _silent) = Channel::create().expect("a channel");
        let (socket, _unread) = Socket::create_stream().expect("a socket");
        let (port, event) = (Port::create().expect("a port"), Event::create().expect("an event"));
        let (crowded, packet) = (Port::create().expect("a port"), PortPacket::default());
        let request = vec![1_u8; LENGTH];
        let (wr_bytes, wr_num_bytes) = (request.as_ptr().expose_provenance() as u64, LENGTH as u32);
        let plain = ChannelCallArgs { wr_bytes, wr_num_bytes, ..Default::default() };
        let mut etc = ChannelCallEtcArgs { wr_bytes, wr_num_bytes, ..Default::default() };
        let etc = &raw mut etc;
        let (mut values, mut infos) = ([0; MAX_HANDLES], [HandleInfo::default(); MAX_HANDLES]);
        let mut records = vec![InfoHandleExtended::default(); MANY];
        let (mut bytes, mut received, null) = (0, 0, core::ptr::null_mut::<u8>());
        let mut kept = room_for_handles(MESSAGES * MAX_HANDLES);

        use_up(&glutton);
        let plainly = until_error(|_| ask(|bytes, handles| {
            call!(zx_channel_call(asked.raw(), 0, 0, &plain, bytes, handles))
        }));
        let with_dispositions = until_error(|_| ask(|bytes, handles| {
            call!(zx_channel_call_etc(asked.raw(), 0, 0, etc, bytes, handles))
        }));
        let write = |_| call!(zx_socket_write(socket.raw(), 0, request.as_ptr().cast(), LENGTH, null.cast()));
        let written = until_error(write);
        let wait = |key: usize| call!(zx_object_wait_async(event.raw(), port.raw(), key as u64, 8, 0));
        let registered = until_error(wait);
        let queued = until_error(|_| call!(zx_port_queue(crowded.raw(), &packet)));
        let read = until_error(|_| {
            let to = values.as_mut_ptr();
            let status = call!(zx_channel_read(far.raw(), 0, null, to, 0, 64, &mut bytes, &mut received));
            if status == Status::OK { kept.extend_from_slice(&values) };
            status
        });
        let described = until_error(|_| {
            let to = infos.as_mut_ptr();
            let status = call!(zx_channel_read_etc(far.raw(), 0, null, to, 0, 64, &mut bytes, &mut received));
            if status == Status::OK { kept.extend(infos.iter().map(|info| info.handle)) };
            status
        });
        let (to, room) = (records.as_mut_ptr().cast(), MANY * size_of::<InfoHandleExtended>());
        let nowhere = null.cast();
        let told = call!(zx_object_get_info(process.raw(), INFO_HANDLE_TABLE, to, room, nowhere, nowhere));

        drop((glutton, many));
        let left = core::iter::from_fn(|| far.read().ok()).map(|message| message.handles.len());
        assert_eq!(left.sum::<usize>() + kept.len(), MESSAGES * MAX_HANDLES, "what could not be read stayed");
        kept.into_iter().for_each(|raw| drop(Handle::from_raw(raw)));
        assert_eq!([plainly, with_dispositions], [Status::NO_MEMORY; 2], "channel_call");
        assert_eq!([written, registered], [Status::NO_MEMORY; 2], "socket_write and object_wait_async");
        assert_eq!(queued, Status::NO_MEMORY, "port_queue");
        assert_eq!([read, described], [Status::NO_MEMORY; 2], "channel_read");
        assert_eq!(told, Status::NO_MEMORY, "object_get_info");
    }

    /// What can not be started for want of memory can be later.
    fn starting_needs_memory() {
        let glutton = glutton();
        let (new, _root) = Process::create(&job(), "not started").expect("a process");
        let first = Thread::create(&new, "first").expect("a thread");
        let thread = Thread::create(&process(), "not started").expect("a thread");
        let event = Handle::from(Event::create().expect("an event")).into_raw();

        use_up(&glutton);
        let started = call!(zx_thread_start(thread.raw(), 0x1000_0000, 0, 0, 0));
        let process_started = call!(zx_process_start(new.raw(), first.raw(), 0x1000_0000, 0, event, 0));

        drop(glutton);
        assert_eq!([started, process_started], [Status::NO_MEMORY; 2]);
        assert_eq!(call!(zx_handle_close(event)), Status::BAD_HANDLE, "the argument is consumed");
        assert_eq!(info::thread(&thread).map(|thread| thread.state), Ok(THREAD_STATE_NEW));
        assert_eq!(info::process(&new).map(|process| process.started), Ok(0));
    }

    /// The table has no slots but its spare ones then.
    fn handle_can_be_replaced_without_memory() {
        let (glutton, event) = (glutton(), Event::create().expect("an event"));
        let (mut copies, mut raw) = (room_for_handles(MOST_COPIES), 0);

        use_up(&glutton);
        let copied = until_error(|_| {
            let same = Rights::SAME_RIGHTS.bits();
            let status = call!(zx_handle_duplicate(event.raw(), same, &mut raw));
            if status == Status::OK { copies.push(raw) };
            status
        });
        let last = copies.pop().expect("a copy");
        let replaced = call!(zx_handle_replace(last, Rights::SIGNAL.bits(), &mut raw));
        let signalled = call!(zx_object_signal(raw, 0, 8));

        drop(glutton);
        copies.into_iter().for_each(|raw| drop(Handle::from_raw(raw)));
        assert_eq!([copied, replaced, signalled], [Status::NO_MEMORY, Status::OK, Status::OK]);
        assert_eq!(call!(zx_handle_close(last)), Status::BAD_HANDLE);
        assert_eq!(call!(zx_handle_close(raw)), Status::OK);
    }
}
