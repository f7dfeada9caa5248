//! TLB shootdown: making the other CPUs forget translations, without waiting for them.
//!
//! Whoever clears or weakens page table entries calls [`flush`], which flushes this CPU and asks each
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
//! # Why no stale translation survives
//! `R` is the root of the address space. All of this is per CPU, except for `CLOCK`, which counts
//! flushes.
//!
//! Asking finds every CPU that may hold a translation:
//! ```text
//!   initiator (flush)                         CPU that enters or leaves R (activate)
//!   ─────────────────                         ──────────────────────────────────────
//! 1 clear entries of R                      a leaving = old root
//! 2 fence                                   b active = new root        (swap: a fence)
//! 3 look at active, then at leaving         c load CR3, which flushes
//!                                           d leaving = 0
//! ```
//! Entering: when 3 does not see b, then 2 was before b, and the page walks after c see 1. When it
//! does, the CPU is asked. Leaving: when 3 sees the root after R in `active`, it saw b, so a: it sees R
//! in `leaving`, or d has happened and with it c.
//!
//! An answer covers the question:
//! ```text
//!   initiator                                 CPU that is asked (service)
//!   ─────────                                 ───────────────────────────
//! 1 clear entries of R
//! 2 CLOCK += 1
//! 3 OUTSTANDING += 1                        e n = requests             (acquire)
//! 4 requests += 1; IPI if it was 0          f now = CLOCK
//!                                           g load CR3, which flushes
//!                                           h acked = now              (release)
//!                                           i requests -= n            (release); again from e if not 0
//!                                           j OUTSTANDING -= n         (release)
//! ```
//! Whoever looks after 4, and in the order of memory after it, may rely on any of these:
//! - `acked` is at least what `CLOCK` was after 2: then f saw 2, so that g came after 1;
//! - `requests == 0`: then e counted 4, so that g came after 1;
//! - `OUTSTANDING == 0`: then the same holds for all CPUs that were asked.
//!
//! No request is left without an IPI: one that finds `requests` above 0 at 4 is seen at i. And no
//! waiter is left behind: it is woken after i, and checks under the lock under which it is woken.
//!
//! A root that dies while another CPU idles in it is taken out of that CPU's `active` before 4, so that
//! g loads the kernel's root instead.

use super::{MAX_CPUS, frames, paging};
use crate::arch::{cpu, ipi};
use core::ops::Range;
use core::sync::atomic::{
    AtomicU64, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release, Ordering::SeqCst, fence,
};
use waitq::{Tag, WaitQueue};
use x86_64::instructions::tlb;
use x86_64::{PhysAddr, VirtAddr};

/// Above this many pages a CPU forgets everything instead of page after page.
const MOST_SINGLE_PAGES: u64 = 32;

static CPUS: [Cpu; MAX_CPUS] = [const { Cpu::new() }; MAX_CPUS];
static CLOCK: AtomicU64 = AtomicU64::new(0);
/// The sum of all `requests`, or more for a moment.
static OUTSTANDING: AtomicUsize = AtomicUsize::new(0);
static ACKNOWLEDGED: WaitQueue<UnderWay> = WaitQueue::new(());

/// Roots are physical addresses; 0 is none.
#[repr(align(64))]
struct Cpu {
    /// The root in CR3, or the one about to be loaded.
    active: AtomicU64,
    /// The root that was in CR3 before, while another is being loaded.
    leaving: AtomicU64,
    /// How often the CPU was asked to flush since it did.
    requests: AtomicUsize,
    /// `CLOCK` before the last flush it was asked for.
    acked: AtomicU64,
}

impl Cpu {
    const fn new() -> Self {
        Self {
            active: AtomicU64::new(0),
            leaving: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            acked: AtomicU64::new(0),
        }
    }
}

/// Flushes that were under way at some time: the CPUs that had yet to flush, and the ticket by which to
/// recognise that they did.
#[derive(Clone, Copy)]
pub(super) struct UnderWay {
    cpus: u64,
    ticket: u64,
}

impl Tag for UnderWay {}

impl UnderWay {
    /// None.
    pub(super) const NOTHING: Self = Self { cpus: 0, ticket: 0 };

    /// Those that are under way now.
    pub(super) fn now() -> Self {
        let ticket = CLOCK.load(SeqCst);
        let busy = |index: &usize| CPUS[*index].requests.load(Acquire) != 0;
        let cpus = (0..cpu::count()).filter(busy).fold(0, |cpus, index| cpus | 1 << index);
        Self { cpus, ticket }
    }

    /// Whether they are over.
    pub(super) fn is_over(self) -> bool {
        let mut rest = self.cpus;
        while rest != 0 {
            let cpu = &CPUS[rest.trailing_zeros() as usize];
            if cpu.acked.load(Acquire) < self.ticket && cpu.requests.load(Acquire) != 0 {
                return false;
            }
            rest &= rest - 1;
        }
        true
    }
}

/// Completes once every CPU has forgotten what was unmapped or protected before the call; at once if
/// they have.
pub async fn barrier() {
    if !all_settled() {
        let wait = ACKNOWLEDGED.wait_unless(UnderWay::now(), |_, under_way| under_way.is_over());
        wait.await;
    }
}

/// Makes all CPUs forget their translations of `range` in the address space of `root`, whose entries
/// have been changed: this one now, the others soon.
pub(super) fn flush(root: PhysAddr, range: Range<u64>) {
    if CPUS[cpu::index()].active.load(Relaxed) == root.as_u64() {
        flush_here(root, range);
    }
    ask(root, |cpu| cpu.active.load(SeqCst) == root.as_u64());
}

fn flush_here(root: PhysAddr, range: Range<u64>) {
    if (range.end - range.start) / 4096 > MOST_SINGLE_PAGES {
        // SAFETY: this root is loaded already.
        unsafe { paging::load_root(root) };
    } else {
        range.step_by(4096).for_each(|address| tlb::flush(VirtAddr::new_truncate(address)));
    }
}

/// Takes a root that nobody will activate any more away from all CPUs. Its tables may be
/// [retired](frames::retire) afterwards.
pub(super) fn forget_root(root: PhysAddr) {
    let kernel = paging::kernel_root();
    if CPUS[cpu::index()].active.load(Relaxed) == root.as_u64() {
        activate(kernel);
    }
    ask(root, |cpu| cpu.active.compare_exchange(root.as_u64(), kernel.as_u64(), SeqCst, SeqCst).is_ok());
}

/// Asks the other CPUs to flush that have `root` loaded, by the word of `is_active`, or are leaving it.
fn ask(root: PhysAddr, is_active: impl Fn(&Cpu) -> bool) {
    fence(SeqCst);
    let here = cpu::index();
    let mut is_counted = false;
    for (index, cpu) in CPUS.iter().enumerate().take(cpu::count()) {
        if index == here || !(is_active(cpu) || cpu.leaving.load(SeqCst) == root.as_u64()) {
            continue;
        }
        if !is_counted {
            is_counted = true;
            CLOCK.fetch_add(1, SeqCst);
        }
        OUTSTANDING.fetch_add(1, Relaxed);
        if cpu.requests.fetch_add(1, Release) == 0 {
            ipi::send(index);
        }
    }
}

/// Loads a root into CR3, unless it is there.
#[inline]
pub(super) fn activate(root: PhysAddr) {
    let cpu = &CPUS[cpu::index()];
    let old = cpu.active.load(Relaxed);
    if old == root.as_u64() {
        return;
    }
    cpu.leaving.store(old, Relaxed);
    cpu.active.swap(root.as_u64(), SeqCst);
    // SAFETY: the callers pass a root: of an address space, or the kernel's.
    unsafe { paging::load_root(root) };
    cpu.leaving.store(0, Release);
}

/// Flushes this CPU's TLB if another CPU asked for it. To be called after an interrupt, before user
/// code runs, and between tasks; costs two instructions when nobody asked.
#[inline]
pub fn service() {
    let cpu = &CPUS[cpu::index()];
    let requests = cpu.requests.load(Acquire);
    if requests != 0 {
        serve(cpu, requests);
    }
}

#[cold]
fn serve(cpu: &Cpu, mut requests: usize) {
    while requests != 0 {
        let now = CLOCK.load(SeqCst);
        let root = PhysAddr::new_truncate(cpu.active.load(Relaxed));
        // SAFETY: only roots are active.
        unsafe { paging::load_root(root) };
        cpu.acked.store(now, Release);
        let before = cpu.requests.fetch_sub(requests, SeqCst);
        OUTSTANDING.fetch_sub(requests, Release);
        requests = before - requests;
    }
    frames::release_quarantine();
    ACKNOWLEDGED.with(|_, waiters| waiters.wake_matching(|under_way| under_way.is_over()));
}

/// Whether no CPU has yet to flush what it was asked to.
#[inline]
pub(super) fn all_settled() -> bool {
    OUTSTANDING.load(Acquire) == 0
}
