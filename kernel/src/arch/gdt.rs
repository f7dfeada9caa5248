//! Segments and the task state segment of one CPU. In 64-bit mode they say which stack a
//! trap arrives on, and hardly anything else.

use super::cpu::Cpu;
use crate::mm;
use core::arch::asm;
use core::cell::UnsafeCell;
use core::ops::Range;
use x86_64::PrivilegeLevel::{Ring0, Ring3};
use x86_64::VirtAddr;
use x86_64::instructions::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::instructions::tables::load_tss;
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable, SegmentSelector};
use x86_64::structures::tss::TaskStateSegment;

/// Selectors, in the order that SYSCALL and SYSRET want.
pub const KERNEL_CODE: SegmentSelector = SegmentSelector::new(1, Ring0);
/// Kernel stack segment.
pub const KERNEL_DATA: SegmentSelector = SegmentSelector::new(2, Ring0);
/// User stack and data segment.
pub const USER_DATA: SegmentSelector = SegmentSelector::new(3, Ring3);
/// User code segment.
pub const USER_CODE: SegmentSelector = SegmentSelector::new(4, Ring3);

/// Interrupt stacks, for traps that can come when the current stack is unusable: their
/// number in a gate is this plus one.
#[derive(Clone, Copy)]
pub enum TrapStack {
    /// Double fault: the kernel stack overflowed.
    DoubleFault,
    /// Non-maskable interrupt: may come between SYSCALL and the switch of stacks.
    NonMaskable,
    /// Machine check: likewise.
    MachineCheck,
    /// Debug exception: likewise.
    Debug,
}

pub(super) const TRAP_STACKS: usize = 4;
/// Enough for the report of a panic, several times: a test measures it.
const TRAP_STACK_SIZE: u64 = 16 << 10;
/// At the top of each trap stack lies the address of its [`Cpu`]: GS can not be trusted there.
const CPU_POINTER_SIZE: u64 = 16;
/// A trap from user mode arrives here and leaves at once for the kernel stack.
const ENTRY_STACK_SIZE: usize = 512;

/// The ends (highest addresses) of a CPU's trap stacks, by [`TrapStack`].
pub type TrapStackEnds = [u64; TRAP_STACKS];

/// The trap stack of the first CPU until there is memory for guarded ones. It serves all traps: any of them is
/// the end then.
#[repr(C, align(16))]
struct BootTrapStack(UnsafeCell<[u8; TRAP_STACK_SIZE as usize]>);

// SAFETY: only the first CPU's traps use it.
unsafe impl Sync for BootTrapStack {}

static BOOT_TRAP_STACK: BootTrapStack = BootTrapStack(UnsafeCell::new([0; TRAP_STACK_SIZE as usize]));

/// What the first CPU has until it gets [`guarded_trap_stacks`].
pub(super) fn boot_trap_stacks() -> TrapStackEnds {
    [BOOT_TRAP_STACK.0.get() as u64 + TRAP_STACK_SIZE; TRAP_STACKS]
}

/// New trap stacks with guard pages; `None` without memory.
pub(super) fn guarded_trap_stacks() -> Option<TrapStackEnds> {
    let mut ends = [0; TRAP_STACKS];
    for end in &mut ends {
        *end = mm::kernel_stack(TRAP_STACK_SIZE)?.as_u64();
    }
    Some(ends)
}

/// What the CPU's descriptor table registers point to.
#[repr(C, align(16))]
pub struct DescriptorTables {
    entry_stack: [u8; ENTRY_STACK_SIZE],
    tss: TaskStateSegment,
    gdt: GlobalDescriptorTable,
}

impl DescriptorTables {
    /// Tables that are not filled in yet.
    pub const fn new() -> Self {
        DescriptorTables {
            entry_stack: [0; ENTRY_STACK_SIZE],
            tss: TaskStateSegment::new(),
            gdt: GlobalDescriptorTable::new(),
        }
    }
}

/// If `address` is on one of these stacks: that stack.
pub(super) fn trap_stack_of(ends: &TrapStackEnds, address: u64) -> Option<Range<u64>> {
    ends.iter().map(|end| end.saturating_sub(TRAP_STACK_SIZE)..*end).find(|stack| stack.contains(&address))
}

/// Has this CPU's traps arrive on its trap stacks from now on.
///
/// # Safety
///
/// Called on the CPU whose `cpu` it is, and that alone uses these stacks.
pub(super) unsafe fn use_trap_stacks(cpu: &'static Cpu) {
    let tables = cpu.tables.get();
    for (number, end) in cpu.trap_stacks().into_iter().enumerate() {
        let top = end - CPU_POINTER_SIZE;
        // SAFETY: (1) `top` is inside the stack, whose alignment is 16; (2) only this CPU uses its tables; the
        // CPU itself reads the entry at a trap, and none comes between the two writes.
        unsafe {
            (top as *mut *const Cpu).write(cpu);
            (&raw mut (*tables).tss.interrupt_stack_table[number]).write_unaligned(VirtAddr::new(top));
        }
    }
}

/// Fills in this CPU's tables and loads them.
///
/// # Safety
///
/// Called once on each CPU, with its own `cpu`, whose trap stacks nobody else uses.
pub(super) unsafe fn init(cpu: &'static Cpu) {
    // SAFETY: the caller promises it.
    unsafe { use_trap_stacks(cpu) };
    // SAFETY: only this CPU uses its tables, and they are not loaded yet.
    let tables: &'static mut DescriptorTables = unsafe { &mut *cpu.tables.get() };
    let entry_stack = &raw const tables.entry_stack as u64 + ENTRY_STACK_SIZE as u64;
    tables.tss.privilege_stack_table[0] = VirtAddr::new(entry_stack);
    let tss = &raw const tables.tss;
    tables.gdt.append(Descriptor::kernel_code_segment());
    tables.gdt.append(Descriptor::kernel_data_segment());
    tables.gdt.append(Descriptor::user_data_segment());
    tables.gdt.append(Descriptor::user_code_segment());
    // SAFETY: the TSS is in a static and is only changed by the CPU itself from now on.
    let tss = tables.gdt.append(unsafe { Descriptor::tss_segment_unchecked(tss) });
    // SAFETY: the table is in a static; it has the segments that the selectors name.
    unsafe {
        tables.gdt.load_unsafe();
        CS::set_reg(KERNEL_CODE);
        SS::set_reg(KERNEL_DATA);
        DS::set_reg(SegmentSelector::NULL);
        ES::set_reg(SegmentSelector::NULL);
        load_tss(tss);
        // No local table: else a selector with its table bit set, which user code may load or look at with LSL,
        // would lead to what firmware left, or to descriptors at address 0.
        asm!("lldt {0:x}", in(reg) 0, options(nomem, nostack, preserves_flags));
    }
}
