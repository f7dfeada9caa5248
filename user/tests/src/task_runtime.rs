//! INFO_TASK_RUNTIME: how long threads, processes and jobs ran.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Event, Process, Rights, Signals, Status, Thread,
    abi::{self, INFO_TASK_RUNTIME, INFO_TASK_RUNTIME_V1},
    clock::{self, INFINITE},
    info::{self, query},
    thread,
};

use crate::{
    harness::{TURNS, first_thread, job, process, user_test, without},
    hunger::child_in,
};

/// A quarter of a slice, which none of the waits between slices is shorter than where all have whole ones.
const WAIT: i64 = 2_500_000;

fn times(task: &impl AsHandle) -> abi::InfoTaskRuntime {
    info::get(task, INFO_TASK_RUNTIME).expect("info")
}

fn cpu_time(task: &impl AsHandle) -> i64 {
    times(task).cpu_time
}

fn queue_time(task: &impl AsHandle) -> i64 {
    times(task).queue_time
}

user_test! {
    fn a_task_tells_how_long_it_ran() {
        let new = Thread::create(&process(), "new").expect("a thread");
        assert_eq!(cpu_time(&new), 0);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let spinner = thread::spawn("spinner", move || while !stopped.load(SeqCst) {}).expect("a thread");
        let mut looks = (0..TURNS).map(|_| {
            clock::sleep(clock::MILLISECOND).expect("sleep");
            cpu_time(spinner.thread())
        });
        let seen = looks.find(|seen| *seen > 0).expect("it runs");
        stop.store(true, SeqCst);
        spinner.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        let ran = cpu_time(spinner.thread());
        assert!(ran >= seen, "{ran} {seen}");
        let mine = cpu_time(first_thread());
        let all = cpu_time(&process());
        assert!(mine > 0 && all >= ran + mine, "{ran} and {mine} are in {all}");
        assert!(cpu_time(&job()) >= all);
        assert_eq!(cpu_time(spinner.thread()), ran, "it does not run any more");
    }

    fn every_start_has_waited_for_its_turn() {
        let new = Thread::create(&process(), "new").expect("a thread");
        assert_eq!(queue_time(&new), 0);
        let short = thread::spawn("short", || ()).expect("a thread");
        short.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        let (queued, mine) = (queue_time(short.thread()), queue_time(first_thread()));
        assert!(queued > 0 && mine > 0);
        assert!(queue_time(&process()) >= queued + mine && queue_time(&job()) >= queued + mine);
        let child = child_in(&job().create_child().expect("a job"), "exit");
        assert_eq!(child.wait_exit(), Ok(42));
        assert!(queue_time(&child) > 0);
    }

    /// Two threads that never wait share a CPU: each is kept from running as long as the other one's slice is.
    #[needs("cpus=1 counted")]
    fn a_thread_waits_for_the_slices_of_others() {
        let (before, stop) = (queue_time(first_thread()), Arc::new(AtomicBool::new(false)));
        let stopped = stop.clone();
        let spinner = thread::spawn("spinner", move || while !stopped.load(SeqCst) {}).expect("a thread");
        let both = || queue_time(first_thread()) - before > WAIT && queue_time(spinner.thread()) > WAIT;
        let waited = (0..TURNS).any(|_| {
            (0..10_000).for_each(|_| core::hint::spin_loop());
            both()
        });
        stop.store(true, SeqCst);
        spinner.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert!(waited, "{} {}", queue_time(first_thread()) - before, queue_time(spinner.thread()));
        // Now nobody else is ready, and waiting for something is no waiting for a turn.
        let before = queue_time(first_thread());
        clock::sleep(20 * clock::MILLISECOND).expect("sleep");
        assert_eq!(queue_time(first_thread()), before);
        assert_eq!(queue_time(&process()), queue_time(spinner.thread()) + before);
    }

    /// Also what a thread did in the poll in which it ended.
    fn short_lives_count() {
        let short = thread::spawn("short", || ()).expect("a thread");
        short.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        let ran = cpu_time(short.thread());
        assert!(ran > 0 && cpu_time(&process()) > ran);
    }

    fn what_has_ended_counts_in_its_job() {
        let job = job().create_child().expect("a job");
        assert_eq!(cpu_time(&job), 0);
        let mut sum = 0;
        for _ in 0..3 {
            let child = child_in(&job, "exit");
            assert_eq!(child.wait_exit(), Ok(42));
            let ran = cpu_time(&child);
            sum += ran;
            assert!(ran > 0);
            assert_eq!((cpu_time(&child), cpu_time(&job)), (ran, sum));
        }
    }

    fn the_short_form_is_the_first_half() {
        let thread = Thread::create(&process(), "new").expect("a thread");
        let told: abi::InfoTaskRuntimeV1 = info::get(&thread, INFO_TASK_RUNTIME_V1).expect("info");
        assert_eq!((told.cpu_time, told.queue_time), (0, 0));
        let mine: abi::InfoTaskRuntimeV1 = info::get(first_thread(), INFO_TASK_RUNTIME_V1).expect("info");
        assert!(mine.cpu_time > 0 && mine.cpu_time <= cpu_time(first_thread()));
    }

    fn runtime_is_refused_as_any_topic_is() {
        let event = Event::create().expect("an event");
        for (topic, size) in [(INFO_TASK_RUNTIME, 32), (INFO_TASK_RUNTIME_V1, 16)] {
            for task in [first_thread().raw(), process().raw(), job().raw()] {
                assert_eq!(query(task, topic, &mut [0; 32][..size - 1]), (Status::BUFFER_TOO_SMALL, 0, 1));
                assert_eq!(query(task, topic, &mut [0; 32][..size]), (Status::OK, 1, 1));
            }
            let blind: Process = without(&process(), Rights::INSPECT);
            assert_eq!(query(blind.raw(), topic, &mut [0; 32]).0, Status::ACCESS_DENIED);
            assert_eq!(query(event.raw(), topic, &mut [0; 32]).0, Status::WRONG_TYPE);
        }
    }
}
