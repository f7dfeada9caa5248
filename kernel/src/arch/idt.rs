//! The interrupt descriptor table, shared by all CPUs: every vector leads to its stub in
//! [`traps`](super::traps).

use super::gdt::{KERNEL_CODE, TrapStack};
use super::traps::{self, vector};
use spin::Once;
use x86_64::VirtAddr;
use x86_64::instructions::tables::lidt;
use x86_64::structures::DescriptorTablePointer;

/// Present, 64-bit interrupt gate: entering it clears the interrupt flag.
const INTERRUPT_GATE: u16 = 0x8e00;
/// Descriptor privilege level 3: user code may reach the gate with INT.
const USER_CALLABLE: u16 = 0x6000;

/// One entry, as the CPU reads it.
#[derive(Clone, Copy)]
#[repr(C)]
struct Gate {
    offset_low: u16,
    selector: u16,
    options: u16,
    offset_middle: u16,
    offset_high: u32,
    reserved: u32,
}

impl Gate {
    fn new(vector: u8) -> Self {
        let stub = traps::stub(vector);
        let user = if vector == vector::BREAKPOINT { USER_CALLABLE } else { 0 };
        Gate {
            offset_low: stub as u16,
            selector: KERNEL_CODE.0,
            options: INTERRUPT_GATE | user | trap_stack(vector),
            offset_middle: (stub >> 16) as u16,
            offset_high: (stub >> 32) as u32,
            reserved: 0,
        }
    }
}

/// The number of the stack that `vector` arrives on; 0 for the usual one.
fn trap_stack(vector: u8) -> u16 {
    let stack = match vector {
        vector::DEBUG => TrapStack::Debug,
        vector::NON_MASKABLE => TrapStack::NonMaskable,
        vector::DOUBLE_FAULT => TrapStack::DoubleFault,
        vector::MACHINE_CHECK => TrapStack::MachineCheck,
        _ => return 0,
    };
    stack as u16 + 1
}

static TABLE: Once<[Gate; 256]> = Once::new();

/// Loads the table on this CPU.
pub fn load() {
    let table = TABLE.call_once(|| core::array::from_fn(|vector| Gate::new(vector as u8)));
    let pointer =
        DescriptorTablePointer { limit: (size_of_val(table) - 1) as u16, base: VirtAddr::from_ptr(table) };
    // SAFETY: the table is static and each gate leads to a stub that handles its vector.
    unsafe { lidt(&pointer) };
}
