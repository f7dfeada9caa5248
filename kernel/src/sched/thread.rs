//! A thread of a user program: one task, whose future loops over [`enter_user_with`].

use super::closing;
use super::{Blocked, Caller, run, steps};
use crate::arch::user::{PageFaultError, SystemCall, enter_user_with, was_held_back};
use crate::arch::{Trap, UserContext, exception_name};
use crate::machine::log;
use crate::machine::process::Machine;
use crate::machine::{pressure, process, vdso};
use crate::mm::shootdown;
use crate::personality::Personality;
use crate::println;
use abi::Status;
use alloc::sync::Arc;
use core::fmt;
use core::future::poll_fn;
use core::marker::PhantomData;
use core::pin::{Pin, pin};
use core::task::{Poll, ready};
use executor::{TaskOptions, TaskRef};
use objects::Thread;
use objects::memory::{NoMemory, Protection};
use objects::vmar::FaultError;

/// What a thread begins with, in registers.
#[derive(Clone, Copy)]
pub struct Beginning {
    /// Where its first instruction is: a user address, or 0, where it faults.
    pub entry: u64,
    /// Where its stack begins.
    pub stack: u64,
    /// What it gets in rdi and rsi.
    pub arguments: [u64; 2],
}

/// Starts a thread, and with the `first` one its process. Small allocations have been admitted.
///
/// # Errors
/// `BAD_STATE` unless the thread is new, and its process is too, if it is the first, or else runs;
/// `NO_MEMORY`, and the thread is new still, unless that was noticed late: then it has ended.
pub fn start(thread: &Arc<Thread>, first: bool, beginning: Beginning) -> Result<(), Status> {
    let machine = process::machine(thread.process()).ok_or(Status::BAD_STATE)?;
    machine.personality.start(thread, machine, first, beginning)
}

/// [`start`] for a process of this personality.
pub fn start_as<P: Personality>(
    thread: &Arc<Thread>,
    machine: Arc<Machine>,
    first: bool,
    beginning: Beginning,
) -> Result<(), Status> {
    let process = thread.process().clone();
    let started = run::executor().clock();
    thread.start(first, || {
        let handles = process.handles.clone();
        let caller = Caller { thread: thread.clone(), process, handles, machine: machine.clone() };
        let options = TaskOptions::new("thread").id(thread.koid());
        let Beginning { entry, stack, arguments: [first, second] } = beginning;
        let life = Life(caller);
        let life = move || live::<P>(life, started, UserContext::new(entry, stack, first, second));
        run::executor().spawn_in_with(&machine.tasks, options, life).map_err(|_| Status::NO_MEMORY)
    })
}

/// Tells the thread that it has ended when its task goes away, finished or killed. What it was to close is nobody's.
struct Life(Caller);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.thread.ended(run::poll_time());
        closing::give_up();
    }
}

/// How long the task has waited for its turn since a moment, in nanoseconds. Another CPU's clock may stand a little before
/// that moment.
fn queued_since(moment: u64) -> u64 {
    run::executor().clock().saturating_sub(moment)
}

/// Lets others run, when a slice is over, and counts how long they do. The slice ends when its poll does.
async fn next_slice(caller: &Caller, task: &TaskRef) {
    let (begin, ran) = (run::executor().clock(), task.stats().run_time);
    entered(caller, pin!(executor::yield_now())).await;
    caller.thread.count_queued(queued_since(begin + (task.stats().run_time - ran)));
}

/// The thread's life: user code runs until it traps, and what the trap asks for is done.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function keeps its arguments twice, for as long as it lives"
)]
#[inline(always)] // reason: so it is made where it stays, and not moved there
fn live<P: Personality>(
    life: Life,
    started: u64,
    mut context: UserContext,
) -> impl Future<Output = ()> + Send {
    async move {
        let caller = &life.0;
        // A start takes its time, also where the clocks do not show it.
        caller.thread.count_queued(queued_since(started).max(1));
        let Some(task) = executor::current_task().await else { return };
        task.note_wait("system call", 0);
        let mut blocked = pin!(Blocked::new(task));
        run::enter(caller);
        while !caller.thread.is_leaving() {
            run::before_user();
            let mut waits = blocked.as_mut();
            match enter_user_with(&mut context, move |call| at_once::<P>(caller, call, waits.as_mut())) {
                Trap::Answered if caller.thread.is_leaving() => return,
                Trap::Answered => entered(caller, pin!(settled(caller))).await,
                Trap::Syscall => {
                    let number = context.rax;
                    // For listings: as long as the thread is parked, this is what it waits in.
                    blocked.task().note_wait_number(number);
                    let mut left = false;
                    context.rax = match blocked.goes_on() {
                        true => finished(caller, blocked.as_mut(), PhantomData::<P>).await,
                        false => {
                            let call = pin!(P::blocking(number, caller, &context.arguments));
                            stepped(caller, call, blocked.as_mut(), &mut left).await
                        }
                    } as u64;
                    if left {
                        entered(caller, pin!(settled(caller))).await;
                    }
                }
                Trap::Interrupt if caller.process.is_dying() => return,
                Trap::Interrupt => next_slice(caller, blocked.task()).await,
                Trap::PageFault { address, error } => {
                    if resolve(caller, context.rip(), address, error).is_err() {
                        entered(caller, pin!(resolve_later(caller, context.rip(), address, error))).await;
                    }
                }
                Trap::NoMemory => entered(caller, pin!(pressure::relief())).await,
                Trap::Exception { vector, error } => {
                    let name = exception_name(vector);
                    let what = format_args!("{name} (exception {vector}, error code {error:#x})");
                    fail(caller, context.rip(), what);
                }
            }
        }
    }
}

/// What a call that was answered has left is done before the thread goes on: what it has closed is discarded, what it has
/// unmapped is cleared, every CPU has flushed that, and readers of the log and other observers are woken.
async fn settled(caller: &Caller) {
    closing::finish(caller).await;
    let root = caller.process.root();
    let mut left = root.leaving();
    while let Some(ticket) = left {
        let step = root.clean_up(ticket);
        left = step.left;
        drop(step.retired);
        steps::next_step().await;
    }
    shootdown::barrier().await;
    log::told().await;
    objects::woken().await;
}

/// The end of a call that has begun to wait. The task is parked at once: the wait knows its waker, and the call has closed
/// nothing. Each personality has its own copy, which becomes a part of the thread's poll.
fn finished<P: Personality>(
    caller: &Caller,
    mut blocked: Pin<&mut Blocked>,
    _: PhantomData<P>,
) -> impl Future<Output = i64> {
    let mut begun = true;
    poll_fn(move |task| {
        if core::mem::take(&mut begun) {
            debug_assert!(closing::is_done(), "what was closed would be nobody's");
            return Poll::Pending;
        }
        run::enter(caller);
        blocked.as_mut().poll(caller, task)
    })
}

/// `future`, each poll of which runs in the caller's address space.
fn entered<F: Future>(caller: &Caller, mut future: Pin<&mut F>) -> impl Future<Output = F::Output> {
    poll_fn(move |task| {
        run::enter(caller);
        future.as_mut().poll(task)
    })
}

/// As [`entered`], for a call: what one of its steps leaves to be closed is closed before the next. Notes whether one
/// has left something to be finished.
fn stepped<F: Future>(
    caller: &Caller,
    mut future: Pin<&mut F>,
    mut blocked: Pin<&mut Blocked>,
    left: &mut bool,
) -> impl Future<Output = F::Output> {
    poll_fn(move |task| {
        run::enter(caller);
        if blocked.goes_on() {
            ready!(blocked.as_mut().poll(caller, task));
        }
        let poll = future.as_mut().poll(task);
        if was_held_back() {
            *left = true;
            if poll.is_pending() {
                closing::go_on_behind(caller, blocked.as_mut());
            }
        }
        poll
    })
}

/// Brings in the page that user code missed, or ends its process. An error when there is no memory for it, or nobody who
/// pays.
#[inline(always)] // reason: fresh_page, 8 instructions
fn resolve(caller: &Caller, rip: u64, address: u64, error: PageFaultError) -> Result<(), NoMemory> {
    // What the CPU looks up for itself while user code runs are its own tables, which no process can bring in. QEMU's
    // emulation makes the stack accesses of a far return so, too: SMAP refuses them, however often they are tried.
    if !error.is_user() {
        fail(caller, rip, format_args!("page fault of the CPU at {address:#x}"));
        return Ok(());
    }
    match caller.process.root().fault(address, access(error)) {
        Ok(()) => Ok(()),
        Err(FaultError::NoMemory | FaultError::Unpaid) => Err(NoMemory),
        Err(reason) => {
            fail_at(caller, rip, address, reason);
            Ok(())
        }
    }
}

/// What user code tried.
fn access(error: PageFaultError) -> Protection {
    let (write, execute) = (error.is_write(), error.is_execute());
    Protection { read: !write && !execute, write, execute }
}

/// [`resolve`] as soon as there is memory and somebody who pays.
async fn resolve_later(caller: &Caller, rip: u64, address: u64, error: PageFaultError) {
    if let Err(reason) = pressure::bring_in(&caller.process, address, access(error)).await {
        fail_at(caller, rip, address, reason);
    }
}

#[cold]
fn fail_at(caller: &Caller, rip: u64, address: u64, reason: FaultError) {
    fail(caller, rip, format_args!("page fault at {address:#x}: {reason:?}"));
}

/// Answers a system call that need not wait, straight from the trap. Pending for one that has to, or may.
#[inline]
fn at_once<P: Personality>(caller: &Caller, call: &SystemCall, blocked: Pin<&mut Blocked>) -> Poll<u64> {
    let offset = call.return_address().wrapping_sub(caller.machine.vdso_code());
    let answer = match P::doors().entry(call.number(), offset) {
        Some(entry) => entry(caller, call.arguments(), blocked),
        None => refuse(caller, call),
    };
    answer.map(|result| result as u64)
}

/// Only the vDSO enters the kernel, each call at its own place; code that does it by itself ends its process.
#[cold]
#[inline(never)] // reason: each call would make room for what is printed here
fn refuse(caller: &Caller, call: &SystemCall) -> Poll<i64> {
    let number = call.number();
    let (rip, personality) = (call.return_address(), caller.machine.personality);
    match personality.doors().entry_of(number) {
        Some(_) => {
            fail(caller, rip, format_args!("system call {number} from outside of its place in the vDSO"))
        }
        None => fail(caller, rip, format_args!("system call {number} is of no personality that it has")),
    }
    Poll::Ready(i64::from(Status::BAD_SYSCALL.raw()))
}

/// How far into a program, or the vDSO, an instruction is: what its symbols count from, as both lie at random.
enum Offset {
    None,
    InProgram(u64),
    InVdso(u64),
}

impl Offset {
    fn of(caller: &Caller, rip: u64) -> Self {
        let in_vdso = rip.checked_sub(caller.machine.vdso_base()).filter(|offset| *offset < vdso::size());
        match (in_vdso, caller.process.root().offset_in_region(rip)) {
            (Some(offset), _) => Self::InVdso(offset),
            (None, Some(offset)) => Self::InProgram(offset),
            (None, None) => Self::None,
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::InProgram(offset) => write!(formatter, " (image + {offset:#x})"),
            Self::InVdso(offset) => write!(formatter, " (vDSO + {offset:#x})"),
        }
    }
}

/// Ends the process of a thread that cannot go on, and says why.
#[cold]
fn fail(caller: &Caller, rip: u64, reason: fmt::Arguments<'_>) {
    let name = caller.process.name_text();
    let name = core::str::from_utf8(&name).unwrap_or("?").trim_end_matches('\0');
    let (process, thread) = (caller.process.koid(), caller.thread.koid());
    let offset = Offset::of(caller, rip);
    println!("process {process} \"{name}\", thread {thread}, rip {rip:#x}{offset}: {reason}: killed");
    caller.exit_process(abi::TASK_RETCODE_EXCEPTION_KILL);
}
