//! A thread that makes a call, and what every handler may ask of it: objects behind its handles, room for new ones, its end.

use crate::machine::pressure;
use crate::machine::process::Machine;
use crate::mm::{frames, user};
use crate::sched::run;
use crate::{arch, println};
use abi::{RawHandle, Rights, Signals, Status};
use alloc::sync::Arc;
use core::ops::ControlFlow;
use objects::wait::Deadline;
use objects::{Handle, HandleId, HandleTable, Held, KernelObject, Mark, Object, Process, Thread};

/// The arguments of a call: rdi, rsi, rdx, r10, r8, r9, r12, r13.
pub type Args = [u64; 8];

/// A handle that a call was given. It can be looked up once, which consumes it: another thread may close the handle
/// at any moment, and another handle may get the value, so what a handler needs of the handle — its object, its
/// rights, where to wait — has to come from one lookup.
pub struct HandleArgument(RawHandle);

impl HandleArgument {
    /// A handle as it came from user code.
    #[inline(always)]
    pub const fn new(value: RawHandle) -> Self {
        Self(value)
    }

    /// Whether it is `HANDLE_INVALID`, which names none.
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.0 == abi::HANDLE_INVALID
    }

    /// The value, for the one operation of the handle table that is to be done with it.
    #[inline(always)]
    pub fn value(self) -> RawHandle {
        self.0
    }
}

/// The handle that a wait goes through, and when it was looked up.
#[derive(Clone, Copy)]
pub struct Through {
    /// What identifies the handle for those who end the wait.
    pub handle: HandleId,
    /// The moment of the lookup.
    pub mark: Mark,
}

/// The thread that makes a call, and what handlers need of it.
pub struct Caller {
    /// The thread.
    pub thread: Arc<Thread>,
    /// Its process.
    pub process: Arc<Process>,
    /// The handles of that.
    pub handles: Arc<HandleTable>,
    /// What the kernel keeps for the process.
    pub machine: Arc<Machine>,
}

impl Caller {
    /// The object of this kind behind a handle with these rights.
    #[inline]
    pub fn object<T: KernelObject>(&self, handle: HandleArgument, rights: Rights) -> Result<Arc<T>, Status> {
        self.handles.get(handle.value(), rights)
    }

    /// The object behind a handle with these rights.
    #[inline]
    pub fn any(&self, handle: HandleArgument, rights: Rights) -> Result<Object, Status> {
        self.handles.get_any(handle.value(), rights)
    }

    /// [`Caller::object`], and all rights of the handle.
    #[inline]
    pub fn held<T: KernelObject>(
        &self,
        handle: HandleArgument,
        needed: Rights,
    ) -> Result<Held<Arc<T>>, Status> {
        self.handles.get_held(handle.value(), needed)
    }

    /// [`Caller::any`], and all rights of the handle.
    #[inline]
    pub fn any_held(&self, handle: HandleArgument, needed: Rights) -> Result<Held<Object>, Status> {
        self.handles.get_any_held(handle.value(), needed)
    }

    /// [`Caller::object`] for a call that waits through the handle.
    #[inline]
    pub fn to_wait<T: KernelObject>(
        &self,
        handle: HandleArgument,
        rights: Rights,
    ) -> Result<(Arc<T>, Through), Status> {
        let handle = handle.value();
        let (object, mark) = self.handles.get_to_wait(handle, rights)?;
        Ok((object, Through { handle: self.handles.id(handle), mark }))
    }

    /// [`Caller::any`] for a call that waits through the handle; the rights needed may depend on the object.
    #[inline]
    pub fn any_to_wait(
        &self,
        handle: HandleArgument,
        needed: impl FnOnce(&Object) -> Rights,
    ) -> Result<(Object, Through), Status> {
        let handle = handle.value();
        let (object, mark) = self.handles.get_any_to_wait(handle, needed)?;
        Ok((object, Through { handle: self.handles.id(handle), mark }))
    }

    /// [`Caller::any_to_wait`], unless one of `signals` is active: then those that are.
    #[inline(always)] // reason: it is hot
    pub fn any_unless(
        &self,
        handle: HandleArgument,
        rights: Rights,
        signals: Signals,
    ) -> Result<ControlFlow<Signals, (Object, Through)>, Status> {
        let handle = handle.value();
        Ok(match self.handles.get_any_unless(handle, rights, signals)? {
            ControlFlow::Break(active) => ControlFlow::Break(active),
            ControlFlow::Continue((object, mark)) => {
                ControlFlow::Continue((object, Through { handle: self.handles.id(handle), mark }))
            }
        })
    }

    /// Whether the handle of a wait is open still; for waits, as they begin.
    #[inline]
    pub fn still_open(&self, through: Through) -> bool {
        self.handles.still_open(through.handle.value(), through.mark)
    }

    /// Reserves what the small allocations of the call may take, until it waits, so that creating objects need not be
    /// able to fail half way; not if there is so little that a large block may be refused: see [`frames::admit_amply`].
    #[inline]
    pub fn is_admitted(&self) -> bool {
        frames::admit_amply()
    }

    /// As [`Caller::is_admitted`], but waits for memory that is on its way to be free, which is more than there seems
    /// to be, and is content with less if there is no more.
    ///
    /// # Errors
    /// `NO_MEMORY`
    pub async fn admit(&self) -> Result<(), Status> {
        if self.is_admitted() || pressure::come_back(frames::admit_amply).await || frames::admit() {
            Ok(())
        } else {
            Err(Status::NO_MEMORY)
        }
    }

    /// Gives the caller a handle and writes its value; if that fails, the handle is closed again.
    pub fn install(&self, handle: Handle, out: user::Out<RawHandle>) -> Result<(), Status> {
        let value = self.handles.add(handle).map_err(|(_, status)| status)?;
        out.write(&value).inspect_err(|_| drop(self.handles.remove(value)))
    }

    /// [`Caller::install`] for the two ends of something: both or none.
    pub fn install_pair(
        &self,
        handles: (Handle, Handle),
        outs: (user::Out<RawHandle>, user::Out<RawHandle>),
    ) -> Result<(), Status> {
        let first = self.handles.add(handles.0).map_err(|(_, status)| status)?;
        let installed = outs.0.write(&first).and_then(|()| self.install(handles.1, outs.1));
        installed.inspect_err(|_| drop(self.handles.remove(first)))
    }

    /// Ends the caller's process, which has exceeded a limit; its threads would get an exception, if there were any.
    #[cold]
    #[inline(never)]
    pub fn end_process(&self, reason: &str) {
        let name = self.process.name_text();
        let name = core::str::from_utf8(&name).unwrap_or("?").trim_end_matches('\0');
        let (process, thread) = (self.process.koid(), self.thread.koid());
        println!("process {process} \"{name}\", thread {thread}: {reason}: killed");
        self.exit_process(abi::TASK_RETCODE_EXCEPTION_KILL);
    }

    /// Ends the process; this thread does not go back to user mode.
    pub fn exit_process(&self, return_code: i64) {
        self.process.kill(return_code);
        self.exit_thread();
    }

    /// Ends this thread: it does not go back to user mode.
    pub fn exit_thread(&self) {
        self.thread.exit();
        arch::user::hold_back();
    }

    /// A deadline on the timers of this CPU.
    pub fn deadline(&self, at: i64) -> Deadline {
        Deadline { at, timers: run::timers() }
    }
}
