//! What the kernel and user programs agree on: statuses, rights, signals, constants, structures and call numbers.
//!
//! Everything with a number comes from `syscalls.toml`; this crate adds the types around them. Structures have no
//! padding that is not named, so they can be copied to and from user memory as bytes ([`zerocopy`]).

#![no_std]

mod calls;
mod flags;
mod packet;
mod status;

pub use calls::{CallInfo, Choice};
pub use flags::{Rights, Signals};
pub use status::Status;
pub use zerocopy;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// A handle's value in a process: an index that means nothing elsewhere. Zero is no handle.
pub type RawHandle = u32;

/// A string and its length, as `system_get_version_string` returns it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct StringView {
    /// First byte; a NUL follows the last one.
    pub c_str: *const u8,
    /// Length without the NUL.
    pub length: usize,
}

include!(concat!(env!("OUT_DIR"), "/abi.rs"));
