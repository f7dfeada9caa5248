//! Wait sets.

use super::super::{Caller, HandleArgument, no_options};
use super::wait::{after, subject};
use crate::mm::user::{InOut, Out, OutSlice};
use abi::{RawHandle, Signals, Status, WAITSET_MAX_RESULTS, WaitsetResult};
use alloc::sync::Arc;
use objects::{Handle, Waitset};

/// How many results are gathered at once.
const STEP: usize = 16;

/// A new wait set.
pub fn waitset_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    no_options(options)?;
    caller.install(Handle::to_new(Waitset::new())?, out)
}

/// Adds an entry.
pub fn waitset_add(
    caller: &Caller,
    waitset: Arc<Waitset>,
    cookie: u64,
    handle: HandleArgument,
    signals: Signals,
) -> Result<(), Status> {
    waitset.add(cookie, subject(caller, handle, signals)?)
}

/// Removes an entry.
pub fn waitset_remove(_caller: &Caller, waitset: Arc<Waitset>, cookie: u64) -> Result<(), Status> {
    waitset.remove(cookie)
}

/// Waits until entries have something to report, and writes what: at most as much as `count` says, which is
/// then told how much that was.
pub async fn waitset_wait(
    caller: &Caller,
    waitset: Arc<Waitset>,
    timeout: i64,
    results: u64,
    count: InOut<u32>,
) -> Result<(), Status> {
    let most = count.read()?;
    if most > WAITSET_MAX_RESULTS {
        return Err(Status::OUT_OF_RANGE);
    }
    waitset.wait(caller.deadline(after(timeout))).await?;
    let written = report(&waitset, OutSlice::new(results, most as usize))?;
    count.write(&(written as u32))
}

/// Writes what the entries report; how many results that are.
#[inline(never)] // reason: the array must not be part of a future
fn report(waitset: &Waitset, results: OutSlice<WaitsetResult>) -> Result<usize, Status> {
    let (mut written, mut from) = (0, 0);
    while written < results.len() {
        let mut step = [WaitsetResult::default(); STEP];
        let room = STEP.min(results.len() - written);
        let (count, next) = waitset.report(from, &mut step[..room]);
        if count == 0 {
            break;
        }
        results.part(written, count).write_slice(&step[..count])?;
        (written, from) = (written + count, next);
    }
    Ok(written)
}
