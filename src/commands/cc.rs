//! A person's own program in C or C++.

use anyhow::Result;
use hafnon::c;

/// Runs the compiler; 1 when it did not succeed.
pub fn run(arguments: &[String]) -> Result<u8> {
    Ok(u8::from(!c::compile(arguments)?))
}
