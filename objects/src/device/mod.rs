//! The family of devices: the authority over parts of the machine, and the log that the kernel and programs write. What
//! drivers are made of (interrupts, memory for DMA, access to PCI) has its place here, with the traits that the machine
//! implements for it, as `memory/machine.rs` has those for page frames.

mod debuglog;
mod resource;

pub use debuglog::{Debuglog, Log, MAX_LOG_READERS};
pub use resource::Resource;
