//! The vDSO image `libzircon.so`: the only code that may enter the kernel.
//!
//! It is linked as a position-independent file without writable data or relocations (`image.ld`), so one
//! copy serves all processes. One generated entry per system call is included here; `local` holds the calls
//! that are answered from the constants page, without the kernel.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "naked system call stubs, and reads of a page the kernel fills in")]

mod local;

include!(concat!(env!("OUT_DIR"), "/stubs.rs"));

/// Nothing here panics; the compiler wants to know what would happen all the same.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
