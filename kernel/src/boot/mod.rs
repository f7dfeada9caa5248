//! From a boot loader to [`kernel_main`](crate::kernel_main): whichever way the machine
//! started, the kernel sees one state.
//!
//! ```text
//! PVH (qemu -kernel)        pvh.s: long mode ─▶ pvh::pvh_main ─┐
//!                                                               ├─▶ hand_over ─▶ kernel_main
//! BIOS or UEFI disk image   _start ─▶ bootloader::enter ────────┘
//! ```
//!
//! That state: interrupts are off, traps and panics are reported; the stack is [`BOOT_STACK`];
//! physical memory (at least the low 4 GiB) is mapped at [`DIRECT_MAP`]; the [`BootInfo`], its
//! memory map and the command line are copied into the kernel image, and `ramdisk_addr` lies in
//! the direct map. So nothing of the loader's memory is needed once mm has its own page tables.
#![allow(unsafe_code)] // reason: the machine's state at boot is described by raw addresses

mod bootloader;
mod pvh;
mod regions;

use bootloader_api::BootInfo;
use bootloader_api::info::MemoryRegion;
use core::cell::UnsafeCell;
use spin::Once;

/// Virtual address at which physical address 0 is mapped.
pub const DIRECT_MAP: u64 = crate::mm::layout::DIRECT_MAP;
/// Size of [`BOOT_STACK`] in bytes.
pub const BOOT_STACK_SIZE: usize = 64 * 1024;
/// Bytes of the command line that are kept. The host command refuses more: QEMU, too, has no room for much more.
const COMMAND_LINE_CAPACITY: usize = 4096;
/// Memory regions that are kept; QEMU reports about ten, UEFI firmware about a hundred.
const REGION_CAPACITY: usize = 512;

/// The stack that the first CPU starts on, until it moves to one with a guard page.
#[repr(C, align(4096))]
pub struct BootStack(UnsafeCell<[u8; BOOT_STACK_SIZE]>);

// SAFETY: only the first CPU runs on it, and nobody reads it as data.
unsafe impl Sync for BootStack {}

/// See [`BootStack`].
pub static BOOT_STACK: BootStack = BootStack(UnsafeCell::new([0; BOOT_STACK_SIZE]));

/// Addresses of [`BOOT_STACK`]: lowest byte, and one past the highest.
pub fn boot_stack() -> (u64, u64) {
    let bottom = BOOT_STACK.0.get() as u64;
    (bottom, bottom + BOOT_STACK_SIZE as u64)
}

/// What the boot loader told, copied into the kernel image.
struct Handover {
    info: Option<BootInfo>,
    regions: [MemoryRegion; REGION_CAPACITY],
}

struct HandoverCell(UnsafeCell<Handover>);

// SAFETY: only `hand_over` touches it, which runs once, on the first CPU, before any other starts.
unsafe impl Sync for HandoverCell {}

static HANDOVER: HandoverCell =
    HandoverCell(UnsafeCell::new(Handover { info: None, regions: [MemoryRegion::empty(); REGION_CAPACITY] }));

static COMMAND_LINE: Once<CommandLine> = Once::new();

struct CommandLine {
    bytes: [u8; COMMAND_LINE_CAPACITY],
    length: usize,
}

/// The kernel's command line: words separated by spaces; empty for disk images.
pub fn command_line() -> &'static str {
    let Some(line) = COMMAND_LINE.get() else {
        return "";
    };
    core::str::from_utf8(&line.bytes[..line.length]).unwrap_or("")
}

/// The archive that the boot loader put into memory.
pub struct Ramdisk {
    /// Its bytes.
    pub bytes: &'static [u8],
    /// Its physical address.
    pub physical: u64,
}

static RAMDISK: Once<Option<Ramdisk>> = Once::new();

/// The ramdisk, if there is one.
pub fn ramdisk() -> Option<&'static Ramdisk> {
    RAMDISK.get()?.as_ref()
}

/// Keeps a copy of `text` (cut at [`COMMAND_LINE_CAPACITY`] bytes) as the command line.
fn keep_command_line(text: &[u8]) {
    COMMAND_LINE.call_once(|| {
        let length = text.len().min(COMMAND_LINE_CAPACITY);
        let mut bytes = [0; COMMAND_LINE_CAPACITY];
        bytes[..length].copy_from_slice(&text[..length]);
        CommandLine { bytes, length }
    });
}

/// Facts that both ways of booting find out, addresses being physical.
struct Found<'a> {
    regions: &'a [MemoryRegion],
    rsdp: Option<u64>,
    /// Start and length.
    ramdisk: Option<(u64, u64)>,
}

/// Moves `length` bytes at a physical address to the start of their first page: the ramdisk becomes a VMO, which is
/// made of whole pages, and no boot loader promises that it begins with one. Also clears the rest of the last
/// page, which is mapped with it. Where the bytes are now, and how many.
///
/// # Safety
///
/// The pages that the bytes lie in are in the direct map, writable, and nobody else's.
pub unsafe fn move_to_page_start(start: u64, length: u64) -> (u64, u64) {
    const PAGE: u64 = crate::mm::layout::PAGE_SIZE;
    let (page, end) = (start & !(PAGE - 1), (start + length).next_multiple_of(PAGE));
    let to = (DIRECT_MAP + page) as *mut u8;
    // SAFETY: the caller promises these pages.
    unsafe {
        if page != start {
            core::ptr::copy((DIRECT_MAP + start) as *const u8, to, length as usize);
        }
        to.add(length as usize).write_bytes(0, (end - page - length) as usize);
    }
    (page, length)
}

/// Copies what was found into static memory and enters the kernel.
///
/// # Safety
///
/// Called once, on the first CPU, with the direct map in place, on [`BOOT_STACK`].
unsafe fn hand_over(found: &Found<'_>) -> ! {
    // SAFETY: the caller promises that this is the only call, so the borrow is unique.
    let handover: &'static mut Handover = unsafe { &mut *HANDOVER.0.get() };
    // SAFETY: the ramdisk's pages are in the direct map and kept from any other use; nothing else that is needed
    // still lies in them, as all of it was copied.
    let ramdisk = found.ramdisk.map(|(start, length)| unsafe { move_to_page_start(start, length) });
    let count = found.regions.len().min(REGION_CAPACITY);
    let regions = &mut handover.regions[..count];
    regions.copy_from_slice(&found.regions[..count]);
    let info = handover.info.insert(BootInfo::new(regions.into()));
    info.physical_memory_offset = Some(DIRECT_MAP).into();
    info.rsdp_addr = found.rsdp.into();
    info.ramdisk_addr = ramdisk.map(|(start, _)| DIRECT_MAP + start).into();
    info.ramdisk_len = ramdisk.map_or(0, |(_, length)| length);
    RAMDISK.call_once(|| {
        ramdisk.map(|(physical, length)| {
            // SAFETY: the memory map keeps the ramdisk from being used for anything else, nobody writes
            // to it, and mm keeps the direct map.
            let bytes =
                unsafe { core::slice::from_raw_parts((DIRECT_MAP + physical) as *const u8, length as usize) };
            Ramdisk { bytes, physical }
        })
    });
    crate::kernel_main(info)
}
