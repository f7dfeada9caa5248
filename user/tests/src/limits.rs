//! How many handles the system has: what calls answer when there are no more.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Status,
    abi::{HANDLE_OP_DUPLICATE, HandleDisposition, OBJ_TYPE_NONE},
    info,
};

use crate::harness::{call, first_thread, process, user_test};

/// Handles in the system.
const ALL: usize = 262_144;

/// A second handle to the same object.
fn duplicate(raw: u32) -> Result<u32, Status> {
    let mut out = 0;
    match call!(zx_handle_duplicate(raw, Rights::SAME_RIGHTS.bits(), &mut out)) {
        Status::OK => Ok(out),
        status => Err(status),
    }
}

user_test! {
    fn no_more_handles_than_the_system_has() {
        let (event, process) = (Event::create().expect("an event"), process());
        let thread = info::basic(first_thread()).expect("info").koid;
        let (near, far) = Channel::create().expect("a channel");
        let mut many = Vec::with_capacity(ALL);
        let full = loop {
            match duplicate(event.raw()) {
                Ok(raw) => many.push(raw),
                Err(status) => break status,
            }
        };
        assert_eq!(full, Status::NO_MEMORY);

        let (mut out, null, same) = (0, core::ptr::null(), Rights::SAME_RIGHTS);
        let child = call!(zx_object_get_child(process.raw(), thread, same.bits(), &mut out));
        let created = call!(zx_event_create(0, &mut out));
        let mut one = HandleDisposition {
            operation: HANDLE_OP_DUPLICATE,
            handle: event.raw(),
            kind: OBJ_TYPE_NONE,
            rights: same,
            result: Status::OK,
        };
        let sent = call!(zx_channel_write_etc(near.raw(), 0, null, 0, &mut one, 1));
        let replaced = call!(zx_handle_replace(many[0], same.bits(), &mut many[0]));
        assert_eq!(call!(zx_handle_close_many(many.as_ptr(), many.len())), Status::OK);

        assert_eq!([child, created, sent, one.result], [Status::NO_MEMORY; 4]);
        assert_eq!(replaced, Status::OK, "it takes the place of the old one");
        assert_eq!(far.read().err(), Some(Status::SHOULD_WAIT));
        assert!(many.len() > ALL - 1000, "only {}", many.len()); // some are of those who started this process
        duplicate(event.raw()).map(|raw| call!(zx_handle_close(raw))).expect("there are handles again");
    }
}
