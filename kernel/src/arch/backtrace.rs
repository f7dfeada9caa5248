//! Who called whom: a walk along the frame pointers. Only addresses are collected; the host
//! turns them into names.

use super::cpu::{self, Cpu};
use super::image;
use crate::boot;
use core::arch::asm;
use core::fmt;

/// Frames that are kept.
const DEPTH: usize = 32;

/// Code addresses, innermost first.
#[derive(Clone, Copy)]
pub struct Backtrace {
    addresses: [u64; DEPTH],
    count: usize,
}

impl Backtrace {
    /// From here outwards; if this CPU handles a trap, from where that came.
    #[inline(never)]
    pub fn here() -> Self {
        if let Some((rip, rbp)) = cpu::current().fault.get() {
            return Self::from(rip, rbp);
        }
        let rbp: u64;
        // SAFETY: only reads a register.
        unsafe { asm!("mov {}, rbp", out(reg) rbp, options(nomem, nostack, preserves_flags)) };
        let mut trace = Backtrace { addresses: [0; DEPTH], count: 0 };
        trace.walk(rbp);
        trace
    }

    /// From the instruction `rip`, in whose function the frame pointer is `rbp`.
    pub(super) fn from(rip: u64, rbp: u64) -> Self {
        let mut trace = Backtrace { addresses: [0; DEPTH], count: 0 };
        trace.push(rip);
        trace.walk(rbp);
        trace
    }

    fn push(&mut self, address: u64) {
        self.addresses[self.count] = address;
        self.count += 1;
    }

    /// Each frame begins with the caller's frame pointer and the return address.
    fn walk(&mut self, mut rbp: u64) {
        let cpu = cpu::current();
        while self.count < DEPTH && rbp.is_multiple_of(8) && is_on_stack(cpu, rbp) {
            // SAFETY: two aligned words at `rbp` are on one of this CPU's stacks, which are mapped.
            let [caller, address] = unsafe { (rbp as *const [u64; 2]).read() };
            if !image::text().contains(&address) {
                return;
            }
            self.push(address);
            rbp = caller;
        }
    }
}

/// Whether a frame can begin at `address`: 16 bytes there are on a stack of this CPU.
fn is_on_stack(cpu: &Cpu, address: u64) -> bool {
    let end = address.saturating_add(16);
    let (boot_bottom, boot_top) = boot::boot_stack();
    (boot_bottom <= address && end <= boot_top) || cpu.stack_of(address).is_some_and(|stack| end <= stack.end)
}

impl fmt::Display for Backtrace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, address) in self.addresses[..self.count].iter().enumerate() {
            let separator = if number == 0 { "" } else { " " };
            write!(formatter, "{separator}{address:#x}")?;
        }
        Ok(())
    }
}
