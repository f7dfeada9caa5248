//! The vDSO: the only code that may enter the kernel. Its image comes in the ramdisk; the kernel keeps
//! it in a VMO and writes into its constants page what user code may know without asking. Each call has one
//! SYSCALL in it; a call that comes from anywhere else ends its process.

use crate::arch::{cpu, time};
use crate::mm::{DirectMap, frames};
use crate::personality;
use abi::Status;
use alloc::sync::Arc;
use core::ops::Range;
use elf::ElfBytes;
use elf::abi::{PF_X, PT_LOAD};
use elf::endian::LittleEndian;
use hafnon_vdso::{CONSTANTS_OFFSET, Constants, VERSION_CAPACITY};
use objects::Vmo;
use objects::memory::PAGE_SIZE;
use spin::Once;
use zerocopy::IntoBytes;

/// The version string that `system_get_version_string` gives.
const VERSION: &str = concat!("hafnon ", env!("CARGO_PKG_VERSION"));

/// The image.
pub struct Vdso {
    /// Its pages.
    pub vmo: Arc<Vmo>,
    /// Its size in bytes, whole pages.
    pub size: u64,
    /// Where its code is in it.
    pub code: Range<u64>,
}

static VDSO: Once<Vdso> = Once::new();

/// How many bytes its image has; none before [`init`] ran.
pub fn size() -> u64 {
    get().map_or(0, |vdso| vdso.size)
}

/// The vDSO, once [`init`] ran.
pub fn get() -> Option<&'static Vdso> {
    VDSO.get()
}

/// Takes in the image and fills in its constants.
///
/// # Errors
/// `INVALID_ARGS` when it is no image, `NO_MEMORY`.
pub fn init(image: &[u8]) -> Result<(), Status> {
    let code = code_range(image).ok_or(Status::INVALID_ARGS)?;
    let size = (image.len() as u64).next_multiple_of(PAGE_SIZE);
    let vmo = Vmo::create(&DirectMap, size, 0)?;
    vmo.name().set(b"vdso/next");
    vmo.write(0, image)?;
    vmo.write(CONSTANTS_OFFSET as u64, constants().as_bytes())?;
    note_returns(image.get(code.start as usize..).unwrap_or_default())?;
    VDSO.call_once(|| Vdso { vmo, size, code });
    Ok(())
}

fn code_range(image: &[u8]) -> Option<Range<u64>> {
    let file = ElfBytes::<LittleEndian>::minimal_parse(image).ok()?;
    let code =
        file.segments()?.iter().find(|segment| segment.p_type == PT_LOAD && segment.p_flags & PF_X != 0)?;
    Some(code.p_vaddr..(code.p_vaddr + code.p_memsz).next_multiple_of(PAGE_SIZE))
}

/// Finds every `mov eax, NUMBER; syscall` in the code, which is how each stub enters the kernel (see
/// `generator/src/emit/vdso.rs`).
fn note_returns(code: &[u8]) -> Result<(), Status> {
    const LENGTH: usize = 7;
    for (start, instructions) in code.windows(LENGTH).enumerate() {
        let [0xb8, number @ .., 0x0f, 0x05] = instructions else { continue };
        let number = u32::from_le_bytes(*number.first_chunk().ok_or(Status::INVALID_ARGS)?);
        for personality in personality::all() {
            personality.doors().open(number, (start + LENGTH) as u64)?;
        }
    }
    Ok(())
}

fn constants() -> Constants {
    let clock = time::clock();
    let mut constants = Constants {
        ticks_per_second: clock.ticks_per_second,
        tick_base: clock.start,
        multiplier: clock.multiplier,
        shift: time::SHIFT,
        cpu_count: cpu::count() as u32,
        physical_memory: frames::total_frames() as u64 * PAGE_SIZE,
        data_cache_line: 64,
        cpu_features: 1,
        hardware_breakpoints: 4,
        hardware_watchpoints: 4,
        version_length: 0,
        version: [0; VERSION_CAPACITY],
    };
    constants.set_version(VERSION);
    constants
}
