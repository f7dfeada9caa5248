//! thread_create, thread_start, thread_exit.

use alloc::{sync::Arc, vec::Vec};

use hafnon_user::{
    AsHandle, Event, Process, Rights, Signals, Status, Thread, abi,
    clock::{self, INFINITE},
    handle::Handle,
    info,
    thread::{self, JoinHandle},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, blocked, call, job, process, user_test, without},
};

/// Where user space ends.
pub const USER_END: usize = 0x7fff_ffff_f000;
/// Addresses that no instruction of user code is at: below user space, at its end, above it.
pub const NO_USER_ADDRESSES: [usize; 8] = [
    1,
    0xff_ffff,
    USER_END,
    0x7fff_ffff_ffff,
    0x8000_0000_0000,
    0xffff_7fff_ffff_ffff,
    0xffff_8000_0000_0000,
    usize::MAX,
];

fn create() -> Thread {
    Thread::create(&process(), "made by a test").expect("a thread")
}

/// A thread that runs until [`end`](Self::end).
struct Running {
    thread: JoinHandle<Status>,
    done: Arc<Event>,
}

impl Running {
    fn start() -> Self {
        let done = Arc::new(Event::create().expect("an event"));
        let told = done.clone();
        let main = move || match told.wait(Signals::EVENT_SIGNALED, INFINITE) {
            Ok(_) => Status::OK,
            Err(status) => status,
        };
        Self { thread: thread::spawn("waiter", main).expect("a thread"), done }
    }

    fn thread(&self) -> &Thread {
        self.thread.thread()
    }

    fn end(self) {
        self.done.signal(Signals::empty(), Signals::EVENT_SIGNALED).expect("told");
        assert_eq!(self.thread.join(), Some(Status::OK));
    }
}

user_test! {
    fn closure_runs_and_returns() {
        let numbers: Vec<u64> = (0..100).collect();
        let sum = thread::spawn("adder", move || numbers.iter().sum::<u64>());
        assert_eq!(sum.expect("a thread").join(), Some(4950));
    }

    #[needs("cpus=1,2,4")]
    fn threads_run_side_by_side() {
        let threads: Vec<_> = (0..16u64)
            .map(|number| thread::spawn("counter", move || number * number).expect("a thread"))
            .collect();
        let sum: u64 = threads.into_iter().map(|thread| thread.join().expect("it returns")).sum();
        assert_eq!(sum, (0..16).map(|number| number * number).sum());
    }

    fn new_thread_has_not_started() {
        let thread = create();
        assert_eq!(info::thread(&thread).expect("info").state, abi::THREAD_STATE_NEW);
        assert_eq!(info::basic(&thread).expect("info").kind, abi::OBJ_TYPE_THREAD);
        let owner = info::basic(&process()).expect("info").koid;
        assert_eq!(info::basic(&thread).expect("info").related_koid, owner);
    }

    fn ended_thread_is_dead() {
        let thread = thread::spawn("short", || ()).expect("a thread");
        thread.thread().wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(info::thread(thread.thread()).expect("info").state, abi::THREAD_STATE_DEAD);
    }

    #[needs("counted")]
    fn blocked_thread_says_in_what() {
        let sleep = || clock::sleep(50 * clock::MILLISECOND);
        let thread = blocked(abi::THREAD_STATE_BLOCKED_SLEEPING, sleep);
        assert_eq!(thread.join(), Some(Ok(())));
    }

    /// Whatever it is to begin with.
    fn running_thread_cannot_be_started() {
        let running = Running::start();
        for entry in [0x1000_0000, 1] {
            // SAFETY: the call fails.
            let started = unsafe { running.thread().start(entry, 0, 0, 0) };
            assert_eq!(started, Err(Status::BAD_STATE), "{entry:#x}");
        }
        running.end();
    }

    /// Its first thread starts with it, by another call.
    fn no_thread_is_started_in_a_process_that_has_not() {
        let (process, _root) = Process::create(&job(), "new").expect("a process");
        let thread = Thread::create(&process, "first").expect("a thread");
        for entry in [0x1000_0000, 1] {
            // SAFETY: the call fails.
            let started = unsafe { thread.start(entry, 1, 1, 1) };
            assert_eq!(started, Err(Status::BAD_STATE), "{entry:#x}");
        }
    }

    fn start_refuses_what_is_no_user_address() {
        let thread = create();
        for entry in NO_USER_ADDRESSES {
            // SAFETY: the call fails.
            let started = unsafe { thread.start(entry, 0, 0, 0) };
            assert_eq!(started, Err(Status::INVALID_ARGS), "{entry:#x}");
        }
        for stack in [USER_END + 1, 1 << 47] {
            // SAFETY: the call fails.
            let started = unsafe { thread.start(0x1000_0000, stack, 0, 0) };
            assert_eq!(started, Err(Status::INVALID_ARGS), "the stack: {stack:#x}");
        }
        assert_eq!(info::thread(&thread).expect("info").state, abi::THREAD_STATE_NEW);
    }

    fn a_thread_can_not_be_killed_alone() {
        let running = Running::start();
        assert_eq!(call!(zx_task_kill(running.thread().raw())), Status::NOT_SUPPORTED);
        running.end();
    }

    fn start_needs_the_right() {
        let thread = without(&create(), Rights::MANAGE_THREAD);
        // SAFETY: the call fails.
        assert_eq!(unsafe { thread.start(0x1000_0000, 0, 0, 0) }, Err(Status::ACCESS_DENIED));
    }

    fn create_refuses_options_and_pointers() {
        let (memory, process, mut out) = (BadMemory::new(), process(), 0);
        let name = b"name".as_ptr().cast();
        let status = call!(zx_thread_create(process.raw(), name, 4, 1, &mut out));
        assert_eq!(status, Status::INVALID_ARGS);
        for (kind, bad) in memory.unwritable(4) {
            let status = call!(zx_thread_create(process.raw(), name, 4, 0, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "out: {kind}");
        }
        for (kind, bad) in memory.unreadable(4) {
            let status = call!(zx_thread_create(process.raw(), bad as _, 4, 0, &mut out));
            assert_eq!(status, Status::INVALID_ARGS, "name: {kind}");
        }
    }

    fn create_needs_a_process_with_the_right() {
        let weak = without(&process(), Rights::MANAGE_THREAD);
        assert_eq!(Thread::create(&weak, "x").err(), Some(Status::ACCESS_DENIED));
        let event = Handle::from(Event::create().expect("an event"));
        assert_eq!(Thread::create(&event, "x").err(), Some(Status::WRONG_TYPE));
        let mut out = 0;
        let status = call!(zx_thread_create(NO_HANDLE, b"x".as_ptr().cast(), 1, 0, &mut out));
        assert_eq!(status, Status::BAD_HANDLE);
    }

    fn dropping_a_thread_that_never_ran_leaves_nothing() {
        let before = info::koids(&process(), abi::INFO_PROCESS_THREADS).expect("info").len();
        drop(create());
        assert_eq!(info::koids(&process(), abi::INFO_PROCESS_THREADS).expect("info").len(), before);
    }
}
