//! Control registers: paging protections, SYSCALL and the FPU, switched on where CPUID has them.

use super::gdt;
use super::user;
use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, __get_cpuid_max};
use x86_64::registers::control::{Cr0, Cr0Flags, Cr4, Cr4Flags, Efer, EferFlags};
use x86_64::registers::model_specific::{LStar, Msr, SFMask, Star};
use x86_64::registers::rflags::RFlags;

/// DR7 with no breakpoint: only the bit that is always set.
pub const DR7_OFF: u64 = 0x400;
/// DR6 after reset: nothing has happened.
const DR6_CLEAR: u64 = 0xffff_0ff0;

/// Optional abilities of the CPU that other modules ask for.
#[derive(Clone, Copy, Debug)]
pub struct Features {
    /// Supervisor mode execution prevention.
    pub smep: bool,
    /// Supervisor mode access prevention: `stac` and `clac` exist.
    pub smap: bool,
    /// SGDT and friends fault in user mode.
    pub umip: bool,
    /// Pages can be made non-executable.
    pub no_execute: bool,
    /// The local APIC has its registers in MSRs.
    pub x2apic: bool,
    /// FPU state is saved with XSAVE.
    pub xsave: bool,
    /// XSAVE can leave out what did not change.
    pub xsaveopt: bool,
}

const fn bit(register: u32, number: u32) -> bool {
    register & (1 << number) != 0
}

/// What this CPU has.
pub fn features() -> Features {
    let basic = __cpuid(1);
    let (maximum, _) = __get_cpuid_max(0);
    let (ebx, ecx) = match maximum >= 7 {
        true => (__cpuid_count(7, 0).ebx, __cpuid_count(7, 0).ecx),
        false => (0, 0),
    };
    let xsave = bit(basic.ecx, 26) && maximum >= 13;
    Features {
        smep: bit(ebx, 7),
        smap: bit(ebx, 20),
        umip: bit(ecx, 2),
        no_execute: bit(__cpuid(0x8000_0001).edx, 20),
        x2apic: bit(basic.ecx, 21),
        xsave,
        xsaveopt: xsave && bit(__cpuid_count(13, 1).eax, 0),
    }
}

/// Sets this CPU's control registers. Every CPU calls it before it loads page tables that
/// use the no-execute bit.
///
/// CR4.FSGSBASE stays clear: so user code changes its bases by system call only, and the
/// kernel need not read them back at every trap.
pub fn init() {
    let features = features();
    let mut cr0 = Cr0::read();
    cr0.remove(Cr0Flags::EMULATE_COPROCESSOR | Cr0Flags::NOT_WRITE_THROUGH);
    cr0.remove(Cr0Flags::CACHE_DISABLE | Cr0Flags::ALIGNMENT_MASK);
    cr0.insert(Cr0Flags::MONITOR_COPROCESSOR | Cr0Flags::NUMERIC_ERROR);
    cr0.insert(Cr0Flags::WRITE_PROTECT | Cr0Flags::TASK_SWITCHED);
    let mut cr4 = Cr4Flags::PHYSICAL_ADDRESS_EXTENSION | Cr4Flags::PAGE_GLOBAL;
    cr4 |= Cr4Flags::OSFXSR | Cr4Flags::OSXMMEXCPT_ENABLE | Cr4Flags::MACHINE_CHECK_EXCEPTION;
    cr4.set(Cr4Flags::SUPERVISOR_MODE_EXECUTION_PROTECTION, features.smep);
    cr4.set(Cr4Flags::SUPERVISOR_MODE_ACCESS_PREVENTION, features.smap);
    cr4.set(Cr4Flags::USER_MODE_INSTRUCTION_PREVENTION, features.umip);
    cr4.set(Cr4Flags::OSXSAVE, features.xsave);
    let mut efer = Efer::read() | EferFlags::SYSTEM_CALL_EXTENSIONS;
    efer.set(EferFlags::NO_EXECUTE_ENABLE, features.no_execute);
    // SAFETY: (1) paging and long mode stay as they are; (2) each bit is set only where the
    // CPU has it; (3) kernel code never touches the FPU nor, outside of mm::user, user memory.
    unsafe {
        Cr0::write(cr0);
        Cr4::write(cr4);
        Efer::write(efer);
    }
    init_debugging();
}

/// Switches all breakpoints and branch tracing off, which firmware or a kernel before this one may have left on.
/// User code can not change these registers, so a trap, an NMI above all, need not save them and meets no
/// breakpoint.
fn init_debugging() {
    const DEBUGCTL: u32 = 0x1d9;
    // SAFETY: (1) without breakpoints nothing traps; (2) every x86_64 CPU has these registers, and 0 in DEBUGCTL
    // means that it does nothing.
    unsafe {
        asm!("mov dr7, {}", in(reg) DR7_OFF, options(nomem, nostack, preserves_flags));
        asm!("mov dr6, {}", in(reg) DR6_CLEAR, options(nomem, nostack, preserves_flags));
        Msr::new(DEBUGCTL).write(0);
    }
}

const SYSENTER_CS: u32 = 0x174;

/// Sets up SYSCALL and SYSRET on this CPU, and no SYSENTER.
pub fn init_system_calls() {
    // SAFETY: every x86_64 CPU has the register; with no code segment in it SYSENTER faults, wherever it comes from.
    unsafe { Msr::new(SYSENTER_CS).write(0) };
    Star::write(gdt::USER_CODE, gdt::USER_DATA, gdt::KERNEL_CODE, gdt::KERNEL_DATA)
        .expect("the selectors are in the order that SYSRET needs");
    LStar::write(user::system_call_entry());
    // Everything but the reserved bit: no flag that user code set reaches the kernel.
    SFMask::write(RFlags::all());
}
