//! The family of objects that Magenta has and Zircon has not: wait sets, IO ports and data pipes. All else that Magenta's
//! calls act on is in the other families.
//!
//! - `waitset`, `io_port`: each keeps a `Watch` of the family of waiting at every object that it looks at
//! - `datapipe`: a ring of bytes in a VMO, which both ends may map

pub mod datapipe;
mod io_port;
#[cfg(all(test, not(loom)))]
mod tests;
mod waitset;

pub use datapipe::{DatapipeConsumer, DatapipeProducer};
pub use io_port::{IoPort, IoPortPacket};
pub use waitset::Waitset;
