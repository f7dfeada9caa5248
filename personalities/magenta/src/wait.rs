//! Calls that wait: each is Zircon's with a deadline that many nanoseconds from now.

use abi::{Rights, Signals, Status, WaitItem};
use alloc::sync::{Arc, Weak};
use core::pin::Pin;
use core::task::Poll;
use hafnon_kernel::machine::now;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Through};
use hafnon_zircon::{futex, many, one, time};
use objects::wait::MAX_ITEMS;
use objects::{HandleTable, NewOwner, Object, Requeue, Subject};

/// A futex's owner, where there is none.
const NOBODY: HandleArgument = HandleArgument::new(abi::HANDLE_INVALID);

/// The deadline of a timeout, which is 64 bits without a sign: 0 is a poll, and more than the clock can
/// count, such as all ones, is never.
pub fn after(timeout: i64) -> i64 {
    match timeout as u64 {
        0 => 0,
        timeout => now().saturating_add(i64::try_from(timeout).unwrap_or(i64::MAX)),
    }
}

/// The object to wait for. Magenta asks for the right to read it, too, if it can be read at all.
fn to_wait(caller: &Caller, handle: HandleArgument) -> Result<(Object, Through), Status> {
    caller.any_to_wait(handle, |object| Rights::WAIT | (object.default_rights() & Rights::READ))
}

/// What a wait set or IO port is to watch through a handle.
pub fn subject(caller: &Caller, handle: HandleArgument, mask: Signals) -> Result<Subject, Status> {
    let (object, through) = to_wait(caller, handle)?;
    let holder: Weak<HandleTable> = Arc::downgrade(&caller.handles);
    Ok(Subject { object, handle: through.handle, holder, mask })
}

/// Waits for signals of one object.
pub fn handle_wait_one(
    caller: &Caller,
    handle: HandleArgument,
    signals: Signals,
    timeout: i64,
    observed: Out<Signals>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let (object, through) = to_wait(caller, handle)?;
    one::wait_through(caller, object, through, signals, after(timeout), observed, blocked)
}

/// Waits for signals of several objects. More than there may be are `INVALID_ARGS`.
pub async fn handle_wait_many(
    caller: &Caller,
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    timeout: i64,
) -> Result<(), Status> {
    if items.len() > MAX_ITEMS {
        return Err(Status::INVALID_ARGS);
    }
    many::wait_many(caller, items, results, after(timeout), |handle| to_wait(caller, handle)).await
}

/// Sleeps; 0 is a yield.
pub fn nanosleep(caller: &Caller, nanoseconds: i64, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {
    time::nanosleep(caller, after(nanoseconds), blocked)
}

/// Waits at a futex, which nobody owns.
pub fn futex_wait(
    caller: &Caller,
    address: u64,
    value: i32,
    timeout: i64,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    futex::wait_with_owner(caller, address, value, NOBODY, after(timeout), blocked)
}

/// Wakes some waiters of a futex and moves others to another one, which nobody owns. If none is to be moved,
/// there need not be another one.
pub fn futex_requeue(
    caller: &Caller,
    address: u64,
    wake: u32,
    value: i32,
    target: u64,
    requeue: u32,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    if target == 0 && requeue == 0 {
        futex::check(address)?;
        let woken_owner = NewOwner::Nobody;
        let plan = Requeue { wake: wake as usize, woken_owner, target, requeue: 0, owner: Ok(0) };
        return futex::requeue_checked(caller, address, value, plan, blocked);
    }
    futex::futex_requeue(caller, address, wake, value, target, requeue, NOBODY, blocked)
}
