//! Sleeping. Reading clocks needs no kernel: the vDSO does it.

use abi::Status;
use core::pin::Pin;
use core::task::{Context, Poll};
use executor::Sleep;
use hafnon_kernel::machine::now;
use hafnon_kernel::sched::{Blocked, Caller, Wait, run};

/// A wait for its deadline alone.
struct Sleeping;

impl Wait for Sleeping {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        deadline.as_pin_mut().map_or(Poll::Pending, |sleep| sleep.poll(task).map(Ok))
    }
}

/// A wait for the thread's next turn, behind others that are ready.
struct Turn;

impl Wait for Turn {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        _deadline: Pin<&mut Option<Sleep<'static>>>,
        _task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }
}

/// Sleeps until the deadline; one that has passed is a yield, which is done when nobody else is ready.
pub fn nanosleep(caller: &Caller, deadline: i64, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {
    if deadline > now() {
        sleep(caller, deadline, blocked)
    } else if run::executor().has_ready() {
        blocked.keep(|| Turn).suspend_for_a_turn()
    } else {
        Poll::Ready(Ok(()))
    }
}

#[inline(never)] // reason: a yield need not save what a timer takes
fn sleep(caller: &Caller, deadline: i64, blocked: Pin<&mut Blocked>) -> Poll<Result<(), Status>> {
    blocked.keep(|| Sleeping).suspend(caller.deadline(deadline))
}
