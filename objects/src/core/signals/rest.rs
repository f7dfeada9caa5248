//! Waking the rest of a crowd: whoever changes signals wakes a few observers, and leaves the others that the change has
//! chosen to a kernel task. Objects with such observers are in a queue, which is linked through their crowds, and the task
//! wakes a few at a time. A system call that left some returns to user code when they have been woken ([`woken`]), or
//! [`TURN`] of one object have: so whoever signals an object finds what that causes.

use super::{Observable, SignalQueue};
#[cfg(not(loom))]
use waitq::{FEW, WaitQueue, sync::Mutex};

/// A reference to an object that many observe: it keeps the object for the task that wakes them.
pub struct Keeper(pub(super) Observable);

impl Keeper {
    fn queue(&self) -> &SignalQueue {
        (*self.0).as_ref()
    }

    /// Looks at or changes which is behind this one.
    #[cfg(not(loom))]
    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Self>) -> R) -> R {
        self.queue().with(|_, waiters| change(waiters.lists().note()))
    }

    fn again(&self) -> Self {
        Self(self.0.clone())
    }
}

/// How many are woken of one object before the next has its turn.
#[cfg(not(loom))]
const TURN: usize = 1 << 16;

/// The queue of objects with observers to be woken, in the order in which they were left.
#[cfg(not(loom))]
#[derive(Default)]
struct Rest {
    first: Option<Keeper>,
    last: Option<Keeper>,
    /// How many objects were left, ever, and how many of them are done.
    left: u64,
    over: u64,
    /// How many observers of the first have been woken in its turn.
    woken: usize,
    /// See [`set_hold_back`].
    hold_back: Option<fn()>,
}

#[cfg(not(loom))]
impl Rest {
    const NOTHING: Self = Self { first: None, last: None, left: 0, over: 0, woken: 0, hold_back: None };

    fn push_back(&mut self, keeper: Keeper) {
        self.left += 1;
        match self.last.replace(keeper.again()) {
            Some(last) => last.with_next(|next| *next = Some(keeper)),
            None => self.first = Some(keeper),
        }
    }

    fn push_front(&mut self, keeper: Keeper) {
        let next = self.first.take();
        if next.is_none() {
            self.last = Some(keeper.again());
        }
        keeper.with_next(|place| *place = next);
        self.first = Some(keeper);
    }

    fn pop(&mut self) -> Option<Keeper> {
        let keeper = self.first.take()?;
        self.first = keeper.with_next(Option::take);
        if self.first.is_none() {
            self.last = None;
        }
        Some(keeper)
    }

    /// Takes the first object back after some have been woken, or nothing if it is done. An object that goes on and on,
    /// as it is observed and signalled anew all the time, has to let others have their turn.
    fn give_back(&mut self, keeper: Option<Keeper>) {
        self.woken += FEW as usize;
        match keeper {
            Some(keeper) if self.woken < TURN => return self.push_front(keeper),
            Some(keeper) => self.push_back(keeper),
            None => {}
        }
        self.woken = 0;
        self.over += 1;
    }
}

#[cfg(not(loom))]
static REST: WaitQueue<(), Rest> = WaitQueue::new(Rest::NOTHING);

/// Sets what is done by whoever leaves something: the call that it makes is to end with [`woken`].
#[cfg(not(loom))]
pub fn set_hold_back(hook: fn()) {
    REST.with(|rest, _| rest.hold_back = Some(hook));
}

/// Leaves the rest of a crowd to [`wake_the_rest`], unless it is at that already.
#[cfg(not(loom))]
pub(super) fn leave(keeper: Option<Keeper>) {
    let hook = REST.with(|rest, waiters| {
        if let Some(keeper) = keeper {
            rest.push_back(keeper);
            waiters.wake_one();
        }
        rest.hold_back
    });
    if let Some(hook) = hook {
        hook();
    }
}

/// Models have no static queues, and nobody who waits for a kernel task.
#[cfg(loom)]
pub(super) fn leave(mut keeper: Option<Keeper>) {
    while let Some(kept) = keeper {
        keeper = kept.again().queue().finish(kept);
    }
}

/// Completes when all have been woken who were left to be woken before.
#[cfg(not(loom))]
pub async fn woken() {
    let left = REST.with(|rest, _| rest.left);
    while REST.with(|rest, _| rest.over < left) {
        executor::yield_now().await;
    }
}

/// Wakes some of the first crowd; whether there is more to do.
#[cfg(not(loom))]
fn wake_some() -> bool {
    let Some(keeper) = REST.with(|rest, _| rest.pop()) else { return false };
    let object = keeper.again();
    let keeper = object.queue().finish(keeper);
    REST.with(|rest, _| {
        rest.give_back(keeper);
        rest.first.is_some()
    })
}

/// Wakes those who are left, for ever: the life of a kernel task.
#[cfg(not(loom))]
pub async fn wake_the_rest() {
    loop {
        REST.wait_unless((), |rest, ()| rest.first.is_some()).await;
        while wake_some() {
            executor::yield_now().await;
        }
    }
}

/// Held by whoever wakes those who are left, where there is no kernel task.
#[cfg(not(loom))]
struct One;

#[cfg(not(loom))]
static ONE: Mutex<One> = Mutex::new(One);

/// Wakes those who are left, now: where there is no kernel task, in tests and benchmarks. Of those who call this side
/// by side one does it, and the others wait until it is done.
#[cfg(not(loom))]
pub fn wake_what_is_left() {
    let _one = ONE.lock();
    while wake_some() {}
}

#[cfg(all(test, not(loom)))]
mod tests;
