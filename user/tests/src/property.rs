//! object_get_property, object_set_property: every property but names (`info`), thresholds (`socket_state`) and
//! registers (`thread_bases`).

use hafnon_user::{
    AsHandle, Event, Job, Process, Rights, Status, Vmo,
    abi::{
        self, PROCESS_DEBUG_ADDR_BREAK_ON_SET, PROP_EXCEPTION_STATE, PROP_EXCEPTION_STRATEGY,
        PROP_JOB_KILL_ON_OOM, PROP_NAME, PROP_PROCESS_BREAK_ON_LOAD, PROP_PROCESS_DEBUG_ADDR,
        PROP_PROCESS_HW_TRACE_CONTEXT_ID, PROP_PROCESS_VDSO_BASE_ADDRESS, PROP_VMO_CONTENT_SIZE,
    },
    info,
    vmar::Vmar,
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, job, process, user_test, without},
};

/// Properties that are a number of 64 bits, and can be read.
const NUMBERS: [u32; 4] = [
    PROP_PROCESS_DEBUG_ADDR,
    PROP_PROCESS_BREAK_ON_LOAD,
    PROP_PROCESS_VDSO_BASE_ADDRESS,
    PROP_VMO_CONTENT_SIZE,
];

pub fn get(object: &impl AsHandle, property: u32) -> Result<u64, Status> {
    let mut value = 0_u64;
    let status = call!(zx_object_get_property(object.raw(), property, (&raw mut value).cast(), 8));
    if status == Status::OK { Ok(value) } else { Err(status) }
}

pub fn set(object: &impl AsHandle, property: u32, value: u64) -> Status {
    call!(zx_object_set_property(object.raw(), property, (&raw const value).cast(), 8))
}

/// A process that never starts; it goes away with its handles.
fn new_process() -> (Process, Vmar) {
    Process::create(&job(), "never started").expect("a process")
}

fn child_job() -> Job {
    job().create_child().expect("a job")
}

user_test! {
    fn debug_address_is_set_once_and_before_that_to_break() {
        let (process, _root) = new_process();
        assert_eq!(get(&process, PROP_PROCESS_DEBUG_ADDR), Ok(0));
        assert_eq!(set(&process, PROP_PROCESS_DEBUG_ADDR, 0), Status::INVALID_ARGS);
        let stop = u64::from(PROCESS_DEBUG_ADDR_BREAK_ON_SET);
        assert_eq!(set(&process, PROP_PROCESS_DEBUG_ADDR, stop), Status::OK);
        assert_eq!(get(&process, PROP_PROCESS_DEBUG_ADDR), Ok(stop));
        assert_eq!(set(&process, PROP_PROCESS_DEBUG_ADDR, 0x1234), Status::OK);
        assert_eq!(set(&process, PROP_PROCESS_DEBUG_ADDR, 0x5678), Status::ACCESS_DENIED);
        assert_eq!(get(&process, PROP_PROCESS_DEBUG_ADDR), Ok(0x1234));
    }

    fn break_on_load_is_kept() {
        let (process, _root) = new_process();
        assert_eq!(get(&process, PROP_PROCESS_BREAK_ON_LOAD), Ok(0));
        for value in [1, 0x1234_5678_9abc, 0] {
            assert_eq!(set(&process, PROP_PROCESS_BREAK_ON_LOAD, value), Status::OK);
            assert_eq!(get(&process, PROP_PROCESS_BREAK_ON_LOAD), Ok(value));
        }
    }

    fn vdso_lies_where_its_property_says() {
        let base = get(&process(), PROP_PROCESS_VDSO_BASE_ADDRESS).expect("the base") as usize;
        // SAFETY: the call takes no pointer.
        let inside = unsafe { hafnon_user::sys::zx_system_get_version_string() }.c_str as usize;
        assert!((base..base + (1 << 16)).contains(&inside), "{base:#x} {inside:#x}");
        assert_eq!(get(&new_process().0, PROP_PROCESS_VDSO_BASE_ADDRESS), Ok(0));
        assert_eq!(set(&process(), PROP_PROCESS_VDSO_BASE_ADDRESS, 1), Status::NOT_SUPPORTED);
    }

    fn a_job_may_ask_to_be_killed_when_memory_is_low() {
        let job = child_job();
        let asks = || info::get::<abi::InfoJob>(&job, abi::INFO_JOB).expect("info").kill_on_oom;
        assert_eq!(asks(), 0);
        for value in [1, 0] {
            assert_eq!(set(&job, PROP_JOB_KILL_ON_OOM, value), Status::OK);
            assert_eq!(u64::from(asks()), value);
        }
        assert_eq!(set(&job, PROP_JOB_KILL_ON_OOM, 2), Status::INVALID_ARGS);
        assert_eq!(get(&job, PROP_JOB_KILL_ON_OOM), Err(Status::NOT_SUPPORTED));
        assert_eq!(set(&process(), PROP_JOB_KILL_ON_OOM, 1), Status::WRONG_TYPE);
    }

    fn content_size_is_not_the_size() {
        let vmo = Vmo::create(5000).expect("a VMO");
        assert_eq!(get(&vmo, PROP_VMO_CONTENT_SIZE), Ok(5000));
        assert_eq!(set(&vmo, PROP_VMO_CONTENT_SIZE, 17), Status::OK);
        assert_eq!(get(&vmo, PROP_VMO_CONTENT_SIZE), Ok(17));
        let mut size = 0;
        assert_eq!(call!(zx_vmo_get_size(vmo.raw(), &mut size)), Status::OK);
        assert_eq!(size, 8192);
    }

    fn properties_belong_to_types() {
        let (vmo, job) = (Vmo::create(1).expect("a VMO"), child_job());
        for property in [PROP_PROCESS_DEBUG_ADDR, PROP_PROCESS_BREAK_ON_LOAD] {
            assert_eq!(get(&vmo, property), Err(Status::WRONG_TYPE), "{property}");
            assert_eq!(set(&job, property, 1), Status::WRONG_TYPE, "{property}");
        }
        assert_eq!(get(&job, PROP_PROCESS_VDSO_BASE_ADDRESS), Err(Status::WRONG_TYPE));
        assert_eq!(get(&job, PROP_VMO_CONTENT_SIZE), Err(Status::WRONG_TYPE));
        assert_eq!(set(&job, PROP_VMO_CONTENT_SIZE, 1), Status::WRONG_TYPE);
        for property in [PROP_EXCEPTION_STATE, PROP_EXCEPTION_STRATEGY] {
            assert_eq!(get(&vmo, property), Err(Status::WRONG_TYPE), "{property}");
            assert_eq!(set(&vmo, property, 1), Status::WRONG_TYPE, "{property}");
        }
        // Only where the kernel's command line allows it.
        assert_eq!(get(&process(), PROP_PROCESS_HW_TRACE_CONTEXT_ID), Err(Status::NOT_SUPPORTED));
    }

    /// It tells a tracer which page tables a process has: an address of a page, and another one for each.
    #[needs("with=kernel.enable-debugging-syscalls=true")]
    fn each_process_has_a_context_of_its_own() {
        let (other, _root) = new_process();
        let contexts = [&process(), &other].map(|process| get(process, PROP_PROCESS_HW_TRACE_CONTEXT_ID));
        let [ours, theirs] = contexts.map(|context| context.expect("a context"));
        assert!(ours != theirs && [ours, theirs].iter().all(|context| *context != 0 && context % 4096 == 0));
        assert_eq!(get(&child_job(), PROP_PROCESS_HW_TRACE_CONTEXT_ID), Err(Status::WRONG_TYPE));
        assert_eq!(set(&other, PROP_PROCESS_HW_TRACE_CONTEXT_ID, 1), Status::NOT_SUPPORTED);
    }

    fn values_need_room() {
        let (process, _root) = new_process();
        let vmo = Vmo::create(1).expect("a VMO");
        let mut value = 0_u64;
        for property in NUMBERS {
            let object = if property == PROP_VMO_CONTENT_SIZE { vmo.raw() } else { process.raw() };
            let status = call!(zx_object_get_property(object, property, (&raw mut value).cast(), 7));
            assert_eq!(status, Status::BUFFER_TOO_SMALL, "{property}");
        }
        for (object, property, room) in [
            (process.raw(), PROP_PROCESS_DEBUG_ADDR, 7),
            (process.raw(), PROP_PROCESS_BREAK_ON_LOAD, 7),
            (vmo.raw(), PROP_VMO_CONTENT_SIZE, 7),
            (child_job().raw(), PROP_JOB_KILL_ON_OOM, 7),
            (process.raw(), PROP_EXCEPTION_STATE, 3),
        ] {
            let status = call!(zx_object_set_property(object, property, (&raw const value).cast(), room));
            assert_eq!(status, Status::BUFFER_TOO_SMALL, "{property}");
        }
    }

    fn rights_are_checked() {
        let (process, _root) = new_process();
        let (mute, blind) = (without(&process, Rights::SET_PROPERTY), without(&process, Rights::GET_PROPERTY));
        assert_eq!(set(&mute, PROP_PROCESS_BREAK_ON_LOAD, 1), Status::ACCESS_DENIED);
        assert_eq!(get(&blind, PROP_PROCESS_BREAK_ON_LOAD), Err(Status::ACCESS_DENIED));
        let event = Event::create().expect("an event");
        assert_eq!(get(&event, PROP_NAME), Err(Status::ACCESS_DENIED));
        let read_only = without(&Vmo::create(1).expect("a VMO"), Rights::WRITE);
        assert_eq!(set(&read_only, PROP_VMO_CONTENT_SIZE, 17), Status::ACCESS_DENIED);
        assert_eq!(set(&read_only, PROP_NAME, 17), Status::OK);
        assert_eq!(get(&read_only, PROP_VMO_CONTENT_SIZE), Ok(1));
    }

    fn bad_pointers_are_refused() {
        let (memory, (process, _root)) = (BadMemory::new(), new_process());
        for (kind, bad) in memory.unwritable(8) {
            for property in &NUMBERS[..3] {
                let status = call!(zx_object_get_property(process.raw(), *property, bad as _, 8));
                assert_eq!(status, Status::INVALID_ARGS, "{property} {kind}");
            }
        }
        for (kind, bad) in memory.unreadable(8) {
            for property in [PROP_PROCESS_DEBUG_ADDR, PROP_PROCESS_BREAK_ON_LOAD] {
                let status = call!(zx_object_set_property(process.raw(), property, bad as _, 8));
                assert_eq!(status, Status::INVALID_ARGS, "{property} {kind}");
            }
        }
        // Also where nothing would be read or written there.
        let status = call!(zx_object_set_property(process.raw(), PROP_NAME, core::ptr::null(), 0));
        assert_eq!(status, Status::INVALID_ARGS);
        assert_eq!(get(&process, PROP_PROCESS_DEBUG_ADDR), Ok(0));
    }

    fn what_follows_the_end_of_a_name_is_forgotten() {
        let vmo = Vmo::create(1).expect("a VMO");
        let mut name = [b'A'; abi::MAX_NAME_LEN];
        name[1] = 0;
        let status = call!(zx_object_set_property(vmo.raw(), PROP_NAME, name.as_ptr().cast(), name.len()));
        assert_eq!(status, Status::OK);
        let status = call!(zx_object_get_property(vmo.raw(), PROP_NAME, name.as_mut_ptr().cast(), name.len()));
        assert_eq!(status, Status::OK);
        assert_eq!((name[0], &name[1..]), (b'A', &[0; abi::MAX_NAME_LEN - 1][..]));
    }
}
