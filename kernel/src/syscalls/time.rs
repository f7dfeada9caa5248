//! Sleeping. Reading clocks needs no kernel: the vDSO does it.

use super::{Caller, now};
use abi::Status;
use objects::wait;

/// Sleeps until the deadline; one that has passed is a yield.
pub async fn nanosleep(caller: &Caller, deadline: i64) -> Result<(), Status> {
    if deadline <= now() {
        executor::yield_now().await;
    } else {
        wait::sleep_until(caller.deadline(deadline)).await;
    }
    Ok(())
}
