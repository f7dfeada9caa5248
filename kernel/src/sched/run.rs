//! The executors, one per CPU, and what a CPU does between polls and before user code runs.

use super::{Caller, closing};
use crate::arch::cpu::{self, MAX_CPUS};
use crate::arch::executors::{self, CpuPlatform};
use crate::arch::per_cpu::PerCpu;
use crate::arch::{self, interrupts, stretch, time};
use crate::config;
use crate::machine::entropy;
use crate::mm::{frames, payers, shootdown, stock, user, watermarks};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering::Relaxed};
use executor::{Executor, Group, Sleepers, TimerQueue};
use objects::Process;
use objects::account;
use objects::memory::Protection;
use objects::vmar::FaultError;
use spin::Once;
use waitq::sync::checks;

/// How long a thread runs before others of its class get their turn, in nanoseconds.
const SLICE: u64 = 10_000_000;

/// How long a poll may take before it is reported, in milliseconds for each CPU that there is, unless `kernel.poll-budget`
/// says how long. A thread's slice is part of its poll. CPUs that an emulator runs one after the other stand still
/// for as long as all others run, and time goes on.
const POLL_BUDGET: u64 = 1_000;

macro_rules! executors {
    ($($index:literal)*) => {
        [$(Executor::new($index, CpuPlatform::new($index))),*]
    };
}

static EXECUTORS: [Executor<CpuPlatform>; MAX_CPUS] = executors! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
};
static GROUP: Once<Group<CpuPlatform>> = Once::new();
static SLEEPERS: Sleepers = Sleepers::new();

/// The process of the thread that ran last on a CPU, until that idles. Its address space is active.
static PROCESS: PerCpu<Arc<Process>> = PerCpu::new();
/// Where that process is, to compare; null when there is none.
static ENTERED: [AtomicPtr<Process>; MAX_CPUS] = [const { AtomicPtr::new(ptr::null_mut()) }; MAX_CPUS];

static ENTRY: AtomicU64 = AtomicU64::new(0);

/// Notes when the kernel was entered.
pub fn note_entry() {
    ENTRY.store(time::ticks(), Relaxed);
}

/// Ticks of the time stamp counter since the kernel was entered.
pub fn ticks_since_entry() -> u64 {
    time::ticks() - ENTRY.load(Relaxed)
}

/// How long this CPU's poll has lasted, in nanoseconds.
pub fn poll_time() -> u64 {
    (time::now() as u64).saturating_sub(executor().clock())
}

/// Brings the executors together, once all CPUs are there.
pub fn init() {
    let members: Vec<_> = EXECUTORS[..cpu::count()].iter().collect();
    GROUP.call_once(|| Group::new(members.leak(), &SLEEPERS)).link();
    let budget = config::value("kernel.poll-budget").and_then(|milliseconds| milliseconds.parse().ok());
    let budget = budget.unwrap_or(POLL_BUDGET * cpu::count() as u64).saturating_mul(1_000_000);
    executors::POLL_BUDGET.store(budget, Relaxed);
    for member in group().members() {
        member.set_budget(budget.min(executors::LONG_POLL));
    }
    if let Some(ticks) = config::value("kernel.lock-hold").and_then(|ticks| ticks.parse().ok()) {
        checks::set_limit(ticks);
    }
    user::set_fault_handler(resolve_fault);
    payers::set_current(|| PROCESS.get().map(|process| process.payer().clone()));
    account::set_alarm(watermarks::note_limit);
    objects::set_hold_back(arch::user::hold_back);
    objects::closing::own::set_keeper(closing::keep);
    objects::set_secret(entropy::number());
    frames::stock_up(cpu::count());
}

/// The executor of this CPU.
#[inline]
pub fn executor() -> &'static Executor<CpuPlatform> {
    &EXECUTORS[cpu::index()]
}

/// All executors.
pub fn group() -> &'static Group<CpuPlatform> {
    GROUP.get().expect("executors are made before anything runs")
}

/// The executor of a CPU, if there is such a CPU and the executors have been made.
pub fn executor_of(cpu: usize) -> Option<&'static Executor<CpuPlatform>> {
    GROUP.get()?.members().get(cpu).copied()
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
        let next_deadline = executor.run_until_idle(stretch::between_polls);
        leave();
        time::arm(next_deadline.unwrap_or(u64::MAX));
        if executor.prepare_idle() {
            stretch::ask_others();
            interrupts::idle();
            executor.finish_idle();
        }
    }
}

/// Prepares this CPU for a poll of the caller's task.
#[inline(always)]
pub fn enter(caller: &Caller) {
    let entered = &ENTERED[cpu::index()];
    if entered.load(Relaxed).cast_const() != Arc::as_ptr(&caller.process) {
        entered.store(Arc::as_ptr(&caller.process).cast_mut(), Relaxed);
        let before = PROCESS.replace(Some(caller.process.clone()));
        caller.machine.space.activate();
        drop(before);
    }
}

/// Lets go of the process whose thread ran last, and of what nobody closes.
fn leave() {
    closing::give_up();
    ENTERED[cpu::index()].store(ptr::null_mut(), Relaxed);
    drop(PROCESS.replace(None));
}

/// To be called before user code runs: forgets what was unmapped, and arms the timer interrupt for the
/// next deadline or the end of the slice. A task that another CPU sends here does not interrupt one of
/// its own class, so there is always an end.
#[inline]
pub fn before_user() {
    checks::assert_none_held();
    shootdown::service();
    let executor = executor();
    // The clock stands where this poll began.
    time::arm_by(executor.next_timer().min(executor.clock() + SLICE));
}

/// To be called before user code goes on: threads that were woken need not wait for this one when a CPU sleeps.
pub fn share() {
    if SLEEPERS.any() {
        executor().offer_ready();
    }
}

/// Whether a CPU sleeps.
pub fn is_any_asleep() -> bool {
    SLEEPERS.any()
}

/// Brings in the page that a copy to or from user memory missed. What the call has reserved stays so.
fn resolve_fault(address: u64, write: bool) -> Result<(), FaultError> {
    let process = PROCESS.get().ok_or(FaultError::NotMapped)?;
    let access = Protection { read: !write, write, execute: false };
    stock::spare(|| process.root().fault(address, access))
}
