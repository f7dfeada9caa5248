//! Futexes.

use super::Caller;
use crate::mm::user;
use abi::{RawHandle, Rights, Status};
use objects::{Compared, Koid, NewOwner, Requeue, Thread};

/// Compares a futex word while the futex's lock is held; a page that is not there is left in `fault`.
fn compare(address: u64, expected: i32, fault: &mut Option<user::Fault>) -> Compared {
    match user::try_load_u32(address) {
        Ok(value) if value == expected as u32 => Compared::Equal,
        Ok(_) => Compared::Different,
        Err(missing) => {
            *fault = Some(missing);
            Compared::Fault
        }
    }
}

/// The thread of the caller's process that a handle names as a futex's owner; 0 for none.
fn owner(caller: &Caller, handle: RawHandle) -> Result<Koid, Status> {
    if handle == 0 {
        return Ok(0);
    }
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

fn check(address: u64) -> Result<(), Status> {
    let inside = address != 0 && address < crate::mm::layout::USER_END;
    if inside && address.is_multiple_of(4) { Ok(()) } else { Err(Status::INVALID_ARGS) }
}

/// Waits at a futex.
pub async fn futex_wait(
    caller: &Caller,
    address: u64,
    value: i32,
    new_owner: RawHandle,
    deadline: i64,
) -> Result<(), Status> {
    check(address)?;
    let deadline = caller.deadline(deadline);
    // A bad owner is reported only when the value is right.
    let owner = owner(caller, new_owner);
    loop {
        let mut fault = None;
        let thread = caller.thread.koid();
        let mut compare = || compare(address, value, &mut fault);
        let outcome = match owner {
            Ok(owner) => caller.process.futexes.wait(address, thread, owner, compare, deadline).await,
            Err(status) => match compare() {
                Compared::Equal => Err(status),
                Compared::Different => Err(Status::BAD_STATE),
                Compared::Fault => Err(Status::SHOULD_WAIT),
            },
        };
        match fault {
            Some(fault) => user::resolve(fault)?,
            None => return outcome,
        }
    }
}

/// Wakes waiters of a futex.
pub fn futex_wake(caller: &Caller, address: u64, count: u32) -> Result<(), Status> {
    check(address)?;
    caller.process.futexes.wake(address, count as usize, NewOwner::Nobody);
    Ok(())
}

/// Wakes some waiters of a futex and moves others to another one.
pub fn futex_requeue(
    caller: &Caller,
    address: u64,
    wake: u32,
    value: i32,
    target: u64,
    requeue: u32,
    new_owner: RawHandle,
) -> Result<(), Status> {
    check(address)?;
    check(target)?;
    if address == target {
        return Err(Status::INVALID_ARGS);
    }
    let owner = owner(caller, new_owner)?;
    loop {
        let mut fault = None;
        let compare = || compare(address, value, &mut fault);
        let plan = Requeue {
            wake: wake as usize,
            woken_owner: NewOwner::Nobody,
            target,
            requeue: requeue as usize,
            owner,
        };
        let outcome = caller.process.futexes.requeue(address, plan, compare);
        match fault {
            Some(fault) => user::resolve(fault)?,
            None => return outcome,
        }
    }
}
