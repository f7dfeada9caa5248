//! The FPU and vector registers of user threads. The kernel itself never uses them.
//!
//! A thread gets an [`FpuArea`] at its first FPU instruction, which traps because CR0.TS is
//! set for threads without one. From then on its registers are saved at each trap that
//! leaves [`enter_user`](super::user::enter_user) (XSAVEOPT writes only what changed), and
//! loaded when the CPU turns to it and does not hold them any more. A thread may move to another CPU at
//! any moment.
//!
//! CR0.TS only tells when an area is needed; it protects nothing. XSAVE and XRSTOR do not trap on it in QEMU's
//! emulation, and CPUs have read past it speculatively (CVE-2018-3665). So a thread without an area never
//! runs with another's registers: the CPU holds the state after reset then.
//!
//! The CPU's *stamp* tells what its registers hold: those of the area with the same stamp, a number made
//! whenever a CPU gets an area's registers; or [`RESET`], or [`SUSPECT`]. CR0.TS is set in these two cases.

use super::context::UserContext;
use super::control::features;
use super::cpu::{Cpu, MAX_CPUS};
use crate::mm::frames;
use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, __get_cpuid_max};
use core::ptr::NonNull;
use spin::Once;
use x86_64::registers::control::{Cr0, Cr0Flags};
use x86_64::registers::xcontrol::{XCr0, XCr0Flags};

/// How this machine saves FPU state.
#[derive(Clone, Copy, Debug)]
enum Method {
    XsaveOpt,
    Xsave,
    Fxsave,
}

#[derive(Clone, Copy, Debug)]
struct Format {
    method: Method,
    bytes: usize,
    /// What the stamp of a CPU is once the state after reset was loaded.
    after_reset: u64,
    /// Whether loading registers leaves the x87 instruction and data pointers of whoever had them before.
    keeps_pointers: bool,
}

static FORMAT: Once<Format> = Once::new();

/// Stamp of a CPU whose registers are in the state after reset.
const RESET: u64 = 0;
/// Stamp of a CPU whose registers were in the state after reset when a thread without an area came. It may have
/// executed XRSTOR since, where that does not trap.
const SUSPECT: u64 = 1;

/// Bytes that FXSAVE writes.
const FXSAVE_BYTES: usize = 512;
/// Both FXSAVE and XSAVE need less alignment than this.
const ALIGNMENT: usize = 64;
/// Offsets in the area and values after reset: x87 control word, SSE control and status.
const CONTROL_WORD: (usize, u16) = (0, 0x37f);
const MXCSR: (usize, u32) = (24, 0x1f80);

/// What registers are loaded from for the state after reset: the part that FXSAVE writes, and the header of
/// XSAVE, which says that everything else is as after reset.
#[repr(align(64))]
struct Image([u8; FXSAVE_BYTES + 64]);

static RESET_IMAGE: Image = {
    let mut bytes = [0; FXSAVE_BYTES + 64];
    let ([word, mxcsr], mut index) = ([CONTROL_WORD.1 as u32, MXCSR.1], 0);
    while index < 4 {
        bytes[CONTROL_WORD.0 + index] = word.to_le_bytes()[index];
        bytes[MXCSR.0 + index] = mxcsr.to_le_bytes()[index];
        index += 1;
    }
    Image(bytes)
};

/// Sets up this CPU's FPU; it stays disabled until a thread uses it.
pub(super) fn init(cpu: &Cpu) {
    let features = features();
    if features.xsave {
        let leaf = __cpuid_count(13, 0);
        let supported = XCr0Flags::from_bits_truncate(u64::from(leaf.edx) << 32 | u64::from(leaf.eax));
        let avx512 = XCr0Flags::OPMASK | XCr0Flags::ZMM_HI256 | XCr0Flags::HI16_ZMM;
        let mut wanted = XCr0Flags::X87 | XCr0Flags::SSE | supported & XCr0Flags::AVX;
        if supported.contains(avx512 | XCr0Flags::AVX) {
            wanted |= avx512;
        }
        // SAFETY: CR4.OSXSAVE is set, and only supported parts are enabled, AVX-512 as a whole.
        unsafe { XCr0::write(wanted) };
    }
    let method = match (features.xsave, features.xsaveopt) {
        (true, true) => Method::XsaveOpt,
        (true, false) => Method::Xsave,
        _ => Method::Fxsave,
    };
    let format = FORMAT.call_once(|| Format {
        method,
        bytes: if features.xsave { enabled_bytes() } else { FXSAVE_BYTES },
        after_reset: if features.xsave && !xrstor_traps() { SUSPECT } else { RESET },
        keeps_pointers: is_documented_to_keep_pointers() || keeps_pointers(method),
    });
    enable();
    clear_registers(format);
    disable();
    cpu.fpu_stamp.set(format.after_reset);
}

/// Whether XRSTOR traps when CR0.TS is set, as the CPU manuals say.
fn xrstor_traps() -> bool {
    disable();
    let rax: u64;
    // SAFETY: (1) the image is valid, and nobody's registers are in the CPU yet; (2) a trap goes on behind the
    // instruction, with 0 in rax.
    unsafe {
        asm!("20: xrstor64 [{}]", "21:", ".pushsection .fixups, \"a\"", ".balign 8", ".quad 20b, 21b, 21b",
            ".popsection", in(reg) &RESET_IMAGE, inout("rax") u64::MAX => rax, in("rdx") 0, options(nostack));
    }
    rax == 0
}

/// Whether this CPU is one of those of AMD that load the x87 pointers only while an exception is pending, and
/// do not say that they load them always. (AMD64 Architecture Programmer's Manual, volume 2, 11.4.4.)
fn is_documented_to_keep_pointers() -> bool {
    const ALWAYS_LOADED: u32 = 1 << 2;
    let vendor = __cpuid(0);
    let vendor = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
    let (maximum, _) = __get_cpuid_max(0x8000_0000);
    [b"AuthenticAMD", b"HygonGenuine"].contains(&vendor.as_flattened().first_chunk().expect("12 bytes"))
        && !(maximum >= 0x8000_0008 && __cpuid(0x8000_0008).ebx & ALWAYS_LOADED != 0)
}

/// Whether an x87 instruction's address is there still when the state after reset was loaded over it.
fn keeps_pointers(method: Method) -> bool {
    const INSTRUCTION_POINTER: usize = 3;
    enable();
    let mut environment = [0u32; 7];
    // SAFETY: the FPU is enabled, and nobody's registers are in it yet.
    unsafe { asm!("fninit", "fld1", "fstp st(0)", options(nomem, nostack)) };
    restore(method, RESET_IMAGE.0.as_ptr());
    // SAFETY: FNSTENV writes 28 bytes in 64-bit mode.
    unsafe { asm!("fnstenv [{}]", in(reg) &mut environment, options(nostack)) };
    environment[INSTRUCTION_POINTER] != 0
}

/// Size of an XSAVE area for what XCR0 enables.
fn enabled_bytes() -> usize {
    __cpuid_count(13, 0).ebx as usize
}

fn format() -> &'static Format {
    FORMAT.get().expect("fpu::init ran")
}

/// Saved FPU registers of one thread.
#[derive(Debug)]
pub struct FpuArea {
    memory: NonNull<u8>,
    stamp: u64,
}

// SAFETY: the memory belongs to this area alone.
unsafe impl Send for FpuArea {}
// SAFETY: nothing is read through a shared reference but plain bytes.
unsafe impl Sync for FpuArea {}

/// There was no memory for an [`FpuArea`].
#[derive(Debug)]
struct NoMemory;

/// Why a thread does not get an area.
pub(super) enum Refused {
    /// There is no memory now.
    NoMemory,
    /// There is, but not for this job.
    Limit,
}

impl FpuArea {
    /// An area with the registers' values after reset.
    fn new() -> Result<Self, NoMemory> {
        // SAFETY: the layout's size is not zero.
        let memory = NonNull::new(unsafe { alloc_zeroed(Self::layout()) }).ok_or(NoMemory)?;
        // SAFETY: both lie in the first 512 bytes of the area, which is aligned to 64.
        unsafe {
            memory.add(CONTROL_WORD.0).cast().write(CONTROL_WORD.1);
            memory.add(MXCSR.0).cast().write(MXCSR.1);
        }
        Ok(FpuArea { memory, stamp: RESET })
    }

    fn layout() -> Layout {
        Layout::from_size_align(format().bytes, ALIGNMENT).expect("FPU state is small")
    }

    /// Saves the CPU's registers here.
    fn store(&mut self) {
        let area = self.memory.as_ptr();
        // SAFETY: the area has the size and alignment that the instruction needs; CR0.TS is
        // clear, or the thread could not have used the FPU.
        unsafe {
            match format().method {
                Method::XsaveOpt => asm!("xsaveopt64 [{}]", in(reg) area, in("eax") -1, in("edx") -1),
                Method::Xsave => asm!("xsave64 [{}]", in(reg) area, in("eax") -1, in("edx") -1),
                Method::Fxsave => asm!("fxsave64 [{}]", in(reg) area),
            }
        }
    }
}

impl Drop for FpuArea {
    fn drop(&mut self) {
        // SAFETY: the memory was allocated with this layout in `new`.
        unsafe { dealloc(self.memory.as_ptr(), Self::layout()) };
    }
}

/// Saves the registers of the thread that just trapped.
pub(super) fn save(cpu: &Cpu, area: &mut FpuArea) {
    debug_assert!(cpu.fpu_stamp.get() == area.stamp);
    area.store();
}

/// Gives a thread its area, when its first FPU instruction trapped. Its registers are those in the CPU: the
/// state after reset, or what it made of that with an XRSTOR that did not trap. The area is the thread's, and leaves the
/// reserve alone, as its pages do.
pub(super) fn first_use(cpu: &Cpu, context: &mut UserContext) -> Result<(), Refused> {
    let is_plenty = || frames::readily_free() > frames::plenty();
    let was_plenty = is_plenty();
    let area = if frames::has_spare() { FpuArea::new() } else { Err(NoMemory) };
    // A large area counts as a large allocation does, for which its job may have no room.
    let refused = |NoMemory| if was_plenty && is_plenty() { Refused::Limit } else { Refused::NoMemory };
    let mut area = area.map_err(refused)?;
    stamp(cpu, &mut area);
    context.fpu = Some(area);
    enable();
    Ok(())
}

/// Makes the FPU ready for the thread that runs next on this CPU, with its registers or with nobody's.
#[inline(always)]
pub(super) fn switch_to(cpu: &Cpu, area: Option<&mut FpuArea>) {
    match (area, cpu.fpu_stamp.get()) {
        (Some(area), held) if area.stamp != held => load(cpu, area),
        (Some(_), _) | (None, RESET) => {}
        (None, SUSPECT) => xrstor(RESET_IMAGE.0.as_ptr()),
        (None, _) => reset(cpu),
    }
}

/// Loads the registers of a thread with an area.
#[cold]
fn load(cpu: &Cpu, area: &mut FpuArea) {
    let format = format();
    enable();
    clear_pointers(format);
    restore(format.method, area.memory.as_ptr());
    stamp(cpu, area);
}

/// Loads the state after reset, for a thread without an area after one with an area.
#[cold]
fn reset(cpu: &Cpu) {
    let format = format();
    clear_registers(format);
    disable();
    cpu.fpu_stamp.set(format.after_reset);
}

/// Loads the state after reset. FPU instructions do not trap.
fn clear_registers(format: &Format) {
    clear_pointers(format);
    restore(format.method, RESET_IMAGE.0.as_ptr());
}

/// Notes that the CPU's registers are the area's from now on.
fn stamp(cpu: &Cpu, area: &mut FpuArea) {
    let count = cpu.fpu_stamp_count.get() + 1;
    cpu.fpu_stamp_count.set(count);
    area.stamp = count * MAX_CPUS as u64 + cpu.index() as u64;
    cpu.fpu_stamp.set(area.stamp);
}

/// Clears the x87 pointers where [`restore`] would leave them. FPU instructions do not trap.
fn clear_pointers(format: &Format) {
    if format.keeps_pointers {
        // SAFETY: the registers that it changes are loaded next.
        unsafe { asm!("fninit", options(nomem, nostack)) };
    }
}

/// Loads the CPU's registers from an area or [`RESET_IMAGE`].
fn restore(method: Method, from: *const u8) {
    match method {
        Method::XsaveOpt | Method::Xsave => xrstor(from),
        // SAFETY: as in `xrstor`.
        Method::Fxsave => unsafe { asm!("fxrstor64 [{}]", in(reg) from, options(nostack)) },
    }
}

/// Loads all that XCR0 enables, which is in the lower half of it: edx does not matter.
#[inline(always)]
fn xrstor(from: *const u8) {
    // SAFETY: an area or the image has the size and alignment that the instruction needs, and contents that it
    // accepts; it does not trap, as FPU instructions do not, or it does not in spite of CR0.TS.
    unsafe { asm!("xrstor64 [{}]", in(reg) from, in("eax") -1, options(nostack)) };
}

/// Has FPU instructions not trap.
fn enable() {
    // SAFETY: clears the task switched flag, which affects FPU instructions alone.
    unsafe { asm!("clts", options(nomem, nostack)) };
}

/// Has FPU instructions trap.
fn disable() {
    // SAFETY: as above.
    unsafe { Cr0::update(|flags| flags.insert(Cr0Flags::TASK_SWITCHED)) };
}
