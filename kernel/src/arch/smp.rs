//! Starts the other CPUs, one after the other.

use super::acpi::Tables;
use super::apic::{self, Command};
use super::cpu::{self, Cpu};
use super::{KERNEL_STACK_SIZE, gdt, interrupts, time, tsc};
use crate::mm::{self, Trampoline};
use crate::println;
use core::arch::global_asm;
use core::sync::atomic::{AtomicBool, Ordering};
use x86_64::registers::control::EferFlags;

global_asm!(include_str!("trampoline.s"), options(att_syntax));

unsafe extern "C" {
    static trampoline_start: u8;
    static trampoline_long: u8;
    static trampoline_gdt: u8;
    static trampoline_parameters: u8;
    static trampoline_end: u8;
}

/// Selector and size of the 64-bit code segment in `trampoline.s`.
const CODE_SELECTOR: u16 = 8;
const GDT_SIZE: u16 = 16;

const MICROSECOND: i64 = 1_000;
/// How long a CPU may be silent: on an emulated machine, as long as its host does not let it run.
const PATIENCE: i64 = 5_000_000_000;

/// What `trampoline.s` reads.
#[repr(C)]
struct Parameters {
    stack: u64,
    cpu: u64,
    entry: u64,
    root: u32,
    efer: u32,
    far_offset: u32,
    far_selector: u16,
    gdt_limit: u16,
    gdt_base: u32,
}

/// Why a CPU could not be started.
#[derive(Clone, Copy, Debug)]
enum Failure {
    /// No free memory below 1 MiB for the trampoline.
    NoTrampoline,
    /// No memory for its stacks.
    NoMemory,
    /// There are [`cpu::MAX_CPUS`] already.
    TooMany,
    /// It did not answer.
    Silent,
}

/// Opens the gate behind which the other CPUs wait until all are there.
static ALL_STARTED: AtomicBool = AtomicBool::new(false);

/// Starts all CPUs of the machine. When it returns, [`cpu::count`] is final, and each of the
/// others runs [`run_main`](super::run_main).
pub(super) fn start(tables: &Tables) {
    let this = cpu::current().apic_id();
    let mut failed = false;
    tables.for_each_cpu(|apic_id| {
        if apic_id != this && !failed {
            // A CPU that is late could disturb the next one's start: stop at the first failure.
            failed = start_one(apic_id)
                .inspect_err(|failure| println!("CPU with APIC id {apic_id} is not used: {failure:?}"))
                .is_err();
        }
    });
    ALL_STARTED.store(true, Ordering::Release);
}

fn start_one(apic_id: u32) -> Result<(), Failure> {
    let trampoline = Trampoline::get().ok_or(Failure::NoTrampoline)?;
    let cpu = cpu::add(apic_id).ok_or(Failure::TooMany)?;
    let top = mm::kernel_stack(KERNEL_STACK_SIZE).ok_or(Failure::NoMemory)?.as_u64();
    cpu.set_stack(top - KERNEL_STACK_SIZE..top);
    cpu.set_trap_stacks(gdt::guarded_trap_stacks().ok_or(Failure::NoMemory)?);
    prepare(&trampoline, cpu, top);
    let page = (trampoline.page().as_u64() >> 12) as u8;
    apic::send(apic_id, Command::Initialize);
    time::spin(100 * MICROSECOND);
    apic::send(apic_id, Command::Start(page));
    if !comes_online(cpu, 200 * MICROSECOND) {
        apic::send(apic_id, Command::Start(page));
        if !comes_online(cpu, PATIENCE) {
            return Err(Failure::Silent);
        }
    }
    cpu::admit();
    Ok(())
}

/// Whether the CPU gets here, answering what it asks on the way. It may take so long until it is heard of.
fn comes_online(cpu: &Cpu, nanoseconds: i64) -> bool {
    let mut end = time::now() + nanoseconds;
    while !cpu.is_online() && time::now() < end {
        if tsc::answer() {
            end = time::now() + PATIENCE;
        }
        core::hint::spin_loop();
    }
    cpu.is_online()
}

/// Copies the trampoline to its page, with the parameters for this CPU.
fn prepare(trampoline: &Trampoline, cpu: &'static Cpu, stack: u64) {
    let start = &raw const trampoline_start;
    let offset = |symbol: *const u8| symbol as usize - start as usize;
    let page = trampoline.page().as_u64() as u32;
    let mut efer = EferFlags::LONG_MODE_ENABLE;
    efer.set(EferFlags::NO_EXECUTE_ENABLE, super::control::features().no_execute);
    let parameters = Parameters {
        stack,
        cpu: cpu as *const Cpu as u64,
        entry: main_of_other_cpu as *const () as u64,
        root: trampoline.root(),
        efer: efer.bits() as u32,
        far_offset: page + offset(&raw const trampoline_long) as u32,
        far_selector: CODE_SELECTOR,
        gdt_limit: GDT_SIZE - 1,
        gdt_base: page + offset(&raw const trampoline_gdt) as u32,
    };
    // SAFETY: (1) trampoline.s defines both symbols, start before end, in constant memory;
    // (2) the parameters are plain old data, read up to their last field.
    let (code, data) = unsafe {
        (
            core::slice::from_raw_parts(start, offset(&raw const trampoline_end)),
            core::slice::from_raw_parts((&raw const parameters).cast::<u8>(), size_of::<Parameters>()),
        )
    };
    trampoline.write(0, code);
    trampoline.write(offset(&raw const trampoline_parameters), data);
}

/// The first Rust function of the other CPUs, called by `trampoline.s`.
extern "C" fn main_of_other_cpu(cpu: &'static Cpu) -> ! {
    // SAFETY: only this CPU was started with this struct.
    unsafe { super::init_cpu(cpu) };
    super::init_cpu_with_memory(cpu);
    if !tsc::agree() {
        println!("CPU {}: its time stamp counter is not that of the others", cpu.index());
        interrupts::stop();
    }
    cpu.set_online();
    while !ALL_STARTED.load(Ordering::Acquire) {
        core::hint::spin_loop();
    }
    super::run_main()
}
