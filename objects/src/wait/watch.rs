//! A watch: what a port, a wait set or an IO port has at an object whose signals it cares for. (Zircon's ports have
//! `PortObserver`s.)
//!
//! ```text
//!   resting ──arm──▶ armed in the queue of the object's signals ──signal, or handle closed──▶ Watcher::woken
//!      ▲                                                                                          │
//!      └──────────── the watcher arms it again, or ends it, as its kind of arming says ◀──────────┘
//! ```
//!
//! Arming looks at the level, unless it asks for an edge: a signal that is active already is seen at once. So a watcher
//! that arms a watch again after it has dealt with it misses nothing, however often the signals changed in between. The
//! node is allocated when the watch is made; to arm and to be woken allocates nothing.
//!
//! A watch that rests is told nothing when its handle is closed. Those of wait sets, which rest and are looked at,
//! ask the handle table ([`Watch::state`]).
//!
//! Lock order: the watcher's, then the watch's, then the signals of the object, then a handle table. To count,
//! the object's own lock is taken before the watch's, and objects tell with that lock: the watcher's is not held then.
//!
//! With the watcher's lock held no watch may go for good: its object goes with it, and the last reference to a job
//! tells the parent, whose signals may be watched by the same watcher.

use super::one;
use crate::core::handle::HandleId;
use crate::core::signals::{Active, Interest, Observation, Observers};
use crate::core::table::HandleTable;
use crate::object::Object;
use abi::{Signals, Status};
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use waitq::sync::{Mutex, MutexGuard};
use waitq::{BoxedWaiter, Woken};

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

/// What is watched, for longer than one call: signals of an object, through a handle.
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

/// How often a watch is armed.
#[derive(PartialEq, Eq)]
pub(crate) enum Arming {
    /// Once: when it has been woken it lets go of its object.
    Once,
    /// Again and again, each time by its watcher.
    Again,
    /// Once and for all, to count arrivals: only a handle that is closed wakes it.
    Counting,
}

/// What a watch has seen.
pub(crate) struct Seen {
    pub observation: Observation,
    /// The object, if the watch has let go of it. It is to be dropped without a lock.
    pub object: Option<Object>,
}

/// What a watcher does.
pub(crate) trait Watcher: Send + Sync + Sized + 'static {
    /// What the watcher keeps with each watch.
    type Note: Send + Sync;

    /// How often its watches are armed.
    const ARMING: Arming;

    /// An armed watch has seen one of its signals, or its handle has been closed. It rests now.
    fn woken(&self, watch: &Arc<Watch<Self>>, seen: Seen);

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
    /// The handle through which it watches.
    pub handle: HandleId,
    /// The signals that are watched.
    pub mask: Signals,
    /// What its watcher keeps here.
    pub note: W::Note,
    link: Mutex<Link>,
}

/// What links a watch to its object.
struct Link {
    observer: one::Observer,
    /// There until the watch has ended.
    object: Option<Object>,
}

impl<W: Watcher> Watch<W> {
    /// A watch that rests.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn new(
        watcher: &Arc<W>,
        key: u64,
        object: Object,
        handle: HandleId,
        mask: Signals,
        note: W::Note,
    ) -> Result<Arc<Self>, Status> {
        let observer = BoxedWaiter::new(Observation::of(mask, handle)).map_err(|_| Status::NO_MEMORY)?;
        let link = Mutex::new(Link { observer, object: Some(object) });
        Ok(Arc::new(Self { watcher: Arc::downgrade(watcher), key, handle, mask, note, link }))
    }

    /// Arms it, unless it has ended. It stays at rest if there is something to see already, or the handle is not
    /// `still_open`: then what it has seen.
    pub fn arm(self: &Arc<Self>, interest: Interest, still_open: impl FnOnce() -> bool) -> Result<(), Seen> {
        let mut link = self.link.lock();
        let Link { observer, object: Some(object) } = &mut *link else { return Ok(()) };
        let observation = Observation { interest, ..Observation::of(self.mask, self.handle) };
        let armed = one::arm(observer, object, observation, self.clone().into(), still_open);
        armed.map_err(|observation| Self::seen(link, observation))
    }

    #[inline]
    fn seen(mut link: MutexGuard<'_, Link>, observation: Observation) -> Seen {
        let object = if W::ARMING == Arming::Once { link.object.take() } else { None };
        Seen { observation, object }
    }

    /// Ends it: it is not armed any more, nor again, and lets go of its object.
    pub fn end(&self) {
        let object = {
            let mut link = self.link.lock();
            link.observer.disarm();
            link.object.take()
        };
        drop(object);
    }
}

/// The note of a watch that asks, whenever it looks at its object, whether its handle is open still.
pub(crate) struct WithHolder<N> {
    holder: Weak<dyn Holder>,
    /// What the watcher keeps beside.
    pub own: N,
}

impl<N: Send + Sync, W: Watcher<Note = WithHolder<N>>> Watch<W> {
    /// A watch of this subject, which rests.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn of(watcher: &Arc<W>, key: u64, subject: Subject, own: N) -> Result<Arc<Self>, Status> {
        let Subject { object, handle, holder, mask } = subject;
        Self::new(watcher, key, object, handle, mask, WithHolder { holder, own })
    }

    fn is_open(&self) -> bool {
        self.note.holder.upgrade().is_some_and(|holder| holder.holds(self.handle))
    }

    /// Arms it for the level of its signals, as [`Watch::arm`] does.
    pub fn arm_again(self: &Arc<Self>) -> Result<(), Observation> {
        self.arm(Interest::Level, || self.is_open()).map_err(|seen| seen.observation)
    }

    /// Arms it for good, to count. How often its signal has arrived already. The first of several asks for room for all of
    /// them, which are `wanted`, the others for none.
    ///
    /// # Errors
    /// `CANCELED` when it has ended, or the handle has been closed; `NO_RESOURCES` when too many count there.
    pub fn count(self: &Arc<Self>, wanted: usize) -> Result<u32, Status> {
        let object = self.link.lock().object.clone().ok_or(Status::CANCELED)?;
        let interest = Interest::Each { arrivals: 0, told: false };
        let observation = Observation { interest, ..Observation::of(self.mask, self.handle) };
        let mut result = Ok(0);
        object.with_arrivals(self.mask, &mut |arrivals| {
            let mut begun = Ok(false);
            let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
                begun =
                    object.base().signals.begin_counting(active, observers, seen, wanted, || self.is_open());
                begun.is_err()
            };
            let observer = &mut self.link.lock().observer;
            let _ = observer.arm(object.observable(), observation, self.clone().into(), begin);
            result = begun.map(|is_active| if is_active { arrivals } else { 0 });
        });
        result
    }

    /// The object's signals as they are now, and whether one of the watched ones is active.
    ///
    /// # Errors
    /// `CANCELED` when it has ended, or the handle has been closed.
    pub fn state(&self) -> Result<(Signals, bool), Status> {
        let link = self.link.lock();
        let object = link.object.as_ref().filter(|_| self.is_open()).ok_or(Status::CANCELED)?;
        let active = object.base().signals.get();
        Ok((active, active.intersects(self.mask)))
    }
}

impl<W: Watcher> Wake for Watch<W> {
    fn wake(self: Arc<Self>) {
        let mut link = self.link.lock();
        if W::ARMING == Arming::Counting {
            return self.wake_counting(link);
        }
        if let Some(Woken::Yes(observation)) = link.observer.disarm() {
            let seen = Self::seen(link, observation);
            if let Some(watcher) = self.watcher.upgrade() {
                watcher.woken(&self, seen);
            }
        }
    }
}

impl<W: Watcher> Watch<W> {
    /// It was told of arrivals, and stays armed; or its handle has been closed; or both.
    fn wake_counting(self: &Arc<Self>, mut link: MutexGuard<'_, Link>) {
        let waker = self.clone().into();
        let arrivals = link.observer.renew(waker, Observation::take_arrivals).unwrap_or(0);
        let is_woken = matches!(link.observer.peek(), Some(Woken::Yes(_)));
        let woken = if is_woken { link.observer.disarm() } else { None };
        drop(link);
        let Some(watcher) = self.watcher.upgrade() else { return };
        if arrivals > 0 {
            watcher.arrived(self, arrivals);
        }
        if let Some(Woken::Yes(observation)) = woken {
            watcher.woken(self, Seen { observation, object: None });
        }
    }
}
