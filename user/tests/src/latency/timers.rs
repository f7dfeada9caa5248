//! Very many timers.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Signals, Timer,
    clock::{self, INFINITE},
};

use crate::harness::user_test;

/// Timers.
const TIMERS: usize = 60_000;

user_test! {
    #[needs("counted")]
    fn all_due_at_one_time() {
        let timers: Vec<Timer> = (0..TIMERS).map(|_| Timer::create().expect("a timer")).collect();
        let deadline = clock::monotonic() + 10 * clock::SECOND;
        timers.iter().for_each(|timer| timer.set(deadline, 0).expect("set"));
        for timer in &timers {
            timer.wait(Signals::TIMER_SIGNALED, INFINITE).expect("it fires");
        }
        timers.iter().for_each(|timer| timer.set(deadline + clock::SECOND, 0).expect("set"));
        timers.iter().step_by(2).for_each(|timer| timer.cancel().expect("cancelled"));
    }
}
