//! object_get_child.

use alloc::sync::Arc;

use hafnon_user::{
    AsHandle, Event, Job, Process, Rights, Signals, Status,
    clock::INFINITE,
    info,
    task::{Task, child},
    thread,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, first_thread, job, process, resource, user_test, without},
};

const SAME: Rights = Rights::SAME_RIGHTS;

fn koid(object: &impl AsHandle) -> u64 {
    info::basic(object).expect("every handle here has INSPECT").koid
}

user_test! {
    fn jobs_have_jobs_and_processes() {
        let parent = job().create_child().expect("a job");
        let inner = parent.create_child().expect("a job");
        let (process, _vmar) = Process::create(&parent, "child").expect("a process");
        for expected in [koid(&inner), koid(&process)] {
            let found = child(&parent, expected, SAME).expect("found");
            assert_eq!(koid(&found), expected);
            assert_eq!(info::basic(&found).expect("info").rights, info::basic(&parent).expect("info").rights);
        }
        let grandchild = inner.create_child().expect("a job");
        assert_eq!(child(&parent, koid(&grandchild), SAME).err(), Some(Status::NOT_FOUND));
        process.kill().expect("killed");
    }

    fn processes_have_threads() {
        let done = Arc::new(Event::create().expect("an event"));
        let told = done.clone();
        let other = thread::spawn("other", move || told.wait(Signals::EVENT_SIGNALED, INFINITE));
        let other = other.expect("a thread");
        for expected in [koid(first_thread()), koid(other.thread())] {
            assert_eq!(koid(&child(&process(), expected, SAME).expect("found")), expected);
        }
        let ended = koid(other.thread());
        done.signal(Signals::empty(), Signals::EVENT_SIGNALED).expect("told");
        other.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(child(&process(), ended, SAME).err(), Some(Status::NOT_FOUND));
    }

    fn rights_are_at_most_the_parents() {
        let parent = job().create_child().expect("a job");
        let inner = parent.create_child().expect("a job");
        let few = Rights::INSPECT | Rights::ENUMERATE;
        let found = child(&parent, koid(&inner), few).expect("found");
        assert_eq!(info::basic(&found).expect("info").rights, few);
        let weak: Job = without(&parent, Rights::MANAGE_JOB);
        assert_eq!(child(&weak, koid(&inner), Rights::MANAGE_JOB).err(), Some(Status::ACCESS_DENIED));
        assert_eq!(child(&weak, koid(&inner), Rights::from_bits_retain(1 << 30)).err(), Some(Status::ACCESS_DENIED));
    }

    fn parent_is_checked() {
        let weak = without(&process(), Rights::ENUMERATE);
        assert_eq!(child(&weak, koid(first_thread()), SAME).err(), Some(Status::ACCESS_DENIED));
        let event = Event::create().expect("an event");
        assert_eq!(child(&event, 1, SAME).err(), Some(Status::ACCESS_DENIED), "events have no ENUMERATE");
        assert_eq!(child(resource(), 1, SAME).err(), Some(Status::ACCESS_DENIED));
        let mut out = 0;
        assert_eq!(call!(zx_object_get_child(NO_HANDLE, 1, SAME.bits(), &mut out)), Status::BAD_HANDLE);
        for id in [0, 1, u64::MAX, koid(&process())] {
            assert_eq!(child(&process(), id, SAME).err(), Some(Status::NOT_FOUND));
        }
    }

    fn bad_pointers_are_refused() {
        let (memory, process) = (BadMemory::new(), process());
        for (kind, bad) in memory.unwritable(4) {
            let status = call!(zx_object_get_child(process.raw(), koid(first_thread()), SAME.bits(), bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
