//! Port packets that are cancelled while they fire.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{AtomicBool, Ordering::SeqCst};

use hafnon_user::{AsHandle, Event, Port, Rights, Signals, Status, clock, thread};

use crate::{
    harness::user_test,
    stress::{LOST, Random, leaves_nothing},
};

const SIGNAL: Signals = Signals::EVENT_SIGNALED;
/// Threads that observe and cancel, each with keys of its own.
const CANCELLERS: u64 = 2;
/// The key of the packet that ends the one who takes packets.
const END: u64 = u64::MAX;

/// What became of the observation with a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// `port_cancel` took it out: no packet may come, ever.
    Cancelled,
    /// `port_cancel` found nothing: its packet has come.
    Fired,
    /// Its handle was closed: there is one packet, or none.
    Closed,
}

user_test! {
    /// Of each observation there is its packet, or the success of its cancellation: never both, never none.
    #[needs("cpus=4 timeout=120")]
    fn packets_cancelled_while_they_fire() {
        leaves_nothing(|rounds| {
            let each = rounds / CANCELLERS;
            let (port, event) = (Arc::new(Port::create().expect("a port")), Arc::new(Event::create().expect("an event")));
            let stop = Arc::new(AtomicBool::new(false));
            let (same_port, total) = (port.clone(), each * CANCELLERS);
            let taker = thread::spawn("taker", move || take(&same_port, total)).expect("a thread");
            let (same_event, same_stop) = (event.clone(), stop.clone());
            let signaller = thread::spawn("signaller", move || pulse(&same_event, &same_stop)).expect("a thread");
            let cancel = |number| {
                let (port, event) = (port.clone(), event.clone());
                let keys = number * each..(number + 1) * each;
                thread::spawn("canceller", move || observe_and_cancel(&port, &event, keys)).expect("a thread")
            };
            let cancellers = [0, 1].map(cancel);
            let fates = cancellers.map(|thread| thread.join().expect("a canceller returns")).concat();
            stop.store(true, SeqCst);
            signaller.join().expect("the signaller returns");
            port.queue(END, [0; 4]).expect("room for one more");
            let packets = taker.join().expect("the taker returns");
            for (key, (fate, packets)) in fates.into_iter().zip(packets).enumerate() {
                let expected = match fate {
                    Fate::Cancelled => 0..=0,
                    Fate::Fired => 1..=1,
                    Fate::Closed => 0..=1,
                };
                assert!(expected.contains(&packets), "{key}: {fate:?}, {packets} packets");
            }
        });
    }
}

/// Raises and clears the signal, over and over.
fn pulse(event: &Event, stop: &AtomicBool) {
    let mut random = Random::new(9);
    while !stop.load(SeqCst) {
        event.signal(Signals::empty(), SIGNAL).expect("signal");
        random.dawdle();
        event.signal(SIGNAL, Signals::empty()).expect("clear");
        random.dawdle();
    }
}

/// How many packets came with each key.
fn take(port: &Port, keys: u64) -> Vec<u32> {
    let mut packets = vec![0; keys as usize];
    loop {
        let packet = port.wait_packet(clock::deadline_after(LOST)).expect("a packet");
        match packet.key {
            END => return packets,
            key => packets[key as usize] += 1,
        }
    }
}

fn observe_and_cancel(port: &Port, event: &Event, keys: core::ops::Range<u64>) -> Vec<Fate> {
    let mut random = Random::new(keys.start);
    let mut fate = |key| {
        if random.below(4) == 0 {
            let other = event.duplicate(Rights::SAME_RIGHTS).expect("a second handle");
            other.wait_async(port, key, SIGNAL, 0).expect("it is observed");
            random.dawdle();
            return Fate::Closed;
        }
        event.wait_async(port, key, SIGNAL, 0).expect("it is observed");
        random.dawdle();
        match port.cancel(event, key) {
            Ok(()) => Fate::Cancelled,
            Err(Status::NOT_FOUND) => Fate::Fired,
            Err(status) => panic!("cancel: {status:?}"),
        }
    };
    keys.map(&mut fate).collect()
}
