//! Page table entries, and page tables as arrays of them.
//!
//! Entries are atomic because the page walker of any CPU reads them, and sets accessed and dirty bits,
//! at any time. Only the holder of the lock of a tree of tables changes anything else.
//!
//! An entry that names a table counts the live entries of that table in the bits that the walker
//! ignores (52 to 61), so that a table whose last entry goes is found, and released, in O(1).

use super::layout::phys_to_virt;
use core::sync::atomic::{AtomicU64, Ordering};
use x86_64::PhysAddr;
use x86_64::structures::paging::PageTableFlags as Flags;

/// Entries in a table.
pub const ENTRIES: usize = 512;
/// The level of the table that CR3 names; tables of level 0 hold the 4 KiB pages.
pub const TOP_LEVEL: usize = 3;

const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const COUNT_SHIFT: u32 = 52;
const ONE_ENTRY: u64 = 1 << COUNT_SHIFT;
const COUNT_MASK: u64 = 0x3ff;

/// The flags that this CPU knows: one without NX takes the bit for a mistake.
static KNOWN_FLAGS: AtomicU64 = AtomicU64::new(u64::MAX);

/// Says whether pages can be made non-executable, before the first entry is made; where they can not,
/// [`Flags::NO_EXECUTE`] has no effect.
pub fn init(no_execute: bool) {
    let unknown = if no_execute { Flags::empty() } else { Flags::NO_EXECUTE };
    KNOWN_FLAGS.store(!unknown.bits(), Ordering::Relaxed);
}

/// The value of a page table entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry(u64);

impl Entry {
    /// Maps nothing.
    pub const EMPTY: Self = Self(0);

    /// Names a page or a table.
    pub fn new(address: PhysAddr, flags: Flags) -> Self {
        Self(address.as_u64() | flags.bits() & KNOWN_FLAGS.load(Ordering::Relaxed))
    }

    /// Whether it maps anything.
    pub const fn is_present(self) -> bool {
        self.0 & Flags::PRESENT.bits() != 0
    }

    /// Whether it maps a large page.
    pub const fn is_large(self) -> bool {
        self.0 & Flags::HUGE_PAGE.bits() != 0
    }

    /// The physical address of the page or table.
    pub const fn address(self) -> PhysAddr {
        PhysAddr::new_truncate(self.0 & ADDRESS)
    }

    /// The flags; the count of a table's entries is not among them.
    pub const fn flags(self) -> Flags {
        let bits = Flags::from_bits_truncate(self.0 & !ADDRESS);
        bits.difference(Flags::from_bits_truncate(COUNT_MASK << COUNT_SHIFT))
    }

    /// How many live entries the table has that this entry names.
    pub const fn count(self) -> u64 {
        self.0 >> COUNT_SHIFT & COUNT_MASK
    }
}

/// A place for an entry in a table.
#[repr(transparent)]
pub struct Slot(AtomicU64);

impl Slot {
    /// The entry in it.
    #[inline(always)]
    pub fn get(&self) -> Entry {
        Entry(self.0.load(Ordering::Relaxed))
    }

    /// Replaces the entry. A table that is named here has been filled before any walker sees it.
    #[inline(always)]
    pub fn set(&self, entry: Entry) {
        self.0.store(entry.0, Ordering::Release);
    }

    /// The table that this entry names has `added` entries more.
    #[inline(always)]
    pub fn add_to_count(&self, added: u64) {
        self.0.fetch_add(added * ONE_ENTRY, Ordering::Relaxed);
    }

    /// The table that this entry names has `removed` entries less. How many it has now.
    #[inline(always)]
    pub fn subtract_from_count(&self, removed: u64) -> u64 {
        let before = Entry(self.0.fetch_sub(removed * ONE_ENTRY, Ordering::Relaxed));
        before.count() - removed
    }
}

/// A page table of some level.
pub type Table = [Slot; ENTRIES];

/// The table in a frame.
///
/// # Safety
/// 1. The frame holds a page table for as long as the result is used.
/// 2. It is in the direct map.
#[inline(always)]
pub unsafe fn at<'a>(frame: PhysAddr) -> &'a Table {
    // SAFETY: the caller promises that a table is there; it is only accessed atomically.
    unsafe { &*phys_to_virt(frame).as_ptr() }
}

/// The index into a table of `level` on the way to `address`.
#[inline(always)]
pub const fn index(address: u64, level: usize) -> usize {
    (address >> (12 + 9 * level)) as usize % ENTRIES
}

/// How many bytes one entry of a table of `level` spans.
#[inline(always)]
pub const fn span(level: usize) -> u64 {
    1 << (12 + 9 * level)
}
