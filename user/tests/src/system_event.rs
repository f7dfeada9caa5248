//! system_get_event.

use hafnon_user::{AsHandle, Event, Rights, Signals, Status, abi::SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, job, process, user_test, without},
};

user_test! {
    fn one_system_event_is_signalled() {
        let root = job();
        for kind in 1..=5 {
            let event = Event::of_system(&root, kind).expect("an event");
            let signalled = event.wait(Signals::EVENT_SIGNALED, 0).is_ok();
            assert_eq!(signalled, kind == SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL, "{kind}");
            assert_eq!(event.signal(Signals::empty(), Signals::EVENT_SIGNALED), Err(Status::ACCESS_DENIED));
        }
    }

    fn system_events_are_for_the_root_job() {
        let (root, memory) = (job(), BadMemory::new());
        for kind in [0, 6, u32::MAX] {
            assert_eq!(Event::of_system(&root, kind).err(), Some(Status::INVALID_ARGS));
        }
        let inner = root.create_child().expect("a job");
        assert_eq!(Event::of_system(&inner, 1).err(), Some(Status::ACCESS_DENIED));
        let weak = without(&root, Rights::MANAGE_PROCESS);
        assert_eq!(Event::of_system(&weak, 1).err(), Some(Status::ACCESS_DENIED));
        let mut out = 0;
        assert_eq!(call!(zx_system_get_event(process().raw(), 1, &mut out)), Status::WRONG_TYPE);
        assert_eq!(call!(zx_system_get_event(NO_HANDLE, 1, &mut out)), Status::BAD_HANDLE);
        for (kind, bad) in memory.unwritable(4) {
            assert_eq!(call!(zx_system_get_event(root.raw(), 1, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
