//! VMAR: a region of an address space, in which VMOs are mapped and further regions allocated.
//!
//! ```text
//! Vmar (object with handles) ──▶ AddressSpace ──▶ lock ▶ Tree of Regions ──▶ Mapping ──▶ Vmo
//!                                     │                                        ▲           │
//!                                     └──▶ PageTable ◀── unmaps pages that go ──┴── View ◀──┘
//! ```
//!
//! The regions of an address space are in a slab under one lock, the address space's; a [`Vmar`] names
//! one of them. So a region lives on when its last handle is closed, and a handle can outlive its
//! region: then its calls fail with `BAD_STATE`. Regions nest [`MAX_DEPTH`] deep at most.
//!
//! - `tree`: regions and their children
//! - `leaving`: how these go away, in steps
//! - `options`, `placement`: what the options of a call mean, and where a new child lies
//! - `allocate`, `map`, `edit`: the calls
//! - `fault`: from an address to a page
//! - `visit`, `usage`: listing, and adding up

mod allocate;
mod edit;
mod fault;
mod leaving;
mod map;
mod options;
mod placement;
mod tree;
mod usage;
mod visit;

#[cfg(all(test, not(loom)))]
mod tests;

pub use edit::Protecting;
pub use fault::FaultError;
pub use leaving::{Step, Ticket};
pub use map::{MapRequest, Mapped};
pub use tree::{MAX_DEPTH, MAX_ENTRIES};
pub use usage::Usage;
pub use visit::{Entry, EntryKind};

use crate::core::base::Base;
use crate::memory::{Entropy, PageTable};
use crate::object::KernelObject;
use abi::Status;
use alloc::sync::Arc;
use core::ops::Range;
use tree::Tree;
use waitq::sync::{Mutex, MutexGuard};

/// What a root VMAR allows: everything.
const ROOT_FLAGS: u32 =
    abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_EXECUTE;

/// The regions, the mappings and the translations of a process.
struct AddressSpace {
    table: Arc<dyn PageTable>,
    entropy: &'static dyn Entropy,
    tree: Mutex<Tree>,
}

/// A virtual memory address region.
pub struct Vmar {
    base: Base,
    space: Arc<AddressSpace>,
    /// The region's index in the tree, as long as the region there has this object's koid.
    index: usize,
    range: Range<u64>,
    flags: u32,
}

impl Vmar {
    /// The root VMAR of a new address space: these addresses, translated by this page table.
    pub fn root(range: Range<u64>, table: Arc<dyn PageTable>, entropy: &'static dyn Entropy) -> Arc<Self> {
        let base = Base::new();
        let tree = Mutex::new(Tree::new(base.koid(), range.clone(), ROOT_FLAGS));
        let space = Arc::new(AddressSpace { table, entropy, tree });
        Arc::new(Self { base, space, index: Tree::ROOT, range, flags: ROOT_FLAGS })
    }

    /// What all objects have.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The first address.
    pub fn address(&self) -> u64 {
        self.range.start
    }

    /// In bytes.
    pub fn length(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// The `VM_CAN_MAP_*` bits that it was made with.
    pub fn flags(&self) -> u32 {
        self.flags
    }

    /// Whether it is the whole address space of a process.
    pub fn is_root(&self) -> bool {
        self.index == Tree::ROOT
    }

    /// Whether both are regions of one address space.
    pub fn is_beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.space, &other.space)
    }

    /// The page table of its address space.
    pub fn table(&self) -> &Arc<dyn PageTable> {
        &self.space.table
    }

    /// Bytes of all mappings in its address space.
    pub fn mapped_bytes(&self) -> u64 {
        self.space.tree.lock().mapped_bytes
    }

    /// How far behind the start of its region an address lies: in a program's image, what its own symbols count from.
    /// `None` if nothing is mapped there, or in the root itself.
    pub fn offset_in_region(&self, address: u64) -> Option<u64> {
        let tree = self.space.tree.lock();
        let (region, _) = tree.find(address)?;
        region.parent.map(|_| address - region.range.start)
    }

    /// The tree, if the region is still in it.
    fn open(&self) -> Result<MutexGuard<'_, Tree>, Status> {
        let tree = self.space.tree.lock();
        if tree.is_alive(self.index, self.base.koid()) { Ok(tree) } else { Err(Status::BAD_STATE) }
    }
}

impl KernelObject for Vmar {
    fn base(&self) -> &Base {
        &self.base
    }
}
