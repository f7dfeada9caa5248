//! The kernel binary: the library with no service of its own.
#![no_std]
#![no_main]

hafnon_kernel::kernel!();
