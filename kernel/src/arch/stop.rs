//! Stops all other CPUs when the kernel panics, wherever they are: by non-maskable
//! interrupts, since kernel code runs with interrupts off. One that comes without a panic is a question from outside (QEMU's
//! monitor sends it to all CPUs, `nmi`): the first CPU tells what goes on, while the others wait, and all go on.

use super::apic::{self, Command};
use super::backtrace::Backtrace;
use super::cpu::{self, MAX_CPUS};
use super::serial::{CONSOLE, CONTROL};
use crate::overview;
use core::fmt::Write;
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

/// Handles a non-maskable interrupt: a stop if there is a panic, else a question.
pub(super) fn on_non_maskable(rip: u64, rbp: u64, in_user_mode: bool) {
    match PANICKING.load(Ordering::Acquire) {
        0 => answer(Backtrace::from(rip, rbp), in_user_mode),
        first if first == cpu::index() + 1 => {}
        _ => stop_here(Backtrace::from(rip, rbp)),
    }
}

/// The CPU that answers, plus one; 0 while none does.
static ANSWERING: AtomicUsize = AtomicUsize::new(0);
/// How many CPUs stand still for that.
static STANDING: AtomicUsize = AtomicUsize::new(0);

/// Tells what goes on, or stands still while another CPU does. The one that answers waits for those that were asked with it,
/// so that none begins anew when it is over.
fn answer(trace: Backtrace, in_user_mode: bool) {
    let this = cpu::index();
    STANDING.fetch_add(1, Ordering::AcqRel);
    let mut out = CONSOLE.beside_lock();
    if ANSWERING.compare_exchange(0, this + 1, Ordering::AcqRel, Ordering::Acquire).is_ok() {
        let mut patience = PATIENCE;
        while patience > 0 && STANDING.load(Ordering::Acquire) < cpu::count() {
            patience -= 1;
            core::hint::spin_loop();
        }
        let mode = if in_user_mode { "in user mode" } else { "in the kernel" };
        // Where nothing can be written, nobody reads.
        let _ =
            writeln!(out, "\nhafnon: asked by a non-maskable interrupt; CPU {this} was {mode} at {trace}");
        overview::tell_at_once(&mut out);
        let _ = writeln!(CONTROL.beside_lock(), "{}", overview::LAST_LINE);
        STANDING.store(0, Ordering::Release);
        ANSWERING.store(0, Ordering::Release);
    } else {
        while ANSWERING.load(Ordering::Acquire) != 0 {
            core::hint::spin_loop();
        }
    }
}
