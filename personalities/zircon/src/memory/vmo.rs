//! Virtual memory objects.

use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::ops::Range;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::mm::{DirectMap, shootdown};
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::unfinished::{Unfinished, Work};
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::account::Charge;
use objects::memory::PAGE_SIZE;
use objects::{Handle, Kind, Resource, Vmo};

/// How many pages are copied in one step: each takes some 5 000 instructions if both sides have to be brought in.
const STEP: u64 = 16;

/// A new VMO of zeros, whose pages the caller pays.
pub fn vmo_create(caller: &Caller, size: u64, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    let charge = Charge::to(caller.process.payer().clone());
    caller.install(Handle::to_new(Vmo::create_paid(&DirectMap, size, options, charge)?)?, out)
}

/// Copies out of a VMO. Pages nobody wrote read as zeros. A buffer that can not be accessed is `NOT_FOUND`, one that
/// may not be is `ACCESS_DENIED`: docs/decisions/0004-tests-over-documents.md.
pub async fn vmo_read(
    _caller: &Caller,
    vmo: Arc<Vmo>,
    buffer: OutSlice<u8>,
    offset: u64,
) -> Result<(), Status> {
    vmo.range(offset, buffer.len() as u64)?;
    for part in parts(offset, buffer.len()) {
        let at = offset + part.start as u64;
        read_part(&vmo, at, buffer.part(part.start, part.len()))?;
        pause(at).await;
    }
    Ok(())
}

// The buffers of these two must not be part of a future.

#[inline(never)]
fn read_part(vmo: &Vmo, offset: u64, to: OutSlice<u8>) -> Result<(), Status> {
    let mut page = [0; PAGE_SIZE as usize];
    let bytes = &mut page[..to.len()];
    vmo.read(offset, bytes)?;
    Ok(to.fill(bytes)?)
}

#[inline(never)]
fn write_part(vmo: &Vmo, offset: u64, from: InSlice<u8>) -> Result<(), Status> {
    from.with_page(|bytes| vmo.write(offset, bytes))?
}

/// Copies into a VMO. For the buffer, see [`vmo_read`].
pub async fn vmo_write(
    _caller: &Caller,
    vmo: Arc<Vmo>,
    buffer: InSlice<u8>,
    offset: u64,
) -> Result<(), Status> {
    vmo.range(offset, buffer.len() as u64)?;
    for part in parts(offset, buffer.len()) {
        let at = offset + part.start as u64;
        write_part(&vmo, at, buffer.part(part.start, part.len()))?;
        pause(at).await;
    }
    Ok(())
}

/// The parts of a buffer that lie in one page of the VMO each.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    core::iter::from_fn(move || {
        let in_page = (PAGE_SIZE - (offset + start as u64) % PAGE_SIZE) as usize;
        let part = start..length.min(start + in_page);
        start = part.end;
        (!part.is_empty()).then_some(part)
    })
}

/// Lets others run between the steps of a long copy, which has done the page of the VMO at `offset`.
async fn pause(offset: u64) {
    if offset / PAGE_SIZE % STEP == STEP - 1 {
        next_step().await;
    }
}

/// The size in bytes.
pub fn vmo_get_size(_caller: &Caller, vmo: Arc<Vmo>, size: Out<u64>) -> Result<(), Status> {
    size.write(&vmo.size())
}

/// Exchanges a handle for one that also may be executed. `vmex` is a resource, or none: the default job
/// policy lets every process do this. The old handle is consumed whatever the outcome. It makes room for the new one.
pub fn vmo_replace_as_executable(
    caller: &Caller,
    handle: HandleArgument,
    vmex: HandleArgument,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    let allowed = match vmex.is_none() {
        true => Ok(()),
        false => caller.object::<Resource>(vmex, Rights::NONE).map(drop),
    };
    let value = caller.handles.replace_with(handle.value(), |old| {
        allowed?;
        Vmo::from_object(old.object()).ok_or(Status::WRONG_TYPE)?;
        Ok(old.rights() | Rights::EXECUTE)
    })?;
    out.write(&value).inspect_err(|_| drop(caller.handles.remove(value)))
}

/// Changes the size.
pub async fn vmo_set_size(_caller: &Caller, vmo: Arc<Vmo>, size: u64) -> Result<(), Status> {
    let mut resize = vmo.start_resize(size)?;
    let mut unfinished = None;
    while !resize.is_done() {
        drop(vmo.resize(&mut resize)?);
        if !resize.is_done() && unfinished.is_none() {
            unfinished = Some(Unfinished::new(Work::Trim(vmo.clone())));
        }
        shootdown::barrier().await;
        next_step().await;
    }
    if let Some(unfinished) = unfinished {
        unfinished.done();
    }
    Ok(())
}
