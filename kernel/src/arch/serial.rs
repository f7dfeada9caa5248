//! The two serial ports: COM1 is the console that people read, COM2 the control channel
//! that the host command reads, one message a line.
//!
//! A port may be slow: at 115 200 baud a line takes ten milliseconds. So what is written goes to a ring, and from
//! there to the device as far as that takes it at once; a kernel task sends the rest (`console.rs`).
//! User programs wait for room in the ring. The kernel's own lines do not: what finds no room is lost, and that is
//! said. In a panic, and at the end, output waits for the device.

use crate::console;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use uart_16550::backend::PioBackend;
use uart_16550::spec::registers::IER;
use uart_16550::{Config, Uart16550};
use waitq::sync::Mutex;
use x86_64::instructions::port::{PortReadOnly, PortWriteOnly};

/// Where a PC's first two serial ports are, and on which wires they interrupt.
const PORTS: [(u16, u32); 2] = [(0x3f8, 4), (0x2f8, 3)];

/// A serial port. A port that is not there swallows what is written to it.
pub struct Serial {
    base: u16,
    wire: u32,
    port: Mutex<Port>,
}

/// Bytes that may wait for a port.
const RING: usize = 16 * 1024;

/// The most bytes that a port is given in one go.
const GO: usize = 512;

/// Whether output waits for the device, as there is nobody to send the rest.
static SYNCHRONOUS: AtomicBool = AtomicBool::new(false);

/// What is to be sent, and where to.
struct Port {
    /// Nothing for a port that is not there.
    device: Option<Uart16550<PioBackend>>,
    ring: [u8; RING],
    /// Where the first byte is that waits, and how many do.
    first: usize,
    waiting: usize,
    /// Whether bytes were lost since the last that was not.
    lost: bool,
}

impl Port {
    /// Takes in bytes, all or none.
    fn push(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > RING - self.waiting {
            return false;
        }
        for byte in bytes {
            self.ring[(self.first + self.waiting) % RING] = *byte;
            self.waiting += 1;
        }
        true
    }

    /// Takes in text, with line ends as terminals want them: all or nothing.
    fn push_text(&mut self, text: &[u8]) -> bool {
        let ends = text.iter().filter(|byte| **byte == b'\n').count();
        if text.len() + ends > RING - self.waiting {
            return false;
        }
        text.split_inclusive(|byte| *byte == b'\n').all(|piece| match piece.strip_suffix(b"\n") {
            Some(line) => self.push(line) && self.push(b"\r\n"),
            None => self.push(piece),
        })
    }

    /// Sends as much as the device takes at once, but no more than `most`. Whether nothing waits any more.
    fn pump(&mut self, most: usize) -> bool {
        let mut sent = 0;
        while self.waiting != 0 && sent < most {
            let end = RING.min(self.first + self.waiting);
            let bytes = &self.ring[self.first..end];
            let count = self.device.as_mut().map_or(bytes.len(), |device| device.send_bytes(bytes));
            if count == 0 {
                break;
            }
            sent += count;
            self.first = (self.first + count) % RING;
            self.waiting -= count;
        }
        self.waiting == 0
    }

    /// Sends everything.
    fn flush(&mut self) {
        while !self.pump(usize::MAX) {
            core::hint::spin_loop();
        }
    }
}

/// The console.
pub static CONSOLE: Serial = Serial::new(PORTS[0]);
/// The control channel to the host.
pub static CONTROL: Serial = Serial::new(PORTS[1]);

/// Sets both ports up.
pub fn init() {
    CONSOLE.init();
    CONTROL.init();
}

/// Waits until both ports have sent everything; from now on, output does.
pub fn flush() {
    SYNCHRONOUS.store(true, Relaxed);
    for port in [&CONSOLE, &CONTROL] {
        if let Some(mut port) = port.port.try_lock() {
            port.flush();
            while port.device.as_mut().is_some_and(|device| device.ready_to_send().is_err()) {}
        }
    }
}

impl Serial {
    const fn new((base, wire): (u16, u32)) -> Self {
        let port = Port { device: None, ring: [0; RING], first: 0, waiting: 0, lost: false };
        Serial { base, wire, port: Mutex::new(port) }
    }

    fn init(&self) {
        // SAFETY: the PC's COM ports are at fixed I/O ports, and only this Serial uses them.
        let Ok(mut device) = (unsafe { Uart16550::new_port(self.base) }) else {
            return;
        };
        let config = Config { check_cts_before_sending: false, ..Config::DEFAULT };
        if device.init(config).is_ok() {
            self.port.lock().device = Some(device);
        }
    }

    /// Writes text with line ends as terminals want them, in one piece, if there is room for it. Whether there
    /// was.
    pub fn write_text(&self, text: &[u8]) -> bool {
        let mut port = self.port.lock();
        let taken = port.push_text(text);
        send(&mut port);
        taken
    }

    /// Writes formatted text in one piece: no other CPU's text comes in between.
    pub fn write_fmt(&self, text: fmt::Arguments<'_>) {
        let mut port = self.port.lock();
        // Lines never fails: what finds no room is lost.
        let _ = Lines(&mut port).write_fmt(text);
        send(&mut port);
    }

    /// Sends as much as the port takes at once, within bounds. Whether nothing waits any more.
    pub fn pump(&self) -> bool {
        self.port.lock().pump(GO)
    }

    /// The next byte that came in, if any.
    pub fn read_byte(&self) -> Option<u8> {
        self.port.lock().device.as_mut()?.try_receive_byte().ok()
    }

    /// The wire on which it interrupts.
    pub fn wire(&self) -> u32 {
        self.wire
    }

    /// Has it interrupt when bytes have come in.
    pub fn interrupt_on_input(&self) {
        if let Some(device) = self.port.lock().device.as_mut() {
            device.enable_interrupts(IER::DATA_READY);
        }
    }

    /// A writer that waits for the device, and for no lock: for when all CPUs stand still, one of which may have the lock.
    pub fn beside_lock(&self) -> impl Write {
        Beside { base: self.base }
    }

    /// For a panic, when all other CPUs are stopped: opens the lock that one of them may hold. From now on output
    /// waits for the device.
    pub fn break_lock(&self) {
        SYNCHRONOUS.store(true, Relaxed);
        while self.port.is_locked() {
            // SAFETY: the CPU that held the lock is stopped for good, so its guard is never used.
            unsafe { self.port.force_unlock() };
        }
    }
}

/// Sends what the port takes at once, and has the rest sent.
fn send(port: &mut Port) {
    if SYNCHRONOUS.load(Relaxed) {
        port.flush();
    } else if !port.pump(GO) {
        console::call();
    }
}

/// See [`Serial::beside_lock`].
struct Beside {
    base: u16,
}

impl Write for Beside {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        /// In the line status: the device takes bytes; this and all others are set where there is none.
        const READY: u8 = 1 << 5;
        const LINE_STATUS: u16 = 5;
        for byte in text.bytes().flat_map(|byte| (byte == b'\n').then_some(b'\r').into_iter().chain([byte])) {
            // SAFETY: a PC's serial port is there; reading its status changes nothing but what errors there were, and what is
            // written is sent.
            unsafe {
                while PortReadOnly::<u8>::new(self.base + LINE_STATUS).read() & READY == 0 {
                    core::hint::spin_loop();
                }
                PortWriteOnly::<u8>::new(self.base).write(byte);
            }
        }
        Ok(())
    }
}

/// Text with line ends as terminals want them.
struct Lines<'a>(&'a mut Port);

impl Write for Lines<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let port = &mut *self.0;
        if SYNCHRONOUS.load(Relaxed) {
            port.flush();
        }
        if port.lost && port.push_text(b"[some output was lost]\n") {
            port.lost = false;
        }
        port.lost |= !port.push_text(text.as_bytes());
        Ok(())
    }
}

/// Prints a line on the console.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => {
        $crate::arch::serial::CONSOLE.write_fmt(format_args!("{}\n", format_args!($($argument)*)))
    };
}

/// Sends a line to the host on the control channel.
#[macro_export]
macro_rules! control {
    ($($argument:tt)*) => {
        $crate::arch::serial::CONTROL.write_fmt(format_args!("{}\n", format_args!($($argument)*)))
    };
}
