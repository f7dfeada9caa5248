//! Waiting for signals of one object or of several, with a deadline.

use crate::handle::HandleId;
use crate::object::Object;
use crate::signals::{Observation, SignalQueue, SignalSet};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;
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
pub type SignalWaiter = Waiter<Observable, Observation, Signals>;

/// Begins to wait until one of the mask is active in `object`'s signals, as [`wait_on`] does.
#[inline]
pub fn begin_wait_on(
    waiter: Pin<&mut SignalWaiter>,
    object: Object,
    observation: Observation,
    still_open: impl FnOnce() -> bool,
    waker: &Waker,
) -> Poll<Observation> {
    let begin = |active: &mut Signals, seen: &mut Observation| seen.begin_through(*active, still_open);
    waiter.begin(object.into_observable(), observation, begin, waker)
}

type Observer = Registration<Observation, Signals, dyn AsRef<SignalQueue> + Send + Sync>;

struct Item {
    object: Object,
    mask: Signals,
    handle: HandleId,
    observed: Signals,
}

/// A wait for any of several objects.
///
/// A thread keeps its set: the first wait on `n` objects allocates `n` nodes, later ones nothing.
#[derive(Default)]
pub struct WaitSet {
    items: Vec<Item>,
    nodes: Vec<Observer>,
}

impl WaitSet {
    /// Makes sure that the set can wait for so many objects.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn reserve(&mut self, items: usize) -> Result<(), Status> {
        let missing = items.saturating_sub(self.nodes.len());
        self.items.try_reserve(items - self.items.len()).map_err(|_| Status::NO_MEMORY)?;
        self.nodes.try_reserve_exact(missing).map_err(|_| Status::NO_MEMORY)?;
        for _ in 0..missing {
            let node = Registration::new(Observation::of(Signals::empty(), HandleId::KERNEL));
            self.nodes.push(node.map_err(|_| Status::NO_MEMORY)?);
        }
        Ok(())
    }

    /// Adds an object to wait for, through this handle. There must be room.
    pub fn push(&mut self, object: Object, mask: Signals, handle: HandleId) {
        self.items.push(Item { object, mask, handle, observed: Signals::empty() });
    }

    /// Takes all objects out. The nodes stay.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// What the last wait saw, object by object.
    pub fn observed(&self) -> impl Iterator<Item = Signals> + '_ {
        self.items.iter().map(|item| item.observed)
    }

    /// Waits until one of the objects has one of its signals active. `still_open` is asked about each
    /// handle as in [`wait_on`].
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when a handle was closed, which `observed` of its item tells.
    pub async fn wait(
        &mut self,
        still_open: impl Fn(HandleId) -> bool,
        deadline: Deadline,
    ) -> Result<(), Status> {
        let mut armed = Armed { items: &mut self.items, nodes: &mut self.nodes };
        let mut sleep = pin!((!deadline.is_never()).then(|| deadline.sleep()));
        let mut first = true;
        poll_fn(|context| {
            let settled = match core::mem::take(&mut first) {
                true => armed.arm_all(context.waker(), &still_open),
                false => armed.any_woken(),
            };
            if settled || deadline.is_past() {
                return Poll::Ready(());
            }
            match sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.poll(context),
                None => Poll::Pending,
            }
        })
        .await;
        armed.collect()
    }
}

/// The nodes of a wait in progress; dropping it takes them all out.
struct Armed<'a> {
    items: &'a mut [Item],
    nodes: &'a mut [Observer],
}

impl Armed<'_> {
    /// Arms the nodes in order; whether one of the items is satisfied already.
    fn arm_all(&mut self, waker: &Waker, still_open: &impl Fn(HandleId) -> bool) -> bool {
        let mut settled = false;
        for (item, node) in self.items.iter_mut().zip(self.nodes.iter_mut()) {
            let observation = Observation::of(item.mask, item.handle);
            let armed = node.arm(item.object.observable(), observation, waker.clone(), |active, seen| {
                seen.begin_through(*active, || still_open(item.handle))
            });
            if let Err(seen) = armed {
                item.observed = seen.observed;
                settled = true;
            }
        }
        settled
    }

    fn any_woken(&self) -> bool {
        self.nodes[..self.items.len()].iter().any(|node| matches!(node.peek(), Some(Woken::Yes(_))))
    }

    /// Takes the nodes out, keeps what they saw, and tells the outcome.
    fn collect(&mut self) -> Result<(), Status> {
        let mut outcome = Err(Status::TIMED_OUT);
        for (item, node) in self.items.iter_mut().zip(self.nodes.iter_mut()) {
            if let Some(woken) = node.disarm() {
                item.observed = woken.tag().observed;
            }
            if item.observed.contains(Signals::SIGNAL_HANDLE_CLOSED) {
                outcome = Err(Status::CANCELED);
            } else if item.observed.intersects(item.mask) && outcome == Err(Status::TIMED_OUT) {
                outcome = Ok(());
            }
        }
        outcome
    }
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        for node in self.nodes.iter_mut() {
            node.disarm();
        }
    }
}

/// Sleeps until the deadline; a deadline in the past is no sleep.
pub async fn sleep_until(deadline: Deadline) {
    match deadline.is_never() {
        true => core::future::pending().await,
        false => deadline.sleep().await,
    }
}
