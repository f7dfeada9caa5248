//! Sleeping. Reading clocks needs no kernel: the vDSO does it.

use super::{Blocked, Caller, now};
use crate::run;
use abi::Status;
use core::pin::Pin;
use core::task::Poll;

/// Sleeps until the deadline; one that has passed is a yield, which is done when nobody else is ready.
pub fn nanosleep(caller: &Caller, deadline: i64, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {
    if deadline > now() {
        blocked.sleep(caller.deadline(deadline))
    } else if run::executor().has_ready() {
        blocked.give_way()
    } else {
        Poll::Ready(Ok(()))
    }
}
