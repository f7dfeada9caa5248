//! The local APIC of each CPU: its timer, and interrupts sent to other CPUs. Its registers
//! are MSRs (x2APIC) or memory (xAPIC), with the same numbering.

use super::control::features;
use super::cpu::{self, Cpu};
use super::interrupts::{SPURIOUS, TIMER};
use crate::mm;
use core::arch::asm;
use spin::Once;
use x86_64::PhysAddr;
use x86_64::instructions::port::Port;
use x86_64::registers::model_specific::{ApicBase, ApicBaseFlags, Msr};

/// Registers, by their number: address / 16 in memory, 0x800 + number as MSR.
mod register {
    pub const ID: u32 = 0x02;
    pub const END_OF_INTERRUPT: u32 = 0x0b;
    pub const SPURIOUS: u32 = 0x0f;
    pub const COMMAND_LOW: u32 = 0x30;
    pub const COMMAND_HIGH: u32 = 0x31;
    pub const TIMER: u32 = 0x32;
    pub const LINT0: u32 = 0x35;
    pub const LINT1: u32 = 0x36;
    pub const INITIAL_COUNT: u32 = 0x38;
    pub const CURRENT_COUNT: u32 = 0x39;
    pub const DIVIDE: u32 = 0x3e;
}

const FIRST_MSR: u32 = 0x800;
const ENABLE: u32 = 1 << 8;
/// Divide the timer's clock by 16, so that the count reaches further than a few seconds.
const DIVIDE_BY_16: u32 = 3;
const MASKED: u32 = 1 << 16;
const NON_MASKABLE: u32 = 4 << 8;
const COMMAND_PENDING: u32 = 1 << 12;

/// What a command does to the CPU that it is sent to.
#[derive(Clone, Copy)]
pub enum Command {
    /// Interrupts it with this vector.
    Interrupt(u8),
    /// Interrupts it even where interrupts are off.
    NonMaskable,
    /// Puts it into the state after reset, waiting for [`Command::Start`].
    Initialize,
    /// Starts it in real mode at this 4 KiB page below 1 MiB.
    Start(u8),
}

impl Command {
    fn bits(self) -> u32 {
        const ASSERT: u32 = 1 << 14;
        match self {
            Command::Interrupt(vector) => ASSERT | u32::from(vector),
            Command::NonMaskable => ASSERT | 4 << 8,
            Command::Initialize => ASSERT | 5 << 8,
            Command::Start(page) => ASSERT | 6 << 8 | u32::from(page),
        }
    }
}

#[derive(Clone, Copy)]
enum Registers {
    Msr,
    Memory(*mut u32),
}

// SAFETY: the address reaches the executing CPU's own APIC, on whichever CPU it is used.
unsafe impl Send for Registers {}
// SAFETY: as above.
unsafe impl Sync for Registers {}

static REGISTERS: Once<Registers> = Once::new();

impl Registers {
    fn read(self, number: u32) -> u32 {
        match self {
            // SAFETY: the registers of this module have no effect on memory when read.
            Registers::Msr => unsafe { Msr::new(FIRST_MSR + number).read() as u32 },
            // SAFETY: the address is the mapped register page, 16 bytes for each register.
            Registers::Memory(base) => unsafe { base.add(number as usize * 4).read_volatile() },
        }
    }

    fn write(self, number: u32, value: u32) {
        match self {
            // SAFETY: no register of this module can break memory but by starting CPUs, and
            // those start in the kernel's trampoline.
            Registers::Msr => unsafe { Msr::new(FIRST_MSR + number).write(u64::from(value)) },
            // SAFETY: as above; the address is the mapped register page.
            Registers::Memory(base) => unsafe { base.add(number as usize * 4).write_volatile(value) },
        }
    }

    /// Sends a command; the destination is written first in memory, at once in the MSR.
    fn command(self, apic_id: u32, command: Command) {
        match self {
            Registers::Msr => {
                let value = u64::from(apic_id) << 32 | u64::from(command.bits());
                finish_stores();
                // SAFETY: as in `write`.
                unsafe { Msr::new(FIRST_MSR + register::COMMAND_LOW).write(value) };
            }
            Registers::Memory(_) => {
                self.write(register::COMMAND_HIGH, apic_id << 24);
                self.write(register::COMMAND_LOW, command.bits());
                while self.read(register::COMMAND_LOW) & COMMAND_PENDING != 0 {
                    core::hint::spin_loop();
                }
            }
        }
    }
}

/// Has everything that was stored be visible before the MSR that is written next takes effect. Those of the
/// x2APIC, unlike others, do not see to that. (Intel's manual, volume 3, 12.12.3: MFENCE, then LFENCE.)
fn finish_stores() {
    // SAFETY: the fences change nothing.
    unsafe { asm!("mfence", "lfence", options(nostack, preserves_flags)) };
}

fn registers() -> Registers {
    *REGISTERS.get().expect("apic::init ran")
}

/// Sets up the executing CPU's local APIC, its timer stopped.
pub(super) fn init(cpu: &Cpu) {
    let registers = *REGISTERS.call_once(find);
    if let Registers::Msr = registers {
        let (frame, flags) = ApicBase::read();
        let flags = flags | ApicBaseFlags::LAPIC_ENABLE | ApicBaseFlags::X2APIC_ENABLE;
        // SAFETY: the CPU has x2APIC, and the base stays where it is.
        unsafe { ApicBase::write(frame, flags) };
    }
    let id = registers.read(register::ID);
    cpu.set_apic_id(if let Registers::Msr = registers { id } else { id >> 24 });
    registers.write(register::SPURIOUS, ENABLE | u32::from(SPURIOUS));
    // Where the legacy controllers are connected.
    registers.write(register::LINT0, MASKED);
    // Where a PC's button, or QEMU's monitor, asks what goes on.
    registers.write(register::LINT1, NON_MASKABLE);
    registers.write(register::DIVIDE, DIVIDE_BY_16);
    registers.write(register::TIMER, u32::from(TIMER));
    start_timer(0);
}

/// Finds out where the registers are.
fn find() -> Registers {
    if features().x2apic {
        return Registers::Msr;
    }
    let (frame, _) = ApicBase::read();
    let address = PhysAddr::new(frame.start_address().as_u64());
    let mapped = mm::map_mmio(address, 4096).expect("room for the APIC's registers");
    Registers::Memory(mapped.as_mut_ptr())
}

/// Silences the two 8259 interrupt controllers that PCs still have.
pub(super) fn mask_legacy_controllers() {
    for port in [0x21, 0xa1] {
        // SAFETY: the data ports of the 8259s; writing sets the interrupt mask.
        unsafe { Port::<u8>::new(port).write(0xff) };
    }
}

/// Tells the local APIC that the interrupt is handled.
pub(super) fn end_of_interrupt() {
    registers().write(register::END_OF_INTERRUPT, 0);
}

/// Sends a command to the CPU with this APIC id.
pub(super) fn send(apic_id: u32, command: Command) {
    registers().command(apic_id, command);
}

/// Sends a command to all CPUs that run, but this one.
pub(super) fn send_to_others(command: Command) {
    let this = cpu::index();
    for cpu in cpu::all().iter().filter(|cpu| cpu.index() != this && cpu.is_online()) {
        send(cpu.apic_id(), command);
    }
}

/// Starts the timer, which interrupts with [`TIMER`] after this many of its ticks; 0 stops it.
pub(super) fn start_timer(ticks: u32) {
    let registers = registers();
    if let Registers::Msr = registers {
        finish_stores();
    }
    registers.write(register::INITIAL_COUNT, ticks);
}

/// Ticks until the timer fires.
pub(super) fn timer_count() -> u32 {
    registers().read(register::CURRENT_COUNT)
}
