//! The kernel task that sends what the serial ports did not take at once.

use crate::arch::serial::{CONSOLE, CONTROL};
use crate::arch::time;
use crate::sched::run;
use objects::wait::{self, Deadline};
use waitq::WaitQueue;

/// How long to wait between two goes, in nanoseconds: less than a UART takes for what its FIFO holds.
const PAUSE: i64 = 1_000_000;

/// Where the task waits, and whether it was called.
static CALLED: WaitQueue<(), bool> = WaitQueue::new(false);

/// Has the task send what is left.
#[cold]
pub fn call() {
    CALLED.with(|called, waiters| {
        *called = true;
        waiters.wake_all();
    });
}

/// The life of the task.
pub async fn drain() {
    loop {
        CALLED.wait_unless((), |called, ()| core::mem::take(called)).await;
        while !(CONSOLE.pump() & CONTROL.pump()) {
            wait::sleep_until(Deadline { at: time::now() + PAUSE, timers: run::timers() }).await;
        }
    }
}
