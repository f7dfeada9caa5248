//! The FPU and vector registers of user threads. The kernel itself never uses them.
//!
//! A thread gets an [`FpuArea`] at its first FPU instruction, which traps because CR0.TS is
//! set for threads without one. From then on its registers are saved at each trap that
//! leaves [`enter_user`](super::user::enter_user) (XSAVEOPT writes only what changed), and
//! loaded when the CPU turns to it and does not hold them any more. So a thread without an
//! area costs nothing, and a thread may move to another CPU at any moment.
//!
//! Area and CPU carry the same *stamp* where the CPU's registers are the area's: a number
//! made whenever registers are loaded.

use super::context::UserContext;
use super::control::features;
use super::cpu::{Cpu, MAX_CPUS};
use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::arch::asm;
use core::arch::x86_64::__cpuid_count;
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
}

static FORMAT: Once<Format> = Once::new();

/// Bytes that FXSAVE writes.
const FXSAVE_BYTES: usize = 512;
/// Both FXSAVE and XSAVE need less alignment than this.
const ALIGNMENT: usize = 64;
/// Offsets in the area and values after reset: x87 control word, SSE control and status.
const CONTROL_WORD: (usize, u16) = (0, 0x37f);
const MXCSR: (usize, u32) = (24, 0x1f80);

/// Sets up this CPU's FPU; it stays disabled until a thread uses it.
pub(super) fn init() {
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
    FORMAT.call_once(|| match (features.xsave, features.xsaveopt) {
        (true, true) => Format { method: Method::XsaveOpt, bytes: enabled_bytes() },
        (true, false) => Format { method: Method::Xsave, bytes: enabled_bytes() },
        _ => Format { method: Method::Fxsave, bytes: FXSAVE_BYTES },
    });
}

/// Size of an XSAVE area for what XCR0 enables.
fn enabled_bytes() -> usize {
    __cpuid_count(13, 0).ebx as usize
}

fn format() -> Format {
    *FORMAT.get().expect("fpu::init ran")
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
pub(super) struct NoMemory;

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
        Ok(FpuArea { memory, stamp: 0 })
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

    /// Loads the CPU's registers from here.
    fn load(&self) {
        let area = self.memory.as_ptr();
        // SAFETY: (1) as in `store`; (2) the contents come from `new` or `store` and so are valid.
        unsafe {
            match format().method {
                Method::XsaveOpt | Method::Xsave => {
                    asm!("xrstor64 [{}]", in(reg) area, in("eax") -1, in("edx") -1);
                }
                Method::Fxsave => asm!("fxrstor64 [{}]", in(reg) area),
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
    debug_assert!(cpu.fpu_enabled.get() && cpu.fpu_stamp.get() == area.stamp);
    area.store();
}

/// Gives a thread its area, when its first FPU instruction trapped.
pub(super) fn first_use(context: &mut UserContext) -> Result<(), NoMemory> {
    if context.fpu.is_none() {
        context.fpu = Some(FpuArea::new()?);
    }
    // Without a lease, `enter_user` loads the area.
    context.lease = 0;
    Ok(())
}

/// Makes the FPU ready for the thread that runs next on this CPU.
pub(super) fn switch_to(cpu: &Cpu, area: Option<&mut FpuArea>) {
    enable(cpu, area.is_some());
    if let Some(area) = area
        && (area.stamp == 0 || area.stamp != cpu.fpu_stamp.get())
    {
        area.load();
        let count = cpu.fpu_stamp_count.get() + 1;
        cpu.fpu_stamp_count.set(count);
        area.stamp = count * MAX_CPUS as u64 + cpu.index() as u64;
        cpu.fpu_stamp.set(area.stamp);
    }
}

/// Sets CR0.TS if FPU instructions are to trap.
fn enable(cpu: &Cpu, enabled: bool) {
    if cpu.fpu_enabled.get() != enabled {
        // SAFETY: only the task switched flag changes, which affects FPU instructions alone.
        unsafe { Cr0::update(|flags| flags.set(Cr0Flags::TASK_SWITCHED, !enabled)) };
        cpu.fpu_enabled.set(enabled);
    }
}
