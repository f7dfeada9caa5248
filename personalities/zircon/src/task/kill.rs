//! Calls on jobs, processes and threads alike.

use abi::Status;
use alloc::sync::Arc;
use hafnon_kernel::sched::{Caller, closing};
use objects::{KILLED, Object};

/// Kills a job or a process, at once. It returns when the kernel task has discarded all that kills have left to it by then.
/// A thread is part of its process and can not be killed alone.
pub fn task_kill(caller: &Caller, task: Object) -> Result<(), Status> {
    let own = match task {
        Object::Job(job) => {
            job.kill(KILLED);
            caller.process.job().is_within(&job)
        }
        Object::Process(process) => {
            process.kill(KILLED);
            Arc::ptr_eq(&process, &caller.process)
        }
        Object::Thread(_) => return Err(Status::NOT_SUPPORTED),
        _ => return Err(Status::WRONG_TYPE),
    };
    if own {
        // Others go on until their turn comes; who kills itself does not.
        caller.exit_process(KILLED);
    } else {
        closing::note_kill();
    }
    Ok(())
}
