//! What a panic does: print it, end the process.

use core::panic::PanicInfo;

/// Exit code of a process that panicked or could not start, as Rust programs have it elsewhere.
pub(crate) const EXIT_CODE: i64 = 101;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    crate::println!("{info}");
    crate::start::exit(EXIT_CODE)
}
