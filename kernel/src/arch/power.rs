//! Leaving the machine.

use super::serial;
use x86_64::instructions::{hlt, interrupts, port::Port};

/// Port of QEMU's `isa-debug-exit` device: writing N ends QEMU with status 2 N + 1.
const DEBUG_EXIT: u16 = 0xf4;

/// How the run ended, as the host command reads it from QEMU's exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Outcome {
    /// A regular end (QEMU status 1): the exit code was reported on COM2.
    Regular = 0,
    /// The kernel panicked (QEMU status 3).
    Panic = 1,
}

/// Ends the machine: by `isa-debug-exit` where there is one, else by a triple fault, which
/// QEMU's `-no-reboot` turns into an exit and a real machine into a reset.
pub fn exit(outcome: Outcome) -> ! {
    interrupts::disable();
    serial::flush();
    // SAFETY: the port is either isa-debug-exit's, which ends the machine, or unused.
    unsafe { Port::new(DEBUG_EXIT).write(outcome as u32) };
    reset()
}

/// Resets the machine by a triple fault.
pub fn reset() -> ! {
    interrupts::disable();
    let no_table = x86_64::structures::DescriptorTablePointer { limit: 0, base: x86_64::VirtAddr::zero() };
    // SAFETY: with an empty IDT the breakpoint below can not be delivered: that is the point.
    unsafe { x86_64::instructions::tables::lidt(&no_table) };
    x86_64::instructions::interrupts::int3();
    loop {
        hlt();
    }
}
