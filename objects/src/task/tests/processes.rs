//! Processes: what they say of themselves, their threads, and their end.

use super::{children, parts, running};
use crate::core::closing::{STEP, is_over, ticket};
use crate::testing::discard_some;
use crate::testing::{handle, process};
use crate::wait::FutexQueue;
use crate::{Event, Job, KILLED, KernelObject, Thread, Times};
use abi::{Signals, Status};
use alloc::vec::Vec;

#[test]
fn a_process_says_who_it_is() {
    let job = Job::root();
    let process = process(&job).unwrap();
    assert!(
        process.name_text().starts_with(b"process\0") && process.name_text()[8..].iter().all(|b| *b == 0)
    );
    assert_eq!(process.koid(), process.base().koid());
    assert_eq!(
        (process.job().base().koid(), process.base().related_koid()),
        (job.base().koid(), job.base().koid())
    );
    assert!(process.machine().is::<()>());
    process.payer().charge_frames(3, false).unwrap();
    assert_eq!(job.pages(), 3);
}

/// Whoever waits for a futex keeps the process, and with it the table.
#[test]
fn the_futexes_of_a_process_are_those_of_its_table() {
    let process = process(&Job::root()).unwrap();
    let queue: &FutexQueue = (*process).as_ref();
    assert!(core::ptr::eq(queue, process.futexes.as_ref()));
}

#[test]
fn the_debug_address_is_set_once_and_before_that_to_a_break() {
    const BREAK: u64 = abi::PROCESS_DEBUG_ADDR_BREAK_ON_SET as u64;
    let process = process(&Job::root()).unwrap();
    assert_eq!((process.debug_address(), process.set_debug_address(0)), (0, Err(Status::INVALID_ARGS)));
    for address in [BREAK, BREAK, 0x1000] {
        assert_eq!(process.set_debug_address(address), Ok(()));
        assert_eq!(process.debug_address(), address);
    }
    for address in [0x2000, 0x1000, BREAK] {
        assert_eq!(process.set_debug_address(address), Err(Status::ACCESS_DENIED));
    }
    assert_eq!((process.debug_address(), process.set_debug_address(0)), (0x1000, Err(Status::INVALID_ARGS)));
}

#[test]
fn the_break_at_loads_is_what_it_was_set_to() {
    let process = process(&Job::root()).unwrap();
    assert_eq!(process.break_on_load(), 0);
    for value in [0x1234_5678_9abc, 1, 0] {
        process.set_break_on_load(value);
        assert_eq!(process.break_on_load(), value);
    }
}

#[test]
fn a_process_starts_with_its_first_thread_and_once() {
    let process = process(&Job::root()).unwrap();
    let threads = [(); 2].map(|()| Thread::new(process.clone(), b"thread").unwrap());
    let refused = |thread: &Thread, first| thread.start(first, || panic!("nothing is to run"));
    assert_eq!(refused(&threads[0], false), Err(Status::BAD_STATE), "there is no process to run in");
    assert_eq!((process.progress(), threads[0].phase()), ((false, None), abi::THREAD_STATE_NEW));
    assert_eq!(threads[0].base().signals.get(), Signals::empty());
    let one = running(&process, true);
    assert_eq!((process.progress(), process.is_dying()), ((true, None), false));
    assert_eq!(refused(&threads[0], true), Err(Status::BAD_STATE), "it has started");
    assert_eq!([true, false].map(|first| refused(&one, first)), [Err(Status::BAD_STATE); 2]);
    assert_eq!(one.base().signals.get(), Signals::THREAD_RUNNING);
    let other = running(&process, false);
    process.kill(8);
    assert_eq!(refused(&threads[0], false), Err(Status::BAD_STATE));
    one.ended(0);
    assert_eq!((process.progress(), process.is_dying()), ((true, None), true));
    other.ended(0);
    assert_eq!(process.progress(), (true, Some(8)));
}

/// Its code is 0 then, and a kill that comes too late changes nothing.
#[test]
fn a_process_ends_with_its_last_thread() {
    let job = Job::root();
    let process = process(&job).unwrap();
    let (one, other) = (running(&process, true), running(&process, false));
    let new = Thread::new(process.clone(), b"new").unwrap();
    one.ended(0);
    assert_eq!((other.phase(), new.phase()), (abi::THREAD_STATE_RUNNING, abi::THREAD_STATE_NEW));
    assert_eq!((process.progress(), process.is_dying(), children(&job)), ((true, None), false, (0, 1)));
    new.kill();
    assert_eq!((other.phase(), process.progress()), (abi::THREAD_STATE_RUNNING, (true, None)));
    let last = Thread::new(process.clone(), b"never started").unwrap();
    other.ended(0);
    assert_eq!((process.progress(), process.is_dying(), children(&job)), ((true, Some(0)), true, (0, 0)));
    assert_eq!(last.phase(), abi::THREAD_STATE_DEAD);
    assert!(process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
    process.kill(5);
    assert_eq!(process.progress(), (true, Some(0)));
}

#[test]
fn a_process_that_nobody_can_start_has_the_code_of_the_killed() {
    let process = process(&Job::root()).unwrap();
    assert!(!process.is_dying());
    drop(handle(&process));
    assert_eq!((process.progress(), process.is_dying()), ((true, Some(-1024)), true));
    assert_eq!(KILLED, -1024);
}

#[test]
fn a_process_that_runs_needs_no_handle() {
    let process = process(&Job::root()).unwrap();
    let thread = running(&process, true);
    drop(handle(&process));
    drop(handle(&thread));
    assert_eq!((process.progress(), process.is_dying()), ((true, None), false));
    assert_eq!(thread.phase(), abi::THREAD_STATE_RUNNING);
}

/// It tells that it has terminated when all are closed, and not before its last thread has ended.
#[test]
fn all_handles_of_a_killed_process_are_closed() {
    let (job, event) = (Job::root(), Event::new());
    let process = process(&job).unwrap();
    (0..5).for_each(|_| assert!(process.handles.add(handle(&event)).is_ok()));
    let thread = running(&process, true);
    process.kill(5);
    let terminated = || process.base().signals.get().contains(Signals::PROCESS_TERMINATED);
    assert_eq!((event.base().handle_count(), terminated(), children(&job)), (5, false, (0, 1)));
    thread.ended(0);
    assert_eq!((event.base().handle_count(), terminated(), children(&job)), (0, true, (0, 0)));
    assert_eq!(process.handles.len(), 0);
}

/// Its last thread ends while others are killed still, and what it used is counted once.
#[test]
fn a_process_that_is_being_ended_ends_once() {
    let job = Job::root();
    let process = process(&job).unwrap();
    let last = running(&process, true);
    let threads: Vec<_> = (0..2 * STEP).map(|_| Thread::new(process.clone(), b"thread").unwrap()).collect();
    process.kill(5);
    last.ended(3);
    while !process.base().signals.get().contains(Signals::PROCESS_TERMINATED) {
        discard_some();
    }
    let rest = ticket();
    while !is_over(rest) {
        discard_some();
    }
    assert_eq!(job.ended_times(), Times { ran: 3, queued: 0 });
    assert!(threads.iter().all(|thread| thread.phase() == abi::THREAD_STATE_DEAD));
}

#[test]
fn threads_are_listed_when_they_have_started() {
    let process = process(&Job::root()).unwrap();
    let list = || parts(|after, part| process.visit_threads(after, |koid| part.push(koid)));
    assert_eq!(list(), [[0; 0]]);
    let new = Thread::new(process.clone(), b"new").unwrap();
    let threads: Vec<_> = (0..64).map(|number| running(&process, number == 0)).collect();
    let koids: Vec<_> = threads.iter().map(|thread| thread.koid()).collect();
    assert_eq!(list(), [&koids[..63], &koids[63..]], "the new one is looked at, too");
    assert_eq!(process.find_thread(new.koid()).map(|thread| thread.koid()), Some(new.koid()));
    assert_eq!(process.find_thread(koids[5]).map(|thread| thread.koid()), Some(koids[5]));
    assert!(process.find_thread(process.koid()).is_none());
    let mut after = 0;
    for thread in [new.koid()].iter().chain(&koids) {
        after = process.thread_after(after).map(|thread| thread.koid()).unwrap();
        assert_eq!(after, *thread);
    }
    assert!(process.thread_after(after).is_none());
    threads[7].ended(0);
    assert!(process.find_thread(koids[7]).is_none());
    assert_eq!(list().concat().len(), 63);
}

/// Half a page each, as long as they may wait.
#[test]
fn threads_pay_for_their_waits_from_their_start_on() {
    let job = Job::root();
    let process = process(&job).unwrap();
    let new = Thread::new(process.clone(), b"new").unwrap();
    assert_eq!(job.pages(), 0, "it has not started");
    let mut threads = Vec::from([running(&process, true)]);
    for pages in [1, 1, 2, 2, 3] {
        assert_eq!(job.pages(), pages);
        threads.push(running(&process, false));
    }
    job.set_page_limit(3);
    assert_eq!((threads.len(), job.pages()), (6, 3));
    assert_eq!(new.start(false, || panic!("nothing is to run")), Err(Status::NO_MEMORY));
    assert_eq!(new.phase(), abi::THREAD_STATE_NEW);
    job.set_page_limit(4);
    assert_eq!(new.start(false, || Err(Status::INTERNAL)), Err(Status::INTERNAL), "it has started now");
    assert_eq!(job.pages(), 4);
    threads.push(new);
    threads.iter().for_each(|thread| thread.ended(0));
    assert_eq!(job.pages(), 0, "though somebody has the process still");
}

#[test]
fn what_threads_have_paid_comes_back_while_one_lives() {
    let job = Job::root();
    let process = process(&job).unwrap();
    let first = running(&process, true);
    let others: Vec<_> = (0..99).map(|_| running(&process, false)).collect();
    assert_eq!(job.pages(), 50);
    others.iter().for_each(|thread| thread.ended(0));
    assert!((1..=17).contains(&job.pages()), "a few pages are kept");
    first.ended(0);
    assert_eq!(job.pages(), 0);
}
