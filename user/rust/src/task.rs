//! Tasks: jobs, processes and threads.

use abi::Signals;

use crate::{
    Result,
    clock::INFINITE,
    handle::{AsHandle, Handle, check, object},
    info, sys,
    vmar::Vmar,
};

object! {
    /// A group of processes and jobs.
    Job
}

object! {
    /// A process: an address space, a handle table and threads.
    Process
}

object! {
    /// A thread.
    Thread
}

/// What jobs and processes have in common.
pub trait Task: AsHandle {
    /// Kills the task and everything below it; takes effect soon, `TASK_TERMINATED` says when.
    fn kill(&self) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_task_kill(self.raw()) })
    }

    /// Waits until the task has ended.
    fn wait_terminated(&self) -> Result<()> {
        self.wait(Signals::TASK_TERMINATED, INFINITE).map(drop)
    }
}

/// A handle with `rights` to what has the id `koid` in `parent`: a process or job of a job, a thread of a
/// process. It becomes a [`Job`], [`Process`] or [`Thread`].
pub fn child(parent: &impl AsHandle, koid: u64, rights: abi::Rights) -> Result<Handle> {
    let mut out = Handle::INVALID;
    // SAFETY: `out` outlives the call.
    check(unsafe { sys::zx_object_get_child(parent.raw(), koid, rights.bits(), &mut out) })?;
    Ok(Handle::from_raw(out))
}

impl Task for Job {}
impl Task for Process {}

impl Job {
    /// A new job inside this one.
    pub fn create_child(&self) -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_job_create(self.raw(), 0, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }
}

impl Process {
    /// A new process in `job`, without a thread, and its root region.
    pub fn create(job: &Job, name: &str) -> Result<(Self, Vmar)> {
        let (mut process, mut vmar) = (Handle::INVALID, Handle::INVALID);
        // SAFETY: name and places outlive the call.
        check(unsafe {
            sys::zx_process_create(job.raw(), name.as_ptr().cast(), name.len(), 0, &mut process, &mut vmar)
        })?;
        Ok((Self(Handle::from_raw(process)), Handle::from_raw(vmar).into()))
    }

    /// Starts the process with its first thread at `entry`: `argument` becomes a handle of the new
    /// process and the first argument, `second` the second. The handle is consumed, also on an error.
    pub fn start(
        &self,
        thread: &Thread,
        entry: usize,
        stack: usize,
        argument: Handle,
        second: usize,
    ) -> Result<()> {
        // SAFETY: the addresses are the new process's own.
        check(unsafe {
            sys::zx_process_start(self.raw(), thread.raw(), entry, stack, argument.into_raw(), second)
        })
    }

    /// Waits until the process has ended; its exit code.
    pub fn wait_exit(&self) -> Result<i64> {
        self.wait_terminated()?;
        Ok(info::process(self)?.return_code)
    }
}

impl Thread {
    /// A new thread of `process`, not started.
    pub fn create(process: &impl AsHandle, name: &str) -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: name and place outlive the call.
        check(unsafe {
            sys::zx_thread_create(process.raw(), name.as_ptr().cast(), name.len(), 0, &mut out)
        })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// Starts the thread at `entry` with two arguments.
    ///
    /// # Safety
    /// In a thread of this process, `entry` must be code that may run with these arguments, and `stack`
    /// the end of memory that nobody else uses as long as the thread lives.
    pub unsafe fn start(&self, entry: usize, stack: usize, first: usize, second: usize) -> Result<()> {
        // SAFETY: the caller vouches.
        check(unsafe { sys::zx_thread_start(self.raw(), entry, stack, first, second) })
    }
}
