//! Jobs.

use super::{Caller, no_options};
use crate::mm::user::Out;
use abi::{RawHandle, Status};
use alloc::sync::Arc;
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
