//! Calls that need no kernel: time and facts about the machine, read from the constants page.

use core::arch::x86_64::{_mm_lfence, _rdtsc};

use hafnon_vdso::{CONSTANTS_OFFSET, Constants};

const PAGE_SIZE: usize = 4096;
const FEATURE_KIND_CPU: u32 = 0;
const FEATURE_KIND_HW_BREAKPOINT_COUNT: u32 = 1;
const FEATURE_KIND_HW_WATCHPOINT_COUNT: u32 = 2;
const FEATURE_KIND_VM: u32 = 4;
const OK: i32 = 0;
const ERR_NOT_SUPPORTED: i32 = -2;
const ERR_BUFFER_TOO_SMALL: i32 = -15;
const CLOCK_MONOTONIC: u32 = 0;

const _: () = assert!(CONSTANTS_OFFSET == PAGE_SIZE, "image.ld puts the page there");

/// The page itself: zeros in the file, written by the kernel at boot.
#[repr(C, align(4096))]
struct Page([u8; PAGE_SIZE]);

#[used]
#[unsafe(link_section = ".constants")]
static PAGE: Page = Page([0; PAGE_SIZE]);

fn constants() -> *const Constants {
    (&raw const PAGE).cast()
}

/// Reads one field. Volatile, because to the compiler the page is a constant of zeros.
macro_rules! constant {
    ($field:ident) => {
        // SAFETY: the page is as long as `Constants` at least, aligned, and never written after boot.
        unsafe { (&raw const (*constants()).$field).read_volatile() }
    };
}

/// The processor's time stamp counter, read no earlier than what comes before: who has seen another thread's time sees no
/// earlier one.
fn counter() -> u64 {
    // SAFETY: LFENCE and RDTSC exist on every x86-64 processor, and the kernel leaves the latter enabled.
    unsafe {
        _mm_lfence();
        _rdtsc()
    }
}

/// A string and its length, as the calling convention returns it in two registers.
#[repr(C)]
struct StringView {
    text: *const u8,
    length: usize,
}

#[unsafe(no_mangle)]
extern "C" fn zx_ticks_get() -> i64 {
    counter().saturating_sub(constant!(tick_base)) as i64
}

#[unsafe(no_mangle)]
extern "C" fn zx_ticks_per_second() -> i64 {
    constant!(ticks_per_second) as i64
}

#[unsafe(no_mangle)]
extern "C" fn zx_clock_get_monotonic() -> i64 {
    hafnon_vdso::scale(
        counter().saturating_sub(constant!(tick_base)),
        constant!(multiplier),
        constant!(shift),
    )
}

#[unsafe(no_mangle)]
extern "C" fn zx_deadline_after(nanoseconds: i64) -> i64 {
    zx_clock_get_monotonic().saturating_add(nanoseconds)
}

#[unsafe(no_mangle)]
extern "C" fn zx_system_get_page_size() -> u32 {
    PAGE_SIZE as u32
}

#[unsafe(no_mangle)]
extern "C" fn zx_system_get_num_cpus() -> u32 {
    constant!(cpu_count)
}

#[unsafe(no_mangle)]
extern "C" fn zx_system_get_physmem() -> u64 {
    constant!(physical_memory)
}

#[unsafe(no_mangle)]
extern "C" fn zx_system_get_dcache_line_size() -> u32 {
    constant!(data_cache_line)
}

#[unsafe(no_mangle)]
extern "C" fn zx_system_get_version_string() -> StringView {
    // SAFETY: only the field's address is taken.
    let text = unsafe { (&raw const (*constants()).version).cast() };
    StringView { text, length: constant!(version_length) as usize }
}

/// Writes the features of one kind to `*features`.
#[unsafe(no_mangle)]
unsafe extern "C" fn zx_system_get_features(kind: u32, features: *mut u32) -> i32 {
    let value = match kind {
        FEATURE_KIND_CPU => constant!(cpu_features),
        FEATURE_KIND_HW_BREAKPOINT_COUNT => constant!(hardware_breakpoints),
        FEATURE_KIND_HW_WATCHPOINT_COUNT => constant!(hardware_watchpoints),
        // Pages that can be executed but not read: no x86-64 CPU here has them.
        FEATURE_KIND_VM => 0,
        _ => return ERR_NOT_SUPPORTED,
    };
    // SAFETY: the caller passes a place it may write; a bad one faults in the caller's own code.
    unsafe { features.write(value) };
    OK
}

/// Magenta's only clock; 0 for every other number.
#[unsafe(no_mangle)]
extern "C" fn mx_time_get(clock: u32) -> i64 {
    if clock == CLOCK_MONOTONIC { zx_clock_get_monotonic() } else { 0 }
}

#[unsafe(no_mangle)]
extern "C" fn mx_num_cpus() -> u32 {
    constant!(cpu_count)
}

/// Writes the version string with its NUL to `version`, where there is room for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn mx_version_get(version: *mut u8, length: u32) -> i32 {
    let view = zx_system_get_version_string();
    if (length as usize) <= view.length {
        return ERR_BUFFER_TOO_SMALL;
    }
    for index in 0..=view.length {
        // SAFETY: the string and its NUL are in the page; the caller passes a place that long. Volatile as all
        // reads of the page.
        unsafe { version.add(index).write(view.text.add(index).read_volatile()) };
    }
    OK
}
