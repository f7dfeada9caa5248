//! Watches: what they tell whom, and until when.

use super::*;
use crate::core::signals::Interest;
use crate::testing::handle;
use crate::wait::{Arming, Holder, Seen, Subject, Watch, Watcher, WithHolder};
use crate::{Channel, HandleTable, Koid, MAX_COUNTING, Message};
use alloc::sync::Weak;
use std::sync::Mutex;

#[derive(PartialEq, Eq, Debug)]
enum Told {
    /// The watch with this key was woken, and saw this.
    Woken(u64, Signals),
    Arrived(u64, u32),
}

/// A watcher that notes what it is told.
#[derive(Default)]
struct Listener(Mutex<Vec<Told>>);

impl Listener {
    fn note(&self, told: Told) {
        self.0.lock().expect("no test panics with it").push(told);
    }

    /// What it was told since it was last asked.
    fn told(&self) -> Vec<Told> {
        core::mem::take(&mut self.0.lock().expect("see above"))
    }
}

impl Watcher for Listener {
    type Note = WithHolder<()>;
    const ARMING: Arming = Arming::Counting;

    fn woken(&self, watch: &Arc<Watch<Self>>, seen: Seen) {
        self.note(Told::Woken(watch.key, seen.observation.observed));
    }

    fn arrived(&self, watch: &Arc<Watch<Self>>, arrivals: u32) {
        self.note(Told::Arrived(watch.key, arrivals));
    }
}

/// What is watched, through a handle in a table.
struct Watched<T> {
    object: Arc<T>,
    table: Arc<HandleTable>,
    value: u32,
    listener: Arc<Listener>,
}

impl<T: KernelObject> Watched<T>
where
    Object: From<Arc<T>>,
{
    fn new(object: Arc<T>) -> Self {
        let table = Arc::new(HandleTable::new(1, 0));
        let value = table.add(handle(&object)).map_err(|(_, status)| status).expect("room");
        Self { object, table, value, listener: Arc::default() }
    }

    fn watch(&self, key: u64, mask: Signals) -> Arc<Watch<Listener>> {
        let holder: Weak<dyn Holder> = Arc::<HandleTable>::downgrade(&self.table);
        let subject =
            Subject { object: self.object.clone().into(), handle: self.table.id(self.value), holder, mask };
        Watch::of(&self.listener, key, subject, ()).expect("memory")
    }

    fn close(&self) {
        assert!(self.table.remove(self.value).is_ok());
    }

    fn is_watched(&self) -> bool {
        self.object.base().signals.queue().with(|_, waiters| !waiters.is_empty())
    }
}

const CLOSED: Signals = Signals::SIGNAL_HANDLE_CLOSED;

#[test]
fn a_table_holds_the_handles_that_are_open() {
    let watched = Watched::new(Event::new());
    let id = watched.table.id(watched.value);
    assert!(watched.table.holds(id) && !watched.table.holds(HandleId(id.0 + 64)));
    watched.close();
    assert!(!watched.table.holds(id));
}

#[test]
fn a_watch_tells_once_each_time_that_it_is_armed() {
    let watched = Watched::new(Event::new());
    let (watch, signals) = (watched.watch(5, A), &watched.object.base().signals);
    signals.assert(A);
    signals.clear(A);
    assert_eq!(watched.listener.told(), [], "it rests");
    assert_eq!((watch.arm_again(), watched.is_watched()), (Ok(()), true));
    signals.assert(B);
    assert_eq!(watched.listener.told(), []);
    signals.assert(A);
    signals.clear(A);
    signals.assert(A);
    assert_eq!((watched.listener.told(), watched.is_watched()), ([Told::Woken(5, A | B)].into(), false));
    let seen = watch.arm_again().expect_err("it sees the level");
    assert_eq!((seen.observed, watched.is_watched()), (A | B, false));
    assert_eq!(watched.listener.told(), []);
}

#[test]
fn a_watch_that_has_ended_tells_nothing_and_keeps_nothing() {
    let watched = Watched::new(Event::new());
    let watch = watched.watch(5, A);
    assert_eq!((watch.arm_again(), watched.is_watched()), (Ok(()), true));
    watch.end();
    assert_eq!((watched.is_watched(), Arc::strong_count(&watched.object)), (false, 2), "and in the table");
    watched.object.base().signals.assert(A);
    assert_eq!((watch.arm_again(), watched.is_watched()), (Ok(()), false));
    assert_eq!((watch.state(), watch.count(1)), (Err(Status::CANCELED), Err(Status::CANCELED)));
    watch.end();
    watched.object.base().signals.assert(A);
    assert_eq!(watched.listener.told(), []);
}

#[test]
fn a_watch_ends_with_its_handle() {
    let watched = Watched::new(Event::new());
    let (armed, resting) = (watched.watch(5, A), watched.watch(6, A));
    assert_eq!(armed.arm_again(), Ok(()));
    watched.close();
    assert_eq!(watched.listener.told(), [Told::Woken(5, CLOSED)]);
    assert_eq!(resting.arm_again().map_err(|seen| seen.observed), Err(CLOSED));
    assert_eq!(resting.count(1), Err(Status::CANCELED));
    assert!(!watched.is_watched());
}

#[test]
fn the_state_of_a_watch_is_that_of_its_object_while_its_handle_is_open() {
    let watched = Watched::new(Event::new());
    let (watch, signals) = (watched.watch(5, A), &watched.object.base().signals);
    assert_eq!((watch.mask, watch.state()), (A, Ok((Signals::empty(), false))));
    signals.assert(B);
    assert_eq!(watch.state(), Ok((B, false)));
    signals.assert(A);
    assert_eq!(watch.state(), Ok((A | B, true)));
    watched.close();
    assert_eq!(watch.state(), Err(Status::CANCELED));
}

#[test]
fn without_its_table_no_handle_is_open() {
    let mut watched = Watched::new(Event::new());
    let watch = watched.watch(5, A);
    watched.table = Arc::new(HandleTable::new(1, 0));
    assert_eq!(watch.state(), Err(Status::CANCELED));
    assert_eq!(watch.arm_again().map_err(|seen| seen.observed), Err(CLOSED));
}

#[test]
fn a_watch_that_counts_tells_of_each_arrival_until_its_handle_is_closed() {
    let watched = Watched::new(Event::new());
    let (watch, signals) = (watched.watch(5, A), &watched.object.base().signals);
    assert_eq!(watch.count(1), Ok(0));
    for _ in 0..3 {
        signals.assert(A);
        assert_eq!(watched.listener.told(), [Told::Arrived(5, 1)]);
        signals.assert(B);
        signals.update(A | B, Signals::empty());
        assert_eq!((watched.listener.told(), watched.is_watched()), ([].into(), true));
    }
    watched.close();
    let told = watched.listener.told();
    assert!(matches!(told[..], [Told::Woken(5, seen)] if seen.contains(CLOSED)), "{told:?}");
    assert!(!watched.is_watched());
    signals.assert(A);
    assert_eq!(watched.listener.told(), []);
}

#[test]
fn a_watch_that_counts_is_told_how_much_arrived_before() {
    let (sender, receiver) = Channel::new();
    let watched = Watched::new(receiver);
    let write = || assert!(sender.write(Message::default()).is_ok());
    let early = watched.watch(1, Signals::CHANNEL_READABLE);
    assert_eq!(early.count(1), Ok(0));
    (0..3).for_each(|_| write());
    assert_eq!(watched.listener.told(), [(); 3].map(|()| Told::Arrived(1, 1)));
    early.end();
    let watch = watched.watch(2, Signals::CHANNEL_READABLE);
    assert_eq!(watch.count(1), Ok(3));
    assert_eq!(watched.listener.told(), []);
    write();
    assert_eq!(watched.listener.told(), [Told::Arrived(2, 1)]);
    let writable = watched.watch(3, Signals::CHANNEL_WRITABLE);
    assert_eq!(writable.count(1), Ok(1), "it is active");
}

#[test]
fn no_more_count_than_may() {
    let watched = Watched::new(Event::new());
    let watches: Vec<_> = (0..3).map(|key| watched.watch(key, A)).collect();
    assert_eq!(watches[0].count(MAX_COUNTING + 1), Err(Status::NO_RESOURCES));
    assert!(!watched.is_watched());
    assert_eq!(watches[0].count(MAX_COUNTING), Ok(0));
    assert_eq!(watches[1].count(0), Ok(0), "room was asked for before");
    assert_eq!(watches[2].count(MAX_COUNTING - 2), Ok(0));
    watches.iter().for_each(|watch| watch.end());
    assert!(!watched.is_watched());
}

/// A watcher that waits for signals, and has no use for arrivals.
struct Deaf;

impl Watcher for Deaf {
    type Note = WithHolder<()>;
    const ARMING: Arming = Arming::Again;

    fn woken(&self, _: &Arc<Watch<Self>>, _: Seen) {
        panic!("it is gone");
    }
}

#[test]
fn a_watch_without_its_watcher_tells_nobody() {
    let watched = Watched::new(Event::new());
    let holder: Weak<dyn Holder> = Arc::<HandleTable>::downgrade(&watched.table);
    let handle = watched.table.id(watched.value);
    let subject = Subject { object: watched.object.clone().into(), handle, holder, mask: A };
    let watcher = Arc::new(Deaf);
    let watch = Watch::of(&watcher, 1, subject, ()).expect("memory");
    assert_eq!(watch.arm_again(), Ok(()));
    drop(watcher);
    watched.object.base().signals.assert(A);
    assert!(!watched.is_watched());
}

/// A watcher whose watches are armed once. It notes what they saw, and of which object.
#[derive(Default)]
struct Once(Mutex<Vec<(Signals, Option<Koid>)>>);

impl Watcher for Once {
    type Note = ();
    const ARMING: Arming = Arming::Once;

    fn woken(&self, _: &Arc<Watch<Self>>, seen: Seen) {
        let object = seen.object.map(|object| object.koid());
        self.0.lock().expect("no test panics with it").push((seen.observation.observed, object));
    }
}

#[test]
fn a_watch_that_is_armed_once_hands_its_object_over() {
    let (event, watcher) = (Event::new(), Arc::new(Once::default()));
    let signals = &event.base().signals;
    let watch = || Watch::new(&watcher, 1, event.clone().into(), MINE, A, ()).expect("memory");
    let (before, after) = (watch(), watch());
    assert!(before.arm(Interest::Level, || true).is_ok());
    assert_eq!(Arc::strong_count(&event), 4, "each has it, and so has what observes it");
    signals.assert(A);
    let told = core::mem::take(&mut *watcher.0.lock().expect("see above"));
    assert_eq!(told, [(A, Some(event.base().koid()))]);
    let seen = after.arm(Interest::Level, || true).expect_err("it is active");
    assert_eq!((seen.observation.observed, seen.object.map(|object| object.koid())), (A, told[0].1));
    assert_eq!(Arc::strong_count(&event), 1);
    let edge = watch();
    assert!(edge.arm(Interest::Edge, || true).is_ok());
    signals.update(A, Signals::empty());
    assert!(watcher.0.lock().expect("see above").is_empty(), "it was active, and is not");
    signals.assert(A);
    assert_eq!(watcher.0.lock().expect("see above").len(), 1);
    let closed = watch().arm(Interest::Edge, || false).expect_err("its handle is closed");
    assert!(closed.observation.is_cancelled());
}
