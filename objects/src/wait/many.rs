//! Waiting for any of several objects.

use super::Deadline;
use super::places::{Chain, Places};
use crate::handle::HandleId;
use crate::object::Object;
use crate::signals::{self, Observation};
use crate::table::Mark;
use abi::{Signals, Status};
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Poll, Waker};
use waitq::Woken;

/// One of the objects.
pub(super) struct Item {
    object: Object,
    mask: Signals,
    handle: HandleId,
    mark: Mark,
    observed: Signals,
}

/// A wait for any of several objects.
pub struct WaitSet<'a> {
    places: &'a Places,
    chain: Chain,
}

impl<'a> WaitSet<'a> {
    /// A wait for so many objects, at most [`MAX_ITEMS`](super::MAX_ITEMS), in places of this store.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub async fn new(places: &'a Places, count: usize) -> Result<Self, Status> {
        Ok(Self { places, chain: places.take(count).await? })
    }

    /// Sets what to wait for: `item` is told each index in order, and answers with the object, the
    /// signals, the handle that the wait is made through, and when that was looked up.
    ///
    /// # Errors
    /// What `item` refuses with; the set is not to be waited for then.
    pub fn watch<E>(
        &mut self,
        mut item: impl FnMut(usize) -> Result<(Object, Signals, HandleId, Mark), E>,
    ) -> Result<(), E> {
        let mut index = 0;
        self.chain.try_for_each(|place| {
            let (object, mask, handle, mark) = item(index)?;
            place.item = Some(Item { object, mask, handle, mark, observed: Signals::empty() });
            index += 1;
            Ok(())
        })
    }

    /// What the last wait saw, object by object.
    pub fn observed(&self) -> impl Iterator<Item = Signals> + '_ {
        self.chain.iter().filter_map(|place| Some(place.item.as_ref()?.observed))
    }

    /// Waits until one of the objects has one of its signals active. `still_open` is asked about each
    /// handle as in [`wait_on`](super::wait_on).
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when a handle was closed, which `observed` of its item tells.
    pub async fn wait(
        &mut self,
        still_open: impl Fn(HandleId, Mark) -> bool,
        deadline: Deadline,
    ) -> Result<(), Status> {
        let mut armed = Armed(&mut self.chain);
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

impl Drop for WaitSet<'_> {
    fn drop(&mut self) {
        self.chain.for_each(|place| drop(place.item.take()));
        self.places.put(core::mem::take(&mut self.chain));
    }
}

/// The nodes of a wait in progress; dropping it takes them all out.
struct Armed<'a>(&'a mut Chain);

impl Armed<'_> {
    /// Arms the nodes in order; whether one of the items is satisfied already.
    fn arm_all(&mut self, waker: &Waker, still_open: &impl Fn(HandleId, Mark) -> bool) -> bool {
        let mut settled = false;
        self.0.for_each(|place| {
            let Some(item) = &mut place.item else { return };
            let (observation, mut many) = (Observation::of(item.mask, item.handle), false);
            let armed = place.node.arm(
                item.object.observable(),
                observation,
                waker.clone(),
                |active, observers, seen| {
                    many = observers.wants_keeper();
                    seen.begin_through(active, || still_open(item.handle, item.mark))
                },
            );
            if many {
                signals::keep(item.object.base().signals.queue(), item.object.observable());
            }
            if let Err(seen) = armed {
                item.observed = seen.observed;
                settled = true;
            }
        });
        settled
    }

    fn any_woken(&self) -> bool {
        self.0.iter().any(|place| matches!(place.node.peek(), Some(Woken::Yes(_))))
    }

    /// Takes the nodes out, keeps what they saw, and tells the outcome.
    fn collect(&mut self) -> Result<(), Status> {
        let mut outcome = Err(Status::TIMED_OUT);
        self.0.for_each(|place| {
            let Some(item) = &mut place.item else { return };
            if let Some(woken) = place.node.disarm() {
                item.observed = woken.tag().observed;
            }
            if item.observed.contains(Signals::SIGNAL_HANDLE_CLOSED) {
                outcome = Err(Status::CANCELED);
            } else if item.observed.intersects(item.mask) && outcome == Err(Status::TIMED_OUT) {
                outcome = Ok(());
            }
        });
        outcome
    }
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.0.for_each(|place| {
            place.node.disarm();
        });
    }
}
