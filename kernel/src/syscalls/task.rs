//! Calls on jobs, processes and threads alike.

use super::Caller;
use abi::Status;
use objects::{KILLED, Object};

/// Kills a job or a process. A thread is part of its process and can not be killed alone.
pub fn task_kill(_caller: &Caller, task: Object) -> Result<(), Status> {
    match task {
        Object::Job(job) => job.kill(KILLED),
        Object::Process(process) => process.kill(KILLED),
        Object::Thread(_) => return Err(Status::NOT_SUPPORTED),
        _ => return Err(Status::WRONG_TYPE),
    }
    Ok(())
}
