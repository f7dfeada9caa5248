//! Jobs.

use crate::no_options;
use abi::{RawHandle, Status};
use alloc::sync::Arc;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::Caller;
use objects::{Handle, Job};

/// A new job in `parent`.
pub fn job_create(
    caller: &Caller,
    parent: Arc<Job>,
    options: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    caller.install(Handle::to_new(parent.create_child()?)?, out)
}
