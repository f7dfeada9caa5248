//! Tasks whose last handle is closed while they start.

use super::model;
use abi::Status;
use loom::thread;
use objects::account::Payer;
use objects::memory::{Entropy, Frame, PageTable, Protection, Work};
use objects::vmar::FaultError;
use objects::{Handle, Job, Process, Thread, Vmar};
use std::ops::Range;
use std::sync::Arc;

/// Translations of a process that has none.
struct NoTable;

impl PageTable for NoTable {
    fn map(&self, _: u64, _: Frame, _: Protection) -> Result<(), FaultError> {
        Err(FaultError::NoMemory)
    }

    fn unmap(&self, range: &mut Range<u64>, _: &mut Work) {
        range.start = range.end;
    }

    fn protect(&self, range: &mut Range<u64>, _: Protection, _: &mut Work) {
        range.start = range.end;
    }

    fn query(&self, _: u64) -> Option<(Frame, Protection)> {
        None
    }
}

struct NoChance;

impl Entropy for NoChance {
    fn next(&self) -> u64 {
        0
    }
}

/// Closes the only handle to a new process, or to its first thread, while both start: whether they have started, and
/// them.
fn started_and_closed(
    handle: impl FnOnce(&Arc<Process>, &Arc<Thread>) -> Result<Handle, Status>,
) -> (bool, Arc<Process>, Arc<Thread>) {
    let job = Job::root();
    let root = Vmar::root(0..1 << 20, Arc::new(NoTable), &NoChance);
    let process = Process::new(job.clone(), Payer::new(&job), b"process", root, Arc::new(()), 7).unwrap();
    let first = Thread::new(process.clone(), b"thread").unwrap();
    let handle = handle(&process, &first).expect("few handles");
    let closer = thread::spawn(move || drop(handle));
    // There is no task for it, but as far as anybody can tell it has started.
    let started = first.start(true, || Err(Status::NO_MEMORY)) == Err(Status::NO_MEMORY);
    closer.join().unwrap();
    (started, process, first)
}

/// Fails when it is looked whether the thread has started, and then, in another step, killed.
#[test]
fn a_thread_that_starts_outlives_its_last_handle() {
    model(|| {
        let (started, _, first) = started_and_closed(|_, first| Handle::to_new(first.clone()));
        assert_eq!(first.is_leaving(), !started);
        if started {
            first.ended(0);
        }
    });
}

/// The same of processes.
#[test]
fn a_process_that_starts_outlives_its_last_handle() {
    model(|| {
        let (started, process, first) = started_and_closed(|process, _| Handle::to_new(process.clone()));
        assert_eq!(process.is_dying(), !started);
        if started {
            first.ended(0);
        }
    });
}
