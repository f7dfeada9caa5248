//! Time: a monotonic clock made of the time stamp counter, and a timer interrupt.
//!
//! The counter is taken to run at one rate, as it does on machines with an invariant TSC and in QEMU. That it agrees
//! on all CPUs is seen to when they start (`tsc`).

use super::{apic, calibrate, cpu};
use abi::ClockRate;
use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use spin::Once;

/// How to compute nanoseconds since boot from the time stamp counter, here and in the vDSO:
/// `((ticks - start) * multiplier) >> SHIFT`, the product being 128 bits wide.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The counter at time 0.
    pub start: u64,
    /// Nanoseconds a tick, times 2 to the [`SHIFT`].
    pub multiplier: u64,
    /// Ticks a second.
    pub ticks_per_second: u64,
    /// Ticks of the local APIC's timer a nanosecond, times 2 to the [`SHIFT`].
    timer_multiplier: u64,
}

/// Binary digits after the point in a [`Clock`]'s multiplier.
pub const SHIFT: u32 = 32;
const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

static CLOCK: Once<Clock> = Once::new();

/// The clock's start and multiplier once more, for [`now`]: at every switch of tasks it is read, and to ask
/// each time whether the clock is there would be a waste. Time stands still until it is.
static START: AtomicU64 = AtomicU64::new(0);
static MULTIPLIER: AtomicU64 = AtomicU64::new(0);

/// Measures the counters' rates; `acpi_timer` is the port of the ACPI timer, if there is one.
pub(super) fn init(acpi_timer: Option<u16>) {
    let clock = CLOCK.call_once(|| {
        let start = ticks();
        let rates = calibrate::measure(acpi_timer);
        let multiplier = (NANOSECONDS_PER_SECOND << SHIFT) / rates.ticks_per_second;
        Clock {
            start,
            multiplier: multiplier >> excess(multiplier) << excess(multiplier),
            ticks_per_second: rates.ticks_per_second,
            timer_multiplier: (rates.timer_ticks_per_second << SHIFT) / NANOSECONDS_PER_SECOND,
        }
    });
    START.store(clock.start, Relaxed);
    MULTIPLIER.store(clock.multiplier, Relaxed);
}

/// The clock's constants.
pub fn clock() -> &'static Clock {
    CLOCK.get().expect("time::init ran")
}

/// The time stamp counter, read after all instructions before.
#[inline(always)]
pub fn ticks() -> u64 {
    let (low, high): (u64, u64);
    // SAFETY: every x86_64 CPU has both instructions, with no other effect.
    unsafe { asm!("lfence", "rdtsc", out("rax") low, out("rdx") high, options(nomem, nostack)) };
    high << 32 | low
}

/// Ticks a second of [`ticks`].
pub fn ticks_per_second() -> u64 {
    clock().ticks_per_second
}

/// Nanoseconds since boot.
#[inline]
pub fn now() -> i64 {
    scale(ticks() - START.load(Relaxed), MULTIPLIER.load(Relaxed)) as i64
}

/// Both clocks, read at once: nanoseconds, and ticks since the clock began.
pub fn both() -> (i64, i64) {
    let clock = clock();
    let ticks = ticks() - clock.start;
    (scale(ticks, clock.multiplier) as i64, ticks as i64)
}

/// How many nanoseconds so many ticks are: the multiplier, and as exact.
pub fn tick_rate() -> ClockRate {
    let multiplier = clock().multiplier;
    let excess = excess(multiplier);
    ClockRate { synthetic_ticks: (multiplier >> excess) as u32, reference_ticks: 1 << (SHIFT - excess) }
}

/// How many low digits a multiplier must do without to be a [`ClockRate`]. No measurement is that exact.
fn excess(multiplier: u64) -> u32 {
    (u64::BITS - multiplier.leading_zeros()).saturating_sub(u32::BITS).max(1)
}

#[inline(always)]
fn scale(value: u64, multiplier: u64) -> u64 {
    ((u128::from(value) * u128::from(multiplier)) >> SHIFT) as u64
}

/// Has this CPU interrupted at `deadline` (as [`now`] counts), unless it will be earlier.
#[inline(always)]
pub fn arm_by(deadline: u64) {
    if deadline < cpu::current().armed.get() {
        arm(deadline);
    }
}

/// Has this CPU interrupted at `deadline` (as [`now`] counts); at `u64::MAX`, never. The interrupt may
/// come earlier when the deadline is more than a minute away.
#[cold]
pub fn arm(deadline: u64) {
    cpu::current().armed.set(deadline);
    if deadline == u64::MAX {
        return apic::start_timer(0);
    }
    let wait = (deadline as i64).saturating_sub(now()).max(0) as u64;
    let ticks = scale(wait, clock().timer_multiplier) + 1;
    apic::start_timer(ticks.min(u64::from(u32::MAX)) as u32);
}

/// Notes that the timer has interrupted, and has to be armed anew.
pub fn note_interrupt() {
    cpu::current().armed.set(u64::MAX);
}

/// Waits by spinning; for starting devices and CPUs only.
pub(super) fn spin(nanoseconds: i64) {
    let end = now() + nanoseconds;
    while now() < end {
        core::hint::spin_loop();
    }
}
