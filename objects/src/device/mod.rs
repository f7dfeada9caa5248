//! The family of devices: the authority over parts of the machine, the log that the kernel and programs write, and what
//! drivers are made of: the line where an interrupt arrives, and the traits for interrupts, memory that devices reach and PCI,
//! which the machine implements.

mod debuglog;
mod line;
mod machine;
mod resource;

pub use debuglog::{Debuglog, Log, MAX_LOG_READERS};
pub use line::{Arrival, Line};
pub use machine::{
    DeviceAccess, DeviceMemory, InterruptId, InterruptMessage, InterruptSource, Interrupts, PciConfiguration,
    PciFunction, Trigger,
};
pub use resource::Resource;
