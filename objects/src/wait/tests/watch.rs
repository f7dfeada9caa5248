//! Watches: what they tell whom, and until when.

use super::*;
use crate::testing::handle;
use crate::wait::{Holder, Subject, Watch, Watcher};
use crate::{Channel, HandleTable, MAX_COUNTING, Message, Observation};
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
    type Note = ();

    fn woken(&self, watch: &Arc<Watch<Self>>, seen: Observation) {
        self.note(Told::Woken(watch.key, seen.observed));
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
        Watch::new(&self.listener, key, subject).expect("memory")
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
    assert_eq!((watch.arm(), watched.is_watched()), (Ok(()), true));
    signals.assert(B);
    assert_eq!(watched.listener.told(), []);
    signals.assert(A);
    signals.clear(A);
    signals.assert(A);
    assert_eq!((watched.listener.told(), watched.is_watched()), ([Told::Woken(5, A | B)].into(), false));
    let seen = watch.arm().expect_err("it sees the level");
    assert_eq!((seen.observed, watched.is_watched()), (A | B, false));
    assert_eq!(watched.listener.told(), []);
}

#[test]
fn a_watch_that_is_disarmed_tells_nothing() {
    let watched = Watched::new(Event::new());
    let watch = watched.watch(5, A);
    watch.disarm();
    assert_eq!(watch.arm(), Ok(()));
    watch.disarm();
    assert!(!watched.is_watched());
    watched.object.base().signals.assert(A);
    assert_eq!(watched.listener.told(), []);
}

#[test]
fn a_watch_ends_with_its_handle() {
    let watched = Watched::new(Event::new());
    let (armed, resting) = (watched.watch(5, A), watched.watch(6, A));
    assert_eq!(armed.arm(), Ok(()));
    watched.close();
    assert_eq!(watched.listener.told(), [Told::Woken(5, CLOSED)]);
    assert_eq!(resting.arm().map_err(|seen| seen.observed), Err(CLOSED));
    assert_eq!(resting.count(1), Err(Status::CANCELED));
    assert!(!watched.is_watched());
}

#[test]
fn the_state_of_a_watch_is_that_of_its_object_while_its_handle_is_open() {
    let watched = Watched::new(Event::new());
    let (watch, signals) = (watched.watch(5, A), &watched.object.base().signals);
    assert_eq!((watch.mask(), watch.state()), (A, Ok((Signals::empty(), false))));
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
    assert_eq!(watch.arm().map_err(|seen| seen.observed), Err(CLOSED));
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
    early.disarm();
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
    watches.iter().for_each(|watch| watch.disarm());
    assert!(!watched.is_watched());
}

/// A watcher that waits for signals, and has no use for arrivals.
struct Deaf;

impl Watcher for Deaf {
    type Note = ();

    fn woken(&self, _: &Arc<Watch<Self>>, _: Observation) {
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
    let watch = Watch::new(&watcher, 1, subject).expect("memory");
    assert_eq!(watch.arm(), Ok(()));
    drop(watcher);
    watched.object.base().signals.assert(A);
    assert!(!watched.is_watched());
}
