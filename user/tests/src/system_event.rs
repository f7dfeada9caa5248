//! system_get_event, and how its events follow the memory that is left.

use hafnon_user::{
    AsHandle, Event, Process, Rights, Signals, Status, Vmo,
    abi::{
        PROP_JOB_KILL_ON_OOM, SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY, SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL,
        SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL, SYSTEM_EVENT_MEMORY_PRESSURE_WARNING,
        SYSTEM_EVENT_OUT_OF_MEMORY, TASK_RETCODE_OOM_KILL,
    },
    clock::{self, INFINITE},
    info,
    vmar::PAGE_SIZE,
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, TURNS, call, job, process, user_test, without},
    pressure::{glutton, use_up},
    property,
};

/// All kinds, the best first.
const KINDS: [u32; 5] = [
    SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL,
    SYSTEM_EVENT_MEMORY_PRESSURE_WARNING,
    SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL,
    SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY,
    SYSTEM_EVENT_OUT_OF_MEMORY,
];

fn events() -> [Event; 5] {
    KINDS.map(|kind| Event::of_system(&job(), kind).expect("an event"))
}

fn is_signalled(event: &Event) -> bool {
    event.wait(Signals::EVENT_SIGNALED, 0).is_ok()
}

/// The index of the one event that is signalled. They change one after the other, so that has to be waited for.
fn current(events: &[Event; 5]) -> usize {
    for _ in 0..TURNS {
        let mut signalled = events.iter().enumerate().filter(|(_, event)| is_signalled(event));
        if let (Some((index, _)), None) = (signalled.next(), signalled.next()) {
            return index;
        }
        clock::sleep(clock::MILLISECOND).expect("sleep");
    }
    panic!("one is signalled")
}

/// Waits until this event is signalled, and no other.
fn assert_comes(events: &[Event; 5], index: usize) {
    events[index].wait(Signals::EVENT_SIGNALED, INFINITE).expect("it is signalled");
    assert_eq!(current(events), index);
}

/// Writes so many pages from `page` on; whether there was memory for all.
fn take(glutton: &Vmo, page: usize, count: usize) -> bool {
    let byte = 1_u8;
    (page..page + count).all(|page| {
        let offset = (page * PAGE_SIZE) as u64;
        call!(zx_vmo_write(glutton.raw(), (&raw const byte).cast(), offset, 1)) == Status::OK
    })
}

user_test! {
    fn one_system_event_is_signalled() {
        let events = events();
        assert_comes(&events, 0);
        for event in events {
            assert_eq!(event.signal(Signals::empty(), Signals::EVENT_SIGNALED), Err(Status::ACCESS_DENIED));
        }
    }

    fn events_follow_the_memory_that_is_left() {
        const STEP: usize = 256;
        let (events, glutton) = (events(), glutton());
        assert_comes(&events, 0);
        let (mut worst, mut seen) = (0, 1);
        for page in (0..).step_by(STEP) {
            let more = take(&glutton, page, STEP);
            // Whoever tells of it gets a turn.
            clock::sleep(clock::MILLISECOND).expect("sleep");
            let now = current(&events);
            assert!(now >= worst, "there is less and less: {worst}, {now}");
            seen += usize::from(now > worst);
            worst = now;
            if !more {
                break;
            }
        }
        assert_comes(&events, events.len() - 1);
        assert!(seen > 2, "it came step by step");
        drop(glutton);
        assert_comes(&events, 0);
    }

    fn a_job_that_asks_for_it_is_killed_when_memory_is_out() {
        let [victim, spared] = [(); 2].map(|()| job().create_child().expect("a job"));
        assert_eq!(property::set(&victim, PROP_JOB_KILL_ON_OOM, 1), Status::OK);
        let [(killed, _), (kept, _)] =
            [&victim, &spared].map(|job| Process::create(job, "in a job").expect("a process"));
        let glutton = glutton();
        use_up(&glutton);
        killed.wait(Signals::PROCESS_TERMINATED, INFINITE).expect("it is killed");
        drop(glutton);
        assert_eq!(info::process(&killed).expect("info").return_code, TASK_RETCODE_OOM_KILL);
        assert_eq!(kept.wait(Signals::PROCESS_TERMINATED, 0), Err(Status::TIMED_OUT));
        victim.wait(Signals::JOB_TERMINATED, 0).expect("all of the job is");
    }

    fn system_events_are_for_the_root_job() {
        let (root, memory) = (job(), BadMemory::new());
        for kind in [0, 6, u32::MAX] {
            assert_eq!(Event::of_system(&root, kind).err(), Some(Status::INVALID_ARGS));
        }
        let inner = root.create_child().expect("a job");
        assert_eq!(Event::of_system(&inner, 1).err(), Some(Status::ACCESS_DENIED));
        let weak = without(&root, Rights::MANAGE_PROCESS);
        for kind in KINDS {
            let refused = Event::of_system(&weak, kind).err();
            assert_eq!(refused, (kind == SYSTEM_EVENT_OUT_OF_MEMORY).then_some(Status::ACCESS_DENIED), "{kind}");
        }
        let mut out = 0;
        assert_eq!(call!(zx_system_get_event(process().raw(), 1, &mut out)), Status::WRONG_TYPE);
        assert_eq!(call!(zx_system_get_event(NO_HANDLE, 1, &mut out)), Status::BAD_HANDLE);
        for (kind, bad) in memory.unwritable(4) {
            assert_eq!(call!(zx_system_get_event(root.raw(), 1, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }
}
