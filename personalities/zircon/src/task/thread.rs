//! Threads.

use crate::no_options;
use abi::{RawHandle, Status};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::mm::layout::{USER_END, is_user_range};
use hafnon_kernel::mm::user::{InSlice, Out};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::thread::{self, Beginning};
use objects::name::MAX_NAME;
use objects::{Handle, Process, Thread};

/// Reads a name; longer ones are cut.
pub(super) fn read_name(name: InSlice<u8>, buffer: &mut [u8; MAX_NAME]) -> Result<(), Status> {
    let part = name.part(0, MAX_NAME - 1);
    part.read_into(&mut buffer[..part.len()])
}

/// A new thread of `process`.
pub fn thread_create(
    caller: &Caller,
    process: Arc<Process>,
    name: InSlice<u8>,
    options: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let mut text = [0; MAX_NAME];
    read_name(name, &mut text)?;
    caller.install(Handle::to_new(Thread::new(process, &text)?)?, out)
}

/// Starts a thread of a running process.
pub fn thread_start(
    caller: &Caller,
    thread: Arc<Thread>,
    entry: usize,
    stack: usize,
    arg1: usize,
    arg2: usize,
) -> Poll<Result<(), Status>> {
    if !caller.is_admitted() {
        return Poll::Pending;
    }
    Poll::Ready(start(&thread, entry, stack, arg1, arg2))
}

/// [`thread_start`] when there is no memory yet.
pub async fn thread_start_long(
    caller: &Caller,
    thread: Arc<Thread>,
    entry: usize,
    stack: usize,
    arg1: usize,
    arg2: usize,
) -> Result<(), Status> {
    caller.admit().await?;
    start(&thread, entry, stack, arg1, arg2)
}

fn start(thread: &Arc<Thread>, entry: usize, stack: usize, arg1: usize, arg2: usize) -> Result<(), Status> {
    thread.may_start(false)?;
    thread::start(thread, false, beginning(entry, stack, [arg1 as u64, arg2 as u64])?)
}

/// What a thread begins with. An entry of 0 is allowed, as documented: the thread faults there.
pub(super) fn beginning(entry: usize, stack: usize, arguments: [u64; 2]) -> Result<Beginning, Status> {
    let (entry, stack) = (entry as u64, stack as u64);
    if (entry != 0 && !is_user_range(entry, 1)) || stack > USER_END {
        return Err(Status::INVALID_ARGS);
    }
    Ok(Beginning { entry, stack, arguments })
}

/// Ends the calling thread.
pub fn thread_exit(caller: &Caller) {
    caller.exit_thread();
}

/// Lets others run.
pub async fn thread_legacy_yield(_caller: &Caller, options: u32) -> Result<(), Status> {
    no_options(options)?;
    executor::yield_now().await;
    Ok(())
}
