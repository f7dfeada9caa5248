//! The executors, one per CPU, and what a CPU does between polls and before user code runs.

use crate::arch::cpu::{self, MAX_CPUS};
use crate::arch::executors::CpuPlatform;
use crate::arch::{interrupts, time};
use crate::mm::{shootdown, user};
use crate::syscalls::Caller;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use executor::{Executor, Group, RunState, TimerQueue};
use objects::memory::Protection;
use objects::Process;
use spin::{Mutex, Once};

/// How long a thread runs before others of its class get their turn, in nanoseconds.
const SLICE: u64 = 10_000_000;

static EXECUTORS: Once<&'static [Executor<CpuPlatform>]> = Once::new();
static GROUP: Once<Group<CpuPlatform>> = Once::new();

/// What a CPU knows about the thread it runs.
struct Here {
    /// The process of the thread whose task is being polled.
    process: Mutex<Option<Arc<Process>>>,
    /// When the thread has had its slice.
    slice_end: AtomicU64,
    /// For when the timer interrupt is armed; too late a time is never wrong, only a second arming.
    armed: AtomicU64,
}

static HERE: [Here; MAX_CPUS] = [const {
    Here { process: Mutex::new(None), slice_end: AtomicU64::new(0), armed: AtomicU64::new(u64::MAX) }
}; MAX_CPUS];

fn here() -> &'static Here {
    &HERE[cpu::index()]
}

/// Makes the executors, once all CPUs are there.
pub fn init() {
    let executors: Vec<_> = (0..cpu::count()).map(|index| Executor::new(index, CpuPlatform::new(index))).collect();
    let executors: &'static [_] = EXECUTORS.call_once(|| executors.leak());
    let members: Vec<_> = executors.iter().collect();
    GROUP.call_once(|| Group::new(members.leak())).link();
    user::set_fault_handler(resolve_fault);
}

/// The executor of this CPU.
#[inline]
pub fn executor() -> &'static Executor<CpuPlatform> {
    &EXECUTORS.get().expect("executors are made before anything runs")[cpu::index()]
}

/// All executors.
pub fn group() -> &'static Group<CpuPlatform> {
    GROUP.get().expect("executors are made before anything runs")
}

/// The timers of this CPU.
#[inline]
pub fn timers() -> &'static TimerQueue {
    executor().timers()
}

/// Runs this CPU's tasks for ever, once [`init`] has been called on the first CPU.
pub fn cpu_loop() -> ! {
    GROUP.wait();
    let executor = executor();
    loop {
        shootdown::service();
        if let RunState::Idle { next_deadline } = executor.run_one() {
            arm(next_deadline.unwrap_or(u64::MAX));
            if executor.prepare_idle() {
                interrupts::idle();
                after_interrupt();
                executor.finish_idle();
            }
        }
    }
}

/// Says that a thread is being polled; dropped when the poll ends.
pub struct Entered;

/// Prepares this CPU for a poll of the caller's task.
pub fn enter(caller: &Caller) -> Entered {
    let here = here();
    here.slice_end.store(executor().clock() + SLICE, Relaxed);
    *here.process.lock() = Some(caller.process.clone());
    caller.machine.space.activate();
    Entered
}

impl Drop for Entered {
    fn drop(&mut self) {
        *here().process.lock() = None;
    }
}

/// To be called before user code runs: forgets what was unmapped, and arms the timer interrupt for the
/// next deadline, and for the end of the slice if somebody waits for this CPU.
#[inline]
pub fn before_user() {
    shootdown::service();
    let executor = executor();
    let mut deadline = executor.timers().next_deadline().unwrap_or(u64::MAX);
    let here = here();
    if executor.has_ready() {
        deadline = deadline.min(here.slice_end.load(Relaxed));
    }
    if deadline < here.armed.load(Relaxed) {
        arm(deadline);
    }
}

/// To be called after an interrupt: the timer may have to be armed anew.
pub fn after_interrupt() {
    here().armed.store(u64::MAX, Relaxed);
}

#[cold]
fn arm(deadline: u64) {
    here().armed.store(deadline, Relaxed);
    time::arm((deadline != u64::MAX).then_some(deadline as i64));
}

/// Brings in the page that a copy to or from user memory missed.
fn resolve_fault(address: u64, write: bool) -> bool {
    let process = here().process.lock().clone();
    let access = Protection { read: !write, write, execute: false };
    process.is_some_and(|process| process.root().fault(address, access).is_ok())
}

