//! Segments and the task state segment of one CPU. In 64-bit mode they say which stack a
//! trap arrives on, and hardly anything else.

use super::cpu::Cpu;
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

const TRAP_STACKS: usize = 4;
const TRAP_STACK_SIZE: usize = 8 * 1024;
/// At the top of each trap stack lies the address of its [`Cpu`]: GS can not be trusted there.
const CPU_POINTER_SIZE: usize = 16;
/// A trap from user mode arrives here and leaves at once for the kernel stack.
const ENTRY_STACK_SIZE: usize = 512;

/// The trap stacks of one CPU.
#[repr(C, align(16))]
pub struct TrapStacks {
    stacks: [[u8; TRAP_STACK_SIZE]; TRAP_STACKS],
}

/// The trap stacks of the first CPU, which needs them before there is a heap.
static mut FIRST_TRAP_STACKS: TrapStacks = TrapStacks { stacks: [[0; TRAP_STACK_SIZE]; TRAP_STACKS] };

/// The trap stacks of the first CPU.
pub(super) fn first_trap_stacks() -> *mut TrapStacks {
    &raw mut FIRST_TRAP_STACKS
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

/// If `address` is on one of these stacks: the end of that stack.
pub(super) fn trap_stack_end(stacks: *mut TrapStacks, address: u64) -> Option<u64> {
    let start = stacks as u64;
    let number = address.checked_sub(start)? as usize / TRAP_STACK_SIZE;
    (start != 0 && number < TRAP_STACKS).then(|| start + ((number + 1) * TRAP_STACK_SIZE) as u64)
}

/// Fills in this CPU's tables and loads them.
///
/// # Safety
///
/// Called once on each CPU, with its own `cpu`, whose trap stacks nobody else uses.
pub(super) unsafe fn init(cpu: &'static Cpu) {
    let trap_stacks = cpu.trap_stacks();
    // SAFETY: only this CPU uses its tables, and they are not loaded yet.
    let tables: &'static mut DescriptorTables = unsafe { &mut *cpu.tables.get() };
    for number in 0..TRAP_STACKS {
        let end = trap_stacks as u64 + ((number + 1) * TRAP_STACK_SIZE) as u64;
        let top = end - CPU_POINTER_SIZE as u64;
        // SAFETY: `top` is inside the stack, whose alignment is 16.
        unsafe { (top as *mut *const Cpu).write(cpu) };
        tables.tss.interrupt_stack_table[number] = VirtAddr::new(top);
    }
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
    }
}
