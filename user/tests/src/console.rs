//! debug_write, debug_read. That what is typed arrives is tested from the host, which does the typing.

use hafnon_user::{Event, Status, console};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, resource, stale_handle, user_test},
};

/// Room for what nobody types.
const ROOM: usize = 8;

user_test! {
    fn reading_nothing_waits_for_nothing() {
        assert_eq!(console::read(resource(), &mut []), Ok(0));
    }

    fn reading_needs_the_root_resource() {
        let (mut buffer, mut count) = ([0u8; ROOM], 0);
        for bad in [0, NO_HANDLE, stale_handle()] {
            let status = call!(zx_debug_read(bad, buffer.as_mut_ptr().cast(), ROOM, &mut count));
            assert_eq!(status, Status::BAD_HANDLE);
        }
        let event = Event::create().expect("an event");
        assert_eq!(console::read(&event, &mut buffer), Err(Status::WRONG_TYPE));
    }

    fn bad_pointers_are_refused_before_anything_is_typed() {
        let (memory, raw, mut count) = (BadMemory::new(), resource().raw(), 0);
        for (kind, bad) in memory.unwritable(ROOM) {
            let status = call!(zx_debug_read(raw, bad as _, ROOM, &mut count));
            assert_eq!(status, Status::INVALID_ARGS, "buffer: {kind}");
        }
        for (kind, bad) in memory.unwritable(size_of::<usize>()) {
            let mut buffer = [0u8; ROOM];
            let status = call!(zx_debug_read(raw, buffer.as_mut_ptr().cast(), ROOM, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "actual: {kind}");
        }
        let null = core::ptr::null_mut();
        assert_eq!(call!(zx_debug_read(raw, null, 0, &mut count)), Status::INVALID_ARGS);
    }

    fn writing_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, bad) in memory.unreadable(ROOM) {
            assert_eq!(call!(zx_debug_write(bad as _, ROOM)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
