//! How long the kernel goes without a chance to take an interrupt: every build keeps the longest such stretch.
//!
//! Kernel code runs with interrupts off. Chances are user mode, the halt of an idle CPU, and the window that
//! a CPU opens between two polls if the first of them did not end in user mode, or did a step of a long call. A stretch
//! goes from one chance to the next:
//!
//! ```text
//!   user mode ──trap──▶ START := time ─▶ handler, polls ─▶ time - START > limit? ────▶ user mode
//!                            ▲                                  │ yes: keep it, and the stack
//!   halt, window ────────────┘                                  └──▶ halt, window
//! ```
//!
//! Every system call passes here, so both ends are a few instructions in `user.s`: the time is the low half of
//! the time stamp counter. A stretch of more than 2^32 ticks, a second or two, is taken for a shorter one.
//!
//! Something else is to be done on the way to user mode now and then: a CPU sleeps that could run what was woken, or
//! the thread is not to go there. That costs no check of its own: who wants it lowers the CPU's limit to 0.

use super::backtrace::Backtrace;
use super::cpu::{self, Cpu};
use super::interrupts;
use crate::control;
use crate::sched::run;
use core::arch::x86_64::_rdtsc;
use core::fmt;
use core::sync::atomic::Ordering::{Relaxed, SeqCst};
use core::sync::atomic::fence;
use executor::TaskRef;
use waitq::sync::{Mutex, checks};

/// The longest on any CPU since [`measure`].
static LONGEST: Mutex<Option<Stretch>> = Mutex::new(None);

/// A stretch, as it is kept.
struct Stretch {
    ticks: u32,
    during: During,
    trace: Backtrace,
}

/// What the CPU was at.
#[derive(Clone, Copy)]
enum During {
    /// It answered this system call at the trap.
    Call(u64),
    /// It polled tasks; the last one has this name, and has waited for this, if it said so.
    Task(&'static str, Option<(&'static str, u64)>),
    /// As above, but the task is over or parked. This one's poll was long, if one was.
    Polls(Option<&'static str>),
}

impl During {
    fn of(task: TaskRef) -> Self {
        Self::Task(task.name(), task.waiting_for())
    }
}

impl fmt::Display for During {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(number) => write!(formatter, "system call {number}"),
            Self::Task(name, Some((what, number))) => write!(formatter, "task {name} after {what} {number}"),
            Self::Task(name, None) => write!(formatter, "task {name}"),
            Self::Polls(Some(name)) => write!(formatter, "a poll of task {name}"),
            Self::Polls(None) => write!(formatter, "polls"),
        }
    }
}

/// Begins to measure, on all CPUs. What came before was the kernel's start, whose length nobody chose.
pub fn measure() {
    begin();
    for cpu in cpu::all() {
        cpu.longest_stretch.store(0, Relaxed);
        cpu.stretch_limit.store(0, Relaxed);
    }
}

/// Tells the host the longest stretch so far.
pub fn report() {
    if let Some(longest) = &*LONGEST.lock() {
        control!("hafnon: stretch {} in {}: {}", longest.ticks, longest.during, longest.trace);
    }
}

/// The low half of the time stamp counter.
#[inline(always)]
fn time() -> u32 {
    // SAFETY: every x86_64 CPU has the instruction, and the kernel may use it.
    unsafe { _rdtsc() as u32 }
}

/// A stretch begins on this CPU: it has just had a chance.
#[inline]
pub(super) fn begin() {
    cpu::current().stretch_start.set(time());
}

/// A stretch ends on this CPU, in the kernel.
pub(super) fn end() {
    let cpu = cpu::current();
    let ticks = time().wrapping_sub(cpu.stretch_start.get());
    if ticks > cpu.longest_stretch.load(Relaxed) {
        keep(cpu, ticks, During::Polls(cpu.long_poll.take()));
    }
    cpu.long_poll.set(None);
}

/// Called by `user.s` before user code goes on after a system call, number `call`, that was answered at the trap, if
/// the limit of its CPU is exceeded. Whether its thread shall not go on.
pub(super) extern "C" fn answered(ticks: u32, call: u64) -> bool {
    let cpu = cpu::current();
    if ticks > cpu.longest_stretch.load(Relaxed) {
        keep(cpu, ticks, During::Call(call));
    }
    see_to_the_rest(cpu)
}

/// Called by `user.s` when a thread is about to enter user mode, if the limit of its CPU is exceeded. Whether it shall
/// not go on.
pub(super) extern "C" fn entering(ticks: u32) -> bool {
    let cpu = cpu::current();
    if ticks > cpu.longest_stretch.load(Relaxed) {
        keep(cpu, ticks, run::executor().current().map_or(During::Polls(None), During::of));
    }
    see_to_the_rest(cpu)
}

/// Whatever else the limit was lowered for: threads that were woken are offered to CPUs that sleep. Whether the
/// running thread shall not go on.
fn see_to_the_rest(cpu: &Cpu) -> bool {
    run::share();
    if !run::is_any_asleep() {
        cpu.stretch_limit.store(cpu.longest_stretch.load(Relaxed), Relaxed);
        // If a CPU goes to sleep now, either that is seen here, or its `ask_others` comes after the line above.
        fence(SeqCst);
    }
    if run::is_any_asleep() {
        cpu.stretch_limit.store(0, Relaxed);
    }
    cpu.held_back.replace(false)
}

/// Has the other CPUs see to this one, which is about to sleep: to be called after it is among the sleepers.
pub fn ask_others() {
    let others = cpu::all().iter().filter(|cpu| cpu.index() != cpu::index());
    others.for_each(|cpu| cpu.stretch_limit.store(0, Relaxed));
}

/// See [`user::was_held_back`](super::user::was_held_back).
#[inline]
pub(super) fn was_held_back() -> bool {
    let held_back = &cpu::current().held_back;
    // It is seldom set, and so seldom written.
    held_back.get() && held_back.replace(false)
}

/// See [`user::hold_back`](super::user::hold_back).
pub(super) fn hold_back() {
    let cpu = cpu::current();
    cpu.held_back.set(true);
    cpu.stretch_limit.store(0, Relaxed);
}

#[cold]
fn keep(cpu: &Cpu, ticks: u32, during: During) {
    cpu.longest_stretch.store(ticks, Relaxed);
    cpu.stretch_limit.store(0, Relaxed);
    let mut longest = LONGEST.lock();
    if longest.as_ref().is_none_or(|longest| longest.ticks < ticks) {
        *longest = Some(Stretch { ticks, during, trace: Backtrace::here() });
    }
}

/// Notes that a task's poll has just been long.
pub(super) fn note_long_poll(task: &'static str) {
    cpu::current().long_poll.set(Some(task));
}

/// Whether this stretch has gone on for so long that what comes next, if it may take long, should wait for another. How
/// long a thing takes that wakes others is not known before.
#[inline]
pub fn is_late() -> bool {
    /// In ticks: some part of what a stretch may be.
    const EARLY: u32 = 40_000;
    time().wrapping_sub(cpu::current().stretch_start.get()) > EARLY
}

/// Asks for the window right behind the poll that goes on, which has done work enough for a stretch: even if it has been in
/// user mode.
#[inline]
pub fn end_soon() {
    cpu::current().turns.set(0);
}

/// To be called between polls: opens a window if the poll before did not end in user mode, or has [done
/// enough](end_soon). So a stretch is no longer than a poll, and what was polled since the trap, but for steps of calls.
#[inline(always)]
pub fn between_polls() {
    checks::assert_none_held();
    let cpu = cpu::current();
    let turns = cpu.turns.get() - 1;
    cpu.turns.set(turns);
    if turns < 0 {
        cpu.turns.set(0);
        interrupts::window();
    }
}
