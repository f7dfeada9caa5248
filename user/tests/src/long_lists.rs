//! Lists of handles, and of what tasks have, that are as long as a process can make them: the calls on them do their work in
//! steps, and others run in between.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Event, Job, Process, Rights, Status,
    abi::{
        ChannelCallArgs, ChannelCallEtcArgs, HANDLE_OP_MOVE, HandleDisposition, INFO_HANDLE_TABLE,
        INFO_JOB_CHILDREN, INFO_JOB_PROCESSES, INFO_PROCESS_THREADS, InfoHandleExtended, OBJ_TYPE_NONE,
        zerocopy::FromBytes,
    },
    clock,
    handle::Handle,
    info, thread,
};

use crate::harness::{call, job, process, user_test};

/// Handles of a long list.
const LONG: usize = 100_000;

fn event() -> Event {
    Event::create().expect("an event")
}

/// So many handles to one event.
fn duplicates(event: &Event, count: usize) -> Vec<u32> {
    let copy = || event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle").into_raw();
    (0..count).map(|_| copy()).collect()
}

/// Each handle, to be moved.
fn dispositions(values: &[u32]) -> Vec<HandleDisposition> {
    let moved = |value: &u32| HandleDisposition {
        operation: HANDLE_OP_MOVE,
        handle: *value,
        kind: OBJ_TYPE_NONE,
        rights: Rights::SAME_RIGHTS,
        result: Status::OK,
    };
    values.iter().map(moved).collect()
}

/// The handle table of this process: values, and how many there are.
fn table(room: usize) -> (Vec<u32>, usize) {
    let mut buffer = vec![0; room * size_of::<InfoHandleExtended>()];
    let (status, actual, avail) = info::query(process().raw(), INFO_HANDLE_TABLE, &mut buffer);
    assert_eq!(status, Status::OK);
    let records = <[InfoHandleExtended]>::ref_from_bytes(&buffer).expect("records");
    (records[..actual].iter().map(|record| record.handle_value).collect(), avail)
}

/// Counts how often this thread gets a turn, until it is told to stop.
struct Turns(Arc<(AtomicBool, AtomicU64)>, thread::JoinHandle<()>);

impl Turns {
    fn start() -> Self {
        let shared = Arc::new((AtomicBool::new(false), AtomicU64::new(0)));
        let same = shared.clone();
        let turn = move || {
            while !same.0.load(SeqCst) {
                same.1.fetch_add(1, SeqCst);
                clock::yield_now();
            }
        };
        let thread = thread::spawn("turns", turn).expect("a thread");
        while shared.1.load(SeqCst) == 0 {
            clock::yield_now();
        }
        Self(shared, thread)
    }

    /// How many turns there were.
    fn stop(self) -> u64 {
        self.0.0.store(true, SeqCst);
        self.1.join().expect("it returns");
        self.0.1.load(SeqCst)
    }
}

user_test! {
    /// All of them are consumed, and on the one CPU there is another thread gets its turns meanwhile.
    #[needs("counted")]
    fn too_long_a_list_is_consumed_in_steps() {
        let ((near, _far), event) = (Channel::create().expect("a channel"), event());
        let mut actual = (0, 0);
        for which in 0..4 {
            let values = duplicates(&event, LONG);
            let (raw, null, count) = (near.raw(), core::ptr::null(), LONG as u32);
            let mut moved = dispositions(&values);
            let turns = Turns::start();
            let status = match which {
                0 => call!(zx_channel_write(raw, 0, null, 0, values.as_ptr(), count)),
                1 => call!(zx_channel_write_etc(raw, 0, null, 0, moved.as_mut_ptr(), count)),
                2 => {
                    let wr_handles = values.as_ptr().expose_provenance() as u64;
                    let args = ChannelCallArgs { wr_handles, wr_num_handles: count, ..Default::default() };
                    call!(zx_channel_call(raw, 0, 0, &args, &mut actual.0, &mut actual.1))
                }
                _ => {
                    let wr_handles = moved.as_mut_ptr().expose_provenance() as u64;
                    let mut args =
                        ChannelCallEtcArgs { wr_handles, wr_num_handles: count, ..Default::default() };
                    call!(zx_channel_call_etc(raw, 0, 0, &mut args, &mut actual.0, &mut actual.1))
                }
            };
            let turns = turns.stop();
            assert_eq!(status, Status::OUT_OF_RANGE, "{which}");
            assert_eq!(info::handle_count(&event), Ok(1), "{which}: all are closed");
            assert!(turns > LONG as u64 / 100, "{which}: {turns} turns");
        }
    }

    fn a_bad_handle_far_behind_is_told() {
        let ((near, _far), event) = (Channel::create().expect("a channel"), event());
        let mut moved = dispositions(&duplicates(&event, 1_000));
        assert_eq!(call!(zx_handle_close(moved[900].handle)), Status::OK);
        let status = call!(zx_channel_write_etc(near.raw(), 0, core::ptr::null(), 0, moved.as_mut_ptr(), 1_000));
        assert_eq!((status, moved[900].result), (Status::OUT_OF_RANGE, Status::BAD_HANDLE));
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    /// What is there the whole time is told once, whatever comes and goes meanwhile.
    #[needs("cpus=1,4")]
    fn the_handle_table_is_read_in_parts() {
        let event = Arc::new(event());
        let kept = duplicates(&event, LONG);
        let stop = Arc::new(AtomicBool::new(false));
        let (same, done) = (event.clone(), stop.clone());
        let others = thread::spawn("others", move || {
            while !done.load(SeqCst) {
                let values = duplicates(&same, 300);
                assert_eq!(call!(zx_handle_close_many(values.as_ptr(), values.len())), Status::OK);
            }
        });
        for _ in 0..20 {
            let (mut told, avail) = table(LONG + 1_000);
            assert_eq!(told.len(), avail);
            told.sort_unstable();
            assert!(told.is_sorted_by(|one, next| one < next), "nothing is told twice");
            assert!(kept.iter().all(|value| told.binary_search(value).is_ok()), "and everything is told");
        }
        stop.store(true, SeqCst);
        others.expect("a thread").join().expect("it returns");
        let (told, avail) = table(100);
        assert!(told.len() == 100 && avail > LONG);
        assert_eq!(call!(zx_handle_close_many(kept.as_ptr(), kept.len())), Status::OK);
    }

    fn long_lists_of_tasks_are_whole() {
        let parent = job().create_child().expect("a job");
        let jobs: Vec<Job> = (0..300).map(|_| parent.create_child().expect("a job")).collect();
        let processes: Vec<Process> =
            (0..200).map(|_| Process::create(&parent, "one of many").expect("a process").0).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..200)
            .map(|_| {
                let stop = stop.clone();
                thread::spawn("one of many", move || {
                    while !stop.load(SeqCst) {
                        clock::yield_now();
                    }
                })
                .expect("a thread")
            })
            .collect();
        fn koid(object: &impl AsHandle) -> u64 {
            info::basic(object).expect("info").koid
        }
        let told = |object: &Handle, topic| info::koids(object, topic).expect("a list");
        let parent: Handle = parent.into();
        assert_eq!(told(&parent, INFO_JOB_CHILDREN), jobs.iter().map(koid).collect::<Vec<_>>());
        assert_eq!(told(&parent, INFO_JOB_PROCESSES), processes.iter().map(koid).collect::<Vec<_>>());
        assert_eq!(told(&process().into(), INFO_PROCESS_THREADS).len(), threads.len() + 1);
        stop.store(true, SeqCst);
        threads.into_iter().for_each(|thread| thread.join().expect("it returns"));
    }
}
