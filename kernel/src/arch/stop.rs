//! Stops all other CPUs when the kernel panics, wherever they are: by non-maskable
//! interrupts, since kernel code runs with interrupts off.

use super::apic::{self, Command};
use super::backtrace::Backtrace;
use super::cpu::{self, MAX_CPUS};
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::Once;
use x86_64::instructions::hlt;

/// The number of the CPU that panicked first, plus one; 0 while there is none.
static PANICKING: AtomicUsize = AtomicUsize::new(0);
/// Where each CPU was when it was stopped.
static TRACES: [Once<Backtrace>; MAX_CPUS] = [const { Once::new() }; MAX_CPUS];

/// How often to look whether the others have stopped: far longer than they need.
const PATIENCE: u32 = 10_000_000;

/// Whose panic it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This CPU panicked first and reports.
    First,
    /// This CPU panicked while it was reporting.
    Again,
    /// Another CPU is reporting.
    Late,
}

/// Claims the right to report a panic.
pub fn claim() -> Claim {
    let this = cpu::index() + 1;
    match PANICKING.compare_exchange(0, this, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Claim::First,
        Err(first) if first == this => Claim::Again,
        Err(_) => Claim::Late,
    }
}

/// Stops this CPU for good, leaving a backtrace for the one that reports.
pub fn stop_here(trace: Backtrace) -> ! {
    TRACES[cpu::index()].call_once(|| trace);
    loop {
        hlt();
    }
}

fn others() -> impl Iterator<Item = usize> {
    let this = cpu::index();
    cpu::all().iter().map(|cpu| cpu.index()).filter(move |index| *index != this)
}

/// Stops the other CPUs.
pub fn stop_others() {
    apic::send_to_others(Command::NonMaskable);
    let mut patience = PATIENCE;
    while patience > 0 && others().any(|index| TRACES[index].get().is_none()) {
        patience -= 1;
        core::hint::spin_loop();
    }
}

/// Calls `report` for each other CPU that has stopped and said where it was.
pub fn for_each_stopped(mut report: impl FnMut(usize, &Backtrace)) {
    for index in others() {
        if let Some(trace) = TRACES[index].get() {
            report(index, trace);
        }
    }
}

/// Handles a non-maskable interrupt: a stop if there is a panic, else nothing that we know.
pub(super) fn on_non_maskable(rip: u64, rbp: u64) {
    let first = PANICKING.load(Ordering::Acquire);
    if first != 0 && first != cpu::index() + 1 {
        stop_here(Backtrace::from(rip, rbp));
    }
}
