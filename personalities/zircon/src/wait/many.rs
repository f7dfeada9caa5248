//! Waiting for several objects.

use abi::{Rights, Signals, Status, WaitItem};
use hafnon_kernel::mm::user::{InSlice, OutSlice};
use hafnon_kernel::sched::waiter_pool::waiter_pool;
use hafnon_kernel::sched::{Caller, HandleArgument, Through};
use objects::Object;
use objects::account::Charge;
use objects::wait::{self, MAX_ITEMS, WaitMany};

/// Waits for signals of up to [`MAX_ITEMS`] objects.
pub async fn object_wait_many(
    caller: &Caller,
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    deadline: i64,
) -> Result<(), Status> {
    let look_up = |handle| caller.any_to_wait(handle, |_| Rights::WAIT);
    wait_many(caller, items, results, deadline, look_up).await
}

/// [`object_wait_many`]; `look_up` says what may be waited for.
pub async fn wait_many(
    caller: &Caller,
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    deadline: i64,
    look_up: impl Fn(HandleArgument) -> Result<(Object, Through), Status>,
) -> Result<(), Status> {
    let deadline = caller.deadline(deadline);
    if items.is_empty() {
        wait::sleep_until(deadline).await;
        return Err(Status::TIMED_OUT);
    }
    if items.len() > MAX_ITEMS {
        return Err(Status::OUT_OF_RANGE);
    }
    let mut paid = Charge::to(caller.process.payer().clone());
    let pages = wait::pages_for(items.len());
    paid.cover(pages, pages)?;
    let mut set = WaitMany::new(waiter_pool(), items.len()).await?;
    watch(&mut set, items, look_up)?;
    let still_open = |handle, mark| caller.still_open(Through { handle, mark });
    let outcome = set.wait(still_open, deadline).await;
    write_observed(items, results, set.observed()).and(outcome)
}

/// Reads all items, and then looks their handles up: as in Zircon, what can not be read is told first.
fn watch(
    set: &mut WaitMany<'_>,
    items: InSlice<WaitItem>,
    look_up: impl Fn(HandleArgument) -> Result<(Object, Through), Status>,
) -> Result<(), Status> {
    let mut copies = [WaitItem::default(); MAX_ITEMS];
    items.read_into(copies.get_mut(..items.len()).ok_or(Status::OUT_OF_RANGE)?)?;
    set.watch(|index| {
        let item = copies[index];
        let (object, through) = look_up(HandleArgument::new(item.handle))?;
        Ok((object, item.waitfor, through.handle, through.mark))
    })
}

fn write_observed(
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    observed: impl Iterator<Item = Signals>,
) -> Result<(), Status> {
    for (index, pending) in observed.enumerate() {
        let item = items.read_at(index)?;
        results.write_at(index, &WaitItem { pending, ..item })?;
    }
    Ok(())
}
