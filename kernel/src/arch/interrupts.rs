//! Interrupts, and waiting for them. Kernel code runs with interrupts off; they come in
//! user mode and in [`idle`], never anywhere else. Handlers only record and wake.

use super::apic;
use crate::mm;
use x86_64::instructions::interrupts;

/// Vector of the local APIC's timer.
pub(super) const TIMER: u8 = 0x40;
/// Vector by which another CPU asks this one to look at its inbox and its TLB requests.
pub(super) const KICK: u8 = 0x41;
/// Vector of interrupts that vanished before the CPU asked which they were.
pub(super) const SPURIOUS: u8 = 0xff;

/// Handles an interrupt, in whichever mode it came.
pub(super) fn handle(vector: u8) {
    match vector {
        SPURIOUS => {}
        KICK => {
            apic::end_of_interrupt();
            mm::shootdown::service();
        }
        // The timer, or a device that nobody drives: the run loop looks at its timers anyway.
        _ => apic::end_of_interrupt(),
    }
}

/// Halts the CPU until an interrupt comes, and handles it. An interrupt that came since
/// interrupts were last on ends the halt at once.
#[inline]
pub fn idle() {
    interrupts::enable_and_hlt();
    interrupts::disable();
}

/// Halts the CPU for good.
pub(super) fn stop() -> ! {
    loop {
        interrupts::disable();
        x86_64::instructions::hlt();
    }
}
