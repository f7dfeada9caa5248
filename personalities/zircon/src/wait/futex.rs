//! Futexes.

use abi::{Rights, Status};
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll};
use executor::Sleep;
use hafnon_kernel::mm::user;
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Wait};
use objects::wait;
use objects::{
    FutexUnderWay, FutexWait, FutexWaiter, Koid, NewOwner, Process, Refused, Requeue, Thread, futex_waiter,
};
use pin_project_lite::pin_project;

pin_project! {
    /// A wait at a futex.
    struct Waiting {
        #[pin]
        waiter: FutexWaiter<Arc<Process>>,
    }
}

impl Wait for Waiting {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        let mut waiter = self.project().waiter;
        wait::poll_waiter(waiter.as_mut(), deadline, task, |_| ())
            .map(|woken| outcome(waiter, woken.is_some()))
    }
}

/// The outcome of a wait that was `woken` or timed out.
#[inline]
fn outcome(waiter: Pin<&mut FutexWaiter<Arc<Process>>>, woken: bool) -> Result<(), Status> {
    let process = waiter.owner().ok_or(Status::INTERNAL)?;
    process.futexes.end_wait(waiter.tag(), woken)
}

/// Waking waiters of a futex, and moving them, a step at each turn.
struct Waking {
    process: Arc<Process>,
    left: FutexUnderWay,
}

impl Wait for Waking {
    #[cold]
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        _deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        let this = self.get_mut();
        if this.process.futexes.go_on(&mut this.left) {
            return Poll::Ready(Ok(()));
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Goes on to wake waiters at the thread's next turns.
fn wake_others(caller: &Caller, left: FutexUnderWay, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {
    blocked.suspend_for_a_turn(Waking { process: caller.process.clone(), left })
}

/// What compares a futex word while the futex's lock is held; a fault is left to be resolved without it.
fn comparison(address: u64, expected: i32) -> impl Fn() -> Result<bool, user::Fault> + Copy {
    move || Ok(user::try_load_u32(address)? == expected as u32)
}

/// The thread of the caller's process that a handle names as a futex's owner; 0 for none.
#[inline]
fn owner(caller: &Caller, handle: HandleArgument) -> Result<Koid, Status> {
    if handle.is_none() { Ok(0) } else { named_owner(caller, handle) }
}

#[inline(never)] // reason: few programs name one
fn named_owner(caller: &Caller, handle: HandleArgument) -> Result<Koid, Status> {
    let thread = caller.object::<Thread>(handle, Rights::NONE)?;
    if thread.process().koid() != caller.process.koid() {
        return Err(Status::INVALID_ARGS);
    }
    // A dead thread owns nothing; one that has not started can not have taken a lock.
    match thread.phase() {
        abi::THREAD_STATE_NEW => Err(Status::INVALID_ARGS),
        abi::THREAD_STATE_DEAD => Ok(0),
        _ => Ok(thread.koid()),
    }
}

/// Whether a futex may be at this address.
///
/// # Errors
/// `INVALID_ARGS`
pub fn check(address: u64) -> Result<(), Status> {
    let inside = address != 0 && address < hafnon_kernel::mm::layout::USER_END;
    if inside && address.is_multiple_of(4) { Ok(()) } else { Err(Status::INVALID_ARGS) }
}

/// Stores a futex's value.
pub(crate) fn store(address: u64, value: i32) -> Result<(), Status> {
    check(address)?;
    user::Out::new(address).write(&value)
}

/// Waits at a futex.
pub fn futex_wait(
    caller: &Caller,
    address: u64,
    value: i32,
    new_owner: HandleArgument,
    deadline: i64,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    if !new_owner.is_none() {
        return wait_with_owner(caller, address, value, new_owner, deadline, blocked);
    }
    check(address)?;
    // Spelled out, so that a wait without an owner, as nearly all are, looks at nothing that has to do with one.
    wait::<false>(caller, address, value, Ok(0), deadline, blocked)
}

/// [`futex_wait`] with an owner, if the handle names one. It stands apart from waits without one, which are hot.
#[inline(never)] // reason: few programs name an owner
pub fn wait_with_owner(
    caller: &Caller,
    address: u64,
    value: i32,
    new_owner: HandleArgument,
    deadline: i64,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    check(address)?;
    // A bad owner is reported only when the value is right.
    wait::<true>(caller, address, value, owner(caller, new_owner), deadline, blocked)
}

/// Whether an owner is `NAMED` gives each of the two callers closures of its own, and with them a `begin_wait` of its own,
/// which is compiled into it. A round trip takes 120 instructions less than with one for both.
#[inline(always)]
fn wait<const NAMED: bool>(
    caller: &Caller,
    address: u64,
    value: i32,
    owner: Result<Koid, Status>,
    deadline: i64,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let wait = FutexWait { address, thread: caller.thread.koid(), owner };
    let comparison = comparison(address, value);
    let compare = || comparison();
    let new = || Waiting { waiter: futex_waiter(caller.process.clone()) };
    let mut begun = blocked.keep(new);
    let (wait_here, waker) = begun.parts();
    let mut waiter = wait_here.project().waiter;
    loop {
        match caller.process.futexes.begin_wait(waiter.as_mut(), wait, compare, waker) {
            Ok(()) => break,
            Err(Refused::Fault(fault)) => user::resolve(fault)?,
            Err(Refused::Status(status)) => return Poll::Ready(Err(status)),
        }
    }
    let deadline = caller.deadline(deadline);
    if deadline.is_past() {
        let woken = waiter.as_mut().end(|_| ()).is_some();
        return Poll::Ready(outcome(waiter, woken));
    }
    begun.suspend(deadline)
}

/// Wakes waiters of a futex.
pub fn futex_wake(
    caller: &Caller,
    address: u64,
    count: u32,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    if count != 1 {
        return wake_several(caller, address, count, blocked);
    }
    check(address)?;
    caller.process.futexes.wake_one(address);
    Poll::Ready(Ok(()))
}

#[inline(never)] // reason: most wakes are for one
fn wake_several(
    caller: &Caller,
    address: u64,
    count: u32,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    match wake_first(caller, address, count)? {
        None => Poll::Ready(Ok(())),
        Some(left) => wake_others(caller, left, blocked),
    }
}

/// The first step of waking, and what is left if there are more to be woken.
#[inline]
fn wake_first(caller: &Caller, address: u64, count: u32) -> Result<Option<FutexUnderWay>, Status> {
    check(address)?;
    Ok(caller.process.futexes.begin_wake(address, count as usize))
}

/// [`futex_wake`], of a thread that is to do something else then.
pub(crate) async fn wake_all(caller: &Caller, address: u64, count: u32) -> Result<(), Status> {
    let Some(mut left) = wake_first(caller, address, count)? else { return Ok(()) };
    while !caller.process.futexes.go_on(&mut left) {
        next_step().await;
    }
    Ok(())
}

/// Wakes one waiter of a futex, which owns it then.
pub fn futex_wake_single_owner(caller: &Caller, address: u64) -> Result<(), Status> {
    check(address)?;
    caller.process.futexes.wake(address, 1, NewOwner::Woken);
    Ok(())
}

/// Wakes some waiters of a futex and moves others to another one.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn futex_requeue(
    caller: &Caller,
    address: u64,
    wake: u32,
    value: i32,
    target: u64,
    requeue: u32,
    new_owner: HandleArgument,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let plan = Requeue {
        wake: wake as usize,
        woken_owner: NewOwner::Nobody,
        target,
        requeue: requeue as usize,
        owner: owner(caller, new_owner),
    };
    requeue_as_planned(caller, address, value, plan, blocked)
}

/// Wakes one waiter of a futex, which owns it then, and moves others to another one.
pub fn futex_requeue_single_owner(
    caller: &Caller,
    address: u64,
    value: i32,
    target: u64,
    requeue: u32,
    new_owner: HandleArgument,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let plan = Requeue {
        wake: 1,
        woken_owner: NewOwner::Woken,
        target,
        requeue: requeue as usize,
        owner: owner(caller, new_owner),
    };
    requeue_as_planned(caller, address, value, plan, blocked)
}

fn requeue_as_planned(
    caller: &Caller,
    address: u64,
    value: i32,
    plan: Requeue,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    check(address)?;
    check(plan.target)?;
    if address == plan.target {
        return Poll::Ready(Err(Status::INVALID_ARGS));
    }
    requeue_checked(caller, address, value, plan, blocked)
}

/// Does it between futexes that have been checked.
pub fn requeue_checked(
    caller: &Caller,
    address: u64,
    value: i32,
    plan: Requeue,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    loop {
        match caller.process.futexes.requeue(address, plan, comparison(address, value)) {
            Ok(None) => return Poll::Ready(Ok(())),
            Ok(Some(left)) => return wake_others(caller, left, blocked),
            Err(Refused::Fault(fault)) => user::resolve(fault)?,
            Err(Refused::Status(status)) => return Poll::Ready(Err(status)),
        }
    }
}

/// Tells who owns a futex. A thread that has ended owns nothing any more.
pub fn futex_get_owner(caller: &Caller, address: u64, koid: user::Out<u64>) -> Result<(), Status> {
    check(address)?;
    let owner = caller.process.futexes.owner(address);
    let lives = caller.process.find_thread(owner).is_some_and(|thread| !thread.is_dying());
    koid.write(if lives { &owner } else { &abi::KOID_INVALID })
}
