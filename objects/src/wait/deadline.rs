//! Deadlines, and waits of any kind that give up when theirs comes: a wake beats a deadline that passed at the same
//! time.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use executor::{Sleep, TimerQueue};
use waitq::{Cancel, Lists, Tag, Waiter, Woken};

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
    match waiter.as_mut().poll_woken(&f) {
        Some(result) => Poll::Ready(Some(result)),
        None => poll_waiting(waiter, sleep, context, f),
    }
}

/// [`poll_waiter`] of one who has not been woken.
#[inline(never)] // reason: what is live across this would cost those their saving who have been woken
fn poll_waiting<Q, T: Tag, S, L: Lists<T>, R>(
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

/// Sleeps until the deadline; a deadline in the past is no sleep.
pub async fn sleep_until(deadline: Deadline) {
    match deadline.is_never() {
        true => core::future::pending().await,
        false => deadline.sleep().await,
    }
}
