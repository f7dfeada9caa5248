//! A handle table with as many handles as fit.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Rights, Status,
    abi::{INFO_HANDLE_TABLE, INFO_PROCESS_HANDLE_STATS, InfoHandleExtended, InfoProcessHandleStats},
    info,
};

use crate::harness::{call, process, user_test};

/// Handles.
const MANY: usize = 200_000;

/// So many more handles to one event.
fn fill(event: &Event) -> Vec<u32> {
    let copy = |_| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle").into_raw();
    (0..MANY).map(copy).collect()
}

user_test! {
    #[needs("counted")]
    fn listing_and_closing_200_000_handles() {
        let event = Event::create().expect("an event");
        let values = fill(&event);
        let mut buffer = vec![0; (MANY + 100) * size_of::<InfoHandleExtended>()];
        let (status, actual, avail) = info::query(process().raw(), INFO_HANDLE_TABLE, &mut buffer);
        assert!(status == Status::OK && actual == avail && actual > MANY, "{status:?} {actual} {avail}");
        let stats: InfoProcessHandleStats =
            info::get(&process(), INFO_PROCESS_HANDLE_STATS).expect("it tells");
        assert!(stats.handle_count.iter().any(|count| *count as usize > MANY));
        for value in &values[..1000] {
            let mut out = 0;
            assert_eq!(call!(zx_handle_replace(*value, Rights::SAME_RIGHTS.bits(), &mut out)), Status::OK);
            assert_eq!(call!(zx_handle_close(out)), Status::OK);
        }
        assert_eq!(call!(zx_handle_close_many(values[1000..].as_ptr(), MANY - 1000)), Status::OK);
    }

    #[needs("counted")]
    fn a_message_of_200_000_handles() {
        let ((near, _far), event) = (Channel::create().expect("a channel"), Event::create().expect("an event"));
        let values = fill(&event);
        let (raw, null) = (near.raw(), core::ptr::null());
        let status = call!(zx_channel_write(raw, 0, null, 0, values.as_ptr(), MANY as u32));
        assert_eq!(status, Status::OUT_OF_RANGE);
        assert_eq!(info::handle_count(&event), Ok(1));
    }
}
