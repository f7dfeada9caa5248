//! A thread of a user program: one task, one `async fn` that loops over [`enter_user_with`].

use crate::arch::user::{SystemCall, enter_user_with};
use crate::arch::{Trap, UserContext};
use crate::process::{self, Machine};
use crate::syscalls::table::Entry;
use crate::syscalls::{self, Blocked, Caller};
use crate::{println, run};
use abi::Status;
use alloc::sync::Arc;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Poll, Waker};
use executor::TaskOptions;
use objects::Thread;
use objects::memory::Protection;

/// Starts a thread with these registers, and with the `first` one its process.
///
/// # Errors
/// `BAD_STATE` unless the thread is new, and its process is too, if it is the first, or else runs;
/// `NO_MEMORY`, and the thread has ended.
pub fn start(thread: &Arc<Thread>, first: bool, context: UserContext) -> Result<(), Status> {
    let process = thread.process().clone();
    let machine = process::machine(&process).ok_or(Status::BAD_STATE)?;
    thread.start(first, || {
        let caller = Caller { thread: thread.clone(), process, machine, wait_set: Default::default() };
        let options = TaskOptions::new("thread").id(thread.koid());
        run::executor().spawn(options, live(Life(caller), context)).map_err(|_| Status::NO_MEMORY)
    })
}

/// Tells the thread that it has ended when its task goes away, finished or killed.
struct Life(Caller);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.thread.ended();
    }
}

/// The thread's life. Each poll runs in the process's address space.
async fn live(life: Life, mut context: UserContext) {
    let caller = &life.0;
    let waker = poll_fn(|task| Poll::Ready(task.waker().clone())).await;
    let mut serve = pin!(serve(caller, &mut context, waker));
    poll_fn(|task| {
        run::enter(caller);
        serve.as_mut().poll(task)
    })
    .await;
}

/// Runs user code until the thread ends, and does what its traps ask for.
async fn serve(caller: &Caller, context: &mut UserContext, waker: Waker) {
    let mut blocked = pin!(Blocked::new(waker));
    while !caller.thread.is_dying() {
        run::before_user();
        match enter_user_with(context, |call| at_once(caller, call, blocked.as_mut())) {
            // The call that ended this very thread came this way too, and is not to be done twice.
            Trap::Syscall if caller.thread.is_dying() => return,
            Trap::Syscall => {
                let number = context.rax;
                // For listings: as long as the thread is parked, this is what it waits in.
                run::executor().set_waiting_for("system call", number);
                context.rax = match blocked.goes_on() {
                    true => poll_fn(|task| blocked.as_mut().poll(caller, task)).await as u64,
                    false => syscalls::blocking(number, caller, &context.arguments).await as u64,
                };
            }
            Trap::Interrupt => {
                run::after_interrupt();
                executor::yield_now().await;
            }
            Trap::PageFault { address, error } => {
                let access = Protection {
                    read: !error.is_write() && !error.is_execute(),
                    write: error.is_write(),
                    execute: error.is_execute(),
                };
                if let Err(reason) = caller.process.root().fault(address, access) {
                    fail(caller, context.rip(), format_args!("page fault at {address:#x}: {reason:?}"));
                }
            }
            Trap::Exception { vector, error } => {
                fail(caller, context.rip(), format_args!("exception {vector}, error code {error:#x}"));
            }
        }
    }
}

/// Answers a system call that need not wait, straight from the trap. `None` for one that has to, or may,
/// and when the thread is not to go back to user mode.
#[inline]
fn at_once(caller: &Caller, call: &SystemCall, blocked: Pin<&mut Blocked>) -> Option<u64> {
    let result = match syscalls::entry(call.number()) {
        _ if !is_vdso(&caller.machine, call.return_address()) => refuse(caller, call),
        Some(Entry::Immediate(handler)) => handler(caller, call.arguments()),
        Some(Entry::Parking(handler)) => match handler(caller, call.arguments(), blocked) {
            Poll::Ready(result) => result,
            Poll::Pending => return None,
        },
        Some(Entry::Blocking) => return None,
        Some(Entry::Missing) => i64::from(Status::NOT_SUPPORTED.raw()),
        None => i64::from(Status::BAD_SYSCALL.raw()),
    };
    if caller.thread.is_dying() {
        return None;
    }
    run::after_call();
    Some(result as u64)
}

/// Whether a system call that returns to `rip` came from the vDSO's code.
#[inline]
fn is_vdso(machine: &Machine, rip: u64) -> bool {
    rip.wrapping_sub(machine.vdso_code()) < crate::vdso::code_size()
}

/// Only the vDSO enters the kernel; code that does it by itself ends its process.
#[cold]
fn refuse(caller: &Caller, call: &SystemCall) -> i64 {
    let number = call.number();
    fail(caller, call.return_address(), format_args!("system call {number} from outside of the vDSO"));
    i64::from(Status::BAD_SYSCALL.raw())
}

/// Ends the process of a thread that cannot go on, and says why.
#[cold]
fn fail(caller: &Caller, rip: u64, reason: core::fmt::Arguments<'_>) {
    let name = caller.process.name_text();
    let name = core::str::from_utf8(&name).unwrap_or("?").trim_end_matches('\0');
    let (process, thread) = (caller.process.koid(), caller.thread.koid());
    println!("process {process} \"{name}\", thread {thread}, rip {rip:#x}: {reason}: killed");
    caller.process.kill(abi::TASK_RETCODE_EXCEPTION_KILL);
}
