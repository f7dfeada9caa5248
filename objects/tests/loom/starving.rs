//! Memory that somebody takes in the moment in which another one begins to wait for it.

use super::{model, poll};
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering::SeqCst};
use loom::thread;
use objects::Starving;
use std::pin::pin;
use std::sync::Arc;

/// Who waits is found by whoever is called, and he is called.
///
/// Fails when the call comes before the wait begins.
#[test]
fn who_begins_to_wait_is_found() {
    model(|| {
        let starving = Arc::new(Starving::new());
        let [memory, called, waits] = [true, false, false].map(|value| Arc::new(AtomicBool::new(value)));
        let feeder = {
            let (starving, memory, called, waits) =
                (starving.clone(), memory.clone(), called.clone(), waits.clone());
            thread::spawn(move || {
                // The call is consumed, and memory is gone after the look at it.
                if called.swap(false, SeqCst) {
                    waits.store(block_on(starving.feed(|| memory.load(SeqCst))), SeqCst);
                }
                memory.store(false, SeqCst);
            })
        };
        let has_memory = || memory.load(SeqCst);
        let mut wait = pin!(starving.wait(has_memory, || called.store(true, SeqCst)));
        let ready = poll(wait.as_mut()).is_ready();
        feeder.join().unwrap();
        let found = || called.swap(false, SeqCst) && block_on(starving.feed(has_memory));
        assert!(ready || waits.load(SeqCst) || found() || poll(wait.as_mut()).is_ready());
    });
}
