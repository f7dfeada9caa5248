//! What a CPU holds of a thread between traps: the FS and GS bases, and the FPU.
//!
//! They are loaded when the CPU turns to another thread, not at each trap. A *lease* tells
//! whether they are still there: context and CPU carry the same number, made when the CPU
//! loaded the context. When another context comes to this CPU, or this context goes to
//! another CPU, or is given other bases, the numbers differ.
//!
//! A thread that sets its own bases ([`set_base`]) does it on the CPU that runs it, so that
//! copy counts: the context gets it back when `enter_user` returns.

use super::context::{NotCanonical, UserContext, canonical};
use super::cpu::{self, Cpu, MAX_CPUS};
use super::fpu;
use core::arch::asm;
use x86_64::VirtAddr;
use x86_64::registers::model_specific::{FsBase, KernelGsBase};

/// A segment register whose base user code may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Thread-local storage, by convention.
    Fs,
    /// Nothing, by convention.
    Gs,
}

/// The base that the running thread has: the one whose system call this CPU is answering.
pub fn base(segment: Segment) -> u64 {
    cpu::current().bases[segment as usize].get()
}

/// Gives the running thread another base.
///
/// # Errors
/// The address is not canonical.
pub fn set_base(segment: Segment, base: u64) -> Result<(), NotCanonical> {
    let base = canonical(base)?;
    load(cpu::current(), segment, base);
    Ok(())
}

fn load(cpu: &Cpu, segment: Segment, base: u64) {
    cpu.bases[segment as usize].set(base);
    let address = VirtAddr::new_truncate(base);
    match segment {
        Segment::Fs => FsBase::write(address),
        Segment::Gs => KernelGsBase::write(address),
    }
}

/// Notes in the context what its thread has done to its bases on this CPU.
#[inline(always)]
pub(super) fn save(cpu: &Cpu, context: &mut UserContext) {
    [context.fs_base, context.gs_base] = [cpu.bases[0].get(), cpu.bases[1].get()];
}

/// Loads what the CPU holds of `context` between traps, and makes a new lease.
#[cold]
pub(super) fn switch_to(cpu: &Cpu, context: &mut UserContext) {
    let count = cpu.lease_count.get() + 1;
    cpu.lease_count.set(count);
    let lease = count * MAX_CPUS as u64 + cpu.index() as u64;
    cpu.lease.set(lease);
    context.lease = lease;
    let bases = context.fs_base | context.gs_base | cpu.bases[0].get() | cpu.bases[1].get();
    // Loading a selector can clear its base, behind the back of `cpu.bases`: so only a base of 0 is known to be
    // there still.
    if bases != 0 || selectors_are_loaded() {
        clear_selectors();
        load(cpu, Segment::Fs, context.fs_base);
        load(cpu, Segment::Gs, context.gs_base);
    }
    fpu::switch_to(cpu, context.fpu.as_mut());
}

/// Whether user code has loaded a data segment selector.
fn selectors_are_loaded() -> bool {
    let selectors: u32;
    // SAFETY: reading selectors has no effect.
    unsafe {
        asm!(
            "mov {all:e}, ds",
            "mov {one:e}, es",
            "or {all:e}, {one:e}",
            "mov {one:e}, fs",
            "or {all:e}, {one:e}",
            "mov {one:e}, gs",
            "or {all:e}, {one:e}",
            all = out(reg) selectors,
            one = out(reg) _,
            options(nomem, nostack)
        );
    }
    selectors != 0
}

/// Clears the data segment selectors, which user code can load, so that no thread sees
/// another's. Their bases are loaded anew after this.
fn clear_selectors() {
    // SAFETY: (1) in 64-bit mode DS and ES are not used; (2) clearing GS may clear its base,
    // so it happens to the user's; (3) interrupts are off, and NMIs do not trust GS.
    unsafe {
        asm!(
            "mov ds, {zero:e}",
            "mov es, {zero:e}",
            "mov fs, {zero:e}",
            "swapgs",
            "mov gs, {zero:e}",
            "swapgs",
            zero = in(reg) 0,
            options(nostack, preserves_flags)
        );
    }
}
