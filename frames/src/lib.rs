//! The pure part of memory management: which frames are free, which size class fits a request, and which
//! CPUs have yet to forget a translation.
//!
//! Nothing here touches the memory or the TLBs it speaks of, so the host tests all of it;
//! `kernel/src/mm` supplies the rest.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod buddy;
pub mod flush;
pub mod size_class;
mod sync;

pub use buddy::{Buddy, Chain, Link};
