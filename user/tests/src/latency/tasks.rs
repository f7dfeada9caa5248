//! Killing and ending what is large.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Job, Process, Rights, Signals, Startup, Status,
    abi::{PA_USER0, TASK_RETCODE_SYSCALL_KILL},
    clock::{self, INFINITE},
    sys,
    task::{Task, Thread},
};

use crate::{
    children::SURVIVED,
    harness::{call, child, job, process, user_test},
};

/// Threads of a process, children of a job, handles of a process.
const THREADS: usize = 50_000;
const CHILDREN: usize = 100_000;
const HANDLES: usize = 200_000;

/// How many channels are closed in one call, and with how many messages in each.
const CHANNELS: usize = 64;
const MESSAGES: usize = 300;

/// A child in this role, once it has said that it is ready.
fn ready(role: &str) -> (Process, Channel) {
    let (ours, theirs) = Channel::create().expect("a channel");
    let process = child(role, |launch| launch.handle(PA_USER0, theirs));
    ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it is ready");
    (process, ours)
}

/// Plays a child's part.
pub fn play(startup: &mut Startup, role: &str) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    let event = Event::create().expect("an event");
    match role {
        "latency-threads" => sleepers(THREADS),
        "latency-new-threads" => new_threads(THREADS),
        "latency-handles" => copies(&event, HANDLES),
        _ => {}
    }
    channel.write(b"ready", vec![]).expect("the test is told");
    let _ = clock::sleep_until(INFINITE);
    SURVIVED
}

/// Keeps a handle for as long as the process lives.
fn leak<T>(object: T) {
    core::mem::forget(object);
}

/// So many further handles to an event.
fn copies(event: &Event, count: usize) {
    let mut out = 0;
    for _ in 0..count {
        let rights = Rights::SAME_RIGHTS.bits();
        assert_eq!(call!(zx_handle_duplicate(event.raw(), rights, &mut out)), Status::OK);
    }
}

/// Makes so many threads that nobody starts.
fn new_threads(count: usize) {
    let process = process();
    (0..count).for_each(|_| leak(Thread::create(&process, "new").expect("a thread")));
}

/// Starts so many threads that sleep for ever, all on one stack: each leaves the same on it, and none comes back.
fn sleepers(count: usize) {
    let process = process();
    let stack = leak_stack();
    for _ in 0..count {
        let thread = Thread::create(&process, "sleeper").expect("a thread");
        let entry = sys::zx_nanosleep as *const () as usize;
        // SAFETY: the call sleeps for ever, with nothing but its own return address on the stack.
        unsafe { thread.start(entry, stack, INFINITE as usize, 0) }.expect("started");
    }
}

/// The end of a stack that stays.
fn leak_stack() -> usize {
    let stack = vec![0u64; 512].leak();
    (stack.as_ptr_range().end.expose_provenance() & !15) - size_of::<u64>()
}

user_test! {
    #[needs("counted")]
    fn killing_a_process_of_50_000_threads() {
        let (process, _channel) = ready("latency-threads");
        process.kill().expect("killed");
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    }

    #[needs("counted")]
    fn killing_a_process_of_50_000_new_threads() {
        let (process, _channel) = ready("latency-new-threads");
        process.kill().expect("killed");
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    }

    #[needs("counted")]
    fn killing_a_job_of_100_000_children() {
        let top = job().create_child().expect("a job");
        let children: Vec<Job> = (0..CHILDREN).map(|_| top.create_child().expect("a job")).collect();
        top.kill().expect("killed");
        assert_eq!(children[CHILDREN - 1].create_child().err(), Some(Status::BAD_STATE), "from that moment");
        top.wait(Signals::JOB_TERMINATED, INFINITE).expect("it ends");
        for child in &children {
            child.wait(Signals::JOB_TERMINATED, 0).expect("before its parent");
        }
    }

    #[needs("counted")]
    fn a_process_with_200_000_handles_ends() {
        let (process, _channel) = ready("latency-handles");
        process.kill().expect("killed");
        assert_eq!(process.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    }

    /// And does not keep others from ending meanwhile.
    #[needs("counted")]
    fn small_processes_end_while_a_large_one_does() {
        let (large, _channel) = ready("latency-handles");
        let (small, _other) = ready("latency-small");
        large.kill().expect("killed");
        small.kill().expect("killed");
        assert_eq!(small.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
        assert_eq!(large.wait(Signals::PROCESS_TERMINATED, 0), Err(Status::TIMED_OUT), "it is not that large");
        assert_eq!(large.wait_exit(), Ok(TASK_RETCODE_SYSCALL_KILL));
    }

    #[needs("counted")]
    fn closing_many_channels_full_of_messages() {
        let mut ends = Vec::new();
        for _ in 0..CHANNELS {
            let (left, right) = Channel::create().expect("a channel");
            (0..MESSAGES).for_each(|_| left.write(b"unread", vec![]).expect("written"));
            ends.push((left, right.raw()));
            leak(right);
        }
        let rights: Vec<u32> = ends.iter().map(|(_, right)| *right).collect();
        assert_eq!(call!(zx_handle_close_many(rights.as_ptr(), rights.len())), Status::OK);
    }
}
