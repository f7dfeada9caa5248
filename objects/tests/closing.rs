//! However much a last handle takes with it, it goes in steps, and all of it goes. In a process of its own,
//! with one test at a time: what is left to do is left to the whole system.
#![cfg(not(loom))]

mod no_machine;

use abi::{Signals, Status};
use no_machine::Nothing;
use objects::account::Payer;
use objects::closing::{STEP, TURN, discard_some};
use objects::memory::USER_RANGE;
use objects::{
    AsyncOptions, Channel, Event, EventPair, Handle, HandleId, HandleTable, Handles, Job, KernelObject,
    Message, Object, Port, Process, Thread, Vmar,
};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

/// How often somebody was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Things in each test: many steps of them.
const MANY: usize = 40 * STEP;

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn handle<T: KernelObject>(object: &Arc<T>) -> Handle
where
    Object: From<Arc<T>>,
{
    Handle::to_new(object.clone()).expect("a handle")
}

/// How many steps it takes until nothing is left to do.
fn steps() -> usize {
    (1..).find(|_| !discard_some()).unwrap_or_default()
}

fn process(job: &Arc<Job>) -> Arc<Process> {
    let root = Vmar::root(USER_RANGE, Arc::new(Nothing), &Nothing);
    Process::new(job.clone(), Payer::new(job), b"process", root, Arc::new(()), 7).expect("a process")
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
    // An observer refers to its source twice, to be told and to tell; and it is kept once because they are many.
    let left = (Arc::strong_count(&event) - 2) / 2;
    assert!((MANY - STEP..MANY).contains(&left), "{left} are left");
    // One that fires meanwhile queues nothing, and is gone.
    event.base().signals.assert(Signals::USER_SIGNAL_0);
    objects::wake_what_is_left();
    steps();
    assert_eq!((Arc::strong_count(&event), Arc::strong_count(&port)), (1, 1));
    assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
}

/// A process with so many handles to an event.
fn holder(job: &Arc<Job>, event: &Arc<Event>, handles: usize) -> Arc<Process> {
    let process = process(job);
    (0..handles).for_each(|_| assert!(process.handles.add(handle(event)).is_ok()));
    process
}

#[test]
fn what_is_large_holds_up_nobody_and_nothing_is_lost() {
    let _alone = alone();
    let (job, event) = (Job::root(), Event::new());
    let large = [(); 3].map(|()| holder(&job, &event, MANY));
    let small = holder(&job, &event, STEP);
    large.iter().chain([&small]).for_each(|process| process.kill(0));
    let terminated = |process: &Process| process.base().signals.get().contains(Signals::PROCESS_TERMINATED);
    // Each has had its turn as often as the others.
    let steps_of_all = 4 * STEP.div_ceil(TURN) + 4;
    let taken = (0..steps_of_all).take_while(|_| !terminated(&small) && discard_some()).count();
    assert!(terminated(&small), "not after {taken} steps");
    assert!(!large.iter().any(|process| terminated(process)));
    steps();
    assert!(large.iter().all(|process| terminated(process)));
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn threads_of_a_killed_process_end_in_steps() {
    let _alone = alone();
    let process = process(&Job::root());
    let threads: Vec<_> = (0..MANY).map(|_| Thread::new(process.clone(), b"thread").expect("new")).collect();
    let ended = |thread: &Thread| thread.base().signals.get().contains(Signals::THREAD_TERMINATED);
    process.kill(5);
    // At once, and for all of them.
    assert!(threads.iter().all(|thread| thread.is_dying()));
    assert!(Thread::new(process.clone(), b"late").is_err());
    assert_eq!(threads.iter().filter(|thread| ended(thread)).count(), STEP);
    assert!(process.progress().1.is_some());
    assert!(steps() >= MANY / STEP - 1);
    assert!(threads.iter().all(|thread| ended(thread)));
    assert!(process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
}

#[test]
fn a_process_that_ends_while_its_threads_are_killed_ends_once() {
    let _alone = alone();
    let process = process(&Job::root());
    let new = || Thread::new(process.clone(), b"thread").expect("new");
    let running = new();
    // It runs, as far as anybody can tell, until `ended` is called.
    assert!(running.start(true, || Err(Status::NO_MEMORY)).is_err());
    let others: Vec<_> = (0..MANY).map(|_| new()).collect();
    process.kill(5);
    running.ended(0);
    steps();
    assert!(others.iter().all(|thread| thread.base().signals.get().contains(Signals::THREAD_TERMINATED)));
    assert!(process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
    // The other way round: all are killed long before the last one ends.
    let process = self::process(&Job::root());
    let running = Thread::new(process.clone(), b"thread").expect("new");
    assert!(running.start(true, || Err(Status::NO_MEMORY)).is_err());
    process.kill(6);
    steps();
    assert_eq!(process.progress(), (true, None));
    running.ended(0);
    steps();
    assert_eq!(process.progress(), (true, Some(6)));
    assert!(process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
}

#[test]
fn children_of_a_killed_job_end_in_steps() {
    let _alone = alone();
    let top = Job::root().create_child().expect("a job");
    let jobs: Vec<_> = (0..MANY).map(|_| top.create_child().expect("a job")).collect();
    let last = jobs[MANY - 1].create_child().expect("a job");
    let inner = process(&last);
    let ended = |job: &Job| job.base().signals.get().contains(Signals::JOB_TERMINATED);
    top.kill(7);
    // At once, and for all below.
    assert_eq!(last.create_child().err(), Some(Status::BAD_STATE));
    assert!(Thread::new(inner.clone(), b"a process that lives still may have threads").is_ok());
    assert!(jobs.iter().filter(|job| ended(job)).count() <= STEP);
    assert!(!ended(&top));
    assert!(steps() >= MANY / STEP - 1);
    assert!(jobs.iter().all(|job| ended(job)) && ended(&top));
    assert_eq!((inner.progress().1, top.exit()), (Some(7), Some(7)));
}

/// How many observe each of what ends together in the tests below, and wait for it.
const OBSERVERS: u64 = 16;
/// As how many things it counts that all of them are woken.
const WAKING: usize = OBSERVERS as usize / 4;

/// Has so many wait for a signal of an object through this handle.
fn observe(port: &Arc<Port>, object: impl Into<Object>, through: HandleId, signal: Signals) {
    let object = object.into();
    for key in 0..OBSERVERS {
        let armed = port.wait_async(object.clone(), through, key, signal, AsyncOptions::default(), || true);
        assert_eq!(armed, Ok(()));
    }
}

/// How many things came about in each step, the one that is over included, until nothing is left to do.
fn in_steps(come: impl Fn() -> usize) -> Vec<usize> {
    let mut steps = vec![come()];
    while discard_some() {
        steps.push(come() - steps.iter().sum::<usize>());
    }
    steps.push(come() - steps.iter().sum::<usize>());
    steps
}

#[test]
fn handles_that_go_together_are_closed_in_steps() {
    const ENDS: usize = 64;
    let _alone = alone();
    let (near, far): (Vec<_>, Vec<_>) = (0..ENDS).map(|_| EventPair::new()).unzip();
    let (port, peer_closed) = (Port::new(), Signals::EVENTPAIR_PEER_CLOSED);
    far.iter().for_each(|end| observe(&port, end.clone(), HandleId(7), peer_closed));
    let handles: Handles = near.iter().map(handle).collect();
    let ended = || far.iter().filter(|end| end.base().signals.get().contains(peer_closed)).count();
    let ticket = objects::closing::ticket();
    assert!(objects::closing::is_over(ticket));
    drop(handles);
    let ticket = objects::closing::ticket();
    assert!(!objects::closing::is_over(ticket));
    let steps = in_steps(ended);
    assert!(steps.iter().all(|closed| *closed <= (STEP + TURN) / (1 + WAKING)), "{steps:?}");
    assert!(steps.iter().sum::<usize>() == ENDS && objects::closing::is_over(ticket), "{steps:?}");
}

/// Closes an end in whose messages lie so many channels, each with that many messages.
fn close_much(channels: usize) {
    let (ours, theirs) = Channel::new();
    for _ in 0..channels {
        let (near, far) = Channel::new();
        (0..TURN).for_each(|_| assert!(near.write(Message::default()).is_ok()));
        let handles = [handle(&far)].into_iter().collect();
        assert!(ours.write(Message { bytes: [].into(), handles }).is_ok());
    }
    drop(handle(&theirs));
}

/// Who waits for what is left waits for all that is in it, too, and not for what others leave meanwhile, however much.
#[test]
fn who_waits_for_what_is_left_goes_on() {
    let _alone = alone();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    assert!(pin!(objects::wait::until_closed()).poll(&mut context).is_ready(), "nothing is left");
    for _ in 0..6 {
        close_much(STEP);
        let mut waits = pin!(objects::wait::until_closed());
        assert!(waits.as_mut().poll(&mut context).is_pending());
        let before = woken.0.load(Ordering::Relaxed);
        let over = (1..1_000).find(|_| {
            discard_some();
            close_much(5);
            woken.0.load(Ordering::Relaxed) != before && waits.as_mut().poll(&mut context).is_ready()
        });
        let over = over.expect("it has an end");
        assert!((STEP * TURN / STEP..5 * STEP * TURN / STEP).contains(&over), "{over} steps");
    }
    let mut waits = pin!(objects::wait::until_closed());
    assert!(waits.as_mut().poll(&mut context).is_pending(), "there is what was left meanwhile");
    steps();
    assert!(waits.as_mut().poll(&mut context).is_ready(), "it is idle");
}

/// Of thousands who wait each is woken, and none who does not wait any more.
#[test]
fn many_wait_for_what_is_left() {
    let _alone = alone();
    close_much(STEP);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    let mut waits: Vec<_> = (0..3_000).map(|_| Box::pin(objects::wait::until_closed())).collect();
    assert!(waits.iter_mut().all(|wait| wait.as_mut().poll(&mut context).is_pending()));
    waits.truncate(2_000);
    let mut waking = pin!(objects::wake_the_rest());
    let count = || woken.0.load(Ordering::Relaxed);
    let all = (0..100_000).find(|_| {
        discard_some();
        assert!(waking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        count() == waits.len()
    });
    assert!(all.is_some(), "{} were woken", count());
    assert!(waits.iter_mut().all(|wait| wait.as_mut().poll(&mut context).is_ready()));
}

#[test]
fn handles_in_no_table_count_until_the_last_is_closed() {
    const ENDS: usize = 64;
    let _alone = alone();
    let job = Job::root();
    let process = process(&job);
    job.set_handle_limit(ENDS as u64);
    let (near, far): (Vec<_>, Vec<_>) = (0..ENDS).map(|_| EventPair::new()).unzip();
    let (port, event) = (Port::new(), Event::new());
    far.iter().for_each(|end| observe(&port, end.clone(), HandleId(7), Signals::EVENTPAIR_PEER_CLOSED));
    let send = |handles: Handles| handles.sent_from(&process.handles);
    let others = || (0..ENDS).map(|_| handle(&event)).collect();
    drop(send(near.iter().map(handle).collect()).expect("so many may be sent"));
    assert_eq!(send(others()).map(drop), Err(Status::NO_MEMORY), "some of them are open still");
    steps();
    assert_eq!(send(others()).map(drop), Ok(()));
}

#[test]
fn waits_through_handles_that_leave_together_end_in_steps() {
    const MOVED: usize = 64;
    let _alone = alone();
    let (table, port) = (HandleTable::new(5, 0x5eed_1234), Port::new());
    let events: Vec<_> = (0..MOVED).map(|_| Event::new()).collect();
    let values: Vec<u32> = events.iter().flat_map(|event| table.add(handle(event))).collect();
    for (event, value) in events.iter().zip(&values) {
        observe(&port, event.clone(), table.id(*value), Signals::USER_SIGNAL_0);
    }
    let unobserved = |event: &&Arc<Event>| event.base().signals.queue().with(|_, waiters| waiters.is_empty());
    let (handles, leaving) = table.take(&values, |_| Ok(())).expect("they are there");
    assert_eq!(events.iter().filter(unobserved).count(), 0);
    drop(leaving);
    assert!(table.is_empty(), "at once");
    let steps = in_steps(|| events.iter().filter(unobserved).count());
    assert!(steps.iter().all(|ended| *ended <= (STEP + TURN) / WAKING), "{steps:?}");
    assert_eq!((steps.iter().sum::<usize>(), handles.len()), (MOVED, MOVED), "{steps:?}");
}

#[test]
fn killed_jobs_that_nest_deep_end_in_steps() {
    let _alone = alone();
    let (port, mut jobs) = (Port::new(), vec![Job::root()]);
    while let Ok(child) = jobs[jobs.len() - 1].create_child() {
        jobs.push(child);
    }
    for job in &jobs {
        observe(&port, job.clone(), HandleId(7), Signals::JOB_TERMINATED);
    }
    jobs[0].kill(3);
    let ended = || jobs.iter().filter(|job| job.exit().is_some()).count();
    let steps = in_steps(ended);
    // Each job's observers, and its parent's.
    assert!(steps.iter().all(|ended| *ended <= STEP / (1 + 2 * WAKING) + 1), "{steps:?}");
    assert!(jobs.len() == 32 && jobs.iter().all(|job| job.exit() == Some(3)), "{steps:?}");
}

#[test]
fn killed_jobs_beside_each_other_end_in_steps_that_count_whom_they_wake() {
    let _alone = alone();
    let (port, top) = (Port::new(), Job::root());
    let jobs: Vec<_> = (0..STEP).map(|_| top.create_child().expect("a job")).collect();
    jobs.iter().for_each(|job| observe(&port, job.clone(), HandleId(7), Signals::JOB_TERMINATED));
    top.kill(3);
    let steps = in_steps(|| jobs.iter().filter(|job| job.exit().is_some()).count());
    assert!(steps.iter().all(|ended| *ended <= (STEP + TURN) / (1 + WAKING)), "{steps:?}");
    assert_eq!(steps.iter().sum::<usize>(), STEP);
}

#[test]
fn threads_and_handles_of_a_process_end_in_steps_that_count_whom_they_wake() {
    let _alone = alone();
    let (port, process) = (Port::new(), process(&Job::root()));
    let threads: Vec<_> = (0..STEP).map(|_| Thread::new(process.clone(), b"thread").expect("new")).collect();
    let events: Vec<_> = (0..STEP).map(|_| Event::new()).collect();
    for thread in &threads {
        observe(&port, thread.clone(), HandleId(7), Signals::THREAD_TERMINATED);
    }
    for event in &events {
        let value = process.handles.add(handle(event)).map_err(|(_, status)| status).expect("room");
        observe(&port, event.clone(), process.handles.id(value), Signals::USER_SIGNAL_0);
    }
    process.kill(3);
    let ended = |thread: &&Arc<Thread>| thread.base().signals.get().contains(Signals::THREAD_TERMINATED);
    let closed = |event: &&Arc<Event>| event.base().handle_count() == 0;
    let steps = in_steps(|| threads.iter().filter(ended).count() + events.iter().filter(closed).count());
    assert!(steps.iter().all(|ended| *ended <= (STEP + TURN) / WAKING), "{steps:?}");
    assert_eq!(steps.iter().sum::<usize>(), 2 * STEP);
}
