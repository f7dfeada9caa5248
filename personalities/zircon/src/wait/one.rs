//! Waiting for signals of one object.

use abi::{Rights, Signals, Status};
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use executor::Sleep;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Through, Wait};
use objects::wait::{self, SignalWaiter};
use objects::{Object, Observation};
use pin_project_lite::pin_project;

pin_project! {
    /// A wait, and where what was observed goes.
    struct SignalWait {
        #[pin]
        waiter: SignalWaiter,
        observed: Out<Signals>,
    }
}

impl Wait for SignalWait {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        let mut this = self.project();
        let woken = ready!(wait::poll_waiter(this.waiter.as_mut(), deadline, task, |_| ()));
        Poll::Ready(tell(this.waiter, woken.is_some(), *this.observed))
    }
}

/// Waits for signals of one object.
pub fn object_wait_one(
    caller: &Caller,
    handle: HandleArgument,
    signals: Signals,
    deadline: i64,
    observed: Out<Signals>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let (object, through) = match caller.any_unless(handle, Rights::WAIT, signals)? {
        ControlFlow::Break(active) => return Poll::Ready(observed.write_optional(&active)),
        ControlFlow::Continue(found) => found,
    };
    wait_through(caller, object, through, signals, deadline, observed, blocked)
}

/// Waits through a handle that was looked up, unless one of the signals is active.
#[allow(clippy::too_many_arguments)] // reason: it is the rest of a call
#[inline(always)] // reason: it is hot
pub fn wait_through(
    caller: &Caller,
    object: Object,
    through: Through,
    signals: Signals,
    deadline: i64,
    observed: Out<Signals>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let observation = Observation::of(signals, through.handle);
    let still_open = || caller.still_open(through);
    let new = || SignalWait { waiter: SignalWaiter::new(observation), observed };
    let mut begun = blocked.keep(new);
    let (wait, waker) = begun.parts();
    let mut wait = wait.project();
    *wait.observed = observed;
    let waiting =
        wait::begin_wait_on(wait.waiter.as_mut(), object, observation, still_open, waker).is_pending();
    let deadline = caller.deadline(deadline);
    if waiting && !deadline.is_past() {
        return begun.suspend(deadline);
    }
    Poll::Ready(over_at_once(wait.waiter, waiting, observed))
}

/// The end of a wait that ends as it begins: it was satisfied, or is `waiting` and its deadline has passed.
#[inline(never)] // reason: who waits would save registers for it
fn over_at_once(
    mut waiter: Pin<&mut SignalWaiter>,
    waiting: bool,
    observed: Out<Signals>,
) -> Result<(), Status> {
    let woken = !waiting || waiter.as_mut().end(|_| ()).is_some();
    tell(waiter, woken, observed)
}

/// Writes what a wait saw that was `woken` or timed out; its outcome.
#[inline(always)] // reason: half of it is passing what it needs
fn tell(waiter: Pin<&mut SignalWaiter>, woken: bool, to: Out<Signals>) -> Result<(), Status> {
    let observed = waiter.tag().observed;
    waiter.release();
    to.write_optional(&observed)?;
    if woken { Observation::outcome_of(observed) } else { Err(Status::TIMED_OUT) }
}
