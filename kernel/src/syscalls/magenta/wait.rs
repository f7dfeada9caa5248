//! Calls that wait: each is Zircon's with a deadline that many nanoseconds from now.

use super::super::{Blocked, Caller, futex, now, object, time};
use crate::mm::user::{InSlice, Out, OutSlice};
use abi::{RawHandle, Rights, Signals, Status, WaitItem};
use alloc::sync::{Arc, Weak};
use core::pin::Pin;
use core::task::Poll;
use objects::wait::MAX_ITEMS;
use objects::{Process, Subject};

/// The deadline of a timeout, which is 64 bits without a sign: 0 is a poll, and more than the clock can
/// count, such as all ones, is never.
pub fn after(timeout: i64) -> i64 {
    match timeout as u64 {
        0 => 0,
        timeout => now().saturating_add(i64::try_from(timeout).unwrap_or(i64::MAX)),
    }
}

/// What a wait set or IO port is to watch through a handle.
pub fn subject(caller: &Caller, handle: RawHandle, mask: Signals) -> Result<Subject, Status> {
    let object = caller.any(handle, Rights::WAIT)?;
    let holder: Weak<Process> = Arc::downgrade(&caller.process);
    Ok(Subject { object, handle: caller.id(handle), holder, mask })
}

/// Waits for signals of one object.
pub fn handle_wait_one(
    caller: &Caller,
    handle: RawHandle,
    signals: Signals,
    timeout: i64,
    observed: Out<Signals>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    object::object_wait_one(caller, handle, signals, after(timeout), observed, blocked)
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
    object::object_wait_many(caller, items, results, after(timeout)).await
}

/// Sleeps; 0 is a yield.
pub async fn nanosleep(caller: &Caller, nanoseconds: i64) -> Result<(), Status> {
    time::nanosleep(caller, after(nanoseconds)).await
}

/// Waits at a futex, which nobody owns.
pub fn futex_wait(
    caller: &Caller,
    address: u64,
    value: i32,
    timeout: i64,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    futex::futex_wait(caller, address, value, abi::HANDLE_INVALID, after(timeout), blocked)
}

/// Wakes some waiters of a futex and moves others to another one, which nobody owns.
pub fn futex_requeue(
    caller: &Caller,
    address: u64,
    wake: u32,
    value: i32,
    target: u64,
    requeue: u32,
) -> Result<(), Status> {
    futex::futex_requeue(caller, address, wake, value, target, requeue, abi::HANDLE_INVALID)
}
