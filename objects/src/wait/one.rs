//! Waiting for signals of one object.

use super::{Deadline, until};
use crate::core::handle::HandleId;
use crate::core::signals::{self, Active, Observable, Observation, Observers, SignalQueue, SignalSet};
use crate::object::Object;
use abi::{Signals, Status};
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Poll, Waker};
use waitq::{BoxedWaiter, Waiter};

/// Waits until one of `mask` is active in an object's signals.
///
/// `still_open` is asked, when there is a need to wait, whether the handle that the wait came through
/// is open. Returns the outcome (`OK`, `TIMED_OUT`, `CANCELED`) and every signal seen.
pub async fn wait_on(
    signals: &SignalSet,
    mask: Signals,
    handle: HandleId,
    still_open: impl FnOnce() -> bool,
    deadline: Deadline,
) -> (Result<(), Status>, Signals) {
    let wait = signals.observe(Observation::of(mask, handle), still_open);
    match until(wait, deadline).await {
        Ok(seen) => (seen.outcome(), seen.observed),
        Err(seen) => (Err(Status::TIMED_OUT), seen.observed),
    }
}

/// One who waits for signals of one object after the other, and keeps the object meanwhile: the wait of
/// a thread. [`wait_on`] is that of a kernel task.
pub type SignalWaiter = Waiter<Observable, Observation, Active, Observers>;

/// An observer that belongs to no task.
pub(crate) type Observer = BoxedWaiter<Observation, Active, dyn AsRef<SignalQueue> + Send + Sync, Observers>;

/// Arms an observer at an object; or tells what it sees already, and leaves it disarmed. `still_open` is asked as in
/// [`wait_on`].
#[inline]
pub(super) fn arm(
    observer: &mut Observer,
    object: &Object,
    observation: Observation,
    waker: Waker,
    still_open: impl FnOnce() -> bool,
) -> Result<(), Observation> {
    let mut wants_keeper = false;
    let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
        wants_keeper = observers.wants_keeper();
        seen.begin_through(active, still_open)
    };
    let armed = observer.arm(object.observable(), observation, waker, begin);
    if wants_keeper {
        signals::keep(object.base().signals.queue(), object.observable());
    }
    armed
}

/// Begins to wait until one of the mask is active in `object`'s signals, as [`wait_on`] does.
#[inline]
pub fn begin_wait_on(
    waiter: Pin<&mut SignalWaiter>,
    object: Object,
    observation: Observation,
    still_open: impl FnOnce() -> bool,
    waker: &Waker,
) -> Poll<Observation> {
    begin_observing(waiter, object.into_observable(), observation, still_open, waker)
}

/// [`begin_wait_on`] whatever has signals.
#[inline]
pub(crate) fn begin_observing(
    mut waiter: Pin<&mut SignalWaiter>,
    owner: Observable,
    observation: Observation,
    still_open: impl FnOnce() -> bool,
    waker: &Waker,
) -> Poll<Observation> {
    let mut wants_keeper = false;
    let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
        wants_keeper = observers.wants_keeper();
        seen.begin_through(active, still_open)
    };
    let begun = waiter.as_mut().begin(owner, observation, begin, waker);
    if begun.is_pending() && wants_keeper {
        keep_while_many_wait(&waiter);
    }
    begun
}

#[cold]
fn keep_while_many_wait(waiter: &SignalWaiter) {
    if let Some(owner) = waiter.owner() {
        let queue: &SignalQueue = (**owner).as_ref();
        signals::keep(queue, owner.clone());
    }
}

/// Waits until one of `mask` is active, which is sure to be, for a thread that has no handle for that; not if it is no longer
/// `still_open`.
pub(crate) async fn wait_for_sure(owner: Observable, mask: Signals, still_open: impl FnOnce() -> bool) {
    let observation = Observation::of(mask, HandleId::KERNEL);
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut begin = Some((owner, still_open));
    poll_fn(|context| match begin.take() {
        Some((owner, still_open)) => {
            begin_observing(waiter.as_mut(), owner, observation, still_open, context.waker())
        }
        None => waiter.as_mut().poll(context),
    })
    .await;
}
