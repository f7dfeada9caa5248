//! Handles that are closed, transferred, replaced and signalled while others wait through them.

use alloc::{sync::Arc, vec::Vec};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

use hafnon_user::{
    Channel, Event, Rights, Signals, Status,
    abi::WaitItem,
    clock,
    handle::{AsHandle, Handle},
    thread::{self, JoinHandle},
};

use crate::{
    harness::{call, user_test},
    stress::{LOST, Random, leaves_nothing},
};

/// Handles that are up for grabs at any moment.
const SLOTS: usize = 8;

/// What all threads work on.
#[derive(Default)]
struct Shared {
    /// Raw handles of events, 0 while somebody has one in hand.
    slots: [AtomicU32; SLOTS],
    /// Waits that have ended.
    waits: AtomicU64,
    /// Rounds of changes that have been made.
    changes: AtomicU64,
}

impl Shared {
    fn slot(&self, random: &mut Random) -> &AtomicU32 {
        &self.slots[random.below(SLOTS as u64) as usize]
    }

    fn is_done(&self, rounds: u64) -> bool {
        self.waits.load(SeqCst) >= rounds && self.changes.load(SeqCst) >= rounds
    }
}

user_test! {
    /// Every wait ends: by the signal, or because its handle went, or because that had gone before.
    #[needs("cpus=4 timeout=120")]
    fn closed_transferred_and_waited_on_at_once() {
        leaves_nothing(|rounds| {
            let shared = Arc::new(Shared::default());
            let spawn = |work: fn(&Shared, u64, u64), seed: u64| {
                let shared = shared.clone();
                thread::spawn("stress", move || work(&shared, seed, rounds)).expect("a thread")
            };
            for slot in &shared.slots {
                slot.store(event().into_raw(), SeqCst);
            }
            let waiters = [spawn(wait_for_one, 1), spawn(wait_for_many, 2), spawn(wait_for_one, 3)];
            let changers = [spawn(change, 4), spawn(change, 5)];
            let joined = |threads: Vec<JoinHandle<()>>| {
                assert!(threads.into_iter().all(|thread| thread.join().is_some()), "a thread panicked");
            };
            joined(changers.into());
            // Nobody signals any more: those who wait still are to be told that there is nothing left.
            for slot in &shared.slots {
                drop(Handle::from_raw(slot.swap(0, SeqCst)));
            }
            joined(waiters.into());
        });
    }
}

fn event() -> Handle {
    Event::create().expect("an event").into()
}

const SIGNAL: Signals = Signals::EVENT_SIGNALED;

fn wait_for_one(shared: &Shared, seed: u64, rounds: u64) {
    let mut random = Random::new(seed);
    while !shared.is_done(rounds) {
        let raw = shared.slot(&mut random).load(SeqCst);
        if raw == 0 {
            clock::yield_now();
            continue;
        }
        let mut observed = 0;
        let deadline = clock::deadline_after(LOST);
        let status = call!(zx_object_wait_one(raw, SIGNAL.bits(), deadline, &mut observed));
        let seen = Signals::from_bits_retain(observed);
        match status {
            Status::OK => assert!(seen.contains(SIGNAL)),
            Status::CANCELED => assert!(seen.contains(Signals::SIGNAL_HANDLE_CLOSED)),
            Status::BAD_HANDLE => continue,
            status => panic!("wait_one: {status:?}, {seen:?}"),
        }
        shared.waits.fetch_add(1, SeqCst);
    }
}

fn wait_for_many(shared: &Shared, _seed: u64, rounds: u64) {
    while !shared.is_done(rounds) {
        let item = |slot: &AtomicU32| {
            let handle = slot.load(SeqCst);
            (handle != 0).then_some(WaitItem { handle, waitfor: SIGNAL, pending: Signals::empty() })
        };
        let mut items: Vec<_> = shared.slots.iter().filter_map(item).collect();
        if items.is_empty() {
            clock::yield_now();
            continue;
        }
        let deadline = clock::deadline_after(LOST);
        let status = call!(zx_object_wait_many(items.as_mut_ptr(), items.len(), deadline));
        let seen = items.iter().fold(Signals::empty(), |seen, item| seen | item.pending);
        match status {
            Status::OK => assert!(seen.contains(SIGNAL)),
            Status::CANCELED => assert!(seen.contains(Signals::SIGNAL_HANDLE_CLOSED)),
            Status::BAD_HANDLE => continue,
            status => panic!("wait_many: {status:?}, {seen:?}"),
        }
        shared.waits.fetch_add(1, SeqCst);
    }
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
        shared.changes.fetch_add(1, SeqCst);
    }
}
