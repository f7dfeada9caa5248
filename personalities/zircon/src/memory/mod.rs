//! Calls on memory and address spaces.

pub mod vmar;
pub mod vmo;
