//! The virtual address map, and the way between physical addresses and the direct map.
//!
//! ```text
//! 0x0000_0000_0100_0000 ..= 0x0000_7fff_ffff_efff   user
//! 0xffff_8000_0000_0000 ..                          direct map of all RAM, never executable
//! 0xffff_e000_0000_0000 .. 0xffff_e800_0000_0000    the disk boot loader's, during boot
//! 0xffff_f000_0000_0000 ..                          vmap: kernel stacks, device registers
//! 0xffff_ffff_8000_0000 ..                          kernel image
//! ```

use core::ops::Range;
use x86_64::{PhysAddr, VirtAddr};

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: u64 = 4096;
/// Bytes in a large page of the direct map.
pub const LARGE_PAGE_SIZE: u64 = 2 << 20;

/// First address that user mappings may have.
pub const USER_BASE: u64 = 0x100_0000;
/// First address above user space. The last page below the canonical hole stays empty, so that no
/// SYSCALL instruction ends at a non-canonical address.
pub const USER_END: u64 = 0x7fff_ffff_f000;

/// Where physical address 0 is mapped.
pub const DIRECT_MAP: u64 = 0xffff_8000_0000_0000;
/// The size of the direct map: RAM above this is not used.
pub const DIRECT_MAP_SIZE: u64 = 0x4000_0000_0000;
/// Kernel stacks with guard pages, and device registers: one top-level entry.
pub const VMAP: Range<u64> = 0xffff_f000_0000_0000..0xffff_f080_0000_0000;
/// Where the kernel image begins.
pub const KERNEL_BASE: u64 = 0xffff_ffff_8000_0000;

/// Memory below this is not given out: firmware owns parts of it, and a CPU starts in it.
pub const LOW_MEMORY_END: u64 = 0x10_0000;
/// The page where other CPUs start executing: free on every PC.
pub const TRAMPOLINE_PAGE: u64 = 0x8000;

/// The address in the direct map of a physical address.
///
/// The result may be dereferenced only where RAM is.
#[inline(always)]
pub const fn phys_to_virt(address: PhysAddr) -> VirtAddr {
    VirtAddr::new_truncate(address.as_u64() + DIRECT_MAP)
}

/// The physical address of an address in the direct map.
///
/// # Panics
/// In debug builds, for an address outside of the direct map.
#[inline(always)]
pub fn virt_to_phys(address: VirtAddr) -> PhysAddr {
    debug_assert!((DIRECT_MAP..DIRECT_MAP + DIRECT_MAP_SIZE).contains(&address.as_u64()));
    PhysAddr::new_truncate(address.as_u64() - DIRECT_MAP)
}

/// Whether `length` bytes at `address` are all user addresses.
#[inline(always)]
pub const fn is_user_range(address: u64, length: u64) -> bool {
    match address.checked_add(length) {
        Some(end) => address >= USER_BASE && end <= USER_END,
        None => false,
    }
}
