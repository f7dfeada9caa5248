//! VMARs on a host page table.

mod destroy;
mod edit;
mod fault;
mod map;
mod model;
mod placement;
mod threads;
mod usage;

use super::*;
use crate::host::{HostEntropy, HostFrames, HostPageTable};
use crate::memory::mapping::{Flush, Retired};
use crate::memory::vmo::Vmo;
use crate::memory::{PAGE_SIZE as PAGE, PageFrames, Protection, USER_RANGE, Work};
use std::vec::Vec;

const READ: u32 = abi::VM_PERM_READ;
const WRITE: u32 = abi::VM_PERM_READ | abi::VM_PERM_WRITE;
const CAN_ALL: u32 = ROOT_FLAGS;
const SPECIFIC: u32 = abi::VM_SPECIFIC;
const OVERWRITE: u32 = abi::VM_SPECIFIC_OVERWRITE;
const ALL: Protection = Protection { read: true, write: true, execute: true };
const LOAD: Protection = Protection { read: true, write: false, execute: false };
const STORE: Protection = Protection { read: false, write: true, execute: false };

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

/// Goes on until all that a call has unmapped is gone.
fn clean_up(vmar: &Vmar, mut step: Step) {
    while let Some(ticket) = step.left {
        step = vmar.clean_up(ticket);
    }
}

/// Unmaps everything, for ever.
fn end(root: &Vmar) {
    while !root.destroy_address_space(&mut Work::new(50)).1 {}
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
    while !change.is_done() {
        drop(vmar.protect(&mut change)?);
    }
    Ok(())
}

/// Asserts that a call fails with this status.
fn refused<T>(outcome: Result<T, Status>, status: Status) {
    assert_eq!(outcome.map(drop), Err(status));
}
