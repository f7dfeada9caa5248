//! job_create, and killing jobs.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Job, Process, Rights, Signals, Status, abi, clock::INFINITE, handle::Handle,
    info, task::Task,
};

use crate::{
    bad_memory::BadMemory,
    harness::{blocked, call, job, user_test, without},
};

/// Levels of jobs that killing must reach.
const DEPTH: usize = 20;

fn child() -> Job {
    job().create_child().expect("a job")
}

fn return_code(job: &Job) -> i64 {
    let info: abi::InfoJob = info::get(job, abi::INFO_JOB).expect("info");
    info.return_code
}

user_test! {
    fn new_job_is_empty() {
        let active = child().wait_observed(Signals::empty(), 0).1;
        assert_eq!(active, Signals::JOB_NO_JOBS | Signals::JOB_NO_PROCESSES);
    }

    fn signals_follow_the_children() {
        let parent = child();
        let inner = parent.create_child().expect("a job");
        assert!(!parent.wait_observed(Signals::empty(), 0).1.contains(Signals::JOB_NO_JOBS));
        drop(inner);
        parent.wait(Signals::JOB_NO_JOBS, INFINITE).expect("empty again");
    }

    fn create_refuses_options_and_pointers() {
        let (memory, job, mut out) = (BadMemory::new(), job(), 0);
        assert_eq!(call!(zx_job_create(job.raw(), 1, &mut out)), Status::INVALID_ARGS);
        for (kind, bad) in memory.unwritable(4) {
            assert_eq!(call!(zx_job_create(job.raw(), 0, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn create_needs_the_right() {
        let weak = without(&job(), Rights::MANAGE_JOB);
        assert_eq!(weak.create_child().err(), Some(Status::ACCESS_DENIED));
        let event = Job::from(Handle::from(Event::create().expect("an event")));
        assert_eq!(event.create_child().err(), Some(Status::WRONG_TYPE));
    }

    fn killed_job_takes_no_children() {
        let job = child();
        job.kill().expect("killed");
        job.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(job.create_child().err(), Some(Status::BAD_STATE));
        assert_eq!(Process::create(&job, "x").err(), Some(Status::BAD_STATE));
        assert_eq!(return_code(&job), abi::TASK_RETCODE_SYSCALL_KILL);
    }

    /// As deep as Zircon's: what is made of the root job has 31 levels below it.
    fn jobs_nest_so_deep_and_no_deeper() {
        let mut jobs = alloc::vec![child()];
        let refused = loop {
            match jobs[jobs.len() - 1].create_child() {
                Ok(job) => jobs.push(job),
                Err(status) => break status,
            }
        };
        assert_eq!(refused, Status::OUT_OF_RANGE);
        assert!((DEPTH..32).contains(&jobs.len()), "{} levels", jobs.len());
        Process::create(&jobs[jobs.len() - 1], "at the bottom").expect("processes are no level");
        assert_eq!(jobs[jobs.len() - 2].create_child().err(), None, "beside it there is room");
    }

    fn killing_reaches_every_level() {
        let top = child();
        let mut jobs = alloc::vec![top.create_child().expect("a job")];
        for _ in 1..DEPTH {
            let next = jobs[jobs.len() - 1].create_child().expect("a job");
            jobs.push(next);
        }
        let (process, _root) = Process::create(&jobs[DEPTH - 1], "at the bottom").expect("a process");
        top.kill().expect("killed");
        top.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(process.wait_exit(), Ok(abi::TASK_RETCODE_SYSCALL_KILL));
        for job in &jobs {
            job.wait(Signals::JOB_TERMINATED, 0).expect("every job in it has ended before");
        }
    }

    fn killing_reaches_all_of_many_jobs() {
        let top = child();
        let mut jobs: Vec<_> = (0..60).map(|_| top.create_child().expect("a job")).collect();
        let create = |job| Process::create(job, "in one of many").expect("a process");
        let processes: Vec<_> = jobs.iter().step_by(3).map(create).collect();
        jobs.truncate(50);
        jobs[7].kill().expect("killed");
        top.kill().expect("killed");
        top.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        for (process, _root) in &processes {
            assert_eq!(process.wait_exit(), Ok(abi::TASK_RETCODE_SYSCALL_KILL));
        }
        for job in &jobs {
            job.wait(Signals::JOB_TERMINATED, 0).expect("every job in it has ended before");
        }
    }

    fn killing_wakes_whoever_waits_for_it() {
        let job = child();
        let raw = job.raw();
        let waiter = blocked(abi::THREAD_STATE_BLOCKED_WAIT_ONE, move || {
            let signals = Signals::JOB_TERMINATED.bits();
            call!(zx_object_wait_one(raw, signals, INFINITE, core::ptr::null_mut()))
        });
        job.kill().expect("killed");
        assert_eq!(waiter.join(), Some(Status::OK));
    }

    fn handles_of_a_killed_process_are_closed() {
        let job = child();
        let (process, _root) = Process::create(&job, "never started").expect("a process");
        let (ours, theirs) = Channel::create().expect("a channel");
        drop(theirs);
        job.kill().expect("killed");
        process.wait_exit().expect("it ends");
        ours.wait(Signals::CHANNEL_PEER_CLOSED, 0).expect("closed");
    }

    fn kill_needs_the_right() {
        assert_eq!(without(&child(), Rights::DESTROY).kill(), Err(Status::ACCESS_DENIED));
    }
}
