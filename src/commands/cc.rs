//! A person's own C program.

use anyhow::Result;
use hafnon::{c, toolchain};

/// Runs the C compiler; 1 when it did not succeed.
pub fn run(arguments: &[String]) -> Result<u8> {
    Ok(u8::from(!c::compile(&toolchain::for_kernel()?, arguments)?))
}
