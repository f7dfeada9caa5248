//! What memory objects need of the machine: page frames, page tables and randomness, as small traits.
//!
//! The kernel implements them over real memory; the host implementation in `host.rs` is for tests.

use super::vmar::FaultError;
use abi::{Rights, VM_PERM_EXECUTE, VM_PERM_READ, VM_PERM_READ_IF_XOM_UNSUPPORTED, VM_PERM_WRITE};
use core::any::Any;
use core::ops::Range;

/// Bytes in a page.
pub const PAGE_SIZE: u64 = 4096;

/// A page frame, named by its physical address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Frame(pub u64);

/// The addresses user code may use: the range of a process's root VMAR.
pub const USER_RANGE: Range<u64> = 0x100_0000..0x7fff_ffff_f000;

/// The machine's page frames. Offsets and lengths stay within one page.
pub trait PageFrames: Send + Sync {
    /// A frame full of zeros, counted against what user programs may have.
    fn allocate_zeroed(&self) -> Option<Frame>;
    /// A frame with these contents, counted in the same way.
    fn allocate_filled(&self, bytes: &[u8; PAGE_SIZE as usize]) -> Option<Frame> {
        let frame = self.allocate_zeroed()?;
        self.write(frame, 0, bytes);
        Some(frame)
    }
    /// Whether a frame is left beyond the reserve out of which small objects are allocated, which can not
    /// fail.
    fn admit(&self) -> bool {
        true
    }
    /// Gives a frame back.
    fn free(&self, frame: Frame);
    /// Copies out of a frame.
    fn read(&self, frame: Frame, offset: usize, buffer: &mut [u8]);
    /// Copies into a frame.
    fn write(&self, frame: Frame, offset: usize, bytes: &[u8]);
    /// Fills a part of a frame with zeros.
    fn zero(&self, frame: Frame, range: Range<usize>);
    /// Copies a whole frame.
    fn copy(&self, from: Frame, to: Frame);
}

/// What user code may do with a page.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Protection {
    /// Loads.
    pub read: bool,
    /// Stores.
    pub write: bool,
    /// Instruction fetches.
    pub execute: bool,
}

impl Protection {
    /// Nothing is allowed.
    pub const NONE: Self = Self { read: false, write: false, execute: false };

    /// What the rights of a handle to a VMO or VMAR allow.
    pub fn from_rights(rights: Rights) -> Self {
        Self {
            read: rights.contains(Rights::READ),
            write: rights.contains(Rights::WRITE),
            execute: rights.contains(Rights::EXECUTE),
        }
    }

    /// What `VM_PERM_*` bits ask for.
    pub fn from_options(options: u32) -> Self {
        Self {
            read: options & (VM_PERM_READ | VM_PERM_READ_IF_XOM_UNSUPPORTED) != 0,
            write: options & VM_PERM_WRITE != 0,
            execute: options & VM_PERM_EXECUTE != 0,
        }
    }

    /// The same as `VM_PERM_*` bits.
    pub fn options(self) -> u32 {
        let bit = |on, bit| if on { bit } else { 0 };
        bit(self.read, VM_PERM_READ) | bit(self.write, VM_PERM_WRITE) | bit(self.execute, VM_PERM_EXECUTE)
    }

    /// Whether an access that needs `wanted` is allowed.
    pub fn allows(self, wanted: Self) -> bool {
        (self.read || !wanted.read) && (self.write || !wanted.write) && (self.execute || !wanted.execute)
    }
}

/// How much one step of something long may do: in the time that it takes to look at a page table entry, a dozen
/// instructions or so.
#[derive(Debug)]
pub struct Work(u32);

impl Work {
    /// What fits between two chances to take an interrupt: some 50 000 instructions.
    pub const fn step() -> Self {
        Self(4096)
    }

    /// So much.
    pub const fn new(units: u32) -> Self {
        Self(units)
    }

    /// As much as there is.
    pub const fn unlimited() -> Self {
        Self(u32::MAX)
    }

    /// Something was done that takes so long.
    #[inline]
    pub const fn spend(&mut self, units: u32) {
        self.0 = self.0.saturating_sub(units);
    }

    /// Whether it is time to stop.
    #[inline]
    pub const fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// The translations of one address space. All addresses are page aligned user addresses.
pub trait PageTable: Any + Send + Sync {
    /// Maps one page, also in the place of another, or with another protection: of a mapping that was overwritten there,
    /// or because another CPU was faster.
    ///
    /// # Errors
    /// `NoMemory`, and `OverLimit` when its process may not have another table.
    fn map(&self, address: u64, frame: Frame, protection: Protection) -> Result<(), FaultError>;
    /// Removes the translations in the range, from its start on: a step, which does something even if no work is
    /// left, and moves the start on. Other CPUs may use the old ones until the flush that the machine does before
    /// the system call returns; frames are kept until then.
    fn unmap(&self, range: &mut Range<u64>, work: &mut Work);
    /// Changes the protection of the pages that are mapped in the range: a step, in the same way.
    fn protect(&self, range: &mut Range<u64>, protection: Protection, work: &mut Work);
}

/// Where randomness comes from, for the placement of mappings.
pub trait Entropy: Send + Sync {
    /// 64 random bits.
    fn next(&self) -> u64;
}
