//! What the threads of one process do to those of another.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Signals, Startup,
    abi::PA_USER0,
    clock::{self, INFINITE, MILLISECOND},
    futex,
    task::Task,
    thread,
};

use crate::{
    children::SURVIVED,
    harness::{child, user_test},
};

/// How many threads spin. If all of them had their slices before the sleeper, it would be late by seconds.
const CROWD: usize = 400;
/// How long a thread runs before another one has its turn.
const SLICE: i64 = 10 * MILLISECOND;

user_test! {
    #[needs("cpus=1,2 counted timeout=300")]
    fn a_sleeper_beside_a_crowd_of_another_process_is_in_time() {
        let (ours, theirs) = Channel::create().expect("a channel");
        let crowd = child("crowd", |launch| launch.handle(PA_USER0, theirs));
        ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("its threads spin");
        let sleep = |round| {
            let due = clock::deadline_after(MILLISECOND + round * SLICE / 4);
            clock::sleep_until(due).expect("sleep");
            clock::monotonic() - due
        };
        let worst = (0..10).map(sleep).max();
        crowd.kill().expect("killed");
        crowd.wait_exit().expect("it ends");
        assert!(worst <= Some(3 * SLICE), "late by {worst:?} ns");
    }
}

/// The child's part: its threads begin to spin when all are there, and it says so.
pub fn play(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    let go = Arc::new(AtomicU32::new(0));
    let spin = |_| {
        let go = go.clone();
        let main = move || {
            while go.load(SeqCst) == 0 {
                let _ = futex::wait_until(&go, 0, 0, INFINITE);
            }
            loop {
                core::hint::spin_loop();
            }
        };
        thread::spawn("spinner", main).expect("a thread")
    };
    let _crowd: Vec<_> = (0..CROWD).map(spin).collect();
    go.store(1, SeqCst);
    futex::wake(&go, u32::MAX).expect("woken");
    channel.write(b"they spin", vec![]).expect("the test is told");
    let _ = clock::sleep_until(INFINITE);
    SURVIVED
}
