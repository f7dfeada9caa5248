//! Jobs, processes and threads, without a machine to run on.

mod evictions;
mod jobs;
mod processes;
mod threads;
mod victims;

use crate::testing::discard_some;
use crate::testing::{handle, process};
use crate::{Event, Job, KILLED, KernelObject, Koid, Process, Thread, Times};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A thread that runs, as far as anybody can tell: its task could not be made, and nobody has said yet that it has ended.
fn running(process: &Arc<Process>, first: bool) -> Arc<Thread> {
    let thread = Thread::new(process.clone(), b"thread").unwrap();
    assert_eq!(thread.start(first, || Err(Status::NO_MEMORY)), Err(Status::NO_MEMORY));
    thread
}

/// The ids that a visit of a list in parts tells, part by part.
fn parts(mut visit: impl FnMut(Koid, &mut Vec<Koid>) -> Option<Koid>) -> Vec<Vec<Koid>> {
    let (mut parts, mut after) = (Vec::new(), Some(0));
    while let Some(from) = after {
        let mut part = Vec::new();
        after = visit(from, &mut part);
        parts.push(part);
    }
    parts
}

fn is_terminated(job: &Job) -> bool {
    job.base().signals.get().contains(Signals::JOB_TERMINATED)
}

fn children(job: &Job) -> (usize, usize) {
    let (mut jobs, mut processes) = (0, 0);
    job.visit_jobs(0, |_| jobs += 1);
    job.visit_processes(0, |_| processes += 1);
    (jobs, processes)
}

#[test]
fn a_killed_process_closes_its_handles_and_leaves_its_job() {
    let (job, event) = (Job::root(), Event::new());
    let process = process(&job).unwrap();
    let thread = Thread::new(process.clone(), b"thread").unwrap();
    assert!(process.handles.add(handle(&event)).is_ok());
    assert_eq!((children(&job), event.base().handle_count()), ((0, 1), 1));
    process.kill(5);
    assert_eq!((children(&job), event.base().handle_count()), ((0, 0), 0));
    assert_eq!(process.progress().1, Some(5));
    assert!(process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
    assert!(thread.base().signals.get().contains(Signals::THREAD_TERMINATED));
    assert_eq!(Thread::new(process, b"late").err(), Some(Status::BAD_STATE));
}

#[test]
fn the_first_return_code_stays() {
    let process = process(&Job::root()).unwrap();
    process.kill(1);
    process.kill(2);
    assert_eq!(process.progress().1, Some(1));
}

#[test]
fn a_process_that_nobody_can_start_goes_away() {
    let job = Job::root();
    drop(handle(&process(&job).unwrap()));
    assert_eq!(children(&job), (0, 0));
}

#[test]
fn a_thread_that_never_started_ends_alone() {
    let process = process(&Job::root()).unwrap();
    let thread = Thread::new(process.clone(), b"thread").unwrap();
    assert_eq!(thread.phase(), abi::THREAD_STATE_NEW);
    drop(handle(&thread));
    assert_eq!(thread.phase(), abi::THREAD_STATE_DEAD);
    assert!(process.find_thread(thread.koid()).is_none());
    assert_eq!(process.progress(), (false, None));
}

#[test]
fn killing_a_job_kills_all_below_and_admits_no_more() {
    let root = Job::root();
    let mut jobs = Vec::from([root.create_child().unwrap()]);
    while let Ok(child) = jobs[jobs.len() - 1].create_child() {
        jobs.push(child);
    }
    assert_eq!(jobs[jobs.len() - 1].create_child().err(), Some(Status::OUT_OF_RANGE));
    assert_eq!(jobs.len(), 31);
    let processes: Vec<_> = jobs.iter().map(|job| process(job).unwrap()).collect();
    jobs[0].kill(KILLED);
    while jobs[0].exit().is_none() {
        discard_some();
    }
    assert!(processes.iter().all(|process| process.progress().1 == Some(KILLED)));
    assert!(jobs.iter().all(|job| job.base().signals.get().contains(Signals::JOB_TERMINATED)));
    assert_eq!(jobs[3].create_child().err(), Some(Status::BAD_STATE));
    assert_eq!(process(&jobs[3]).err(), Some(Status::BAD_STATE));
    assert!(root.create_child().is_ok());
}

#[test]
fn a_job_tells_whether_it_has_children() {
    let job = Job::root();
    let empty = Signals::JOB_NO_JOBS | Signals::JOB_NO_PROCESSES;
    assert_eq!(job.base().signals.get(), empty);
    let child = job.create_child().unwrap();
    let process = process(&job).unwrap();
    assert_eq!(job.base().signals.get() & empty, Signals::empty());
    assert!(job.find_child(child.base().koid()).is_some());
    process.kill(0);
    drop(child);
    assert_eq!(job.base().signals.get() & empty, empty);
}

#[test]
fn a_killed_job_has_ended_when_its_last_child_has() {
    let job = Job::root().create_child().unwrap();
    let process = process(&job).unwrap();
    let thread = Thread::new(process.clone(), b"thread").unwrap();
    // A thread that runs, as far as anybody can tell.
    assert_eq!(thread.start(true, || Err(Status::NO_MEMORY)), Err(Status::NO_MEMORY));
    job.kill(KILLED);
    assert_eq!((job.exit(), thread.phase()), (None, abi::THREAD_STATE_DYING));
    assert!(!job.base().signals.get().contains(Signals::JOB_TERMINATED));
    assert_eq!(job.create_child().err(), Some(Status::BAD_STATE));
    thread.ended(0);
    assert_eq!((job.exit(), thread.phase()), (Some(KILLED), abi::THREAD_STATE_DEAD));
    assert!(job.base().signals.get().contains(Signals::JOB_TERMINATED));
}

/// What has ended is handed on: a thread's times to its process, and those of a process to its job, which counts neither
/// processes that live nor those of jobs below.
#[test]
fn times_of_what_has_ended_are_handed_on() {
    let top = Job::root();
    let job = top.create_child().unwrap();
    let process = process(&job).unwrap();
    let threads = [b"one", b"two"].map(|name| Thread::new(process.clone(), name).unwrap());
    for (thread, first) in threads.iter().zip([true, false]) {
        assert_eq!(thread.start(first, || Err(Status::NO_MEMORY)), Err(Status::NO_MEMORY));
    }
    let times = |ran, queued| Times { ran, queued };
    threads[0].count_queued(2);
    assert_eq!((threads[0].times(), process.ended_times()), (times(0, 2), times(0, 0)));
    threads[0].ended(5);
    assert_eq!((threads[0].times(), process.ended_times()), (times(5, 2), times(5, 2)));
    assert_eq!(job.ended_times(), times(0, 0));
    assert_eq!(job.next_process(&mut 0).map(|process| process.koid()), Some(process.koid()));
    assert_eq!(process.thread_after(0).map(|thread| thread.koid()), Some(threads[1].koid()));
    threads[1].ended(7);
    assert_eq!((threads[1].times(), process.ended_times()), (times(7, 0), times(12, 2)));
    assert_eq!((job.ended_times(), top.ended_times()), (times(12, 2), times(0, 0)));
    assert!(job.next_process(&mut 0).is_none() && process.thread_after(0).is_none());
}

#[test]
fn times_are_added_each_to_its_own() {
    let (one, other) = (Times { ran: 3, queued: 5 }, Times { ran: 20, queued: 70 });
    assert_eq!(one + other, Times { ran: 23, queued: 75 });
    let mut sum = one;
    sum += other;
    sum += one;
    assert_eq!(sum, Times { ran: 26, queued: 80 });
}
