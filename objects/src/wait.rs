//! Waiting for signals of one object or of several, with a deadline.

mod many;
mod places;

pub use many::WaitSet;
pub use places::{Places, pages_for};

use crate::handle::HandleId;
use crate::object::Object;
use crate::signals::{Active, Observation, Observers, SignalQueue, SignalSet};
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use executor::{Sleep, TimerQueue};
use waitq::{Cancel, Lists, Registration, Tag, Waiter, Woken};

/// Most items of one `wait_many`; Zircon's number.
pub const MAX_ITEMS: usize = abi::WAIT_MANY_MAX_ITEMS;

/// A point in time after which a wait gives up, and the timers that tell.
#[derive(Clone, Copy)]
pub struct Deadline {
    /// Nanoseconds of the monotonic clock; `i64::MAX` is never. The past is allowed.
    pub at: i64,
    /// The timer queue of the CPU on which the wait begins.
    pub timers: &'static TimerQueue,
}

impl Deadline {
    /// Whether it never comes.
    pub fn is_never(&self) -> bool {
        self.at == i64::MAX
    }

    /// Whether it has passed without a doubt, as it has for polls: the clock starts at 0.
    pub fn is_past(&self) -> bool {
        self.at <= 0
    }

    /// Waits for it.
    pub fn sleep(&self) -> Sleep<'static> {
        self.timers.sleep_until(self.at.max(0) as u64)
    }
}

/// Awaits `wait` until the deadline. A wake beats a deadline that passed at the same time.
///
/// # Errors
/// The tag of a wait that timed out.
pub async fn until<W: Cancel>(wait: W, deadline: Deadline) -> Result<W::Output, W::Output> {
    until_pinned(pin!(wait), deadline).await
}

/// [`until`] for a wait that may have begun.
pub async fn until_pinned<W: Cancel>(
    mut wait: Pin<&mut W>,
    deadline: Deadline,
) -> Result<W::Output, W::Output> {
    if deadline.is_never() {
        return Ok(wait.await);
    }
    let mut sleep = pin!(Some(deadline.sleep()));
    poll_fn(|context| match poll_until(wait.as_mut(), sleep.as_mut(), context) {
        Poll::Pending if deadline.is_past() => Poll::Ready(give_up(wait.as_mut())),
        polled => polled,
    })
    .await
}

/// A poll of `wait`, which gives up when `sleep`, if there is one, is over.
#[inline]
pub fn poll_until<W: Cancel>(
    mut wait: Pin<&mut W>,
    sleep: Pin<&mut Option<Sleep<'_>>>,
    context: &mut Context<'_>,
) -> Poll<Result<W::Output, W::Output>> {
    if let Poll::Ready(output) = wait.as_mut().poll(context) {
        return Poll::Ready(Ok(output));
    }
    match sleep.as_pin_mut().map(|sleep| sleep.poll(context)) {
        Some(Poll::Ready(())) => Poll::Ready(give_up(wait)),
        _ => Poll::Pending,
    }
}

/// A poll of a wait that has begun, until `sleep`, if there is one, is over. If it was woken, what `f` makes
/// of the queue's state; in both cases it has ended.
#[inline]
pub fn poll_waiter<Q, T: Tag, S, L: Lists<T>, R>(
    mut waiter: Pin<&mut Waiter<Q, T, S, L>>,
    sleep: Pin<&mut Option<Sleep<'_>>>,
    context: &mut Context<'_>,
    f: impl Fn(&mut S) -> R,
) -> Poll<Option<R>> {
    if let Poll::Ready(result) = waiter.as_mut().poll_over(context, &f) {
        return Poll::Ready(Some(result));
    }
    match sleep.as_pin_mut().map(|sleep| sleep.poll(context)) {
        Some(Poll::Ready(())) => Poll::Ready(waiter.end(f)),
        _ => Poll::Pending,
    }
}

/// Ends a wait whose deadline has passed: its output, as an error if it was not woken.
pub fn give_up<W: Cancel>(wait: Pin<&mut W>) -> Result<W::Output, W::Output> {
    match wait.cancel() {
        Woken::Yes(output) => Ok(output),
        Woken::No(output) => Err(output),
    }
}

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

/// The owner of any object's signals.
pub type Observable = Arc<dyn AsRef<SignalQueue> + Send + Sync>;

/// One who waits for signals of one object after the other, and keeps the object meanwhile: the wait of
/// a thread. [`wait_on`] is that of a kernel task.
pub type SignalWaiter = Waiter<Observable, Observation, Active, Observers>;

/// An observer that belongs to no task.
pub(crate) type Observer = Registration<Observation, Active, dyn AsRef<SignalQueue> + Send + Sync, Observers>;

/// Begins to wait until one of the mask is active in `object`'s signals, as [`wait_on`] does.
#[inline]
pub fn begin_wait_on(
    mut waiter: Pin<&mut SignalWaiter>,
    object: Object,
    observation: Observation,
    still_open: impl FnOnce() -> bool,
    waker: &Waker,
) -> Poll<Observation> {
    let mut many = false;
    let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
        many = observers.wants_keeper();
        seen.begin_through(active, still_open)
    };
    let begun = waiter.as_mut().begin(object.into_observable(), observation, begin, waker);
    if many {
        keep_while_many_wait(&waiter);
    }
    begun
}

#[cold]
fn keep_while_many_wait(waiter: &SignalWaiter) {
    if let Some(owner) = waiter.owner() {
        let queue: &SignalQueue = (**owner).as_ref();
        crate::signals::keep(queue, owner.clone());
    }
}

/// [`wait_on`] an object, for a call of a thread.
pub async fn wait_for(
    object: Object,
    mask: Signals,
    handle: HandleId,
    still_open: impl FnOnce() -> bool,
    deadline: Deadline,
) -> (Result<(), Status>, Signals) {
    let observation = Observation::of(mask, handle);
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut begin = Some((object, still_open));
    let begun = poll_fn(|context| {
        Poll::Ready(begin.take().map(|(object, still_open)| {
            begin_wait_on(waiter.as_mut(), object, observation, still_open, context.waker())
        }))
    })
    .await;
    if let Some(Poll::Ready(seen)) = begun {
        return (seen.outcome(), seen.observed);
    }
    match until_pinned(waiter, deadline).await {
        Ok(seen) => (seen.outcome(), seen.observed),
        Err(seen) => (Err(Status::TIMED_OUT), seen.observed),
    }
}

/// Sleeps until the deadline; a deadline in the past is no sleep.
pub async fn sleep_until(deadline: Deadline) {
    match deadline.is_never() {
        true => core::future::pending().await,
        false => deadline.sleep().await,
    }
}
