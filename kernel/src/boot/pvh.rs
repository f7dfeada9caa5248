//! PVH entry, the daily path: QEMU's `-kernel` jumps to the 32-bit code in `pvh.s`, which
//! calls [`pvh_main`] here. Structures are Xen's `public/arch-x86/hvm/start_info.h`.

use super::regions::RegionList;
use super::{BOOT_STACK, BOOT_STACK_SIZE, DIRECT_MAP, Found};
use bootloader_api::info::MemoryRegionKind;
use core::arch::global_asm;
use core::ffi::CStr;

global_asm!(
    include_str!("pvh.s"),
    boot_stack = sym BOOT_STACK,
    boot_stack_size = const BOOT_STACK_SIZE,
    pvh_main = sym pvh_main,
    options(att_syntax)
);

const MAGIC: u32 = 0x336e_c578;
const RAM: u32 = 1;

/// `hvm_start_info`, version 1.
#[repr(C)]
struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    command_line: u64,
    rsdp: u64,
    memory_map: u64,
    memory_map_entries: u32,
    reserved: u32,
}

/// `hvm_modlist_entry`.
#[repr(C)]
struct Module {
    address: u64,
    size: u64,
    command_line: u64,
    reserved: u64,
}

/// `hvm_memmap_table_entry`.
#[repr(C)]
struct MemoryMapEntry {
    address: u64,
    size: u64,
    kind: u32,
    reserved: u32,
}

/// Reads the start info at physical address `start_info` and enters the kernel.
///
/// # Safety
///
/// Only for `pvh.s`: once, on the boot stack, with what the loader passed in ebx.
unsafe extern "C" fn pvh_main(start_info: u64) -> ! {
    crate::arch::init_first_cpu();
    // SAFETY: (1) the PVH protocol puts the structure below 4 GiB, which pvh.s mapped;
    // (2) nothing has been written since the loader filled it.
    let info = unsafe { &*at::<StartInfo>(start_info) };
    assert!(info.magic == MAGIC && info.version >= 1, "no PVH start info version 1");
    if info.command_line != 0 {
        // SAFETY: as above; the protocol makes it a zero-terminated string.
        let text = unsafe { CStr::from_ptr(at(info.command_line)) };
        super::keep_command_line(text.to_bytes());
    }
    let ramdisk = first_module(info);
    let mut regions = RegionList::new();
    add_memory_map(info, ramdisk, &mut regions);
    let found = Found { regions: regions.as_slice(), rsdp: (info.rsdp != 0).then_some(info.rsdp), ramdisk };
    // SAFETY: this function is called once, and pvh.s set up the stack and the direct map.
    unsafe { super::hand_over(&found) }
}

/// The address of a physical address in the direct map.
fn at<T>(physical: u64) -> *const T {
    (DIRECT_MAP + physical) as *const T
}

/// The first module: start and length.
fn first_module(info: &StartInfo) -> Option<(u64, u64)> {
    if info.module_count == 0 {
        return None;
    }
    // SAFETY: with a count above 0 the protocol has a module list there, below 4 GiB.
    let module = unsafe { &*at::<Module>(info.modules) };
    Some((module.address, module.size))
}

/// Converts the loader's memory map, cutting out the kernel and the ramdisk.
fn add_memory_map(info: &StartInfo, ramdisk: Option<(u64, u64)>, regions: &mut RegionList) {
    let image = crate::arch::image::physical_when_contiguous();
    let ramdisk = ramdisk.map_or((0, 0), |(start, length)| (start, start + length));
    // SAFETY: the protocol gives the table's address below 4 GiB and its number of entries.
    let entries = unsafe {
        core::slice::from_raw_parts(at::<MemoryMapEntry>(info.memory_map), info.memory_map_entries as usize)
    };
    for entry in entries {
        let end = entry.address + entry.size;
        match entry.kind {
            RAM => regions.push_usable(entry.address, end, &[image, ramdisk]),
            kind => regions.push(entry.address, end, MemoryRegionKind::UnknownBios(kind)),
        }
    }
}
