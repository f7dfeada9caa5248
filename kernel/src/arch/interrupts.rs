//! Interrupts, and waiting for them. Kernel code runs with interrupts off; they come in user mode, in
//! [`idle`] and in [`window`], never anywhere else. Handlers only record and wake.

use super::{apic, stretch, time};
use crate::mm;
use core::arch::asm;
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
        _ => {
            time::note_interrupt();
            apic::end_of_interrupt();
        }
    }
}

/// Halts the CPU until an interrupt comes, and handles it. An interrupt that came since
/// interrupts were last on ends the halt at once.
#[inline]
pub fn idle() {
    stretch::end();
    interrupts::enable_and_hlt();
    interrupts::disable();
    stretch::begin();
}

/// Gives interrupts a chance in the middle of the kernel's work. Not for code that holds a lock.
#[cold]
pub fn window() {
    stretch::end();
    mm::shootdown::service();
    // SAFETY: handlers only record and wake, and no lock is held. STI takes effect after the
    // instruction that follows.
    unsafe { asm!("sti", "nop", "cli", options(nostack)) };
    stretch::begin();
}

/// Halts the CPU for good.
pub(super) fn stop() -> ! {
    loop {
        interrupts::disable();
        x86_64::instructions::hlt();
    }
}
