//! The family of memory: VMOs, which have pages, and VMARs, in which these are mapped.
//!
//! Nothing here touches memory. Frames, page tables and randomness come from the machine, by the traits in `machine`.
//!
//! - `machine`: these traits, and what they speak of: a frame, a protection, a step of work
//! - `pages`: the tree of a VMO's pages
//! - `vmo`: pages as an object
//! - `mapping`: a part of a VMO at an address, and what is left of it until no CPU can use it any more
//! - `vmar`: the regions of an address space, and what is mapped there

mod machine;
pub mod mapping;
mod pages;
pub mod vmar;
pub mod vmo;

#[cfg(all(test, not(loom)))]
mod tests;

pub use crate::core::room::NoMemory;
pub use machine::{Entropy, Frame, PAGE_SIZE, PageFrames, PageTable, Protection, USER_RANGE, Work};
pub use vmar::Vmar;
pub use vmo::Vmo;
