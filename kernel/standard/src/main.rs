//! The kernel that `cargo run` boots: all personalities, and no service of its own.
#![no_std]
#![no_main]

use hafnon_magenta::Magenta;
use hafnon_zircon::Zircon;

hafnon_kernel::kernel!(personalities: [Zircon, Magenta]);
