//! Calls on any object: signals, waiting, children. Information is in `info.rs`, properties in `property.rs`,
//! waiting in `one.rs` and `many.rs`.

use abi::{RawHandle, Rights, Signals, Status};
use hafnon_kernel::machine::now;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::{AsyncOptions, Handle, Held, Object, Port};

pub use super::info::{object_get_info, object_get_info_long};
pub use super::property::{object_get_property, object_set_property};
pub use crate::many::object_wait_many;
pub use crate::wait::one::object_wait_one;

/// Changes an object's own signals.
pub fn object_signal(_caller: &Caller, object: Object, clear: u32, set: u32) -> Result<(), Status> {
    object.signal(Signals::from_bits_retain(clear), Signals::from_bits_retain(set))
}

/// Changes the signals of an object's other end.
pub fn object_signal_peer(_caller: &Caller, object: Object, clear: u32, set: u32) -> Result<(), Status> {
    object.signal_peer(Signals::from_bits_retain(clear), Signals::from_bits_retain(set))
}

/// A handle to a process or job of a job, or to a thread of a process, with rights that the handle to the
/// parent has too.
pub fn object_get_child(
    caller: &Caller,
    parent: Held<Object>,
    koid: u64,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let granted = parent.rights;
    let rights = if rights == Rights::SAME_RIGHTS { granted } else { rights };
    if !granted.contains(rights) {
        return Err(Status::ACCESS_DENIED);
    }
    let child = match parent.object {
        Object::Job(job) => job.find_child(koid),
        Object::Process(process) => process.find_thread(koid).map(Object::from),
        Object::Resource(_) => None,
        _ => return Err(Status::WRONG_TYPE),
    };
    caller.install(Handle::new(child.ok_or(Status::NOT_FOUND)?, rights)?, out)
}

/// Has a port told of signals. A process that has more observers in it than there may be is ended.
pub fn object_wait_async(
    caller: &Caller,
    handle: HandleArgument,
    port: HandleArgument,
    key: u64,
    signals: Signals,
    options: u32,
) -> Result<(), Status> {
    if options & !(abi::WAIT_ASYNC_TIMESTAMP | abi::WAIT_ASYNC_EDGE) != 0 {
        return Err(Status::INVALID_ARGS);
    }
    let port = caller.object::<Port>(port, Rights::WRITE)?;
    let (object, through) = caller.any_to_wait(handle, |_| Rights::WAIT)?;
    let options = AsyncOptions {
        edge: options & abi::WAIT_ASYNC_EDGE != 0,
        timestamp: (options & abi::WAIT_ASYNC_TIMESTAMP != 0).then_some(now as fn() -> i64),
    };
    let still_open = || caller.still_open(through);
    port.wait_async(object, through.handle, key, signals, options, still_open).inspect_err(|status| {
        if *status == Status::NO_RESOURCES {
            caller.end_process("an observer of a port that has 50 000");
        }
    })
}
