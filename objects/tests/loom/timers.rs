//! Timers that are set anew or cancelled while they go off.

use super::{deadline, model};
use abi::Signals;
use loom::thread;
use objects::{KernelObject, Slack, Timer};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// The time. Not loom's: it orders nothing.
static NOW: AtomicI64 = AtomicI64::new(0);

fn is_signalled(timer: &Timer) -> bool {
    timer.base().signals.get().contains(Signals::TIMER_SIGNALED)
}

/// Whichever comes first, the signal is gone when both are over; the new deadline counts, and no other.
///
/// Fails when the alarm that goes off takes whatever the timer is set to.
#[test]
fn a_timer_that_is_changed_while_it_goes_off_is_not_signalled() {
    for cancels in [false, true] {
        model(move || {
            NOW.store(0, Relaxed);
            let timers = deadline(0).timers;
            let timer = Timer::new(Slack::Center, || NOW.load(Relaxed)).expect("a timer");
            timer.set(5, 0, timers).expect("set");
            let expiry = thread::spawn(move || {
                NOW.store(5, Relaxed);
                timers.expire(5);
            });
            match cancels {
                true => timer.cancel(),
                false => timer.set(9, 0, timers).expect("set anew"),
            }
            expiry.join().unwrap();
            assert!(!is_signalled(&timer));
            NOW.store(9, Relaxed);
            timers.expire(9);
            assert_eq!(is_signalled(&timer), !cancels);
        });
    }
}
