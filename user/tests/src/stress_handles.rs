//! Handles that are closed, transferred, replaced and signalled while others wait and read through them.

use alloc::{sync::Arc, vec::Vec};
use core::{
    mem::ManuallyDrop,
    ptr,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst},
};

use hafnon_user::{
    Channel, Event, Rights, Signals, Status,
    abi::{INFO_HANDLE_VALID, WaitItem},
    clock,
    handle::{AsHandle, Handle},
    thread::{self, JoinHandle},
};

use crate::{
    harness::{call, user_test},
    stress::{LOST, Random, leaves_nothing},
};

/// What all threads work on.
pub struct Shared {
    /// Raw handles of events, which are up for grabs; 0 while somebody has one in hand.
    slots: Vec<AtomicU32>,
    /// Waits that have ended.
    waits: AtomicU64,
    /// Rounds of changes that have been made.
    changes: AtomicU64,
}

impl Shared {
    fn new(slots: usize) -> Self {
        let slots = (0..slots).map(|_| event().into_raw().into()).collect();
        Self { slots, waits: AtomicU64::new(0), changes: AtomicU64::new(0) }
    }

    /// One of the slots.
    pub fn slot(&self, random: &mut Random) -> &AtomicU32 {
        &self.slots[random.below(self.slots.len() as u64) as usize]
    }

    /// Notes that a change was made.
    pub fn note_change(&self) {
        self.changes.fetch_add(1, SeqCst);
    }

    /// Whether there were so many waits, and as many changes.
    pub fn is_done(&self, rounds: u64) -> bool {
        self.waits.load(SeqCst) >= rounds && self.changes.load(SeqCst) >= rounds
    }
}

user_test! {
    /// Every wait ends: by the signal, or because its handle went, or because that had gone before.
    #[needs("cpus=4 timeout=120")]
    fn closed_transferred_and_waited_on_at_once() {
        leaves_nothing(|rounds| fight(8, 2, change, rounds));
    }

    /// A read through a handle that another thread sends away gets nothing that was written afterwards: that is
    /// for whoever takes the end out.
    #[needs("cpus=2,4 timeout=120")]
    fn read_through_and_transferred_at_once() {
        leaves_nothing(|rounds| {
            let flight = Arc::new(Flight::default());
            let same = flight.clone();
            let reader = thread::spawn("reader", move || same.read_until_refused(rounds)).expect("a thread");
            flight.send_and_fetch(rounds);
            reader.join().expect("the reader returns");
        });
    }
}

/// Threads wait through what is in so many slots, and others `change` that, until all have done their rounds.
pub fn fight(slots: usize, changers: u64, change: fn(&Shared, u64, u64), rounds: u64) {
    let shared = Arc::new(Shared::new(slots));
    let spawn = |work: fn(&Shared, u64, u64), seed: u64| {
        let shared = shared.clone();
        thread::spawn("stress", move || work(&shared, seed, rounds)).expect("a thread")
    };
    let waiters = [spawn(wait_for_one, 1), spawn(wait_for_many, 2), spawn(wait_for_one, 3)];
    let changers = (0..changers).map(|number| spawn(change, 4 + number)).collect();
    let joined = |threads: Vec<JoinHandle<()>>| {
        assert!(threads.into_iter().all(|thread| thread.join().is_some()), "a thread panicked");
    };
    joined(changers);
    // Nobody signals any more: those who wait still are to be told that there is nothing left.
    for slot in &shared.slots {
        drop(Handle::from_raw(slot.swap(0, SeqCst)));
    }
    joined(waiters.into());
}

/// A new event.
pub fn event() -> Handle {
    Event::create().expect("an event").into()
}

/// What all wait for.
pub const SIGNAL: Signals = Signals::EVENT_SIGNALED;

fn wait_for_one(shared: &Shared, seed: u64, rounds: u64) {
    let mut random = Random::new(seed);
    while !shared.is_done(rounds) {
        let mut item = item(shared.slot(&mut random));
        if item.handle == 0 {
            clock::yield_now();
            continue;
        }
        let (deadline, seen) = (clock::deadline_after(LOST), ptr::from_mut(&mut item.pending).cast());
        let status = call!(zx_object_wait_one(item.handle, SIGNAL.bits(), deadline, seen));
        ended(shared, status, &[item]);
    }
}

fn wait_for_many(shared: &Shared, _seed: u64, rounds: u64) {
    while !shared.is_done(rounds) {
        let mut items: Vec<_> = shared.slots.iter().map(item).filter(|item| item.handle != 0).collect();
        if items.is_empty() {
            clock::yield_now();
            continue;
        }
        let deadline = clock::deadline_after(LOST);
        let status = call!(zx_object_wait_many(items.as_mut_ptr(), items.len(), deadline));
        ended(shared, status, &items);
    }
}

fn item(slot: &AtomicU32) -> WaitItem {
    WaitItem { handle: slot.load(SeqCst), waitfor: SIGNAL, pending: Signals::empty() }
}

/// Judges how a wait ended. One that could begin counts.
fn ended(shared: &Shared, status: Status, items: &[WaitItem]) {
    let seen = |signal| move |item: &&WaitItem| item.pending.contains(signal);
    let closed = || items.iter().filter(seen(Signals::SIGNAL_HANDLE_CLOSED));
    match status {
        // The next wait is to be a wait again.
        Status::OK if items.iter().any(|item| seen(SIGNAL)(&item)) => items.iter().for_each(|item| {
            call!(zx_object_signal(item.handle, SIGNAL.bits(), 0));
        }),
        Status::CANCELED if closed().next().is_some() => {}
        // Who goes on at once keeps the processor, for a slice of time, from those that would put a handle
        // into the slot or wait through it: then there are some hundred waits a second, and not thousands.
        Status::BAD_HANDLE => return clock::yield_now(),
        status => panic!("{status:?}, {items:?}"),
    }
    for WaitItem { handle, .. } in closed() {
        let no = ptr::null_mut();
        let status = call!(zx_object_get_info(*handle, INFO_HANDLE_VALID, no, 0, no.cast(), no.cast()));
        assert_eq!(status, Status::BAD_HANDLE, "only the wait was told that it had gone");
    }
    shared.waits.fetch_add(1, SeqCst);
}

/// Takes one handle after the other, and puts another back in its place.
fn change(shared: &Shared, seed: u64, rounds: u64) {
    let mut random = Random::new(seed);
    let (near, far) = Channel::create().expect("a channel");
    while !shared.is_done(rounds) {
        let slot = shared.slot(&mut random);
        let raw = slot.swap(0, SeqCst);
        if raw == 0 {
            continue;
        }
        let handle = Handle::from_raw(raw);
        let next = match random.below(5) {
            0 => {
                drop(handle);
                event()
            }
            1 => {
                near.write(&[], [handle].into()).expect("it is transferred");
                random.dawdle();
                far.read().expect("it arrives").handles.pop().expect("one handle")
            }
            2 => handle.replace(Rights::SAME_RIGHTS).expect("it is replaced"),
            3 => handle.duplicate_handle(Rights::SAME_RIGHTS).expect("it is duplicated"),
            _ => {
                handle.signal(Signals::empty(), SIGNAL).expect("it is signalled");
                random.dawdle();
                handle.signal(SIGNAL, Signals::empty()).expect("it is cleared");
                handle
            }
        };
        random.dawdle();
        slot.store(next.into_raw(), SeqCst);
        shared.note_change();
    }
}

/// An end of a channel that is sent away while another thread reads through the value that it had.
#[derive(Default)]
struct Flight {
    /// The round, and the end's value in it.
    offer: AtomicU64,
    /// The last round in which the reader was told that the end has gone.
    refused: AtomicU64,
}

impl Flight {
    fn read_until_refused(&self, rounds: u64) {
        for round in 1..=rounds {
            let offer = || self.offer.load(SeqCst);
            while offer() >> 32 != round {
                clock::yield_now();
            }
            let end = ManuallyDrop::new(Channel::from(Handle::from_raw(offer() as u32)));
            loop {
                match end.read_raw(&mut [0; 4], &mut []).0 {
                    Status::SHOULD_WAIT => {}
                    Status::BAD_HANDLE => break,
                    status => panic!("round {round}: {status:?} while the end is in flight"),
                }
            }
            self.refused.store(round, SeqCst);
        }
    }

    /// Sends the end away, writes to it, and looks whether the message is there when the end comes back.
    fn send_and_fetch(&self, rounds: u64) {
        let (mut random, (near, far)) = (Random::new(1), Channel::create().expect("a channel"));
        let (mut end, peer) = Channel::create().expect("a channel");
        for round in 1..=rounds {
            self.offer.store(round << 32 | u64::from(end.raw()), SeqCst);
            random.dawdle();
            near.write(&[], [end.into()].into()).expect("it is transferred");
            peer.write(b"late", [].into()).expect("it is there, wherever that is");
            // A read that began before may not be over before the reader was refused.
            while self.refused.load(SeqCst) < round {
                clock::yield_now();
            }
            end = far.read().expect("it arrives").handles.pop().expect("one handle").into();
            assert_eq!(end.read().expect("the message is there").bytes, b"late", "round {round}");
        }
    }
}
