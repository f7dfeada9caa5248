//! Threads and their tasks, which an executor of the test's own runs.

use super::running;
use crate::testing::process;
use crate::{Job, KernelObject, Process, Thread, Times};
use abi::{Signals, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use executor::host::{HostExecutor, HostPlatform};
use executor::{Platform, TaskOptions, TaskRef};

/// An executor that this thread runs.
fn executor() -> &'static HostExecutor {
    let executor = Box::leak(Box::new(HostExecutor::new(0, HostPlatform::new())));
    executor.platform().bind();
    executor
}

/// A task whose first poll takes some time, and that never ends by itself.
fn task(executor: &'static HostExecutor) -> TaskRef {
    let future = async {
        let begin = executor.platform().now();
        while executor.platform().now() == begin {
            core::hint::spin_loop();
        }
        core::future::pending().await
    };
    executor.spawn(TaskOptions::new("thread"), future).unwrap()
}

fn new() -> (Arc<Process>, Arc<Thread>) {
    let process = process(&Job::root()).unwrap();
    let thread = Thread::new(process.clone(), b"thread").unwrap();
    (process, thread)
}

#[test]
fn a_thread_says_who_it_is() {
    let (process, thread) = new();
    assert!(thread.name().is_some_and(|name| name.get().starts_with(b"thread\0")));
    assert!(Arc::ptr_eq(thread.process(), &process));
    assert_eq!((thread.koid(), thread.base().related_koid()), (thread.base().koid(), process.koid()));
}

/// While its task runs, it says how long that has run, and keeps that when it ends, with the poll it ends in.
#[test]
fn a_thread_has_run_as_long_as_its_task() {
    let (executor, (process, thread)) = (executor(), new());
    assert_eq!((thread.with_task(TaskRef::id), thread.phase()), (None, abi::THREAD_STATE_NEW));
    let task = task(executor);
    let id = task.id();
    assert_eq!(thread.start(true, || Ok(task)), Ok(()));
    assert_eq!((thread.with_task(TaskRef::id), thread.phase()), (Some(id), abi::THREAD_STATE_RUNNING));
    assert_eq!(thread.base().signals.get(), Signals::THREAD_RUNNING);
    thread.count_queued(3);
    assert_eq!(thread.times(), Times { ran: 0, queued: 3 });
    executor.run_until_idle(|| ());
    let ran = thread.with_task(|task| task.stats().run_time).unwrap();
    assert!(ran > 0);
    assert_eq!((thread.times(), process.ended_times()), (Times { ran, queued: 3 }, Times::default()));
    thread.ended(5);
    let times = Times { ran: ran + 5, queued: 3 };
    assert_eq!((thread.times(), process.ended_times()), (times, times));
    assert_eq!((thread.with_task(TaskRef::id), thread.phase()), (None, abi::THREAD_STATE_DEAD));
    assert_eq!(thread.base().signals.get(), Signals::THREAD_TERMINATED);
}

#[test]
fn a_killed_thread_has_its_task_killed() {
    let executor = executor();
    let kills: [fn(&Arc<Thread>); 2] = [|thread| thread.kill(), |thread| thread.process().kill(1)];
    for kill in kills {
        let (_process, thread) = new();
        assert_eq!(thread.start(true, || Ok(task(executor))), Ok(()));
        assert_eq!((thread.with_task(TaskRef::is_killed), thread.is_dying()), (Some(false), false));
        kill(&thread);
        assert_eq!((thread.with_task(TaskRef::is_killed), thread.is_dying()), (Some(true), true));
        assert_eq!(thread.phase(), abi::THREAD_STATE_DYING, "until its task says that it is over");
        thread.ended(0);
        executor.run_until_idle(|| ());
    }
}

/// Whoever kills it while its task is made finds none to kill; the task is when it arrives.
#[test]
fn a_task_that_arrives_too_late_is_killed() {
    let executor = executor();
    let kills: [fn(&Arc<Thread>); 3] =
        [|thread| thread.kill(), |thread| thread.process().kill(1), |thread| thread.exit()];
    for kill in kills {
        let (_process, thread) = new();
        let start = thread.start(true, || {
            kill(&thread);
            Ok(task(executor))
        });
        assert_eq!((start, thread.with_task(TaskRef::is_killed)), (Ok(()), Some(true)));
        assert_eq!(thread.phase(), abi::THREAD_STATE_DYING);
        thread.ended(0);
        executor.run_until_idle(|| ());
    }
}

/// A task may be over before it is told to its thread, which keeps nothing of it then.
#[test]
fn a_task_that_is_over_does_not_arrive() {
    let (executor, (process, thread)) = (executor(), new());
    let start = thread.start(true, || {
        thread.ended(4);
        Ok(task(executor))
    });
    assert_eq!((start, thread.with_task(TaskRef::id)), (Ok(()), None));
    assert_eq!((thread.phase(), thread.times()), (abi::THREAD_STATE_DEAD, Times { ran: 4, queued: 0 }));
    assert_eq!(process.progress(), (true, Some(0)));
    executor.run_until_idle(|| ());
}

/// Its own end and that of its process are told apart, as it comes to threads one after the other.
#[test]
fn a_thread_that_leaves_is_dying_and_so_are_all_of_a_dying_process() {
    let (process, _) = new();
    let [one, other] = [true, false].map(|first| running(&process, first));
    let ends = || [&one, &other].map(|thread| (thread.is_leaving(), thread.is_dying()));
    assert_eq!(ends(), [(false, false); 2]);
    assert_eq!([&one, &other].map(|thread| thread.phase()), [abi::THREAD_STATE_RUNNING; 2]);
    one.exit();
    assert_eq!(ends(), [(true, true), (false, false)]);
    assert_eq!((one.phase(), other.phase()), (abi::THREAD_STATE_DYING, abi::THREAD_STATE_RUNNING));
    let mut doomed = crate::Doomed::default();
    process.kill_into(2, &mut doomed);
    assert_eq!(ends(), [(true, true), (false, true)], "at once, and before it has come to it");
    assert_eq!(other.phase(), abi::THREAD_STATE_DYING);
    doomed.finish();
    assert_eq!(ends(), [(true, true); 2]);
}

#[test]
fn a_thread_that_was_killed_before_it_started_never_does() {
    let (process, thread) = new();
    thread.kill();
    assert_eq!((thread.phase(), thread.is_leaving()), (abi::THREAD_STATE_DEAD, true));
    assert_eq!(thread.base().signals.get(), Signals::THREAD_TERMINATED);
    assert_eq!(thread.start(true, || panic!("nothing is to run")), Err(Status::BAD_STATE));
    assert_eq!((process.progress(), process.is_dying()), ((false, None), false));
    assert_eq!(process.ended_times(), Times::default());
}
