//! Entry from a BIOS or UEFI disk image made with the `bootloader` crate: 64-bit, with the
//! loader's page tables, stack and `BootInfo`, all of which are left behind here.

use super::{BOOT_STACK, BOOT_STACK_SIZE, DIRECT_MAP, Found};
use bootloader_api::config::Mapping;
use bootloader_api::{BootInfo, BootloaderConfig, entry_point};
use core::arch::asm;
use core::ops::Range;
use x86_64::registers::control::Cr3;
use x86_64::structures::paging::{OffsetPageTable, PageTable, Translate};
use x86_64::{PhysAddr, VirtAddr};

/// Where the loader puts what it maps by itself; free again once mm has its own tables.
const LOADER_AREA: Range<u64> = 0xffff_c000_0000_0000..0xffff_d000_0000_0000;

/// What the kernel asks of the loader; it reads this from the ELF section `.bootloader-config`.
static CONFIG: BootloaderConfig = {
    let mut config = BootloaderConfig::new_default();
    config.mappings.physical_memory = Some(Mapping::FixedAddress(DIRECT_MAP));
    config.mappings.dynamic_range_start = Some(LOADER_AREA.start);
    config.mappings.dynamic_range_end = Some(LOADER_AREA.end - 1);
    config
};

entry_point!(enter, config = &CONFIG);

/// Moves to the boot stack, so that both ways of booting run on the same one.
fn enter(info: &'static mut BootInfo) -> ! {
    // SAFETY: (1) the boot stack is mapped, writable and unused; (2) the call never returns,
    // so the old stack is never needed again; (3) `info` is passed on as the C ABI asks.
    unsafe {
        asm!(
            "cli",
            "lea rsp, [{stack} + {size}]",
            "xor ebp, ebp",
            "call {main}",
            "ud2",
            stack = in(reg) &BOOT_STACK,
            size = const BOOT_STACK_SIZE,
            main = sym bootloader_main,
            in("rdi") info,
            options(noreturn)
        )
    }
}

/// Gathers what the loader found and enters the kernel.
///
/// # Safety
///
/// Only for [`enter`]: once, on the boot stack.
unsafe extern "C" fn bootloader_main(info: &'static mut BootInfo) -> ! {
    crate::arch::init_first_cpu();
    let ramdisk =
        info.ramdisk_addr.into_option().map(|address| (physical_address(address), info.ramdisk_len));
    let found = Found { regions: &info.memory_regions, rsdp: info.rsdp_addr.into_option(), ramdisk };
    // SAFETY: this function is called once; the loader made the direct map as CONFIG asks.
    unsafe { super::hand_over(&found) }
}

/// Where the loader's page tables map `address`, which it said it mapped.
fn physical_address(address: u64) -> u64 {
    let (frame, _) = Cr3::read();
    let table = (DIRECT_MAP + frame.start_address().as_u64()) as *mut PageTable;
    // SAFETY: (1) CR3 names the active level 4 table, mapped in the direct map; (2) nobody
    // else looks at the tables now, and translating does not write.
    let tables = unsafe { OffsetPageTable::new(&mut *table, VirtAddr::new(DIRECT_MAP)) };
    let physical: Option<PhysAddr> = tables.translate_addr(VirtAddr::new(address));
    physical.expect("the boot loader maps the ramdisk").as_u64()
}
