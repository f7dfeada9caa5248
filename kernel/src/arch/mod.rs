//! Everything that knows the CPU and the PC around it. The rest of the kernel sees safe
//! functions only.
//!
//! | to do what | look at |
//! |---|---|
//! | run user code | [`user`], its registers: [`UserContext`]; its segment bases: [`bases`] |
//! | this CPU, all CPUs | [`cpu`], [`per_cpu`]; starting them: `smp` |
//! | be interrupted, interrupt others | [`interrupts`], [`ipi`], [`time::arm`] |
//! | traps in kernel mode | `traps`, `traps.s`, `idt`, `gdt` |
//! | time, chance | [`time`], [`random`] |
//! | how long interrupts were off | [`stretch`] |
//! | devices: their wires, their configuration | [`io_apic`], [`pci`] |
//! | print, end | [`serial`], [`power`], [`backtrace`], [`stop`] |
//!
//! # A circle, and why it stays
//! `arch` and `mm` name each other, and both the run loop of `sched`. Page tables need CR3 and INVLPG, which are the CPU's;
//! the CPU's start needs stacks and mapped registers, which are memory's; an interrupt serves what other CPUs have asked of
//! this one's TLB; a trap ends in the run loop. Opened, the circle would be functions that are handed in at boot, of which
//! each has one implementation for ever, and a reader would have to look that up. So the three are read together, and
//! what is above them is kept out instead: none of them names a family of objects or a personality (`tests/house`).
#![allow(unsafe_code)] // reason: privileged instructions, trap entries, device registers

mod acpi;
mod apic;
pub mod backtrace;
pub mod bases;
mod calibrate;
mod context;
pub mod control;
pub mod cpu;
pub mod executors;
mod fpu;
mod gdt;
mod idt;
pub mod image;
pub mod interrupts;
pub mod io_apic;
pub mod ipi;
pub mod pci;
pub mod per_cpu;
pub mod power;
pub mod random;
pub mod serial;
mod smp;
pub mod stacks;
pub mod stop;
pub mod stretch;
pub mod time;
mod traps;
pub mod tsc;
pub mod user;

use crate::{boot, mm, println};
use core::arch::asm;
use cpu::Cpu;
use spin::Once;

pub use context::{NotCanonical, UserContext};
pub use traps::vector::name as exception_name;
pub use user::{PageFaultError, SystemCall, Trap, enter_user, enter_user_with};

/// Where a device writes to interrupt the CPU with this APIC id; it writes the vector.
pub fn message_address(apic_id: u8) -> u64 {
    0xfee0_0000 | u64::from(apic_id) << 12
}

/// Bytes in the stack that the kernel runs on, on each CPU.
const KERNEL_STACK_SIZE: u64 = 64 << 10;

/// What each CPU does once all are there.
static MAIN: Once<fn() -> !> = Once::new();

/// Prepares the first CPU for everything that needs no memory: traps are reported from here on.
pub(crate) fn init_first_cpu() {
    serial::init();
    let cpu = cpu::first();
    let (bottom, top) = boot::boot_stack();
    cpu.set_stack(bottom..top);
    cpu.set_trap_stacks(gdt::boot_trap_stacks());
    // SAFETY: this is the first CPU, and the only one so far.
    unsafe { init_cpu(cpu) };
    apic::mask_legacy_controllers();
}

/// Control registers, per-CPU data and traps of the executing CPU.
///
/// # Safety
///
/// Called once on each CPU, with its own `cpu`.
unsafe fn init_cpu(cpu: &'static Cpu) {
    control::init();
    // SAFETY: the caller promises that `cpu` is this CPU's alone, and so are its stacks.
    unsafe {
        gdt::init(cpu);
        cpu.install();
    }
    idt::load();
}

/// The rest of a CPU's preparation, once mm is there.
fn init_cpu_with_memory(cpu: &Cpu) {
    mm::init_cpu();
    control::init_system_calls();
    fpu::init(cpu);
    apic::init(cpu);
}

/// Starts the clock and the other CPUs, each of which then calls `main`, as does this one,
/// all on stacks with guard pages. `rsdp` is the physical address of the ACPI root pointer.
///
/// # Panics
///
/// If there is no memory for that.
pub(crate) fn start(rsdp: Option<u64>, main: fn() -> !) -> ! {
    MAIN.call_once(|| main);
    let cpu = cpu::current();
    cpu.set_trap_stacks(gdt::guarded_trap_stacks().expect("memory for the first trap stacks"));
    // SAFETY: this is that CPU, and the stacks are new.
    unsafe { gdt::use_trap_stacks(cpu) };
    init_cpu_with_memory(cpu);
    cpu.set_online();
    let tables = rsdp.and_then(acpi::Tables::new);
    time::init(tables.as_ref().and_then(acpi::Tables::timer_port));
    match &tables {
        Some(tables) => {
            io_apic::init(tables);
            smp::start(tables);
        }
        None => println!("no ACPI tables: one CPU only"),
    }
    let top = mm::kernel_stack(KERNEL_STACK_SIZE).expect("memory for the first kernel stack").as_u64();
    cpu.set_stack(top - KERNEL_STACK_SIZE..top);
    // SAFETY: (1) the stack is mapped, writable and unused; (2) the call never returns, so the
    // old stack is never needed again.
    unsafe {
        asm!(
            "mov rsp, {stack}",
            "xor ebp, ebp",
            "call {main}",
            "ud2",
            stack = in(reg) top,
            main = sym run_main,
            options(noreturn)
        )
    }
}

/// Where every CPU ends up: on its own stack, all others being there.
extern "C" fn run_main() -> ! {
    let main = MAIN.get().expect("set before any CPU gets here");
    main()
}
