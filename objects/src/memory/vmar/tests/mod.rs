//! VMARs on a host page table.

mod destroy;
mod edit;
mod fault;
mod leaving;
mod map;
mod model;
mod placement;
mod region;
mod threads;
mod usage;

use super::*;
use crate::host::{HostEntropy, HostFrames, HostPageTable};
use crate::memory::mapping::{Flush, Retired};
use crate::memory::vmo::Vmo;
use crate::memory::{Frame, PAGE_SIZE as PAGE, PageFrames, Protection, USER_RANGE, Work};
use std::vec;
use std::vec::Vec;

const READ: u32 = abi::VM_PERM_READ;
const WRITE: u32 = abi::VM_PERM_READ | abi::VM_PERM_WRITE;
const CAN_ALL: u32 = ROOT_FLAGS;
const SPECIFIC: u32 = abi::VM_SPECIFIC;
const OVERWRITE: u32 = abi::VM_SPECIFIC_OVERWRITE;
const ALL: Protection = Protection { read: true, write: true, execute: true };
const LOAD: Protection = Protection { read: true, write: false, execute: false };
const STORE: Protection = Protection { read: false, write: true, execute: false };

/// A page table that takes a whole step for each page that it changes or loses: a few pages go in steps as many do.
struct SlowTable(Arc<HostPageTable>);

impl PageTable for SlowTable {
    fn map(&self, address: u64, frame: Frame, protection: Protection) -> Result<(), FaultError> {
        self.0.map(address, frame, protection)
    }

    fn unmap(&self, range: &mut Range<u64>, work: &mut Work) {
        let mut one = Work::new(1);
        self.0.unmap(range, &mut one);
        Self::spend(&one, work);
    }

    fn protect(&self, range: &mut Range<u64>, protection: Protection, work: &mut Work) {
        let mut one = Work::new(1);
        self.0.protect(range, protection, &mut one);
        Self::spend(&one, work);
    }
}

impl SlowTable {
    fn spend(one: &Work, work: &mut Work) {
        if one.is_spent() {
            work.spend(u32::MAX);
        }
    }
}

/// A machine with one address space.
struct World {
    frames: &'static HostFrames,
    table: Arc<HostPageTable>,
    root: Arc<Vmar>,
}

impl World {
    fn new() -> Self {
        Self::with_root(USER_RANGE)
    }

    fn with_root(range: Range<u64>) -> Self {
        let table = HostPageTable::new();
        let root = Vmar::root(range, table.clone(), HostEntropy::leak(1));
        Self { frames: HostFrames::leak(), table, root }
    }

    /// One in which each page takes a step.
    fn slow() -> Self {
        let table = HostPageTable::new();
        let slow = Arc::new(SlowTable(table.clone()));
        let root = Vmar::root(USER_RANGE, slow, HostEntropy::leak(1));
        Self { frames: HostFrames::leak(), table, root }
    }

    /// What counts against [`MAX_ENTRIES`].
    fn entries(&self) -> usize {
        self.root.space.tree.lock().entries
    }

    /// As if there were so many others that only this many more may come.
    fn leave_room_for(&self, entries: usize) {
        self.root.space.tree.lock().entries = MAX_ENTRIES - entries;
    }

    /// Maps a new VMO at a page of the root, and touches each of its pages.
    fn map_touched(&self, at: u64, pages: u64) -> u64 {
        let address = map(&self.root, &self.vmo(pages), WRITE | SPECIFIC, at, pages).unwrap();
        (0..pages).for_each(|page| self.store(address + page * PAGE, 1).unwrap());
        address
    }

    fn vmo(&self, pages: u64) -> Arc<Vmo> {
        Vmo::create(self.frames, pages * PAGE, 0).unwrap()
    }

    fn resizable(&self, pages: u64) -> Arc<Vmo> {
        Vmo::create(self.frames, pages * PAGE, abi::VMO_RESIZABLE).unwrap()
    }

    /// A write through the address space, as a user program's store.
    fn store(&self, address: u64, byte: u8) -> Result<(), FaultError> {
        self.root.fault(address, STORE)?;
        let (frame, _) = self.table.query(address - address % PAGE).unwrap();
        self.frames.write(frame, (address % PAGE) as usize, &[byte]);
        Ok(())
    }

    /// A read through the address space.
    fn load(&self, address: u64) -> Result<u8, FaultError> {
        self.root.fault(address, LOAD)?;
        let (frame, _) = self.table.query(address - address % PAGE).unwrap();
        let mut byte = [0];
        self.frames.read(frame, (address % PAGE) as usize, &mut byte);
        Ok(byte[0])
    }

    /// Every mapping: first page and number of pages, relative to the root.
    fn mappings(&self) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        self.root.visit(0, |entry| {
            if let EntryKind::Mapping { .. } = entry.kind {
                let pages = (entry.range.end - entry.range.start) / PAGE;
                found.push(((entry.range.start - self.root.address()) / PAGE, pages));
            }
            true
        });
        found
    }
}

/// What the mappings of the address space allow, by address.
fn protections(world: &World) -> Vec<u32> {
    let mut found = Vec::new();
    world.root.visit(0, |entry| {
        if let EntryKind::Mapping { protection, .. } = entry.kind {
            found.push(protection.options());
        }
        true
    });
    found
}

/// A request for a mapping of a whole VMO; sizes in pages.
fn request<'a>(vmo: &'a Arc<Vmo>, options: u32, at: u64, pages: u64) -> MapRequest<'a> {
    MapRequest {
        options,
        vmar_offset: at * PAGE,
        vmo,
        vmo_offset: 0,
        length: pages * PAGE,
        vmar_rights: ALL,
        vmo_rights: ALL,
        seal: false,
    }
}

/// Maps, forgets what was there, and tells where.
fn map(vmar: &Vmar, vmo: &Arc<Vmo>, options: u32, at: u64, pages: u64) -> Result<u64, Status> {
    map_request(vmar, &request(vmo, options, at, pages))
}

/// A call of `vmar_unmap`, and no step of what is left to do after it.
fn start_unmap(vmar: &Vmar, at: u64, pages: u64) -> Result<Step, Status> {
    vmar.unmap(vmar.address() + at * PAGE, pages * PAGE)
}

fn map_request(vmar: &Vmar, request: &MapRequest<'_>) -> Result<u64, Status> {
    let mapped = vmar.map(request)?;
    clean_up(vmar, Step { retired: mapped.retired, left: mapped.left });
    Ok(mapped.range.start)
}

fn allocate(vmar: &Vmar, options: u32, at: u64, pages: u64) -> Result<Arc<Vmar>, Status> {
    vmar.allocate(options, at * PAGE, pages * PAGE, ALL)
}

fn unmap(vmar: &Vmar, at: u64, pages: u64) -> Result<(), Status> {
    vmar.unmap(vmar.address() + at * PAGE, pages * PAGE).map(|step| clean_up(vmar, step))
}

/// Takes steps until one says that it was the last; and fails if none of very many does.
fn until_done(mut step: impl FnMut() -> bool) {
    assert!((0..100_000).any(|_| step()), "the steps come to no end");
}

/// Goes on until all that a call has unmapped is gone.
fn clean_up(vmar: &Vmar, mut step: Step) {
    until_done(|| match step.left {
        None => true,
        Some(ticket) => {
            step = vmar.clean_up(ticket);
            false
        }
    });
}

/// The same for a ticket.
fn clean_up_all(vmar: &Vmar, ticket: Ticket) {
    clean_up(vmar, Step { retired: Retired::new(), left: Some(ticket) });
}

/// Unmaps everything, for ever.
fn end(root: &Vmar) {
    until_done(|| root.destroy_address_space(&mut Work::new(50)).1);
}

fn destroy(vmar: &Vmar) -> Result<(), Status> {
    vmar.destroy().map(|step| clean_up(vmar, step))
}

fn protect(vmar: &Vmar, options: u32, at: u64, pages: u64) -> Result<(), Status> {
    protect_within(vmar, options, vmar.address() + at * PAGE, pages * PAGE, ALL)
}

fn protect_within(
    vmar: &Vmar,
    options: u32,
    address: u64,
    length: u64,
    rights: Protection,
) -> Result<(), Status> {
    let mut change = vmar.start_protect(options, address, length, rights)?;
    finish_protect(vmar, &mut change)
}

fn finish_protect(vmar: &Vmar, change: &mut Protecting) -> Result<(), Status> {
    let mut outcome = Ok(());
    until_done(|| {
        outcome = vmar.protect(change).map(drop);
        outcome.is_err() || change.is_done()
    });
    outcome
}

/// Asserts that a call fails with this status.
fn refused<T>(outcome: Result<T, Status>, status: Status) {
    assert_eq!(outcome.map(drop), Err(status));
}
