//! What a CPU holds of a thread between traps: the FS and GS bases, and the FPU.
//!
//! They are loaded when the CPU turns to another thread, not at each trap. A *lease* tells
//! whether they are still there: context and CPU carry the same number, made when the CPU
//! loaded the context. When another context comes to this CPU, or this context goes to
//! another CPU, or is given other bases, the numbers differ.

use super::context::UserContext;
use super::cpu::{Cpu, MAX_CPUS};
use super::fpu;
use core::arch::asm;
use x86_64::VirtAddr;
use x86_64::registers::model_specific::{FsBase, KernelGsBase};

/// Loads what the CPU holds of `context` between traps, and makes a new lease.
#[cold]
pub(super) fn switch_to(cpu: &Cpu, context: &mut UserContext) {
    let count = cpu.lease_count.get() + 1;
    cpu.lease_count.set(count);
    let lease = count * MAX_CPUS as u64 + cpu.index() as u64;
    cpu.lease.set(lease);
    context.lease = lease;
    clear_selectors();
    FsBase::write(VirtAddr::new_truncate(context.fs_base));
    KernelGsBase::write(VirtAddr::new_truncate(context.gs_base));
    fpu::switch_to(cpu, context.fpu.as_mut());
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
