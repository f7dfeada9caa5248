//! Events and event pairs.

use crate::no_options;
use abi::{RawHandle, Rights, Status};
use hafnon_kernel::machine::pressure;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::{Event, EventPair, Handle, Job};

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

/// The event that tells of one level of free memory. The root job's handle is the permission, for the event after
/// which jobs are killed one with the right to kill.
pub fn system_get_event(
    caller: &Caller,
    root_job: HandleArgument,
    kind: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let needed = if kind == abi::SYSTEM_EVENT_OUT_OF_MEMORY { Rights::MANAGE_PROCESS } else { Rights::NONE };
    let job = caller.object::<Job>(root_job, needed)?;
    if !job.is_root() {
        return Err(Status::ACCESS_DENIED);
    }
    let event = pressure::events().event(kind).ok_or(Status::INVALID_ARGS)?;
    caller.install(Handle::new(event, Rights::DEFAULT_SYSTEM_EVENT_LOW_MEMORY)?, out)
}
