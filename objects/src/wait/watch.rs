//! A watch: what a wait set or an IO port has at an object whose signals it cares for.
//!
//! ```text
//!   Resting ──arm──▶ armed in the queue of the object's signals ──signal, or handle closed──▶ Watcher::woken
//!      ▲                                                                                          │
//!      └──────────────────────── the watcher does with it what it likes ◀────────────────────────┘
//! ```
//!
//! Arming looks at the level: a signal that is active already wakes at once. So a watcher that arms a watch
//! again after it has dealt with it misses nothing, however often the signals changed in between. The node is
//! allocated when the watch is made; to arm and to be woken allocates nothing.
//!
//! A watch that [counts](Watch::count) stays armed until its handle is closed, and tells of each arrival.
//!
//! While a watch rests, closing its handle has nobody to tell; [`Watch::state`] asks the handle table.
//!
//! Lock order: the watcher's, then the watch's, then the signals of the object, then a handle table. To count,
//! the object's own lock is taken before the watch's, and objects tell with that lock: the watcher's is not held then.
//!
//! With the watcher's lock held no watch may go for good: its object goes with it, and the last reference to a job
//! tells the parent, whose signals may be watched by the same watcher.

use super::one::Observer;
use crate::core::handle::HandleId;
use crate::core::signals::{self, Active, Interest, Observation, Observers};
use crate::core::table::HandleTable;
use crate::object::Object;
use abi::{Signals, Status};
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use core::task::Waker;
use waitq::sync::Mutex;
use waitq::{Registration, Woken};

/// Whoever can tell whether a handle is open: the table it is in. What its last reference drops takes no lock.
pub trait Holder: Send + Sync {
    /// Whether it is.
    fn holds(&self, handle: HandleId) -> bool;
}

impl Holder for HandleTable {
    fn holds(&self, handle: HandleId) -> bool {
        self.contains(handle.value())
    }
}

/// What is watched: signals of an object, through a handle.
#[derive(Clone)]
pub struct Subject {
    /// The object.
    pub object: Object,
    /// The handle.
    pub handle: HandleId,
    /// Who has it.
    pub holder: Weak<dyn Holder>,
    /// The signals.
    pub mask: Signals,
}

/// What a watcher does.
pub(crate) trait Watcher: Send + Sync + Sized + 'static {
    /// What the watcher keeps with each watch.
    type Note: Default + Send + Sync;

    /// An armed watch has seen one of its signals, or its handle has been closed. It rests now.
    fn woken(&self, watch: &Arc<Watch<Self>>, seen: Observation);

    /// A watch that counts has seen its signals so many times more.
    fn arrived(&self, watch: &Arc<Watch<Self>>, arrivals: u32) {
        let _ = (watch, arrivals);
    }
}

/// A watch of a `W`.
pub(crate) struct Watch<W: Watcher> {
    watcher: Weak<W>,
    /// What its watcher knows it by.
    pub key: u64,
    /// What its watcher keeps here.
    pub note: W::Note,
    subject: Subject,
    node: Mutex<Observer>,
}

impl<W: Watcher> Watch<W> {
    /// A watch that rests.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn new(watcher: &Arc<W>, key: u64, subject: Subject) -> Result<Arc<Self>, Status> {
        let observation = Observation::of(subject.mask, subject.handle);
        let node = Registration::new(observation).map_err(|_| Status::NO_MEMORY)?;
        let (watcher, note) = (Arc::downgrade(watcher), W::Note::default());
        Ok(Arc::new(Self { watcher, key, note, subject, node: Mutex::new(node) }))
    }

    /// Arms it; or tells what it sees already, and leaves it at rest.
    pub fn arm(self: &Arc<Self>) -> Result<(), Observation> {
        let Subject { object, handle, mask, .. } = &self.subject;
        let (waker, mut many) = (Waker::from(self.clone()), false);
        let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
            many = observers.wants_keeper();
            seen.begin_through(active, || self.is_open())
        };
        let observation = Observation::of(*mask, *handle);
        let armed = self.node.lock().arm(object.observable(), observation, waker, begin);
        if many {
            signals::keep(object.base().signals.queue(), object.observable());
        }
        armed
    }

    /// Arms it for good, to count. How often its signal has arrived already. The first of several asks for room for all of
    /// them, which are `wanted`, the others for none.
    ///
    /// # Errors
    /// `CANCELED` when the handle has been closed; `NO_RESOURCES` when too many count there.
    pub fn count(self: &Arc<Self>, wanted: usize) -> Result<u32, Status> {
        let Subject { object, handle, mask, .. } = &self.subject;
        let interest = Interest::Each { arrivals: 0, told: false };
        let observation = Observation { interest, ..Observation::of(*mask, *handle) };
        let mut result = Ok(0);
        object.with_arrivals(*mask, &mut |arrivals| {
            let mut begun = Ok(false);
            let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
                begun =
                    object.base().signals.begin_counting(active, observers, seen, wanted, || self.is_open());
                begun.is_err()
            };
            let _ = self.node.lock().arm(object.observable(), observation, self.clone().into(), begin);
            result = begun.map(|is_active| if is_active { arrivals } else { 0 });
        });
        result
    }

    /// Takes it out of the object's queue, if it is there.
    pub fn disarm(&self) {
        self.node.lock().disarm();
    }

    fn is_open(&self) -> bool {
        let Subject { holder, handle, .. } = &self.subject;
        holder.upgrade().is_some_and(|holder| holder.holds(*handle))
    }

    /// The object's signals as they are now, and whether one of the watched ones is active.
    ///
    /// # Errors
    /// `CANCELED` when the handle has been closed.
    pub fn state(&self) -> Result<(Signals, bool), Status> {
        if !self.is_open() {
            return Err(Status::CANCELED);
        }
        let active = self.subject.object.base().signals.get();
        Ok((active, active.intersects(self.subject.mask)))
    }

    /// The signals that are watched.
    pub fn mask(&self) -> Signals {
        self.subject.mask
    }
}

impl<W: Watcher> Wake for Watch<W> {
    fn wake(self: Arc<Self>) {
        let (arrivals, woken) = {
            let mut node = self.node.lock();
            let arrivals = node.renew(self.clone().into(), Observation::take_arrivals).unwrap_or(0);
            let over = matches!(node.peek(), Some(Woken::Yes(_)));
            (arrivals, if over { node.disarm() } else { None })
        };
        let Some(watcher) = self.watcher.upgrade() else { return };
        if arrivals > 0 {
            watcher.arrived(&self, arrivals);
        }
        if let Some(Woken::Yes(seen)) = woken {
            watcher.woken(&self, seen);
        }
    }
}
