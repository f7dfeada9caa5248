//! Waiting for any of several objects.

use super::waiter_pool::{Chain, PooledWaiter, WaiterPool};
use super::{Deadline, one};
use crate::core::closing;
use crate::core::handle::HandleId;
use crate::core::signals::Observation;
use crate::core::table::Mark;
use crate::object::Object;
use abi::{Signals, Status};
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Poll, Waker};
use executor::yield_now;
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
pub struct WaitMany<'a> {
    pool: &'a WaiterPool,
    chain: Chain,
}

impl<'a> WaitMany<'a> {
    /// A wait for so many objects, at most [`MAX_ITEMS`](super::MAX_ITEMS), with waiters of this pool.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub async fn new(pool: &'a WaiterPool, count: usize) -> Result<Self, Status> {
        Ok(Self { pool, chain: pool.take(count).await? })
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
        for (index, waiter) in self.chain.iter_mut().enumerate() {
            let (object, mask, handle, mark) = item(index)?;
            waiter.item = Some(Item { object, mask, handle, mark, observed: Signals::empty() });
        }
        Ok(())
    }

    /// What the last wait saw, object by object.
    pub fn observed(&self) -> impl Iterator<Item = Signals> + '_ {
        self.chain.iter().filter_map(|waiter| Some(waiter.item.as_ref()?.observed))
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
        let mut armed = Armed { chain: &mut self.chain, count: 0 };
        let mut sleep = pin!((!deadline.is_never()).then(|| deadline.sleep()));
        let mut settled = false;
        poll_fn(|context| {
            if !armed.is_complete() {
                settled |= armed.arm_some(context.waker(), &still_open);
                if !armed.is_complete() {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
            if settled || armed.any_woken() || deadline.is_past() {
                return Poll::Ready(());
            }
            match sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.poll(context),
                None => Poll::Pending,
            }
        })
        .await;
        while !armed.disarm_some() {
            yield_now().await;
        }
        drop(armed);
        self.outcome()
    }

    /// What came of a wait that is over.
    fn outcome(&self) -> Result<(), Status> {
        let mut outcome = Err(Status::TIMED_OUT);
        for item in self.chain.iter().filter_map(|waiter| waiter.item.as_ref()) {
            if item.observed.contains(Signals::SIGNAL_HANDLE_CLOSED) {
                outcome = Err(Status::CANCELED);
            } else if item.observed.intersects(item.mask) && outcome == Err(Status::TIMED_OUT) {
                outcome = Ok(());
            }
        }
        outcome
    }
}

impl Drop for WaitMany<'_> {
    fn drop(&mut self) {
        self.chain.iter_mut().for_each(|waiter| drop(waiter.item.take()));
        self.pool.put(core::mem::take(&mut self.chain));
    }
}

/// How many nodes a step arms or disarms in any case, before it asks whether it takes too long: that depends on how
/// many others wait for the objects.
const STEP: usize = 8;

/// The nodes of a wait in progress, of which `count` are armed: the first ones until all are, and then the last ones.
/// Dropping it takes them all out.
struct Armed<'a> {
    chain: &'a mut Chain,
    count: usize,
}

impl Armed<'_> {
    /// Whether all nodes are armed.
    fn is_complete(&self) -> bool {
        self.count == self.chain.len()
    }

    /// Arms the next nodes in order, all unless that takes too long; whether one of the items is satisfied already.
    fn arm_some(&mut self, waker: &Waker, still_open: &impl Fn(HandleId, Mark) -> bool) -> bool {
        let (mut settled, begun) = (false, self.count);
        for waiter in self.chain.iter_mut().skip(begun) {
            settled |= !arm(waiter, waker, still_open);
            self.count += 1;
            if (self.count - begun).is_multiple_of(STEP) && closing::is_late() {
                break;
            }
        }
        settled
    }

    fn any_woken(&self) -> bool {
        self.chain.iter().any(|waiter| matches!(waiter.node.peek(), Some(Woken::Yes(_))))
    }

    /// Takes nodes out, all unless that takes too long, and keeps what they saw; whether they are all out.
    fn disarm_some(&mut self) -> bool {
        let (begun, done) = (self.count, self.chain.len() - self.count);
        for waiter in self.chain.iter_mut().skip(done) {
            let woken = waiter.node.disarm();
            if let (Some(item), Some(woken)) = (&mut waiter.item, woken) {
                item.observed = woken.tag().observed;
            }
            self.count -= 1;
            if (begun - self.count).is_multiple_of(STEP) && closing::is_late() {
                break;
            }
        }
        self.count == 0
    }
}

/// Arms a node; whether its item is to be waited for.
fn arm(waiter: &mut PooledWaiter, waker: &Waker, still_open: &impl Fn(HandleId, Mark) -> bool) -> bool {
    let Some(item) = &mut waiter.item else { return true };
    let observation = Observation::of(item.mask, item.handle);
    let is_open = || still_open(item.handle, item.mark);
    let armed = one::arm(&mut waiter.node, &item.object, observation, waker.clone(), is_open);
    armed.map_err(|seen| item.observed = seen.observed).is_ok()
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.chain.iter_mut().for_each(|waiter| _ = waiter.node.disarm());
    }
}
