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

fn cpu_time(task: &impl AsHandle) -> i64 {
    info::get::<abi::InfoTaskRuntime>(task, INFO_TASK_RUNTIME).expect("info").cpu_time
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
