//! TLB shootdown: making the other CPUs forget translations, without waiting for them.
//!
//! Whoever clears or weakens page table entries calls `flush`, which flushes this CPU, and asks each
//! other CPU that has the address space loaded to flush, by a count and an IPI. It returns at once. The
//! CPU that is asked flushes when it next leaves user mode or idles: the kernel runs with interrupts
//! off, so [`service`] is called after traps, and before user code runs. Nobody ever spins for an
//! answer, so CPUs that ask each other can not deadlock.
//!
//! Two things depend on the answers:
//! - a system call must not return before all CPUs have forgotten what it unmapped: it awaits
//!   [`barrier`];
//! - frames must not be used again before that: [`frames::retire`] keeps them in quarantine. This does
//!   not need anybody to await anything, so a thread may be killed in the middle of an unmap, and memory
//!   may be released where nothing can be awaited.
//!
//! The protocol, and why no stale translation survives it, is in [`::frames::flush`]; here it meets CR3,
//! INVLPG and the IPI. A kernel copy on a CPU that has yet to answer may still reach a page that is
//! being unmapped: that is as if it had come before the unmap, which has not returned yet.

use super::frames;
use super::paging;
use crate::arch::cpu::{self, MAX_CPUS};
use crate::arch::ipi;
use ::frames::flush::{Flushes, UnderWay};
use core::ops::Range;
use waitq::{Tag, WaitQueue};
use x86_64::instructions::tlb;
use x86_64::{PhysAddr, VirtAddr};

/// Above this many pages a CPU forgets everything instead of page after page.
const MOST_SINGLE_PAGES: u64 = 32;

static FLUSHES: Flushes<MAX_CPUS> = Flushes::new();
/// Those who wait in [`barrier`]. A waiter checks under the lock under which it is woken.
static ANSWERED: WaitQueue<Awaited> = WaitQueue::new(());

/// What a waiter waits for.
#[derive(Clone, Copy)]
struct Awaited(UnderWay);

impl Tag for Awaited {
    type Beside = ();
}

/// How many of those who wait one step looks at. Any number of threads may unmap something at one time.
const LOOKED_AT: usize = 1024;
/// How many a CPU wakes that has flushed.
const WOKEN: usize = 256;
/// How many each of them wakes in turn, until all are awake.
const WOKEN_IN_TURN: usize = 2;

/// Completes once every CPU has forgotten what was unmapped or protected before the call; at once if
/// they have.
pub async fn barrier() {
    if !FLUSHES.all_settled() {
        flushed(Awaited(under_way())).await;
    }
}

/// Completes once that has been flushed.
async fn flushed(awaited: Awaited) {
    let _others = WakesOthers;
    ANSWERED.wait_unless(awaited, |_, awaited| is_over(awaited.0)).await;
}

/// A wait in [`barrier`], at whose end, whatever ends it, others are woken.
struct WakesOthers;

impl Drop for WakesOthers {
    fn drop(&mut self) {
        wake_some(WOKEN_IN_TURN);
    }
}

/// Wakes at most so many whose wait is over, and nobody else, also if one of them is killed before it notices.
fn wake_some(most: usize) {
    let mut looked_at = 0..LOOKED_AT;
    ANSWERED.with(|(), waiters| {
        waiters.wake_until(&Awaited(UnderWay::NOTHING), most, |awaited| {
            looked_at.next().map(|_| is_over(awaited.0))
        })
    });
}

/// Makes all CPUs forget their translations of `range` in the address space of `root`, whose entries
/// have been changed: this one now, the others soon.
pub(super) fn flush(root: PhysAddr, range: Range<u64>) {
    let here = cpu::index();
    if FLUSHES.active(here) == root.as_u64() {
        flush_here(root, range);
    }
    FLUSHES.ask(here, cpu::count(), root.as_u64(), ipi::send);
}

fn flush_here(root: PhysAddr, range: Range<u64>) {
    if (range.end - range.start) / 4096 > MOST_SINGLE_PAGES {
        load_root(root.as_u64());
    } else {
        range.step_by(4096).for_each(|address| tlb::flush(VirtAddr::new_truncate(address)));
    }
}

/// Takes a root that nobody will activate any more away from all CPUs. Its tables may be
/// [retired](frames::retire) afterwards.
pub(super) fn forget_root(root: PhysAddr) {
    let (here, kernel) = (cpu::index(), paging::kernel_root());
    if FLUSHES.active(here) == root.as_u64() {
        activate(kernel);
    }
    FLUSHES.forget(here, cpu::count(), root.as_u64(), kernel.as_u64(), ipi::send);
}

/// Loads a root into CR3, unless it is there.
#[inline]
pub(super) fn activate(root: PhysAddr) {
    FLUSHES.activate(cpu::index(), root.as_u64(), load_root);
}

/// Flushes this CPU's TLB if another CPU asked for it. To be called after an interrupt, before user
/// code runs, and between tasks; cheap when nobody asked.
#[inline]
pub fn service() {
    let here = cpu::index();
    if FLUSHES.is_asked(here) {
        serve(here);
    }
}

#[cold]
fn serve(here: usize) {
    FLUSHES.serve(here, load_root);
    frames::release_quarantine();
    wake_some(WOKEN);
}

fn load_root(root: u64) {
    // SAFETY: all roots in `FLUSHES` came through `activate`, and are those of address spaces or the
    // kernel's. One that dies is replaced there before its tables are released.
    unsafe { paging::load_root(PhysAddr::new_truncate(root)) };
}

/// Whether no CPU has yet to flush what it was asked to.
#[inline]
pub fn all_settled() -> bool {
    FLUSHES.all_settled()
}

/// What the CPUs have yet to flush.
pub(super) fn under_way() -> UnderWay {
    FLUSHES.under_way(cpu::count())
}

/// Whether they have flushed that.
pub(super) fn is_over(under_way: UnderWay) -> bool {
    FLUSHES.is_over(under_way)
}
