//! What the kernel needs of the ACPI tables: which CPUs and IO APICs there are, and a timer of known rate.

use crate::mm;
use acpi::fadt::Fadt;
use acpi::madt::{Madt, MadtEntry};
use acpi::{AcpiHandler, AcpiTables, PhysicalMapping};
use core::ptr::NonNull;
use x86_64::PhysAddr;

/// Reads tables through mm's mappings, which stay.
#[derive(Clone, Copy)]
struct Handler;

impl AcpiHandler for Handler {
    unsafe fn map_physical_region<T>(&self, address: usize, size: usize) -> PhysicalMapping<Self, T> {
        let physical = PhysAddr::new(address as u64);
        let start = mm::map_physical(physical, size as u64).expect("room for the ACPI tables");
        let start = NonNull::new(start.as_mut_ptr()).expect("mappings are not at 0");
        // SAFETY: (1) `size` bytes are mapped at `start`; (2) they stay mapped.
        unsafe { PhysicalMapping::new(address, start, size, size, *self) }
    }

    fn unmap_physical_region<T>(_: &PhysicalMapping<Self, T>) {}
}

/// The machine's ACPI tables.
pub(super) struct Tables(AcpiTables<Handler>);

impl Tables {
    /// Finds the tables from the address that the boot loader gave.
    pub fn new(rsdp: u64) -> Option<Self> {
        // SAFETY: the boot loader got the address from the firmware.
        unsafe { AcpiTables::from_rsdp(Handler, rsdp as usize) }.ok().map(Tables)
    }

    /// The I/O port of the power management timer.
    pub fn timer_port(&self) -> Option<u16> {
        let description = self.0.find_table::<Fadt>().ok()?;
        let timer = description.pm_timer_block().ok()??;
        let in_io_space = timer.address_space == acpi::address::AddressSpace::SystemIo;
        in_io_space.then_some(timer.address as u16)
    }

    /// Calls `found` with the address of each IO APIC, and the number of its first wire.
    pub fn for_each_io_apic(&self, mut found: impl FnMut(u64, u32)) {
        let Ok(madt) = self.0.find_table::<Madt>() else {
            return;
        };
        for entry in madt.get().entries() {
            if let MadtEntry::IoApic(apic) = entry {
                found(apic.io_apic_address.into(), apic.global_system_interrupt_base);
            }
        }
    }

    /// Calls `found` with the APIC id of each CPU that can be started, this one included.
    pub fn for_each_cpu(&self, mut found: impl FnMut(u32)) {
        const ENABLED: u32 = 1;
        const X2APIC_ONLY: u32 = 255;
        let Ok(madt) = self.0.find_table::<Madt>() else {
            return;
        };
        for entry in madt.get().entries() {
            match entry {
                MadtEntry::LocalApic(cpu) if cpu.flags & ENABLED != 0 => found(u32::from(cpu.apic_id)),
                // Smaller ids have an entry of the other kind, too.
                MadtEntry::LocalX2Apic(cpu) if cpu.flags & ENABLED != 0 && cpu.x2apic_id >= X2APIC_ONLY => {
                    found(cpu.x2apic_id);
                }
                _ => {}
            }
        }
    }
}
