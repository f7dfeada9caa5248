//! Interrupts from CPU to CPU.

use super::apic::{self, Command};
use super::{cpu, interrupts};

/// Makes a CPU leave user mode ([`Trap::Interrupt`](super::user::Trap)) or
/// [`idle`](interrupts::idle), and serve TLB requests.
///
/// # Panics
///
/// If there is no CPU of that number.
pub fn send(cpu: usize) {
    apic::send(cpu::all()[cpu].apic_id(), Command::Interrupt(interrupts::KICK));
}
