//! What processes may be: a job grants it, and what it does not grant no process in it has.

use hafnon_user::{
    AsHandle, Event, Job, Process, Status,
    abi::{
        HANDLE_INVALID, PERSONALITY_MAGENTA, PERSONALITY_ZIRCON, PROP_JOB_PERSONALITIES,
        TASK_RETCODE_EXCEPTION_KILL,
    },
};

use crate::{
    children::SURVIVED,
    harness::{call, job, user_test},
    hunger::{CONTENT, child_in, limited},
    property,
};

const BOTH: u64 = PERSONALITY_ZIRCON | PERSONALITY_MAGENTA;

/// A child's part: makes calls of Zircon's, and then one of Magenta's.
pub fn make_both_calls() -> i64 {
    if Event::create().is_err() {
        return SURVIVED;
    }
    let mut event = 0;
    // SAFETY: the value outlives the call.
    let status = Status::from_raw(unsafe { hafnon_user::sys::mx_event_create(0, &mut event) });
    if status == Status::OK && event != HANDLE_INVALID { CONTENT } else { SURVIVED }
}

/// A child's part: has nothing to do with Magenta.
pub fn make_zircons_calls() -> i64 {
    if Event::create().is_ok() { CONTENT } else { SURVIVED }
}

user_test! {
    fn calls_of_magenta_are_for_processes_whose_job_grants_them() {
        for (granted, code) in [(BOTH, CONTENT), (PERSONALITY_MAGENTA, CONTENT), (PERSONALITY_ZIRCON, TASK_RETCODE_EXCEPTION_KILL)] {
            let outer = limited(PROP_JOB_PERSONALITIES, granted);
            let below = outer.create_child().expect("a job");
            for job in [&outer, &below] {
                assert_eq!(property::get(job, PROP_JOB_PERSONALITIES), Ok(granted));
                assert_eq!(child_in(job, "make-zircons-calls").wait_exit(), Ok(CONTENT));
                assert_eq!(child_in(job, "make-both-calls").wait_exit(), Ok(code), "granted: {granted}");
            }
        }
    }

    fn a_job_that_grants_none_has_no_process() {
        let empty = limited(PROP_JOB_PERSONALITIES, 0);
        assert_eq!(Process::create(&empty, "of no kind").err(), Some(Status::ACCESS_DENIED));
        assert_eq!(property::get(&empty, PROP_JOB_PERSONALITIES), Ok(0));
    }

    fn a_job_grants_no_more_again() {
        let set = |job: &Job, granted| property::set(job, PROP_JOB_PERSONALITIES, granted);
        let narrow = limited(PROP_JOB_PERSONALITIES, PERSONALITY_ZIRCON);
        assert_eq!(set(&narrow, BOTH), Status::ACCESS_DENIED);
        assert_eq!(set(&narrow, PERSONALITY_ZIRCON), Status::OK);
        let child = narrow.create_child().expect("a job");
        assert_eq!(set(&child, PERSONALITY_MAGENTA), Status::ACCESS_DENIED);
        assert_eq!(set(&narrow, 0), Status::BAD_STATE, "there is a job below");
        let process = Process::create(&child, "never started").expect("a process");
        assert_eq!(set(&child, 0), Status::BAD_STATE, "there is a process");
        drop((process, child));
        assert_eq!(call!(mx_object_set_property(job().raw(), PROP_JOB_PERSONALITIES, [0_u8; 8].as_ptr().cast(), 8)), Status::BAD_STATE);
    }
}
