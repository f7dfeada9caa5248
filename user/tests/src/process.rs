//! process_create, process_start, process_exit, task_kill, and how processes end.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Channel, Event, Process, Rights, Signals, Status, Thread,
    abi::{PA_USER0, TASK_RETCODE_EXCEPTION_KILL, TASK_RETCODE_SYSCALL_KILL},
    clock::{self, INFINITE},
    handle::Handle,
    info,
    task::Task,
};

use crate::{
    bad_memory::BadMemory,
    children::{MANY_HANDLES, SURVIVED},
    harness::{NO_HANDLE, all_wait, call, child, job, user_test, without},
    thread::{NO_USER_ADDRESSES, USER_END},
};

fn create() -> (Process, hafnon_user::Vmar) {
    Process::create(&job(), "made by a test").expect("a process")
}

/// The exit code of a child that plays `role`.
fn exit_code(role: &str) -> i64 {
    child(role, |launch| launch).wait_exit().expect("it ends")
}

/// Starts a child that says that it begins. The channel's other end is the child's.
fn start(role: &str) -> (Process, Channel) {
    let (ours, theirs) = Channel::create().expect("a channel");
    let process = child(role, |launch| launch.handle(PA_USER0, theirs));
    let told = ours.wait(Signals::CHANNEL_READABLE, INFINITE);
    told.expect("the child says that it begins");
    (process, ours)
}

/// As [`start`], and its threads wait.
fn start_waiting(role: &str) -> (Process, Channel) {
    let (process, ours) = start(role);
    all_wait(&process);
    (process, ours)
}

/// Kills a child that waits.
fn kill_while_waiting(role: &str) {
    kill(start_waiting(role));
}

/// Kills a child, and looks at what is left.
fn kill((process, ours): (Process, Channel)) {
    process.kill().expect("killed");
    assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    let closed = ours.wait(Signals::CHANNEL_PEER_CLOSED, INFINITE);
    closed.expect("its handles were closed");
    let info = info::process(&process).expect("info");
    assert_eq!((info.started, info.exited), (1, 1));
}

user_test! {
    fn exit_code_is_told() {
        assert_eq!(exit_code("exit"), 42);
        assert_eq!(exit_code("exit-negative"), -7);
    }

    #[needs("cpus=1,2,4")]
    fn exit_ends_all_threads() {
        assert_eq!(exit_code("exit-other-thread"), 17);
    }

    fn panic_exits_with_101() {
        assert_eq!(exit_code("panic"), 101);
    }

    fn arguments_and_environment_arrive() {
        let process = child("strings", |launch| {
            launch.argument("").argument("two words").environment("A=1").environment("B=")
        });
        assert_eq!(process.wait_exit(), Ok(1));
    }

    /// The same handles get other values in each process. By chance, two of them agree once in 2^27 runs.
    fn handle_values_differ_between_processes() {
        let mut values: Vec<_> = (0..4).map(|_| exit_code("first-handle")).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 4, "of four processes: {values:x?}");
        assert!(!values.contains(&SURVIVED), "a process has no handle to itself");
    }

    fn handles_go_there_and_back() {
        let (ours, theirs) = Channel::create().expect("a channel");
        let process = child("echo", |launch| launch.handle(PA_USER0, theirs));
        let event = Event::create().expect("an event");
        let koid = info::basic(&event).expect("info").koid;
        ours.write(b"there and back", alloc::vec![event.into()]).expect("write");
        ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a reply");
        let message = ours.read().expect("read");
        assert_eq!(message.bytes, b"there and back");
        assert_eq!(info::basic(&message.handles[0]).expect("info").koid, koid);
        assert_eq!(process.wait_exit(), Ok(0));
    }

    fn kill_in_wait_one() { kill_while_waiting("wait-one"); }
    fn kill_in_wait_on_own_event() { kill_while_waiting("wait-event"); }
    fn kill_in_wait_many() { kill_while_waiting("wait-many"); }
    fn kill_in_port_wait() { kill_while_waiting("wait-port"); }
    fn kill_in_futex_wait() { kill_while_waiting("wait-futex"); }
    fn kill_in_sleep() { kill_while_waiting("wait-sleep"); }
    #[needs("cpus=1,2,4")]
    fn kill_in_channel_call() { kill_while_waiting("wait-call"); }
    #[needs("cpus=1,2,4")]
    fn kill_in_endless_loop() { kill(start("spin")); }
    #[needs("cpus=1,2,4")]
    fn kill_of_many_threads() { kill_while_waiting("wait-threads"); }

    /// While very many handles are closed, others have their turns: about one for each 256 handles.
    #[needs("cpus=1 counted")]
    fn others_run_while_many_handles_are_closed() {
        let (process, _channel) = start_waiting("wait-handles");
        process.kill().expect("killed");
        let mut turns = 0;
        while process.wait(Signals::PROCESS_TERMINATED, 0).is_err() {
            clock::yield_now();
            turns += 1;
        }
        assert!(turns > MANY_HANDLES / 512, "{turns} turns");
    }

    /// Nobody leaves more than there is time for by starting one process after the other.
    #[needs("cpus=1 counted")]
    fn who_starts_a_process_waits_for_what_others_have_left() {
        let (process, _channel) = start_waiting("wait-handles");
        process.kill().expect("killed");
        assert_eq!(process.wait(Signals::PROCESS_TERMINATED, 0), Err(Status::TIMED_OUT), "it has much");
        let _next = child("exit", |launch| launch);
        assert!(process.wait(Signals::PROCESS_TERMINATED, 0).is_ok());
    }

    fn bad_access_kills() {
        let roles = ["write-null", "write-kernel", "write-code", "write-constants", "read-non-canonical"];
        for role in roles {
            assert_eq!(exit_code(role), TASK_RETCODE_EXCEPTION_KILL, "{role}");
        }
    }

    fn data_is_not_executable() {
        assert_eq!(exit_code("run-data"), TASK_RETCODE_EXCEPTION_KILL);
    }

    fn stack_overflow_kills() {
        assert_eq!(exit_code("overflow-stack"), TASK_RETCODE_EXCEPTION_KILL);
    }

    fn bad_instructions_kill() {
        for role in ["undefined", "privileged", "divide"] {
            assert_eq!(exit_code(role), TASK_RETCODE_EXCEPTION_KILL, "{role}");
        }
    }

    /// QEMU's emulation takes its stack accesses for the kernel's, which SMAP refuses.
    fn a_far_return_works_or_kills() {
        let code = exit_code("far-return");
        assert!([SURVIVED, TASK_RETCODE_EXCEPTION_KILL].contains(&code), "exit code {code}");
    }

    fn bad_stack_pointer_kills() {
        assert_eq!(exit_code("bad-stack-syscall"), TASK_RETCODE_EXCEPTION_KILL);
    }

    fn only_the_vdso_enters_the_kernel() {
        let code = exit_code("own-syscall");
        assert!(code != 0 && code != SURVIVED, "the call was made: exit code {code}");
    }

    fn create_refuses_options_and_pointers() {
        let (memory, job) = (BadMemory::new(), job());
        let (mut process, mut vmar) = (0, 0);
        let name = b"name".as_ptr().cast();
        let status = call!(zx_process_create(job.raw(), name, 4, 1 << 31, &mut process, &mut vmar));
        assert_eq!(status, Status::INVALID_ARGS);
        for (kind, bad) in memory.unwritable(4) {
            let status = call!(zx_process_create(job.raw(), name, 4, 0, bad as _, &mut vmar));
            assert_eq!(status, Status::INVALID_ARGS, "process: {kind}");
            let status = call!(zx_process_create(job.raw(), name, 4, 0, &mut process, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "region: {kind}");
        }
        for (kind, bad) in memory.unreadable(4) {
            let status = call!(zx_process_create(job.raw(), bad as _, 4, 0, &mut process, &mut vmar));
            assert_eq!(status, Status::INVALID_ARGS, "name: {kind}");
        }
    }

    fn create_needs_a_job_with_the_right() {
        let weak = without(&job(), Rights::MANAGE_PROCESS);
        assert_eq!(Process::create(&weak, "x").err(), Some(Status::ACCESS_DENIED));
        let event = Handle::from(Event::create().expect("an event"));
        assert_eq!(Process::create(&event.into(), "x").err(), Some(Status::WRONG_TYPE));
    }

    fn new_process_has_not_started() {
        let (process, _root) = create();
        let info = info::process(&process).expect("info");
        assert_eq!((info.started, info.exited), (0, 0));
    }

    fn new_process_can_be_killed() {
        let (process, _root) = create();
        process.kill().expect("killed");
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    }

    fn start_consumes_the_handle_on_failure() {
        let (process, _root) = create();
        let raw = Handle::from(Event::create().expect("an event")).into_raw();
        let status = call!(zx_process_start(process.raw(), NO_HANDLE, 0x1000_0000, 0, raw, 0));
        assert_eq!(status, Status::BAD_HANDLE);
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
    }

    fn start_refuses_what_is_no_user_address() {
        let (process, _root) = create();
        let thread = Thread::create(&process, "first").expect("a thread");
        for entry in NO_USER_ADDRESSES {
            let started = process.start(&thread, entry, 0, Handle::from_raw(0), 0);
            assert_eq!(started, Err(Status::INVALID_ARGS), "{entry:#x}");
        }
        for stack in [USER_END + 1, 1 << 47] {
            let started = process.start(&thread, 0x1000_0000, stack, Handle::from_raw(0), 0);
            assert_eq!(started, Err(Status::INVALID_ARGS), "the stack: {stack:#x}");
        }
        let info = info::process(&process).expect("info");
        assert_eq!((info.started, info.exited), (0, 0));
    }

    /// Address 0 is the exception: the process starts, and faults there. A stack may begin where user space ends.
    fn start_takes_an_entry_of_0() {
        for stack in [0, USER_END] {
            let (process, _root) = create();
            let thread = Thread::create(&process, "first").expect("a thread");
            process.start(&thread, 0, stack, Handle::from_raw(0), 0).expect("started");
            assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL));
        }
    }

    fn start_refuses_a_thread_of_another() {
        let ((process, _root), (other, _other_root)) = (create(), create());
        let thread = Thread::create(&other, "first").expect("a thread");
        let started = process.start(&thread, 0x1000_0000, 0, Handle::from_raw(0), 0);
        assert_eq!(started, Err(Status::ACCESS_DENIED));
    }

    fn running_process_cannot_be_started() {
        let (ours, theirs) = Channel::create().expect("a channel");
        let process = child("wait-one", |launch| launch.handle(PA_USER0, theirs));
        let thread = Thread::create(&process, "second").expect("a thread");
        let (end, argument) = Channel::create().expect("a channel");
        let started = process.start(&thread, 0x1000_0000, 0, argument.into(), 0);
        assert_eq!(started, Err(Status::BAD_STATE));
        end.wait(Signals::CHANNEL_PEER_CLOSED, 0).expect("nobody got the argument");
        drop(ours);
        process.kill().expect("killed");
        process.wait_exit().expect("it ends");
        assert_eq!(Thread::create(&process, "third").err(), Some(Status::BAD_STATE));
    }

    fn thread_that_never_started_keeps_no_process_alive() {
        let (ours, theirs) = Channel::create().expect("a channel");
        let process = child("exit-thread", |launch| launch.handle(PA_USER0, theirs));
        let thread = Thread::create(&process, "never started").expect("a thread");
        ours.write(b"go", Vec::new()).expect("the child is told");
        assert_eq!(process.wait_exit(), Ok(0));
        thread.wait(Signals::THREAD_TERMINATED, 0).expect("it ended with its process");
    }

    fn process_without_memory_faults_at_once() {
        let (process, _root) = create();
        let thread = Thread::create(&process, "first").expect("a thread");
        process.start(&thread, 0x1000_0000, 0, Handle::from_raw(0), 0).expect("started");
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_EXCEPTION_KILL));
    }

    fn kill_needs_the_right() {
        let (process, _root) = create();
        assert_eq!(without(&process, Rights::DESTROY).kill(), Err(Status::ACCESS_DENIED));
        assert_eq!(call!(zx_task_kill(NO_HANDLE)), Status::BAD_HANDLE);
        let event = Event::create().expect("an event");
        // No right to kill comes with anything but a task.
        assert_eq!(call!(zx_task_kill(event.raw())), Status::ACCESS_DENIED);
    }

    fn killing_twice_is_fine() {
        let (process, _root) = create();
        process.kill().expect("killed");
        process.kill().expect("killed again");
        process.wait(Signals::PROCESS_TERMINATED, INFINITE).expect("it ends");
    }

    fn many_processes_come_and_go() {
        let children: Vec<_> = (0..8).map(|_| child("exit", |launch| launch)).collect();
        assert!(children.iter().all(|child| child.wait_exit() == Ok(42)));
    }
}
