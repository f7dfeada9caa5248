//! Interrupts, and waiting for them. Kernel code runs with interrupts off; they come in user mode, in
//! [`idle`] and in [`window`], never anywhere else. Handlers only record and wake.

use super::{apic, stretch, time};
use crate::mm;
use core::arch::asm;
use core::ops::Range;
use spin::Once;
use x86_64::instructions::interrupts;

/// Vector of the local APIC's timer.
pub(super) const TIMER: u8 = 0x40;
/// Vector by which another CPU asks this one to look at its inbox and its TLB requests.
pub(super) const KICK: u8 = 0x41;
/// Vectors of devices, on every CPU.
pub const DEVICES: Range<usize> = 0x50..0xf0;
/// Vector of interrupts that vanished before the CPU asked which they were.
pub(super) const SPURIOUS: u8 = 0xff;

/// Who is told of the interrupts of devices.
static ON_DEVICE: Once<fn(usize)> = Once::new();

/// Sets who is told that a device has interrupted: of which vector, counted from the first of [`DEVICES`]. He runs
/// where no lock is held, and only records and wakes.
pub fn on_device(handler: fn(usize)) {
    ON_DEVICE.call_once(|| handler);
}

/// The vector with this index.
pub fn device_vector(index: usize) -> u8 {
    (DEVICES.start + index) as u8
}

/// Handles an interrupt, in whichever mode it came.
pub(super) fn handle(vector: u8) {
    match vector {
        SPURIOUS => {}
        KICK => {
            apic::end_of_interrupt();
            mm::shootdown::service();
        }
        vector if DEVICES.contains(&usize::from(vector)) => {
            if let Some(handler) = ON_DEVICE.get() {
                handler(usize::from(vector) - DEVICES.start);
            }
            apic::end_of_interrupt();
        }
        // The timer: the run loop looks at its timers anyway.
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
