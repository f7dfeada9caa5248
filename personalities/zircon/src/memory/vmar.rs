//! Address regions.
//!
//! What a call unmaps may be dropped at once: frames stay in quarantine until every TLB has forgotten
//! them. But the call returns only then: the thread of one that was answered at the trap waits for that before it goes
//! on ([`hold_back`]).

use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::ops::Range;
use core::task::Poll;
use hafnon_kernel::machine::{process, vdso};
use hafnon_kernel::mm::shootdown;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps::hold_back;
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::unfinished::{Unfinished, Work};
use objects::mapping::whole_pages;
use objects::memory::{PAGE_SIZE, Protection};
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

/// Up to how many bytes are mapped and unmapped at the trap. No more than a page table has pages, so that is one step.
const SMALL: usize = 16 * PAGE_SIZE as usize;

/// Maps a VMO: at the trap, if that is little, changes nothing that was there, and is no code of the vDSO.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub fn vmar_map(
    caller: &Caller,
    vmar: Held<Arc<Vmar>>,
    options: u32,
    vmar_offset: usize,
    vmo: Held<Arc<Vmo>>,
    vmo_offset: u64,
    length: usize,
    mapped_addr: Out<usize>,
) -> Poll<Result<(), Status>> {
    let more = abi::VM_MAP_RANGE | abi::VM_SPECIFIC_OVERWRITE | abi::VM_PERM_EXECUTE;
    if options & more != 0 || length > SMALL || !is_of(caller, &vmar.object) {
        return Poll::Pending;
    }
    let place = (options, vmar_offset as u64, vmo_offset, length as u64);
    let mapped = vmar.object.map(&request(&vmar, &vmo, place, false));
    if !shootdown::all_settled() {
        // Some CPU may have yet to forget what was at these addresses.
        hold_back();
    }
    Poll::Ready(mapped.and_then(|Mapped { mut range, id, .. }| {
        let written = mapped_addr.write(&(range.start as usize));
        while written.is_err() && !range.is_empty() {
            drop(vmar.object.take_back(id, &mut range).retired);
            hold_back();
        }
        written
    }))
}

fn request<'a>(
    vmar: &Held<Arc<Vmar>>,
    vmo: &'a Held<Arc<Vmo>>,
    (options, vmar_offset, vmo_offset, length): (u32, u64, u64, u64),
    seal: bool,
) -> MapRequest<'a> {
    let (vmar_rights, vmo_rights) =
        (Protection::from_rights(vmar.rights), Protection::from_rights(vmo.rights));
    let vmo = &vmo.object;
    MapRequest { options, vmar_offset, vmo, vmo_offset, length, vmar_rights, vmo_rights, seal }
}

/// Whether it is a region of the caller's address space, which `settled` (`kernel/src/sched/thread.rs`) cleans up.
fn is_of(caller: &Caller, vmar: &Vmar) -> bool {
    vmar.is_beside(caller.process.root())
}

/// [`vmar_map`] where that takes more.
#[allow(clippy::too_many_arguments)] // reason: the call has them
pub async fn vmar_map_long(
    _caller: &Caller,
    vmar: Held<Arc<Vmar>>,
    options: u32,
    vmar_offset: usize,
    vmo: Held<Arc<Vmo>>,
    vmo_offset: u64,
    length: usize,
    mapped_addr: Out<usize>,
) -> Result<(), Status> {
    let seal = is_vdso_code(&vmo.object, options, vmo_offset, length as u64)?;
    let place = (options, vmar_offset as u64, vmo_offset, length as u64);
    let Mapped { mut range, id, retired, left } = vmar.object.map(&request(&vmar, &vmo, place, seal))?;
    let vmar = vmar.object;
    drop(retired);
    let left = ToClear::new(&vmar, left);
    let address = range.start;
    // At once: a thread that is killed further down leaves a process whose calls are served.
    let note_vdso = |base, code| {
        if seal {
            process::of_vmar(&vmar).inspect(|machine| machine.set_vdso(base, code));
        }
    };
    note_vdso(address - vmo_offset, address);
    let mut outcome = mapped_addr.write(&(address as usize));
    if outcome.is_ok() && options & abi::VM_MAP_RANGE != 0 {
        outcome = populate(&vmar, range.clone()).await;
    }
    clean_up(&vmar, left).await;
    if outcome.is_err() {
        note_vdso(0, 0);
        while !range.is_empty() {
            let Step { retired, left } = vmar.take_back(id, &mut range);
            drop(retired);
            clean_up(&vmar, ToClear::new(&vmar, left)).await;
        }
    }
    outcome
}

/// What a call has unmapped and not cleared yet, which is not forgotten if its thread is killed.
struct ToClear(Option<(Ticket, Unfinished)>);

impl ToClear {
    fn new(vmar: &Arc<Vmar>, left: Option<Ticket>) -> Self {
        Self(left.map(|ticket| (ticket, Unfinished::new(Work::CleanUp(vmar.clone(), ticket)))))
    }
}

/// Goes on until all that a call has unmapped is gone, and every CPU has forgotten it.
async fn clean_up(vmar: &Vmar, ToClear(left): ToClear) {
    if let Some((ticket, unfinished)) = left {
        let mut left = Some(ticket);
        while let Some(ticket) = left {
            next_step().await;
            let step = vmar.clean_up(ticket);
            left = step.left;
            drop(step.retired);
        }
        unfinished.done();
    }
    shootdown::barrier().await;
}

/// Maps the committed pages of a range that has just been mapped.
async fn populate(vmar: &Vmar, mut range: Range<u64>) -> Result<(), Status> {
    while !range.is_empty() {
        vmar.populate(&mut range)?;
        next_step().await;
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

/// Unmaps a range: at the trap, if that is little.
pub fn vmar_unmap(caller: &Caller, vmar: Arc<Vmar>, addr: usize, len: usize) -> Poll<Result<(), Status>> {
    if len > SMALL || !is_of(caller, &vmar) {
        return Poll::Pending;
    }
    Poll::Ready(vmar.unmap(addr as u64, len as u64).map(|Step { retired, left }| {
        drop(retired);
        if left.is_some() || !shootdown::all_settled() {
            hold_back();
        }
    }))
}

/// [`vmar_unmap`] where that takes more.
pub async fn vmar_unmap_long(
    _caller: &Caller,
    vmar: Arc<Vmar>,
    addr: usize,
    len: usize,
) -> Result<(), Status> {
    let Step { retired, left } = vmar.unmap(addr as u64, len as u64)?;
    drop(retired);
    clean_up(&vmar, ToClear::new(&vmar, left)).await;
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
        next_step().await;
    };
    shootdown::barrier().await;
    outcome
}

/// Unmaps a region and everything in it.
pub async fn vmar_destroy(_caller: &Caller, vmar: Arc<Vmar>) -> Result<(), Status> {
    let Step { retired, left } = vmar.destroy()?;
    drop(retired);
    clean_up(&vmar, ToClear::new(&vmar, left)).await;
    Ok(())
}
