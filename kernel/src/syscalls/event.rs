//! Events and event pairs.

use super::{Caller, no_options};
use crate::mm::user::Out;
use abi::{RawHandle, Rights, Signals, Status};
use alloc::sync::Arc;
use objects::{Event, EventPair, Handle, Job, KernelObject};
use spin::Once;

/// The events of `system_get_event`, by their kinds less 1. Exactly one of them is signalled at a time,
/// and as long as nobody watches how much memory is left, that is the one for enough of it.
static SYSTEM: Once<[Arc<Event>; 5]> = Once::new();

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

/// The event that tells of one level of free memory. The root job's handle is the permission.
pub fn system_get_event(
    caller: &Caller,
    job: Arc<Job>,
    kind: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    if !job.is_root() {
        return Err(Status::ACCESS_DENIED);
    }
    let event = kind.checked_sub(1).and_then(|index| system_events().get(index as usize));
    let event = event.ok_or(Status::INVALID_ARGS)?.clone();
    caller.install(Handle::new(event, Rights::DEFAULT_SYSTEM_EVENT_LOW_MEMORY)?, out)
}

fn system_events() -> &'static [Arc<Event>; 5] {
    SYSTEM.call_once(|| {
        let events: [Arc<Event>; 5] = core::array::from_fn(|_| Event::new());
        let enough = &events[abi::SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL as usize - 1];
        enough.base().signals.assert(Signals::EVENT_SIGNALED);
        events
    })
}
