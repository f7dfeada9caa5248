//! Wait sets.

use super::wait::{after, subject};
use abi::{RawHandle, Signals, Status, WAITSET_MAX_RESULTS, WaitsetResult};
use alloc::sync::Arc;
use hafnon_kernel::mm::user::{InOut, Out, OutSlice};
use hafnon_kernel::sched::steps;
use hafnon_kernel::sched::{Caller, HandleArgument};
use hafnon_zircon::no_options;
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
    let results = OutSlice::new(results, most as usize);
    let (mut written, mut from) = report(&waitset, None, results)?;
    while let Some(next) = from
        && written < results.len()
    {
        steps::next_step().await;
        let (more, behind) = report(&waitset, Some(next), results.part(written, results.len()))?;
        (written, from) = (written + more, behind);
    }
    count.write(&(written as u32))
}

/// Writes what some entries report, from this one on; how many results that are, and where to go on.
#[inline(never)] // reason: the array must not be part of a future
fn report(
    waitset: &Waitset,
    from: Option<u64>,
    results: OutSlice<WaitsetResult>,
) -> Result<(usize, Option<u64>), Status> {
    let mut step = [WaitsetResult::default(); STEP];
    let room = STEP.min(results.len());
    let (count, next) = waitset.report(from, &mut step[..room]);
    results.part(0, count).write_slice(&step[..count])?;
    Ok((count, next))
}
