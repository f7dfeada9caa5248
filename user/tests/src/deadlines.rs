//! Deadlines of a thread's waits: each belongs to its wait, and goes with it.

use alloc::{sync::Arc, vec::Vec};
use core::sync::atomic::AtomicU32;

use hafnon_user::{
    AsHandle, Channel, Event, Port, Result, Signals,
    abi::{
        THREAD_STATE_BLOCKED_CHANNEL, THREAD_STATE_BLOCKED_FUTEX, THREAD_STATE_BLOCKED_PORT,
        THREAD_STATE_BLOCKED_WAIT_ONE,
    },
    clock::{self, INFINITE, MILLISECOND},
    futex,
};

use crate::harness::{blocked, user_test};

const SIGNAL: Signals = Signals::USER_SIGNAL_0;

/// A thread waits twice, until a deadline and for ever. The first wait ends before that deadline by what it waits for,
/// the second, which must have nothing to do with it, after it.
fn wait_twice(state: u32, wait: impl Fn(i64) -> Result<()> + Send + 'static, end: impl Fn()) {
    let deadline = clock::deadline_after(400 * MILLISECOND);
    let waiter = blocked(state, move || [wait(deadline), wait(INFINITE)]);
    end();
    clock::sleep_until(deadline + 10 * MILLISECOND).expect("sleep");
    end();
    assert_eq!(waiter.join(), Some([Ok(()), Ok(())]));
}

user_test! {
    #[needs("counted")]
    fn a_wait_for_signals_takes_its_deadline_along() {
        let event = Arc::new(Event::create().expect("an event"));
        let same = event.clone();
        let pulse = || {
            event.signal(Signals::empty(), SIGNAL).expect("set");
            event.signal(SIGNAL, Signals::empty()).expect("clear");
        };
        wait_twice(THREAD_STATE_BLOCKED_WAIT_ONE, move |deadline| same.wait(SIGNAL, deadline).map(drop), pulse);
    }

    #[needs("counted")]
    fn a_wait_for_a_packet_takes_its_deadline_along() {
        let port = Arc::new(Port::create().expect("a port"));
        let same = port.clone();
        let queue = || port.queue(1, [0; 4]).expect("queue");
        wait_twice(THREAD_STATE_BLOCKED_PORT, move |deadline| same.wait_packet(deadline).map(drop), queue);
    }

    #[needs("counted")]
    fn a_wait_at_a_futex_takes_its_deadline_along() {
        let word = Arc::new(AtomicU32::new(0));
        let same = word.clone();
        let wake = || futex::wake(&word, 1).expect("wake");
        wait_twice(THREAD_STATE_BLOCKED_FUTEX, move |deadline| futex::wait_until(&same, 0, 0, deadline), wake);
    }

    #[needs("counted")]
    fn a_call_takes_its_deadline_along() {
        let (near, far) = Channel::create().expect("a channel");
        let call = move |deadline| near.call(&mut [0; 8], Vec::new(), &mut [0; 8], deadline).map(drop);
        let reply = || {
            far.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a request");
            let request = far.read().expect("it is there");
            far.write(&request.bytes, Vec::new()).expect("a reply is sent");
        };
        wait_twice(THREAD_STATE_BLOCKED_CHANNEL, call, reply);
    }
}
