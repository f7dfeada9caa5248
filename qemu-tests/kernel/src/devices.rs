//! Interrupts, PCI and memory for devices, with QEMU's device for teaching, `edu`: it computes factorials, copies memory,
//! and interrupts when it is asked to.
#![allow(unsafe_code, reason = "a device's registers are memory")]

use abi::Status;
use alloc::sync::Arc;
use hafnon_kernel::arch::time;
use hafnon_kernel::kernel_test;
use hafnon_kernel::machine::devices::Devices;
use hafnon_kernel::mm::{self, DirectMap, PhysAddr};
use objects::device::{
    DeviceAccess, DeviceMemory, InterruptSource, Interrupts, Line, PciConfiguration, PciFunction, Trigger,
};
use objects::memory::{Frame, PageFrames};

/// Vendor and device of `edu`.
const EDU: u32 = 0x11e8_1234;
/// Where the device has 4 KiB of its own.
const BUFFER: u64 = 0x4_0000;

/// The driver of a test.
struct Edu {
    function: PciFunction,
    registers: *mut u32,
}

// SAFETY: the registers are mapped for ever, and may be used from every CPU.
unsafe impl Send for Edu {}
// SAFETY: as above.
unsafe impl Sync for Edu {}

/// Registers, by their addresses.
mod register {
    pub const IDENTITY: usize = 0x00;
    pub const INVERTED: usize = 0x04;
    pub const FACTORIAL: usize = 0x08;
    pub const STATUS: usize = 0x20;
    pub const RAISED: usize = 0x24;
    pub const RAISE: usize = 0x60;
    pub const TAKE_BACK: usize = 0x64;
    pub const SOURCE: usize = 0x80;
    pub const TARGET: usize = 0x88;
    pub const LENGTH: usize = 0x90;
    pub const COMMAND: usize = 0x98;
}

/// In `STATUS`: an interrupt is raised when the factorial is there.
const INTERRUPT_WHEN_DONE: u32 = 0x80;

impl Edu {
    /// Finds it on the first bus, and lets it answer and reach memory.
    fn find() -> Self {
        let function = |device| PciFunction { bus: 0, device, function: 0 };
        let function = (0..32).map(function).find(|function| Devices.read(*function, 0) == EDU);
        let function = function.expect("the machine has the device");
        let command = Devices.read(function, 4);
        Devices.write(function, 4, command | 0b110);
        let base = Devices.read(function, 0x10) & !0xf;
        assert_ne!(base, 0, "the firmware has given it an address");
        let registers = mm::map_mmio(PhysAddr::new(base.into()), 1 << 20).expect("room").as_mut_ptr();
        Self { function, registers }
    }

    fn read(&self, register: usize) -> u32 {
        // SAFETY: the registers are mapped, and reading has no effect on memory.
        unsafe { self.registers.byte_add(register).read_volatile() }
    }

    fn write(&self, register: usize, value: u32) {
        // SAFETY: the registers are mapped; what the device reaches is what the test allocated.
        unsafe { self.registers.byte_add(register).write_volatile(value) }
    }

    fn write_long(&self, register: usize, value: u64) {
        // SAFETY: as above.
        unsafe { self.registers.byte_add(register).cast::<u64>().write_volatile(value) }
    }

    /// Has it interrupt by messages, which raise the line.
    fn use_messages(&self, line: &Arc<Line>) -> objects::device::InterruptId {
        let interrupt = Devices.connect(InterruptSource::Message, line.clone()).expect("a vector is free");
        let message = Devices.message(interrupt).expect("it is one of messages");
        let mut capability = (Devices.read(self.function, 0x34) & 0xff) as u16;
        while Devices.read(self.function, capability) & 0xff != 5 {
            capability = (Devices.read(self.function, capability) >> 8 & 0xff) as u16;
            assert_ne!(capability, 0, "it has messages");
        }
        let control = Devices.read(self.function, capability);
        assert_ne!(control & 1 << 23, 0, "its addresses have 64 bits");
        Devices.write(self.function, capability + 4, message.address as u32);
        Devices.write(self.function, capability + 8, (message.address >> 32) as u32);
        Devices.write(self.function, capability + 12, message.data);
        Devices.write(self.function, capability, control | 1 << 16);
        interrupt
    }
}

/// The wire of the first pin of a device on q35's first bus, as its IO APIC sees it.
fn wire(function: PciFunction) -> u32 {
    20 + u32::from(function.device) % 4
}

/// The timer of the PC, on wire 2: it interrupts once, after so many of its ticks.
fn start_interval_timer(ticks: u16) {
    use x86_64::instructions::port::Port;
    // SAFETY: nobody else uses this timer while the kernel runs.
    unsafe {
        Port::<u8>::new(0x43).write(0x30);
        let mut channel = Port::<u8>::new(0x40);
        channel.write(ticks as u8);
        channel.write((ticks >> 8) as u8);
    }
}

kernel_test! {
    #[needs("device=edu")]
    async fn a_device_is_found_and_answers() {
        let edu = Edu::find();
        assert_eq!(edu.read(register::IDENTITY) & 0xffff, 0xed);
        edu.write(register::INVERTED, 0x1234_5678);
        assert_eq!(edu.read(register::INVERTED), !0x1234_5678);
        let nothing = PciFunction { bus: 0, device: 29, function: 7 };
        assert_eq!(Devices.read(nothing, 0), u32::MAX);
        assert_eq!(Devices.read(PciFunction { device: 32, ..nothing }, 0), u32::MAX);
        assert_eq!(Devices.read(edu.function, 256), u32::MAX, "the ports do not reach that");
    }

    /// It computes meanwhile, and nobody looks.
    #[needs("device=edu cpus=1,4")]
    async fn a_message_of_a_device_is_awaited() {
        let (edu, line) = (Edu::find(), Arc::new(Line::default()));
        let interrupt = edu.use_messages(&line);
        for (number, factorial) in [(5, 120), (10, 3_628_800)] {
            edu.write(register::STATUS, INTERRUPT_WHEN_DONE);
            let before = time::now();
            edu.write(register::FACTORIAL, number);
            let arrival = line.next().await;
            assert!(arrival.since >= before);
            assert_eq!(edu.read(register::FACTORIAL), factorial);
            edu.write(register::TAKE_BACK, edu.read(register::RAISED));
        }
        assert_eq!(line.take(), None);
        Devices.disconnect(interrupt);
        edu.write(register::RAISE, 1);
        executor::yield_now().await;
        assert_eq!(line.take(), None, "nobody is connected");
        assert_eq!(Arc::strong_count(&line), 1);
    }

    /// As long as it is raised, it stays masked; unmasked before the device has taken it back, it comes again.
    #[needs("device=edu cpus=1,4")]
    async fn a_wire_that_stays_active_interrupts_once() {
        let (edu, line) = (Edu::find(), Arc::new(Line::default()));
        let source =
            InterruptSource::Wire { number: wire(edu.function), trigger: Trigger::Level, active_low: false };
        let interrupt = Devices.connect(source, line.clone()).expect("it is free");
        assert_eq!(Devices.connect(source, line.clone()), Err(Status::ALREADY_BOUND));
        assert_eq!(Devices.message(interrupt), None);
        edu.write(register::RAISE, 1);
        executor::yield_now().await;
        assert_eq!(line.take(), None, "it is masked at first");
        Devices.unmask(interrupt);
        for count in 1..4 {
            assert_eq!(line.next().await.count, count);
            executor::yield_now().await;
            assert_eq!(line.take(), None);
            Devices.unmask(interrupt);
        }
        assert_eq!(line.next().await.count, 4);
        edu.write(register::TAKE_BACK, 1);
        Devices.unmask(interrupt);
        executor::yield_now().await;
        assert_eq!(line.take(), None);
        Devices.disconnect(interrupt);
    }

    async fn an_edge_of_a_wire_interrupts_once() {
        let line = Arc::new(Line::default());
        let source = |number| InterruptSource::Wire { number, trigger: Trigger::Edge, active_low: false };
        assert_eq!(Devices.connect(source(1000), line.clone()), Err(Status::NOT_FOUND));
        let interrupt = Devices.connect(source(2), line.clone()).expect("it is free");
        Devices.unmask(interrupt);
        for count in 1..4 {
            start_interval_timer(1_000);
            assert_eq!(line.next().await.count, count);
            assert_eq!(line.take(), None);
        }
        Devices.disconnect(interrupt);
    }

    async fn interrupts_run_out_and_come_back() {
        let line = Arc::new(Line::default());
        let connect = || Devices.connect(InterruptSource::Message, line.clone());
        let all: alloc::vec::Vec<_> = core::iter::from_fn(|| connect().ok()).collect();
        assert!(all.len() >= 100, "{}", all.len());
        assert_eq!(connect(), Err(Status::NO_RESOURCES));
        all.iter().for_each(|one| Devices.disconnect(*one));
        assert_eq!(connect().map(|one| Devices.disconnect(one)), Ok(()));
    }

    /// From memory to the device, and back to another place. (All memory of the machine is so low that the device reaches it.)
    #[needs("device=edu memory=256M")]
    async fn a_device_copies_memory_that_is_pinned_for_it() {
        const BELOW: u64 = 1 << 28;
        let (edu, line) = (Edu::find(), Arc::new(Line::default()));
        let interrupt = edu.use_messages(&line);
        let first = Devices.allocate(2, BELOW).expect("memory");
        let second = Frame(first.0 + 4096);
        DirectMap.write(first, 0, b"there and back");
        let (reads, writes) = (DeviceAccess { read: true, write: false }, DeviceAccess { read: false, write: true });
        let from = Devices.pin(edu.function, first, reads).expect("an address");
        let to = Devices.pin(edu.function, second, writes).expect("an address");
        for (source, target, command) in [(from, BUFFER, 0b101), (BUFFER, to, 0b111)] {
            edu.write_long(register::SOURCE, source);
            edu.write_long(register::TARGET, target);
            edu.write_long(register::LENGTH, 14);
            edu.write_long(register::COMMAND, command);
            line.next().await;
            edu.write(register::TAKE_BACK, edu.read(register::RAISED));
        }
        let mut found = [0; 15];
        DirectMap.read(second, 0, &mut found);
        assert_eq!(&found, b"there and back\0");
        Devices.unpin(edu.function, from..from + 4096);
        Devices.unpin(edu.function, to..to + 4096);
        Devices.free(first, 2);
        Devices.disconnect(interrupt);
        assert_eq!(Devices.allocate(1 << 20, BELOW), Err(Status::NO_MEMORY));
        assert_eq!(Devices.allocate(1, 4096), Err(Status::NO_MEMORY), "there is none so low");
    }
}
