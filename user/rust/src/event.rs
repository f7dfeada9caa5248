//! Events and event pairs: objects that carry user signals only.

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
    task::Job,
};

object! {
    /// An object with user signals and `EVENT_SIGNALED`.
    Event
}

impl Event {
    /// A new event, not signalled.
    pub fn create() -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_event_create(0, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// The system's event of this kind, `SYSTEM_EVENT_*`; only who has the root job may have it.
    pub fn of_system(root_job: &Job, kind: u32) -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_system_get_event(root_job.raw(), kind, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }
}

object! {
    /// One of two connected events; each end can signal the other.
    EventPair
}

impl EventPair {
    /// Both ends of a new pair.
    pub fn create() -> Result<(Self, Self)> {
        let (mut left, mut right) = (Handle::INVALID, Handle::INVALID);
        // SAFETY: both places outlive the call.
        check(unsafe { sys::zx_eventpair_create(0, &mut left, &mut right) })?;
        Ok((Self(Handle::from_raw(left)), Self(Handle::from_raw(right))))
    }
}
