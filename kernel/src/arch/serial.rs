//! The two serial ports: COM1 is the console that people read, COM2 the control channel
//! that the host command reads, one message a line. Output waits for the device (polling).

use core::fmt::{self, Write};
use spin::Mutex;
use uart_16550::backend::PioBackend;
use uart_16550::{Config, Uart16550};

/// A serial port. A port that is not there swallows what is written to it.
pub struct Serial {
    base: u16,
    device: Mutex<Option<Uart16550<PioBackend>>>,
}

/// The console.
pub static CONSOLE: Serial = Serial::new(0x3f8);
/// The control channel to the host.
pub static CONTROL: Serial = Serial::new(0x2f8);

/// Sets both ports up.
pub fn init() {
    CONSOLE.init();
    CONTROL.init();
}

/// Waits until both ports have sent everything.
pub fn flush() {
    for port in [&CONSOLE, &CONTROL] {
        if let Some(mut device) = port.device.try_lock()
            && let Some(device) = device.as_mut()
        {
            while device.ready_to_send().is_err() {}
        }
    }
}

impl Serial {
    const fn new(base: u16) -> Self {
        Serial { base, device: Mutex::new(None) }
    }

    fn init(&self) {
        // SAFETY: the PC's COM ports are at fixed I/O ports, and only this Serial uses them.
        let Ok(mut device) = (unsafe { Uart16550::new_port(self.base) }) else {
            return;
        };
        let config = Config { check_cts_before_sending: false, ..Config::DEFAULT };
        if device.init(config).is_ok() {
            *self.device.lock() = Some(device);
        }
    }

    /// Writes bytes as they are.
    pub fn write_bytes(&self, bytes: &[u8]) {
        if let Some(device) = self.device.lock().as_mut() {
            device.send_bytes_exact(bytes);
        }
    }

    /// Writes text with line ends as terminals want them, in one piece.
    pub fn write_text(&self, text: &[u8]) {
        if let Some(device) = self.device.lock().as_mut() {
            for piece in text.split_inclusive(|byte| *byte == b'\n') {
                let line = piece.strip_suffix(b"\n");
                device.send_bytes_exact(line.unwrap_or(piece));
                if line.is_some() {
                    device.send_bytes_exact(b"\r\n");
                }
            }
        }
    }

    /// Writes formatted text in one piece: no other CPU's text comes in between.
    pub fn write_fmt(&self, text: fmt::Arguments<'_>) {
        if let Some(device) = self.device.lock().as_mut() {
            // Lines never fails: the device takes everything.
            let _ = Lines(device).write_fmt(text);
        }
    }

    /// The next byte that came in, if any.
    pub fn read_byte(&self) -> Option<u8> {
        self.device.lock().as_mut()?.try_receive_byte().ok()
    }

    /// For a panic, when all other CPUs are stopped: opens the lock that one of them may hold.
    pub fn break_lock(&self) {
        while self.device.is_locked() {
            // SAFETY: the CPU that held the lock is stopped for good, so its guard is never used.
            unsafe { self.device.force_unlock() };
        }
    }
}

/// Text with line ends as terminals want them.
struct Lines<'a>(&'a mut Uart16550<PioBackend>);

impl Write for Lines<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive('\n') {
            let line = piece.strip_suffix('\n');
            self.0.send_bytes_exact(line.unwrap_or(piece).as_bytes());
            if line.is_some() {
                self.0.send_bytes_exact(b"\r\n");
            }
        }
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
