//! How much of its stack a CPU has used. Stacks are painted when they are made; what has kept its paint was never
//! used.

use super::cpu;
use crate::mm::paging::STACK_PAINT;
use core::arch::asm;

/// The stack that the caller runs on: its size, and how many bytes at its low end were never used. `None` during
/// boot, on a stack without paint.
pub fn room() -> Option<(u64, u64)> {
    let here: u64;
    // SAFETY: only reads a register.
    unsafe { asm!("mov {}, rsp", out(reg) here, options(nomem, nostack, preserves_flags)) };
    let stack = cpu::current().stack_of(here)?;
    let is_painted = |address: &u64| {
        // SAFETY: the address is aligned, and on a stack of this CPU, below where it is used now.
        unsafe { (*address as *const u64).read_volatile() == STACK_PAINT }
    };
    let painted = (stack.start..here & !7).step_by(size_of::<u64>()).take_while(is_painted).count();
    Some((stack.end - stack.start, (painted * size_of::<u64>()) as u64))
}
