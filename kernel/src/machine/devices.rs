//! The PC's devices, as objects and drivers see them: the traits of `objects/src/device/machine.rs` over the IO APICs, the
//! local APICs, and PCI's ports. There is no translation of what devices reach: they use physical addresses.
//!
//! ```text
//!   device ──wire──▶ IO APIC ─┐
//!      └─────message──────────┴─▶ vector of a CPU ─▶ arrived() ─▶ the line that is connected there
//! ```

use crate::arch::{self, cpu, interrupts, io_apic, pci, time};
use crate::mm::frames;
use crate::mm::layout::PAGE_SIZE;
use crate::mm::{DirectMap, PhysAddr};
use abi::Status;
use alloc::sync::Arc;
use core::ops::Range;
use objects::device::{
    DeviceAccess, DeviceMemory, InterruptId, InterruptMessage, InterruptSource, Interrupts, Line,
    PciConfiguration, PciFunction, Trigger,
};
use objects::memory::{Frame, PageFrames};
use waitq::sync::Mutex;

/// All of them.
pub struct Devices;

/// What a vector is for.
struct Connection {
    source: InterruptSource,
    line: Arc<Line>,
    /// The CPU that is interrupted.
    apic_id: u8,
}

impl Connection {
    fn wire(&self) -> Option<(u32, Trigger)> {
        match self.source {
            InterruptSource::Wire { number, trigger, .. } => Some((number, trigger)),
            InterruptSource::Message => None,
        }
    }
}

/// How many interrupts of devices a CPU can tell apart.
const VECTORS: usize = interrupts::DEVICES.end - interrupts::DEVICES.start;

static CONNECTIONS: [Mutex<Option<Connection>>; VECTORS] = [const { Mutex::new(None) }; VECTORS];
/// Who connects does so alone, so that no wire is connected twice.
static CONNECTING: Mutex<()> = Mutex::new(());

/// To be called once, before anything is connected.
pub fn init() {
    interrupts::on_device(arrived);
}

/// A device has interrupted, by the vector with this index.
fn arrived(index: usize) {
    // The line is woken when the lock is free: wakers are foreign code.
    let line = CONNECTIONS[index].lock().as_ref().map(|connection| {
        if let Some((wire, Trigger::Level)) = connection.wire() {
            io_apic::set_masked(wire, true);
        }
        connection.line.clone()
    });
    if let Some(line) = line {
        line.raise(time::now());
    }
}

/// Does something with what is connected.
fn with<R>(interrupt: InterruptId, act: impl FnOnce(&Connection) -> R) -> Option<R> {
    CONNECTIONS.get(interrupt.0 as usize)?.lock().as_ref().map(act)
}

impl Interrupts for Devices {
    fn connect(&self, source: InterruptSource, line: Arc<Line>) -> Result<InterruptId, Status> {
        let _alone = CONNECTING.lock();
        let wire = |slot: &Mutex<Option<Connection>>| {
            slot.lock().as_ref().and_then(|other| other.wire().map(|(number, _)| number))
        };
        if let InterruptSource::Wire { number, .. } = source
            && CONNECTIONS.iter().any(|slot| wire(slot) == Some(number))
        {
            return Err(Status::ALREADY_BOUND);
        }
        let free = CONNECTIONS.iter().position(|slot| slot.lock().is_none());
        let index = free.ok_or(Status::NO_RESOURCES)?;
        // Messages and wires name a CPU by eight bits.
        let apic_id = u8::try_from(cpu::current().apic_id()).unwrap_or(0);
        if let InterruptSource::Wire { number, trigger, active_low } = source {
            let vector = interrupts::device_vector(index);
            let connected = io_apic::connect(number, vector, apic_id, trigger == Trigger::Level, active_low);
            connected.ok_or(Status::NOT_FOUND)?;
        }
        *CONNECTIONS[index].lock() = Some(Connection { source, line, apic_id });
        Ok(InterruptId(index as u32))
    }

    fn message(&self, interrupt: InterruptId) -> Option<InterruptMessage> {
        with(interrupt, |connection| {
            (connection.source == InterruptSource::Message).then(|| InterruptMessage {
                address: arch::message_address(connection.apic_id),
                data: interrupts::device_vector(interrupt.0 as usize).into(),
            })
        })?
    }

    fn unmask(&self, interrupt: InterruptId) {
        with(interrupt, |connection| connection.wire().map(|(wire, _)| io_apic::set_masked(wire, false)));
    }

    fn mask(&self, interrupt: InterruptId) {
        with(interrupt, |connection| connection.wire().map(|(wire, _)| io_apic::set_masked(wire, true)));
    }

    fn disconnect(&self, interrupt: InterruptId) {
        self.mask(interrupt);
        let gone = CONNECTIONS.get(interrupt.0 as usize).and_then(|slot| slot.lock().take());
        drop(gone);
    }
}

impl DeviceMemory for Devices {
    fn allocate(&self, frames: usize, below: u64) -> Result<Frame, Status> {
        let order = order(frames);
        let first = frames::allocate_contiguous(order).ok_or(Status::NO_MEMORY)?;
        if first.as_u64() + (PAGE_SIZE << order) > below {
            frames::free_contiguous(first, order);
            return Err(Status::NO_MEMORY);
        }
        for frame in 0..frames as u64 {
            DirectMap.zero(Frame(first.as_u64() + frame * PAGE_SIZE), 0..PAGE_SIZE as usize);
        }
        Ok(Frame(first.as_u64()))
    }

    fn free(&self, first: Frame, frames: usize) {
        frames::free_contiguous(PhysAddr::new_truncate(first.0), order(frames));
    }

    fn pin(&self, _: PciFunction, frame: Frame, _: DeviceAccess) -> Result<u64, Status> {
        Ok(frame.0)
    }

    fn unpin(&self, _: PciFunction, _: Range<u64>) {}
}

/// Blocks of memory are a power of two of frames.
fn order(frames: usize) -> usize {
    frames.next_power_of_two().trailing_zeros() as usize
}

impl PciConfiguration for Devices {
    fn read(&self, function: PciFunction, offset: u16) -> u32 {
        pci::read(function.bus, function.device, function.function, offset)
    }

    fn write(&self, function: PciFunction, offset: u16, value: u32) {
        pci::write(function.bus, function.device, function.function, offset, value);
    }
}
