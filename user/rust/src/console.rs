//! The debug console: `print!` and `println!`, and reading.

use core::fmt;

use crate::{
    Result,
    handle::{AsHandle, check},
    sys,
};

/// The most bytes that go out in one piece; a longer text may be mixed with that of other programs.
const LINE: usize = 256;

/// Text on its way to the console, gathered so that a line goes out in one call.
struct Writer {
    buffer: [u8; LINE],
    length: usize,
}

impl Writer {
    fn flush(&mut self) {
        write(&self.buffer[..self.length]);
        self.length = 0;
    }
}

impl fmt::Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.length == LINE {
                self.flush();
            }
            self.buffer[self.length] = byte;
            self.length += 1;
        }
        Ok(())
    }
}

/// Writes bytes to the console.
pub fn write(bytes: &[u8]) {
    for piece in bytes.chunks(LINE) {
        // SAFETY: the bytes outlive the call. There is nowhere to report that the console failed.
        unsafe { sys::zx_debug_write(piece.as_ptr().cast(), piece.len()) };
    }
}

/// Waits until something is typed and reads it, at least a byte, if there is room; how many bytes. `resource` is the
/// root resource. Readers at the same time share what is typed.
pub fn read(resource: &impl AsHandle, bytes: &mut [u8]) -> Result<usize> {
    let mut count = 0;
    // SAFETY: the buffer and the count outlive the call.
    check(unsafe { sys::zx_debug_read(resource.raw(), bytes.as_mut_ptr().cast(), bytes.len(), &mut count) })?;
    Ok(count)
}

/// Formats to the console; what the macros call.
pub fn print(arguments: fmt::Arguments<'_>) {
    let mut writer = Writer { buffer: [0; LINE], length: 0 };
    // `Writer` never fails; an error of a `Display` implementation leaves what was written so far.
    let _ = fmt::write(&mut writer, arguments);
    writer.flush();
}

/// Prints to the console.
#[macro_export]
macro_rules! print {
    ($($arguments:tt)*) => { $crate::console::print(::core::format_args!($($arguments)*)) };
}

/// Prints to the console, with a line feed.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($arguments:tt)*) => {
        $crate::console::print(::core::format_args!("{}\n", ::core::format_args!($($arguments)*)))
    };
}
