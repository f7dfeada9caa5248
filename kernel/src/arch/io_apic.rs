//! The IO APICs: where the wires of devices arrive that interrupt by wire, each as an interrupt with a vector of its own
//! for one CPU. Wires have numbers over all of them, ACPI's global system interrupts.

use super::acpi::Tables;
use crate::mm;
use alloc::vec::Vec;
use spin::Once;
use waitq::sync::Mutex;
use x86_64::PhysAddr;

/// Registers, by their number.
mod register {
    pub const VERSION: u32 = 0x01;
    /// The first of two for each wire.
    pub const REDIRECTION: u32 = 0x10;
}

const ACTIVE_LOW: u32 = 1 << 13;
const LEVEL: u32 = 1 << 15;
const MASKED: u32 = 1 << 16;

/// Where registers are chosen, and where the chosen one is, counted in words.
const SELECT: usize = 0;
const WINDOW: usize = 4;

/// One IO APIC.
struct IoApic {
    registers: Mutex<Registers>,
    first: u32,
    wires: u32,
}

struct Registers(*mut u32);

// SAFETY: the registers may be used from every CPU, by one at a time.
unsafe impl Send for Registers {}

impl Registers {
    fn read(&mut self, number: u32) -> u32 {
        // SAFETY: both words are registers of the device, which are mapped for ever.
        unsafe {
            self.0.add(SELECT).write_volatile(number);
            self.0.add(WINDOW).read_volatile()
        }
    }

    fn write(&mut self, number: u32, value: u32) {
        // SAFETY: as above; what is written leads interrupts to vectors that the kernel handles, or masks them.
        unsafe {
            self.0.add(SELECT).write_volatile(number);
            self.0.add(WINDOW).write_volatile(value);
        }
    }
}

static ALL: Once<Vec<IoApic>> = Once::new();

/// Finds them, with all wires masked.
pub(super) fn init(tables: &Tables) {
    ALL.call_once(|| {
        let mut all = Vec::new();
        tables.for_each_io_apic(|address, first| all.extend(IoApic::new(address, first)));
        all
    });
}

impl IoApic {
    fn new(address: u64, first: u32) -> Option<Self> {
        let mapped = mm::map_mmio(PhysAddr::new(address), 0x20)?;
        let mut registers = Registers(mapped.as_mut_ptr());
        let wires = (registers.read(register::VERSION) >> 16 & 0xff) + 1;
        for wire in 0..wires {
            registers.write(register::REDIRECTION + 2 * wire, MASKED);
        }
        Some(Self { registers: Mutex::new(registers), first, wires })
    }
}

/// Does something with the registers, given the low one of this wire; `None` if there is no such wire.
fn with<R>(wire: u32, act: impl FnOnce(&mut Registers, u32) -> R) -> Option<R> {
    let apic = ALL.get()?.iter().find(|apic| (apic.first..apic.first + apic.wires).contains(&wire))?;
    Some(act(&mut apic.registers.lock(), register::REDIRECTION + 2 * (wire - apic.first)))
}

/// Leads a wire to a vector of the CPU with this APIC id, masked; `None` if there is no such wire.
pub fn connect(wire: u32, vector: u8, apic_id: u8, level: bool, active_low: bool) -> Option<()> {
    let level = if level { LEVEL } else { 0 };
    let polarity = if active_low { ACTIVE_LOW } else { 0 };
    with(wire, |registers, low| {
        registers.write(low, MASKED);
        registers.write(low + 1, u32::from(apic_id) << 24);
        registers.write(low, MASKED | level | polarity | u32::from(vector));
    })
}

/// Masks a wire, or lets it interrupt.
pub fn set_masked(wire: u32, masked: bool) {
    with(wire, |registers, low| {
        let value = registers.read(low) & !MASKED;
        registers.write(low, if masked { value | MASKED } else { value });
    });
}
