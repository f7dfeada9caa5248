//! However much a last handle takes with it, it goes in steps, and all of it goes. In a process of its own,
//! with one test at a time: what is left to do is left to the whole system.
#![cfg(not(loom))]

use abi::Signals;
use objects::closing::{STEP, discard_some};
use objects::memory::{Entropy, Frame, NoMemory, PageTable, Protection, USER_RANGE, Work};
use objects::{
    AsyncOptions, Channel, Event, Handle, HandleId, Job, KernelObject, Message, Port, Process, Vmar,
};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Things in each test: many steps of them.
const MANY: usize = 40 * STEP;

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn handle<T: KernelObject>(object: &Arc<T>) -> Handle
where
    objects::Object: From<Arc<T>>,
{
    Handle::to_new(object.clone()).expect("a handle")
}

/// How many steps it takes until nothing is left to do.
fn steps() -> usize {
    (1..).find(|_| !discard_some()).unwrap_or_default()
}

/// A machine on which nothing is mapped.
struct Nothing;

impl PageTable for Nothing {
    fn map(&self, _: u64, _: Frame, _: Protection) -> Result<(), NoMemory> {
        Err(NoMemory)
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

impl Entropy for Nothing {
    fn next(&self) -> u64 {
        0
    }
}

fn process(job: &Arc<Job>) -> Arc<Process> {
    let root = Vmar::root(USER_RANGE, Arc::new(Nothing), &Nothing);
    Process::new(job.clone(), b"process", root, Arc::new(()), 7).expect("a process")
}

#[test]
fn a_process_with_many_handles_ends_in_steps() {
    let _alone = alone();
    let (job, event) = (Job::root(), Event::new());
    let process = process(&job);
    (0..MANY).for_each(|_| assert!(process.handles.add(handle(&event)).is_ok()));
    process.kill(5);
    let terminated = || process.base().signals.get().contains(Signals::PROCESS_TERMINATED);
    assert_eq!(process.handles.len(), MANY - STEP);
    assert!(!terminated() && process.handles.add(handle(&event)).is_err());
    discard_some();
    assert_eq!(process.handles.len(), MANY - 2 * STEP);
    assert!(steps() >= MANY / STEP - 2);
    assert!(terminated());
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn unread_messages_are_discarded_in_steps() {
    const UNREAD: usize = 10 * STEP;
    let _alone = alone();
    let event = Event::new();
    let (ours, theirs) = Channel::new();
    let theirs_open = handle(&theirs);
    for _ in 0..UNREAD {
        let message = Message { bytes: [].into(), handles: [handle(&event)].into() };
        assert!(ours.write(message).is_ok());
    }
    drop(theirs_open);
    // Whoever waits for the other end is told before.
    assert!(ours.base().signals.get().contains(Signals::CHANNEL_PEER_CLOSED));
    assert_eq!(event.base().handle_count() as usize, UNREAD - STEP);
    assert!(steps() >= UNREAD / STEP - 1);
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn a_port_with_many_entries_is_closed_in_steps() {
    let _alone = alone();
    let (port, event) = (Port::new(), Event::new());
    let open = handle(&port);
    for key in 0..MANY as u64 {
        let options = AsyncOptions::default();
        let armed =
            port.wait_async(event.clone().into(), HandleId(7), key, Signals::USER_SIGNAL_0, options, || true);
        assert_eq!(armed, Ok(()));
    }
    drop(open);
    // An observer refers to its source twice, to be told and to tell.
    assert_eq!(Arc::strong_count(&event), 1 + 2 * (MANY - STEP));
    // One that fires meanwhile queues nothing, and is gone.
    event.base().signals.assert(Signals::USER_SIGNAL_0);
    steps();
    assert_eq!((Arc::strong_count(&event), Arc::strong_count(&port)), (1, 1));
    assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
}

#[test]
fn what_comes_later_is_done_after_and_nothing_is_lost() {
    let _alone = alone();
    let (job, event) = (Job::root(), Event::new());
    let processes = [(); 3].map(|()| process(&job));
    for process in &processes {
        (0..MANY).for_each(|_| assert!(process.handles.add(handle(&event)).is_ok()));
        process.kill(0);
    }
    let terminated = |at: usize| processes[at].base().signals.get().contains(Signals::PROCESS_TERMINATED);
    while !terminated(0) {
        assert!(discard_some() && !terminated(1));
    }
    steps();
    assert!(terminated(1) && terminated(2));
    assert_eq!(event.base().handle_count(), 0);
}
