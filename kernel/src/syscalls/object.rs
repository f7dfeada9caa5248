//! Calls on any object: properties, signals, waiting. Information is in `info.rs`.

use super::{Blocked, Caller, now};
use crate::arch::bases::{self, Segment};
use crate::mm::layout::USER_END;
use crate::mm::user::{InSlice, Out, OutSlice};
use abi::{RawHandle, Rights, Signals, Status, WaitItem};
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::Poll;
use objects::name::MAX_NAME;
use objects::wait::{self, MAX_ITEMS};
use objects::{AsyncOptions, Handle, Object, Observation, Port, Socket};

pub use super::info::object_get_info;

/// Reads a property.
pub fn object_get_property(
    caller: &Caller,
    object: Object,
    property: u32,
    value: OutSlice<u8>,
) -> Result<(), Status> {
    match property {
        abi::PROP_NAME => {
            if value.len() < MAX_NAME {
                return Err(Status::BUFFER_TOO_SMALL);
            }
            value.write_slice(&object.name().ok_or(Status::WRONG_TYPE)?.get())
        }
        abi::PROP_REGISTER_FS => write_word(value, own_base(caller, &object, Segment::Fs)?),
        abi::PROP_REGISTER_GS => write_word(value, own_base(caller, &object, Segment::Gs)?),
        abi::PROP_PROCESS_VDSO_BASE_ADDRESS => {
            let Object::Process(process) = &object else { return Err(Status::WRONG_TYPE) };
            let machine = crate::process::machine(process).ok_or(Status::BAD_STATE)?;
            write_word(value, machine.vdso_base())
        }
        abi::PROP_SOCKET_RX_THRESHOLD => write_word(value, socket(&object)?.read_threshold() as u64),
        abi::PROP_SOCKET_TX_THRESHOLD => write_word(value, socket(&object)?.write_threshold() as u64),
        _ => Err(Status::NOT_SUPPORTED),
    }
}

fn socket(object: &Object) -> Result<&Socket, Status> {
    if let Object::Socket(socket) = object { Ok(socket) } else { Err(Status::WRONG_TYPE) }
}

/// A thread's segment bases are its own affair: they are on the CPU that runs it.
fn must_be_self(caller: &Caller, object: &Object) -> Result<(), Status> {
    match object {
        Object::Thread(thread) if Arc::ptr_eq(thread, &caller.thread) => Ok(()),
        Object::Thread(_) => Err(Status::ACCESS_DENIED),
        _ => Err(Status::WRONG_TYPE),
    }
}

fn own_base(caller: &Caller, object: &Object, segment: Segment) -> Result<u64, Status> {
    must_be_self(caller, object)?;
    Ok(bases::base(segment))
}

fn set_own_base(
    caller: &Caller,
    object: &Object,
    segment: Segment,
    value: InSlice<u8>,
) -> Result<(), Status> {
    must_be_self(caller, object)?;
    let base = read_word(value)?;
    if base >= USER_END {
        return Err(Status::INVALID_ARGS);
    }
    bases::set_base(segment, base).map_err(|_| Status::INVALID_ARGS)
}

fn write_word(value: OutSlice<u8>, word: u64) -> Result<(), Status> {
    if value.len() < size_of::<u64>() {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    value.write_slice(&word.to_ne_bytes())
}

fn read_word(value: InSlice<u8>) -> Result<u64, Status> {
    let mut word = [0; size_of::<u64>()];
    if value.len() < word.len() {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    value.part(0, word.len()).read_into(&mut word)?;
    Ok(u64::from_ne_bytes(word))
}

/// Changes a property.
pub fn object_set_property(
    caller: &Caller,
    object: Object,
    property: u32,
    value: InSlice<u8>,
) -> Result<(), Status> {
    match property {
        abi::PROP_NAME => {
            let name = object.name().ok_or(Status::WRONG_TYPE)?;
            let mut text = [0; MAX_NAME];
            let part = value.part(0, MAX_NAME);
            part.read_into(&mut text[..part.len()])?;
            name.set(&text);
            Ok(())
        }
        abi::PROP_REGISTER_FS => set_own_base(caller, &object, Segment::Fs, value),
        abi::PROP_REGISTER_GS => set_own_base(caller, &object, Segment::Gs, value),
        abi::PROP_PROCESS_VDSO_BASE_ADDRESS => Err(Status::ACCESS_DENIED),
        abi::PROP_SOCKET_RX_THRESHOLD => socket(&object)?.set_read_threshold(read_word(value)? as usize),
        abi::PROP_SOCKET_TX_THRESHOLD => socket(&object)?.set_write_threshold(read_word(value)? as usize),
        _ => Err(Status::NOT_SUPPORTED),
    }
}

/// Changes an object's own signals.
pub fn object_signal(_caller: &Caller, object: Object, clear: u32, set: u32) -> Result<(), Status> {
    let (clear, set) = (Signals::from_bits_retain(clear), Signals::from_bits_retain(set));
    if !object.user_signals().contains(clear | set) {
        return Err(Status::INVALID_ARGS);
    }
    object.base().signals.update(clear, set);
    Ok(())
}

/// Changes the signals of an object's other end.
pub fn object_signal_peer(_caller: &Caller, object: Object, clear: u32, set: u32) -> Result<(), Status> {
    object.signal_peer(Signals::from_bits_retain(clear), Signals::from_bits_retain(set))
}

/// Waits for signals of one object.
pub fn object_wait_one(
    caller: &Caller,
    handle: RawHandle,
    signals: Signals,
    deadline: i64,
    observed: Out<Signals>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let mark = caller.mark();
    let object = caller.any(handle, Rights::WAIT)?;
    let active = object.base().signals.get();
    if active.intersects(signals) {
        return Poll::Ready(observed.write_optional(&active));
    }
    let observation = Observation::of(signals, caller.id(handle));
    let still_open = || caller.still_open(handle, mark);
    blocked.signals(object, observation, still_open, caller.deadline(deadline), observed)
}

/// Waits for signals of up to [`MAX_ITEMS`] objects.
pub async fn object_wait_many(
    caller: &Caller,
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    deadline: i64,
) -> Result<(), Status> {
    let deadline = caller.deadline(deadline);
    if items.is_empty() {
        wait::sleep_until(deadline).await;
        return Err(Status::TIMED_OUT);
    }
    if items.len() > MAX_ITEMS {
        return Err(Status::OUT_OF_RANGE);
    }
    let mark = caller.mark();
    let mut set = core::mem::take(&mut *caller.wait_set.lock());
    let outcome: Result<_, Status> = async {
        set.reserve(items.len())?;
        for index in 0..items.len() {
            let item = items.read_at(index)?;
            set.push(caller.any(item.handle, Rights::WAIT)?, item.waitfor, caller.id(item.handle));
        }
        Ok(set.wait(|id| caller.still_open(id.value(), mark), deadline).await)
    }
    .await;
    let written = match outcome {
        Ok(_) => write_observed(items, results, set.observed()),
        Err(_) => Ok(()),
    };
    set.clear();
    *caller.wait_set.lock() = set;
    written.and(outcome?)
}

fn write_observed(
    items: InSlice<WaitItem>,
    results: OutSlice<WaitItem>,
    observed: impl Iterator<Item = Signals>,
) -> Result<(), Status> {
    for (index, pending) in observed.enumerate() {
        let item = items.read_at(index)?;
        results.write_at(index, &WaitItem { pending, ..item })?;
    }
    Ok(())
}

/// A handle to a process or job of a job, or to a thread of a process, with rights that the handle to the
/// parent has too.
pub fn object_get_child(
    caller: &Caller,
    handle: RawHandle,
    koid: u64,
    rights: Rights,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let parent = caller.any(handle, Rights::ENUMERATE)?;
    let (_, granted) = caller.process.handles.look(handle)?;
    let rights = if rights == Rights::SAME_RIGHTS { granted } else { rights };
    if !granted.contains(rights) {
        return Err(Status::ACCESS_DENIED);
    }
    let child = match parent {
        Object::Job(job) => job.find_child(koid),
        Object::Process(process) => process.find_thread(koid).map(Object::from),
        Object::Resource(_) => None,
        _ => return Err(Status::WRONG_TYPE),
    };
    caller.install(Handle::new(child.ok_or(Status::NOT_FOUND)?, rights)?, out)
}

/// Has a port told of signals.
pub fn object_wait_async(
    caller: &Caller,
    handle: RawHandle,
    port: Arc<Port>,
    key: u64,
    signals: Signals,
    options: u32,
) -> Result<(), Status> {
    if options & !(abi::WAIT_ASYNC_TIMESTAMP | abi::WAIT_ASYNC_EDGE) != 0 {
        return Err(Status::INVALID_ARGS);
    }
    let mark = caller.mark();
    let object = caller.any(handle, Rights::WAIT)?;
    let options = AsyncOptions {
        edge: options & abi::WAIT_ASYNC_EDGE != 0,
        timestamp: (options & abi::WAIT_ASYNC_TIMESTAMP != 0).then_some(now as fn() -> i64),
    };
    port.wait_async(object, caller.id(handle), key, signals, options, || caller.still_open(handle, mark))
}
