//! What objects and drivers of devices need of the machine, as small traits: interrupts, memory that a device reaches, and
//! the configuration space of PCI.
//!
//! The kernel implements them for a PC (`kernel/src/machine/devices.rs`). A driver gets them handed in, so that it runs in a
//! test on the host as well.

use super::Line;
use crate::memory::Frame;
use abi::Status;
use alloc::sync::Arc;
use core::ops::Range;

/// Where an interrupt comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InterruptSource {
    /// A wire into the machine's interrupt controllers.
    Wire {
        /// Its number: ACPI's global system interrupt.
        number: u32,
        /// When it is raised.
        trigger: Trigger,
        /// Whether it is active when it is low.
        active_low: bool,
    },
    /// A write of the device, as PCI's MSI and MSI-X do.
    Message,
}

/// When a wire raises an interrupt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// When it becomes active.
    Edge,
    /// As long as it is active. Each interrupt masks it, until its driver has made the device take it back and
    /// [unmasks](Interrupts::unmask) it.
    Level,
}

/// What a device has to write, and where, to raise an interrupt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InterruptMessage {
    /// The physical address that it writes to.
    pub address: u64,
    /// The 32 bits that it writes.
    pub data: u32,
}

/// A connected interrupt: what the machine knows it by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InterruptId(pub u32);

/// The machine's interrupt controllers.
pub trait Interrupts: Send + Sync {
    /// Has what comes from a source [raise](Line::raise) the line. A wire is masked at first.
    ///
    /// # Errors
    /// `NOT_FOUND`: there is no such wire. `ALREADY_BOUND`: it is connected. `NO_RESOURCES`: all that the machine can tell
    /// apart are.
    fn connect(&self, source: InterruptSource, line: Arc<Line>) -> Result<InterruptId, Status>;

    /// What a device writes that raises it; `None` for a wire.
    fn message(&self, interrupt: InterruptId) -> Option<InterruptMessage>;

    /// Lets a wire raise its line, if it has been masked.
    fn unmask(&self, interrupt: InterruptId);

    /// Keeps a wire from raising its line.
    fn mask(&self, interrupt: InterruptId);

    /// From now on nothing raises the line, and the wire is masked.
    fn disconnect(&self, interrupt: InterruptId);
}

/// What a device may do with memory that is pinned for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceAccess {
    /// It reads.
    pub read: bool,
    /// It writes.
    pub write: bool,
}

/// How devices reach memory. Without a translation of their own (an IOMMU) the addresses that they use are physical ones.
pub trait DeviceMemory: Send + Sync {
    /// Frames that lie behind each other, so many or a few more, zeroed, below an address; the first of them.
    ///
    /// # Errors
    /// `NO_MEMORY`
    fn allocate(&self, frames: usize, below: u64) -> Result<Frame, Status>;

    /// Gives back what [`DeviceMemory::allocate`] gave, of the same length. No device may use it any more.
    fn free(&self, first: Frame, frames: usize);

    /// Lets a device reach a frame; the address that it is to use.
    ///
    /// # Errors
    /// `NO_RESOURCES`: there is no address left.
    fn pin(&self, device: PciFunction, frame: Frame, access: DeviceAccess) -> Result<u64, Status>;

    /// Takes back what [`DeviceMemory::pin`] gave: after that the device does not reach these addresses.
    fn unpin(&self, device: PciFunction, addresses: Range<u64>);
}

/// A function of a device on a PCI bus.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PciFunction {
    /// The bus, of 256.
    pub bus: u8,
    /// The device on it, of 32.
    pub device: u8,
    /// The function of the device, of 8.
    pub function: u8,
}

/// The configuration space of PCI devices, in words of 32 bits at offsets that are multiples of 4.
pub trait PciConfiguration: Send + Sync {
    /// Reads a word; all ones where there is no device, or none so far.
    fn read(&self, function: PciFunction, offset: u16) -> u32;

    /// Writes a word. A driver is trusted with what it lets its device reach, unless the machine translates that.
    fn write(&self, function: PciFunction, offset: u16, value: u32);
}
