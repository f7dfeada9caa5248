//! Address regions.
//!
//! What a call unmaps may be dropped at once: frames stay in quarantine until every TLB has forgotten
//! them. But the call returns only then.

use super::Caller;
use crate::mm::shootdown;
use crate::mm::user::Out;
use crate::{process, vdso};
use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::ops::Range;
use objects::mapping::whole_pages;
use objects::memory::Protection;
use objects::vmar::{MapRequest, Mapped, Step, Ticket};
use objects::{Handle, Held, Vmar, Vmo};

/// A new region in another one.
pub fn vmar_allocate(
    caller: &Caller,
    parent: Held<Arc<Vmar>>,
    options: u32,
    offset: usize,
    size: usize,
    child_vmar: Out<RawHandle>,
    child_addr: Out<usize>,
) -> Result<(), Status> {
    let (rights, allowed) = (parent.rights, Protection::from_rights(parent.rights));
    let child = parent.object.allocate(options, offset as u64, size as u64, allowed)?;
    let can = child.flags();
    let flag = |bit: u32, right: Rights| if can & bit != 0 { right } else { Rights::NONE };
    let rights = (rights & Rights::DEFAULT_VMAR)
        | flag(abi::VM_CAN_MAP_READ, Rights::READ)
        | flag(abi::VM_CAN_MAP_WRITE, Rights::WRITE)
        | flag(abi::VM_CAN_MAP_EXECUTE, Rights::EXECUTE);
    let address = child.address() as usize;
    let installed = child_addr.write(&address).and_then(|()| {
        let handle = Handle::new(child.clone(), rights)?;
        caller.install(handle, child_vmar)
    });
    if installed.is_err() {
        drop(child.destroy());
    }
    installed
}

/// Maps a VMO.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub async fn vmar_map(
    _caller: &Caller,
    vmar: Held<Arc<Vmar>>,
    options: u32,
    vmar_offset: usize,
    vmo: Held<Arc<Vmo>>,
    vmo_offset: u64,
    length: usize,
    mapped_addr: Out<usize>,
) -> Result<(), Status> {
    let (vmar_rights, vmo_rights) =
        (Protection::from_rights(vmar.rights), Protection::from_rights(vmo.rights));
    let (vmar, vmo) = (vmar.object, vmo.object);
    let seal = is_vdso_code(&vmo, options, vmo_offset, length as u64)?;
    let request = MapRequest {
        options,
        vmar_offset: vmar_offset as u64,
        vmo: &vmo,
        vmo_offset,
        length: length as u64,
        vmar_rights,
        vmo_rights,
        seal,
    };
    let Mapped { mut range, id, retired, left } = vmar.map(&request)?;
    drop(retired);
    let address = range.start;
    let mut outcome = mapped_addr.write(&(address as usize));
    if outcome.is_ok() && options & abi::VM_MAP_RANGE != 0 {
        outcome = populate(&vmar, range.clone()).await;
    }
    clean_up(&vmar, left).await;
    if outcome.is_err() {
        while !range.is_empty() {
            let Step { retired, left } = vmar.take_back(id, &mut range);
            drop(retired);
            clean_up(&vmar, left).await;
        }
    } else if seal {
        process::of_vmar(&vmar).inspect(|machine| machine.set_vdso(address - vmo_offset, address));
    }
    outcome
}

/// Goes on until all that a call has unmapped is gone, and every CPU has forgotten it.
async fn clean_up(vmar: &Vmar, mut left: Option<Ticket>) {
    while let Some(ticket) = left {
        executor::yield_now().await;
        let step = vmar.clean_up(ticket);
        left = step.left;
        drop(step.retired);
    }
    shootdown::barrier().await;
}

/// Maps the committed pages of a range that has just been mapped.
async fn populate(vmar: &Vmar, mut range: Range<u64>) -> Result<(), Status> {
    while !range.is_empty() {
        vmar.populate(&mut range)?;
        executor::yield_now().await;
    }
    Ok(())
}

/// Whether this maps the vDSO's code. System calls are taken from there, so it is mapped whole, and once, and
/// stays: see [`MapRequest::seal`].
///
/// # Errors
/// `ACCESS_DENIED` for another part that is to be executable.
fn is_vdso_code(vmo: &Arc<Vmo>, options: u32, offset: u64, length: u64) -> Result<bool, Status> {
    let Some(vdso) = vdso::get().filter(|vdso| Arc::ptr_eq(vmo, &vdso.vmo)) else { return Ok(false) };
    if options & abi::VM_PERM_EXECUTE == 0 {
        return Ok(false);
    }
    let whole = offset == vdso.code.start && whole_pages(length) == Some(vdso.code.end - vdso.code.start);
    if whole { Ok(true) } else { Err(Status::ACCESS_DENIED) }
}

/// Unmaps a range.
pub async fn vmar_unmap(_caller: &Caller, vmar: Arc<Vmar>, addr: usize, len: usize) -> Result<(), Status> {
    let Step { retired, left } = vmar.unmap(addr as u64, len as u64)?;
    drop(retired);
    clean_up(&vmar, left).await;
    Ok(())
}

/// Changes what may be done with a range.
pub async fn vmar_protect(
    _caller: &Caller,
    vmar: Held<Arc<Vmar>>,
    options: u32,
    addr: usize,
    len: usize,
) -> Result<(), Status> {
    let (vmar, allowed) = (vmar.object, Protection::from_rights(vmar.rights));
    let mut change = vmar.start_protect(options, addr as u64, len as u64, allowed)?;
    let outcome = loop {
        match vmar.protect(&mut change) {
            Ok(retired) => drop(retired),
            Err(status) => break Err(status),
        }
        if change.is_done() {
            break Ok(());
        }
        executor::yield_now().await;
    };
    shootdown::barrier().await;
    outcome
}

/// Unmaps a region and everything in it.
pub async fn vmar_destroy(_caller: &Caller, vmar: Arc<Vmar>) -> Result<(), Status> {
    let Step { retired, left } = vmar.destroy()?;
    drop(retired);
    clean_up(&vmar, left).await;
    Ok(())
}
