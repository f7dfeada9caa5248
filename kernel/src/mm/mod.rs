//! Memory: frames, the kernel heap, page tables, address spaces and access to user memory.
//!
//! This is one of the rooms for unsafe code: it owns the direct map and the page tables, and hands out
//! safe types. What is pure logic (the buddy allocator, the size classes) lives in the crate
//! `hafnon-frames`, where the host tests it.
//!
//! # What boot must hand over to [`init`]
//! - The low 4 GiB of physical memory are mapped at [`layout::DIRECT_MAP`].
//! - Memory regions of kind `Usable` are free to take: the kernel image, the ramdisk and whatever else
//!   is in use lie in regions of another kind.
//! - The kernel image is mapped at its linked address; `arch::image` knows its borders. The stack and
//!   the boot information are in the image, the ramdisk is in the direct map. All else is forgotten.
//! - `arch::cpu::index` works, and `arch::control::init` has run: the tables use no-execute bits.
//!
//! # Order of initialisation
//! 1. [`paging`] builds the kernel's own page tables in frames taken off the start of the largest
//!    usable region, and switches to them.
//! 2. [`frames`] takes over the rest of the usable regions.
//! 3. From here on the [`heap`] allocates.
//!
//! Every other CPU calls [`init_cpu`] once it runs in the kernel image.
#![allow(unsafe_code)]

pub mod address_space;
mod copy;
pub mod frames;
pub mod heap;
pub mod layout;
pub mod page_frames;
pub mod paging;
pub mod payers;
pub mod shootdown;
pub mod stock;
mod table;
pub mod trial;
pub mod user;
pub mod watermarks;

use crate::arch::control;
use crate::arch::cpu::MAX_CPUS;
use crate::arch::image;
use bootloader_api::BootInfo;
use bootloader_api::info::MemoryRegionKind;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub use address_space::AddressSpace;
pub use page_frames::DirectMap;
pub use paging::{Trampoline, init_cpu, kernel_stack, map_mmio, map_physical};
pub use x86_64::{PhysAddr, VirtAddr};

/// See [`wired_bytes`].
static WIRED: AtomicU64 = AtomicU64::new(0);

/// Shootdown keeps CPUs in the bits of a word.
const _: () = assert!(MAX_CPUS <= 64);

/// Brings up memory management on the boot CPU; see the module for the order and what it expects.
///
/// # Panics
/// When the boot information does not keep the promises above.
pub fn init(boot_info: &'static BootInfo) {
    let features = control::features();
    table::init(features.no_execute);
    let taken = paging::init(boot_info);
    frames::init(&boot_info.memory_regions, taken);
    note_wired(boot_info);
    copy::init(features.smap);
}

/// Notes how much memory is nobody's to take: the kernel's image, and of what was usable all but the frames.
fn note_wired(boot_info: &BootInfo) {
    let usable = boot_info.memory_regions.iter().filter(|region| region.kind == MemoryRegionKind::Usable);
    let usable: u64 = usable.map(|region| region.end - region.start).sum();
    let (image, frames) = (image::whole(), frames::total_frames() as u64 * layout::PAGE_SIZE);
    WIRED.store(usable.saturating_sub(frames) + (image.end - image.start), Relaxed);
}

/// Bytes of memory that the kernel took at boot, and keeps.
pub fn wired_bytes() -> u64 {
    WIRED.load(Relaxed)
}

/// Frames that user memory takes, its page tables included: those that are neither free, nor on the way
/// there, nor the heap's. Besides those of programs, the CPUs' stacks count here.
pub fn user_frames() -> usize {
    // These numbers change while they are read.
    let others = [frames::free_frames(), frames::quarantined_frames(), heap::frames_in_use()];
    others.into_iter().fold(frames::total_frames(), usize::saturating_sub)
}
