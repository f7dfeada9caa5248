//! Tasks whose last handle is closed while they start.

use super::model;
use super::no_machine::Nothing;
use abi::Status;
use loom::thread;
use objects::account::Payer;
use objects::{Handle, Job, Process, Thread, Vmar};
use std::sync::Arc;

/// Closes the only handle to a new process, or to its first thread, while both start: whether they have started, and
/// them.
fn started_and_closed(
    handle: impl FnOnce(&Arc<Process>, &Arc<Thread>) -> Result<Handle, Status>,
) -> (bool, Arc<Process>, Arc<Thread>) {
    let job = Job::root();
    let root = Vmar::root(0..1 << 20, Arc::new(Nothing), &Nothing);
    let process = Process::new(job.clone(), Payer::new(&job), b"process", root, Arc::new(()), 7).unwrap();
    let first = Thread::new(process.clone(), b"thread").unwrap();
    let handle = handle(&process, &first).expect("few handles");
    let closer = thread::spawn(move || drop(handle));
    // There is no task for it, but as far as anybody can tell it has started.
    let started = first.start(true, || Err(Status::NO_MEMORY)) == Err(Status::NO_MEMORY);
    closer.join().unwrap();
    (started, process, first)
}

/// Whoever has started is not killed for the end of his only handle, and whoever has not is.
fn outlives_its_last_handle(
    handle: fn(&Arc<Process>, &Arc<Thread>) -> Result<Handle, Status>,
    is_killed: fn(&Process, &Thread) -> bool,
) {
    model(move || {
        let (started, process, first) = started_and_closed(handle);
        assert_eq!(is_killed(&process, &first), !started);
        if started {
            first.ended(0);
        }
    });
}

/// Fails when it is looked whether the thread has started, and then, in another step, killed.
#[test]
fn a_thread_that_starts_outlives_its_last_handle() {
    outlives_its_last_handle(|_, first| Handle::to_new(first.clone()), |_, first| first.is_leaving());
}

/// The same of processes.
#[test]
fn a_process_that_starts_outlives_its_last_handle() {
    outlives_its_last_handle(|process, _| Handle::to_new(process.clone()), |process, _| process.is_dying());
}

/// The last child of a job goes while the job is killed: it ends with that, whoever comes last, and whether it is still in
/// the queue in which its children are killed or not.
///
/// Fails when it is noted in another step than the one in which nothing was found that the job is in no queue.
#[test]
fn a_job_that_is_killed_while_its_last_child_goes_ends() {
    model(|| {
        let job = Job::root();
        let child = job.create_child().expect("a job");
        let dropper = thread::spawn(move || drop(child));
        job.kill(3);
        dropper.join().unwrap();
        assert_eq!(job.exit(), Some(3));
    });
}
