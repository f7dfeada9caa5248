//! Processes.

use super::thread::{read_name, user_context};
use super::{Caller, HandleArgument, no_options};
use crate::mm::user::{InSlice, Out};
use crate::{process, thread};
use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use objects::name::MAX_NAME;
use objects::{Handle, Job, Process, Thread};

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
) -> Result<(), Status> {
    let argument = match arg1.is_none() {
        true => None,
        false => Some(caller.handles.remove(arg1.value())),
    };
    let (process, thread) = (process?, thread?);
    let argument = argument.transpose()?;
    if argument.as_ref().is_some_and(|handle| !handle.rights().contains(Rights::TRANSFER)) {
        return Err(Status::ACCESS_DENIED);
    }
    if thread.process().koid() != process.koid() {
        return Err(Status::ACCESS_DENIED);
    }
    let mut context = user_context(entry, stack, 0, arg2 as u64)?;
    let value = match argument {
        None => 0,
        Some(handle) => process.handles.add(handle).map_err(|(_, status)| status)?,
    };
    context.arguments[0] = u64::from(value);
    thread::start(&thread, true, context).inspect_err(|_| drop(process.handles.remove(value)))
}

/// Ends the calling process.
pub fn process_exit(caller: &Caller, return_code: i64) {
    caller.exit_process(return_code);
}
