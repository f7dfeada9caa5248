//! Events and event pairs.

use super::{Caller, no_options};
use crate::mm::user::Out;
use abi::{RawHandle, Status};
use objects::{Event, EventPair, Handle};

/// A new event.
pub fn event_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    no_options(options)?;
    caller.install(Handle::to_new(Event::new())?, out)
}

/// A new event pair.
pub fn eventpair_create(
    caller: &Caller,
    options: u32,
    out0: Out<RawHandle>,
    out1: Out<RawHandle>,
) -> Result<(), Status> {
    if options != 0 {
        return Err(Status::NOT_SUPPORTED);
    }
    let (first, second) = EventPair::new();
    caller.install_pair((Handle::to_new(first)?, Handle::to_new(second)?), (out0, out1))
}
