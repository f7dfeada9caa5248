//! Signals: what changes nothing, and what is seen without a lock.

use super::{A, MINE, model, never};
use loom::future::block_on;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use objects::wait::wait_on;
use objects::{Event, KernelObject};
use std::sync::Arc;

/// Work is announced by a signal that is up already; who does the work takes the signal down and then
/// looks. Either it finds the work, or the signal comes up again.
///
/// Fails when `update` decides by a plain load that there is nothing to change: that may be answered from
/// before the clearing while the announcement is seen only after it.
#[test]
fn a_signal_raised_again_while_it_is_cleared_is_not_lost() {
    model(|| {
        let (event, work) = (Event::new(), Arc::new(AtomicUsize::new(0)));
        event.base().signals.assert(A);
        let (other, announced) = (event.clone(), work.clone());
        let raiser = thread::spawn(move || {
            announced.store(1, Ordering::Relaxed);
            other.base().signals.assert(A);
        });
        let signals = &event.base().signals;
        signals.clear(A);
        if work.load(Ordering::Relaxed) == 0 {
            assert_eq!(block_on(wait_on(signals, A, MINE, || true, never())), (Ok(()), A));
            assert_eq!(work.load(Ordering::Relaxed), 1);
        }
        raiser.join().unwrap();
    });
}

/// Two raise, one clears and waits for the last of them: however the three meet, the wait ends, and who
/// sees the signal without a lock sees what was done before.
///
/// Fails when the read in `update` or the write in `change` is `Relaxed`, or that write no exchange.
#[test]
fn signals_seen_without_a_lock_show_what_was_done_before() {
    model(|| {
        let (event, done) = (Event::new(), Arc::new(AtomicUsize::new(0)));
        let raisers = [(); 2].map(|()| {
            let (event, done) = (event.clone(), done.clone());
            thread::spawn(move || {
                done.fetch_add(1, Ordering::Relaxed);
                event.base().signals.assert(A);
            })
        });
        let signals = &event.base().signals;
        while done.load(Ordering::Relaxed) < 2 {
            if signals.get().contains(A) {
                assert!(done.load(Ordering::Relaxed) > 0);
            } else {
                assert_eq!(block_on(wait_on(signals, A, MINE, || true, never())), (Ok(()), A));
            }
            signals.clear(A);
        }
        raisers.into_iter().for_each(|raiser| raiser.join().unwrap());
    });
}
