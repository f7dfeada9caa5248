//! Traps in kernel mode. (Those in user mode end in [`user`](super::user): they return from
//! `enter_user`.)
//!
//! Kernel code is interrupted in two places only: while it idles, and, by a page fault,
//! where it copies to or from user memory. Such instructions are listed in the section
//! `.fixups`; for each there is a place to continue at. Any other trap is a bug.

use super::{cpu, image, interrupts, stop};
use core::arch::global_asm;
use x86_64::registers::control::Cr2;

/// Vectors of the CPU's own exceptions.
pub mod vector {
    #![allow(missing_docs)] // reason: the names are the CPU manual's
    pub const DEBUG: u8 = 1;
    pub const NON_MASKABLE: u8 = 2;
    pub const BREAKPOINT: u8 = 3;
    pub const DEVICE_NOT_AVAILABLE: u8 = 7;
    pub const DOUBLE_FAULT: u8 = 8;
    pub const GENERAL_PROTECTION: u8 = 13;
    pub const PAGE_FAULT: u8 = 14;
    pub const MACHINE_CHECK: u8 = 18;
    /// The first vector that is not an exception.
    pub const FIRST_INTERRUPT: u8 = 32;

    const NAMES: [&str; 22] = [
        "divide error",
        "debug exception",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound range exceeded",
        "invalid opcode",
        "device not available",
        "double fault (stack overflow?)",
        "coprocessor segment overrun",
        "invalid TSS",
        "segment not present",
        "stack fault",
        "general protection fault",
        "page fault",
        "reserved exception",
        "x87 exception",
        "alignment check",
        "machine check",
        "SIMD exception",
        "virtualization exception",
        "control protection exception",
    ];

    /// What the CPU manual calls an exception.
    pub fn name(vector: u8) -> &'static str {
        NAMES.get(usize::from(vector)).copied().unwrap_or("reserved exception")
    }
}

const IA32_GS_BASE: u32 = 0xc000_0101;

global_asm!(
    include_str!("traps.s"),
    kernel_trap = sym kernel_trap,
    gs_base = const IA32_GS_BASE,
);

/// Registers at a trap in kernel mode, as `traps.s` pushes them.
#[repr(C)]
#[derive(Debug)]
pub struct TrapFrame {
    r15: u64,
    r14: u64,
    r13: u64,
    r12: u64,
    r11: u64,
    r10: u64,
    r9: u64,
    r8: u64,
    rbp: u64,
    rdi: u64,
    rsi: u64,
    rdx: u64,
    rcx: u64,
    rbx: u64,
    rax: u64,
    vector: u64,
    error: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

/// Address of the stub of `vector`.
pub(super) fn stub(vector: u8) -> u64 {
    unsafe extern "C" {
        static trap_stubs: u8;
    }
    // Only the address is taken; traps.s places one stub every 16 bytes.
    &raw const trap_stubs as u64 + u64::from(vector) * 16
}

/// An instruction range that may fault, and where to continue then.
#[repr(C)]
struct Fixup {
    start: u64,
    end: u64,
    landing: u64,
}

/// Where to continue after a fault at `rip`, if that is foreseen.
fn fixup(rip: u64) -> Option<u64> {
    let section = image::fixups();
    let count = (section.end - section.start) as usize / size_of::<Fixup>();
    // SAFETY: link.ld gathers the section, aligned to 8, from entries of three words.
    let entries = unsafe { core::slice::from_raw_parts(section.start as *const Fixup, count) };
    entries.iter().find(|entry| (entry.start..entry.end).contains(&rip)).map(|entry| entry.landing)
}

/// Called by `traps.s`.
extern "C" fn kernel_trap(frame: &mut TrapFrame) {
    let fault_address = Cr2::read_raw();
    match frame.vector as u8 {
        vector::NON_MASKABLE => stop::on_non_maskable(frame.rip, frame.rbp, frame.cs & 3 != 0),
        vector if vector >= vector::FIRST_INTERRUPT => interrupts::handle(vector),
        vector::PAGE_FAULT if recover(frame, fault_address) => {}
        vector::GENERAL_PROTECTION | vector::DEVICE_NOT_AVAILABLE if recover(frame, 0) => {}
        vector => {
            cpu::current().fault.set(Some((frame.rip, frame.rbp)));
            let name = vector::name(vector);
            panic!("{name} in the kernel, error {:#x}, CR2 {fault_address:#x}, {frame:x?}", frame.error);
        }
    }
}

/// Continues at the landing that the `.fixups` section names, with the address in rax.
fn recover(frame: &mut TrapFrame, address: u64) -> bool {
    let Some(landing) = fixup(frame.rip) else {
        return false;
    };
    frame.rip = landing;
    frame.rax = address;
    true
}
