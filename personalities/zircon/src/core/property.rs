//! `object_get_property` and `object_set_property`: one arm a property.

use abi::{Rights, Status};
use alloc::sync::Arc;
use hafnon_kernel::config;
use hafnon_kernel::machine::bases::{self, Segment};
use hafnon_kernel::machine::process;
use hafnon_kernel::mm::layout::USER_END;
use hafnon_kernel::mm::user::{InSlice, OutSlice};
use hafnon_kernel::personality;
use hafnon_kernel::sched::Caller;
use objects::memory::PAGE_SIZE;
use objects::name::MAX_NAME;
use objects::{Held, Job, KernelObject, Object, Process, Socket, Thread, Vmo};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Reads a property.
pub fn object_get_property(
    caller: &Caller,
    object: Object,
    property: u32,
    value: OutSlice<u8>,
) -> Result<(), Status> {
    if value.is_null() {
        return Err(Status::INVALID_ARGS);
    }
    match property {
        abi::PROP_NAME => write(value, || Ok(object.name().ok_or(Status::WRONG_TYPE)?.get())),
        abi::PROP_REGISTER_FS => write(value, || own_base(caller, &object, Segment::Fs)),
        abi::PROP_REGISTER_GS => write(value, || own_base(caller, &object, Segment::Gs)),
        abi::PROP_PROCESS_DEBUG_ADDR => write(value, || Ok(as_a::<Process>(&object)?.debug_address())),
        abi::PROP_PROCESS_BREAK_ON_LOAD => write(value, || Ok(as_a::<Process>(&object)?.break_on_load())),
        abi::PROP_PROCESS_VDSO_BASE_ADDRESS => write(value, || {
            let process = as_a::<Process>(&object)?;
            Ok(process::machine(process).ok_or(Status::INTERNAL)?.vdso_base())
        }),
        abi::PROP_PROCESS_HW_TRACE_CONTEXT_ID if is_debugged() => write(value, || {
            let process = as_a::<Process>(&object)?;
            Ok(process::machine(process).ok_or(Status::INTERNAL)?.space.root())
        }),
        abi::PROP_SOCKET_RX_THRESHOLD => write(value, || Ok(as_a::<Socket>(&object)?.read_threshold())),
        abi::PROP_SOCKET_TX_THRESHOLD => write(value, || Ok(as_a::<Socket>(&object)?.write_threshold())),
        abi::PROP_JOB_MEMORY_LIMIT => {
            write(value, || Ok(as_a::<Job>(&object)?.page_limit().saturating_mul(PAGE_SIZE)))
        }
        abi::PROP_JOB_HANDLE_LIMIT => write(value, || Ok(as_a::<Job>(&object)?.handle_limit())),
        abi::PROP_JOB_PERSONALITIES => {
            write(value, || Ok(as_a::<Job>(&object)?.personalities() & personality::bits()))
        }
        abi::PROP_VMO_CONTENT_SIZE => write(value, || Ok(as_a::<Vmo>(&object)?.content_size())),
        abi::PROP_EXCEPTION_STATE | abi::PROP_EXCEPTION_STRATEGY => write(value, no_exception),
        _ => Err(Status::NOT_SUPPORTED),
    }
}

/// Changes a property. The content size of a VMO is a part of what is in it: it needs the right to write, too.
pub fn object_set_property(
    caller: &Caller,
    held: Held<Object>,
    property: u32,
    value: InSlice<u8>,
) -> Result<(), Status> {
    let Held { object, rights } = held;
    if value.is_null() {
        return Err(Status::INVALID_ARGS);
    }
    match property {
        abi::PROP_NAME => {
            let name = object.name().ok_or(Status::WRONG_TYPE)?;
            let mut text = [0; MAX_NAME];
            let part = value.part(0, MAX_NAME);
            part.read_into(&mut text[..part.len()])?;
            name.set(&text);
        }
        abi::PROP_REGISTER_FS => set_own_base(caller, &object, Segment::Fs, value)?,
        abi::PROP_REGISTER_GS => set_own_base(caller, &object, Segment::Gs, value)?,
        abi::PROP_PROCESS_DEBUG_ADDR => {
            let (process, address) = given::<Process, _>(&object, value)?;
            process.set_debug_address(address)?;
        }
        abi::PROP_PROCESS_BREAK_ON_LOAD => {
            let (process, on_load) = given::<Process, _>(&object, value)?;
            process.set_break_on_load(on_load);
        }
        abi::PROP_SOCKET_RX_THRESHOLD => {
            let (socket, bytes) = given::<Socket, _>(&object, value)?;
            socket.set_read_threshold(bytes)?;
        }
        abi::PROP_SOCKET_TX_THRESHOLD => {
            let (socket, bytes) = given::<Socket, _>(&object, value)?;
            socket.set_write_threshold(bytes)?;
        }
        abi::PROP_JOB_KILL_ON_OOM => {
            let (job, kill) = given::<Job, usize>(&object, value)?;
            job.set_kill_on_oom(match kill {
                0 | 1 => kill == 1,
                _ => return Err(Status::INVALID_ARGS),
            });
        }
        abi::PROP_JOB_MEMORY_LIMIT => {
            let (job, bytes) = given::<Job, u64>(&object, value)?;
            job.set_page_limit(bytes / PAGE_SIZE);
        }
        abi::PROP_JOB_HANDLE_LIMIT => {
            let (job, handles) = given::<Job, _>(&object, value)?;
            job.set_handle_limit(handles);
        }
        abi::PROP_JOB_PERSONALITIES => {
            let (job, left) = given::<Job, _>(&object, value)?;
            job.restrict_personalities(left)?;
        }
        abi::PROP_VMO_CONTENT_SIZE => {
            if as_a::<Vmo>(&object).is_ok() && !rights.contains(Rights::WRITE) {
                return Err(Status::ACCESS_DENIED);
            }
            let (vmo, bytes) = given::<Vmo, _>(&object, value)?;
            vmo.set_content_size(bytes);
        }
        abi::PROP_EXCEPTION_STATE | abi::PROP_EXCEPTION_STRATEGY => {
            read::<u32>(value)?;
            no_exception()?;
        }
        _ => return Err(Status::NOT_SUPPORTED),
    }
    Ok(())
}

/// Whether user code may know what only debuggers and tracers need: addresses of physical memory are among it.
fn is_debugged() -> bool {
    config::value("kernel.enable-debugging-syscalls") == Some("true")
}

/// A thread's segment bases are its own affair: they are on the CPU that runs it.
fn must_be_self(caller: &Caller, object: &Object) -> Result<(), Status> {
    let itself = Arc::ptr_eq(as_a::<Thread>(object)?, &caller.thread);
    if itself { Ok(()) } else { Err(Status::ACCESS_DENIED) }
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
    let base = read(value)?;
    must_be_self(caller, object)?;
    if base >= USER_END {
        return Err(Status::INVALID_ARGS);
    }
    bases::set_base(segment, base).map_err(|_| Status::INVALID_ARGS)
}

/// The object that a number is for, and the number: first its size is looked at, then the object's type, and what it is
/// last.
fn given<T: KernelObject, N: FromBytes + IntoBytes>(
    object: &Object,
    value: InSlice<u8>,
) -> Result<(&Arc<T>, N), Status> {
    if value.len() < size_of::<N>() {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    Ok((as_a(object)?, read(value)?))
}

fn as_a<T: KernelObject>(object: &Object) -> Result<&Arc<T>, Status> {
    T::from_object(object).ok_or(Status::WRONG_TYPE)
}

/// There are no exceptions that a handle could refer to.
fn no_exception() -> Result<u32, Status> {
    Err(Status::WRONG_TYPE)
}

/// Writes what `property` returns, for which there must be room.
fn write<T: IntoBytes + Immutable>(
    value: OutSlice<u8>,
    property: impl FnOnce() -> Result<T, Status>,
) -> Result<(), Status> {
    if value.len() < size_of::<T>() {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    value.write_slice(property()?.as_bytes())
}

/// Reads a number, which the value must have room for.
fn read<T: FromBytes + IntoBytes>(value: InSlice<u8>) -> Result<T, Status> {
    let mut number = T::new_zeroed();
    let bytes = number.as_mut_bytes();
    if value.len() < bytes.len() {
        return Err(Status::BUFFER_TOO_SMALL);
    }
    value.part(0, bytes.len()).read_into(bytes)?;
    Ok(number)
}
