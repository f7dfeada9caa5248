//! object_get_info, object_get_property, object_set_property.

use hafnon_user::{
    AsHandle, Channel, Event, Port, Rights, Status, Timer, Vmo, abi,
    info::{self, query},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, first_thread, job, process, resource, stale_handle, user_test, without},
};

fn event() -> Event {
    Event::create().expect("an event")
}

/// Type and rights of a new object.
fn kind_and_rights(object: &impl AsHandle) -> (u32, Rights) {
    let basic = info::basic(object).expect("info");
    (basic.kind, basic.rights)
}

/// Reads the name.
fn name(raw: u32) -> Result<[u8; abi::MAX_NAME_LEN], Status> {
    let mut name = [0xff; abi::MAX_NAME_LEN];
    let (property, length) = (abi::PROP_NAME, name.len());
    let status = call!(zx_object_get_property(raw, property, name.as_mut_ptr().cast(), length));
    if status == Status::OK { Ok(name) } else { Err(status) }
}

user_test! {
    /// For every topic there is or is not: what is no handle is told first.
    fn an_unknown_handle_is_told_before_an_unknown_topic() {
        let event = Event::create().expect("an event");
        for topic in 0..64 {
            for bad in [0, NO_HANDLE, stale_handle()] {
                assert_eq!(query(bad, topic, &mut []).0, Status::BAD_HANDLE, "topic {topic}");
            }
        }
        for topic in [0, 5, 6, 29, 63, u32::MAX] {
            assert_eq!(query(event.raw(), topic, &mut [0; 64]).0, Status::NOT_SUPPORTED, "topic {topic}");
        }
    }

    fn handle_valid_says_so() {
        let event = event();
        assert_eq!(query(event.raw(), abi::INFO_HANDLE_VALID, &mut []).0, Status::OK);
        for raw in [0, NO_HANDLE, stale_handle()] {
            assert_eq!(query(raw, abi::INFO_HANDLE_VALID, &mut []).0, Status::BAD_HANDLE);
        }
    }

    fn handle_valid_needs_no_right() {
        let bare = event().duplicate(Rights::NONE).expect("a bare handle");
        assert_eq!(query(bare.raw(), abi::INFO_HANDLE_VALID, &mut []).0, Status::OK);
    }

    fn new_objects_have_their_type_and_rights() {
        let (left, _right) = Channel::create().expect("a channel");
        assert_eq!(kind_and_rights(&event()), (abi::OBJ_TYPE_EVENT, Rights::DEFAULT_EVENT));
        assert_eq!(kind_and_rights(&left), (abi::OBJ_TYPE_CHANNEL, Rights::DEFAULT_CHANNEL));
        let port = Port::create().expect("a port");
        assert_eq!(kind_and_rights(&port), (abi::OBJ_TYPE_PORT, Rights::DEFAULT_PORT));
        let timer = Timer::create().expect("a timer");
        assert_eq!(kind_and_rights(&timer), (abi::OBJ_TYPE_TIMER, Rights::DEFAULT_TIMER));
        let vmo = Vmo::create(1).expect("a VMO");
        assert_eq!(kind_and_rights(&vmo), (abi::OBJ_TYPE_VMO, Rights::DEFAULT_VMO));
        let child = job().create_child().expect("a job");
        assert_eq!(kind_and_rights(&child), (abi::OBJ_TYPE_JOB, Rights::DEFAULT_JOB));
    }

    fn koids_are_new_and_stay() {
        let (one, two) = (event(), event());
        let koid = |event: &Event| info::basic(event).expect("info").koid;
        assert_ne!(koid(&one), koid(&two));
        assert_eq!(koid(&one), koid(&one));
        assert!(koid(&one) >= abi::KOID_FIRST);
    }

    fn basic_needs_no_right_but_counting_needs_inspect() {
        let blind = without(&event(), Rights::INSPECT);
        assert!(info::basic(&blind).is_ok());
        assert_eq!(info::handle_count(&blind), Err(Status::ACCESS_DENIED));
    }

    fn small_buffer_is_told() {
        let event = event();
        let (status, actual, available) = query(event.raw(), abi::INFO_HANDLE_BASIC, &mut [0; 8]);
        assert_eq!((status, actual, available), (Status::BUFFER_TOO_SMALL, 0, 1));
    }

    fn larger_buffer_is_left_alone_behind_the_record() {
        let event = event();
        let mut buffer = [0xaa; 64];
        let (status, actual, available) = query(event.raw(), abi::INFO_HANDLE_BASIC, &mut buffer);
        assert_eq!((status, actual, available), (Status::OK, 1, 1));
        assert!(buffer[32..].iter().all(|&byte| byte == 0xaa));
    }

    fn unknown_topic_is_not_supported() {
        let event = event();
        for topic in [99, u32::MAX] {
            assert_eq!(query(event.raw(), topic, &mut [0; 64]).0, Status::NOT_SUPPORTED, "{topic}");
        }
    }

    /// As if there were what they tell: who may not ask is told so first.
    fn missing_topics_look_at_the_handle_first() {
        let (event, process) = (event(), process());
        let blind = without(&process, Rights::INSPECT);
        for topic in [abi::INFO_PROCESS_MAPS, abi::INFO_PROCESS_VMOS] {
            let told = [event.raw(), blind.raw(), process.raw()].map(|raw| query(raw, topic, &mut [0; 256]).0);
            assert_eq!(told, [Status::WRONG_TYPE, Status::ACCESS_DENIED, Status::NOT_SUPPORTED], "{topic}");
        }
        let told = [event.raw(), resource().raw()].map(|raw| query(raw, abi::INFO_CPU_STATS, &mut [0; 256]).0);
        assert_eq!(told, [Status::WRONG_TYPE, Status::NOT_SUPPORTED]);
        for topic in [abi::INFO_BTI, abi::INFO_STREAM, abi::INFO_MSI] {
            assert_eq!(query(event.raw(), topic, &mut [0; 256]).0, Status::WRONG_TYPE, "{topic}");
        }
    }

    fn topic_of_another_type_is_wrong_type() {
        let event = event();
        for topic in [abi::INFO_PROCESS, abi::INFO_THREAD, abi::INFO_JOB, abi::INFO_VMAR] {
            assert_eq!(query(event.raw(), topic, &mut [0; 128]).0, Status::WRONG_TYPE, "{topic}");
        }
    }

    fn bad_pointers_are_refused() {
        let (memory, event) = (BadMemory::new(), event());
        let topic = abi::INFO_HANDLE_BASIC;
        for (kind, address) in memory.unwritable(32) {
            let (mut actual, mut available) = (0, 0);
            let status = call!(zx_object_get_info(
                event.raw(), topic, address as _, 32, &mut actual, &mut available,
            ));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }

    fn counts_may_be_unwanted() {
        let (event, mut buffer) = (event(), [0u8; 32]);
        let null = core::ptr::null_mut;
        let status = call!(zx_object_get_info(
            event.raw(), abi::INFO_HANDLE_BASIC, buffer.as_mut_ptr().cast(), 32, null(), null(),
        ));
        assert_eq!(status, Status::OK);
    }

    fn handle_count_counts() {
        let event = event();
        assert_eq!(info::handle_count(&event), Ok(1));
        let other = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
        assert_eq!(info::handle_count(&event), Ok(2));
        drop(other);
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    fn process_handle_stats_count_by_type() {
        let process = process();
        let stats = || {
            let stats: abi::InfoProcessHandleStats =
                info::get(&process, abi::INFO_PROCESS_HANDLE_STATS).expect("info");
            stats.handle_count
        };
        let before = stats();
        let _events = [event(), event()];
        let after = stats();
        let kind = abi::OBJ_TYPE_EVENT as usize;
        assert_eq!(after[kind], before[kind] + 2);
        assert_eq!(after.iter().sum::<u32>(), before.iter().sum::<u32>() + 2);
    }

    fn running_process_and_thread_are_told() {
        let info = info::process(&process()).expect("info");
        assert_eq!((info.started, info.exited, info.return_code), (1, 0, 0));
        let thread = info::thread(first_thread()).expect("info");
        assert_eq!(thread.state, abi::THREAD_STATE_RUNNING);
    }

    fn process_threads_are_listed() {
        let threads = info::koids(&process(), abi::INFO_PROCESS_THREADS).expect("info");
        let mine = info::basic(first_thread()).expect("info").koid;
        assert_eq!(threads, [mine]);
    }

    fn job_lists_its_processes_and_children() {
        let job = job();
        let me = info::basic(&process()).expect("info").koid;
        let processes = info::koids(&job, abi::INFO_JOB_PROCESSES).expect("info");
        assert!(processes.contains(&me));
        let child = job.create_child().expect("a job");
        let koid = info::basic(&child).expect("info").koid;
        assert!(info::koids(&job, abi::INFO_JOB_CHILDREN).expect("info").contains(&koid));
        drop(child);
        assert!(!info::koids(&job, abi::INFO_JOB_CHILDREN).expect("info").contains(&koid));
    }

    fn memory_statistics_add_up() {
        let stats = info::kernel_memory(resource()).expect("info");
        assert!(stats.free_bytes > 0 && stats.free_bytes < stats.total_bytes);
        assert!(stats.wired_bytes > 0, "the kernel's image");
        // A process has four tables at least, one of each level.
        assert!(stats.mmu_overhead_bytes >= 4 * 4096, "{}", stats.mmu_overhead_bytes);
        let used = stats.wired_bytes + stats.total_heap_bytes + stats.vmo_bytes + stats.mmu_overhead_bytes;
        // Frames change hands while they are counted.
        assert!(used + stats.free_bytes <= stats.total_bytes + (1 << 20));
        let event = event();
        assert_eq!(info::kernel_memory(&event).err(), Some(Status::WRONG_TYPE));
    }

    fn vmar_tells_where_it_lies() {
        let root = hafnon_user::startup::root_vmar().expect("a root region");
        let info: abi::InfoVmar = info::get(&*root, abi::INFO_VMAR).expect("info");
        let here = info_address() as usize;
        assert!((info.base..info.base + info.len).contains(&here));
    }

    fn names_are_kept_and_cut() {
        let vmo = Vmo::create(1).expect("a VMO");
        vmo.set_name("short").expect("named");
        assert_eq!(name(vmo.raw()).expect("a name")[..6], *b"short\0");
        vmo.set_name("a name that is much longer than thirty-one bytes").expect("named");
        let cut = name(vmo.raw()).expect("a name");
        assert_eq!(cut, *b"a name that is much longer than\0");
    }

    fn name_needs_its_rights_and_room() {
        let vmo = Vmo::create(1).expect("a VMO");
        let (mute, blind) = (without(&vmo, Rights::SET_PROPERTY), without(&vmo, Rights::GET_PROPERTY));
        assert_eq!(mute.set_name("x"), Err(Status::ACCESS_DENIED));
        assert_eq!(name(blind.raw()).err(), Some(Status::ACCESS_DENIED));
        let mut small = [0u8; 31];
        let status = call!(zx_object_get_property(
            vmo.raw(), abi::PROP_NAME, small.as_mut_ptr().cast(), small.len(),
        ));
        assert_eq!(status, Status::BUFFER_TOO_SMALL);
    }

    fn unknown_property_is_refused() {
        let vmo = Vmo::create(1).expect("a VMO");
        let mut value = [0u8; 32];
        let status =
            call!(zx_object_get_property(vmo.raw(), 9999, value.as_mut_ptr().cast(), value.len()));
        assert_eq!(status, Status::NOT_SUPPORTED);
        let status = call!(zx_object_set_property(vmo.raw(), 9999, value.as_ptr().cast(), value.len()));
        assert_eq!(status, Status::NOT_SUPPORTED);
    }

    fn name_refuses_bad_pointers() {
        let (memory, vmo) = (BadMemory::new(), Vmo::create(1).expect("a VMO"));
        for (kind, address) in memory.unreadable(8) {
            let status = call!(zx_object_set_property(vmo.raw(), abi::PROP_NAME, address as _, 8));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
        for (kind, address) in memory.unwritable(32) {
            let status = call!(zx_object_get_property(vmo.raw(), abi::PROP_NAME, address as _, 32));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }

    fn nothing_is_bad_handle() {
        assert_eq!(query(NO_HANDLE, abi::INFO_HANDLE_BASIC, &mut [0; 32]).0, Status::BAD_HANDLE);
        assert_eq!(name(NO_HANDLE).err(), Some(Status::BAD_HANDLE));
    }
}

/// An address inside this program.
fn info_address() -> *const () {
    info_address as *const ()
}
