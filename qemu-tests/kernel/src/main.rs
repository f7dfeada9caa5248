//! The kernel with tests in it: the same library as the ordinary kernel. Where there are
//! tests, it runs the one that the command line names instead of a first process.
#![no_std]
#![no_main]

extern crate alloc;

mod boot;
mod cpus;
mod crowds;
mod devices;
mod ends;
mod loader;
mod locks;
mod memory;
mod overview;
mod paging;
mod processors;
mod programs;
mod scheduling;
mod shootdown;
mod timers;
mod user_memory;
mod user_mode;
mod user_state;

use hafnon_magenta::Magenta;
use hafnon_zircon::Zircon;

hafnon_kernel::kernel!(personalities: [Zircon, Magenta]);
