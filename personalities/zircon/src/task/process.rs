//! Processes.

use crate::no_options;
use crate::thread::{beginning, read_name};
use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::machine::process;
use hafnon_kernel::mm::user::{InSlice, Out};
use hafnon_kernel::sched::thread::{self, Beginning};
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::name::MAX_NAME;
use objects::wait::until_closed;
use objects::{Handle, Job, Process, Thread, closing};

/// A new process in `job`, with an empty address space.
pub fn process_create(
    caller: &Caller,
    job: Arc<Job>,
    name: InSlice<u8>,
    options: u32,
    proc_handle: Out<RawHandle>,
    vmar_handle: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let mut text = [0; MAX_NAME];
    read_name(name, &mut text)?;
    let process = process::create(job, &text)?;
    let root = process.root().clone();
    // The process first: from here on, closing its handle is what ends it again.
    let process = Handle::to_new(process)?;
    let root = Handle::new(root, process::ROOT_VMAR_RIGHTS)?;
    caller.install_pair((process, root), (proc_handle, vmar_handle))
}

/// Starts a process with its first thread, which gets a handle of the caller's. That handle is consumed
/// whatever the outcome.
pub fn process_start(
    caller: &Caller,
    process: Result<Arc<Process>, Status>,
    thread: Result<Arc<Thread>, Status>,
    entry: usize,
    stack: usize,
    arg1: HandleArgument,
    arg2: usize,
) -> Poll<Result<(), Status>> {
    if !caller.is_admitted() || !closing::is_idle() {
        return Poll::Pending;
    }
    let argument = take_argument(caller, arg1);
    Poll::Ready(Start::new(process, thread, argument, entry, stack, arg2).and_then(Start::now))
}

/// [`process_start`] when there is no memory yet, or something is left to be closed: that is awaited. Nobody waits for the
/// end of a process, whatever it leaves, so nobody shall start the next before there was time for it.
pub async fn process_start_long(
    caller: &Caller,
    process: Result<Arc<Process>, Status>,
    thread: Result<Arc<Thread>, Status>,
    entry: usize,
    stack: usize,
    arg1: HandleArgument,
    arg2: usize,
) -> Result<(), Status> {
    let argument = take_argument(caller, arg1);
    let start = Start::new(process, thread, argument, entry, stack, arg2)?;
    until_closed().await;
    caller.admit().await?;
    start.now()
}

fn take_argument(caller: &Caller, handle: HandleArgument) -> Result<Option<Handle>, Status> {
    if handle.is_none() { Ok(None) } else { caller.handles.remove(handle.value()).map(Some) }
}

/// A start that nothing speaks against so far.
struct Start {
    process: Arc<Process>,
    thread: Arc<Thread>,
    argument: Option<Handle>,
    beginning: Beginning,
}

impl Start {
    fn new(
        process: Result<Arc<Process>, Status>,
        thread: Result<Arc<Thread>, Status>,
        argument: Result<Option<Handle>, Status>,
        entry: usize,
        stack: usize,
        arg2: usize,
    ) -> Result<Self, Status> {
        let (process, thread, argument) = (process?, thread?, argument?);
        if argument.as_ref().is_some_and(|handle| !handle.rights().contains(Rights::TRANSFER)) {
            return Err(Status::ACCESS_DENIED);
        }
        if thread.process().koid() != process.koid() {
            return Err(Status::ACCESS_DENIED);
        }
        thread.may_start(true)?;
        let beginning = beginning(entry, stack, [0, arg2 as u64])?;
        Ok(Self { process, thread, argument, beginning })
    }

    /// The value of the handle is the thread's first argument.
    fn now(mut self) -> Result<(), Status> {
        let value = match self.argument {
            None => 0,
            Some(handle) => self.process.handles.add(handle).map_err(|(_, status)| status)?,
        };
        self.beginning.arguments[0] = u64::from(value);
        let started = thread::start(&self.thread, true, self.beginning);
        started.inspect_err(|_| drop(self.process.handles.remove(value)))
    }
}

/// Ends the calling process.
pub fn process_exit(caller: &Caller, return_code: i64) {
    caller.exit_process(return_code);
}
