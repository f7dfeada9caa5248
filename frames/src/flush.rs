//! Which CPUs have yet to forget a translation: the protocol of TLB shootdown, without the TLBs.
//!
//! Whoever clears or weakens page table entries [asks](Flushes::ask) every other CPU that has the
//! address space loaded to flush, by a count and a kick (an interrupt). Nobody spins for an answer. The
//! CPU that is asked [serves](Flushes::serve) the request when it gets to it.
//!
//! # Why no stale translation survives
//! `R` is the root of the address space. All of this is per CPU, except for `clock`, which counts
//! flushes, and `outstanding`.
//!
//! Asking finds every CPU that may hold a translation:
//! ```text
//!   initiator (ask)                           CPU that enters or leaves R (activate)
//!   ───────────────                           ──────────────────────────────────────
//! 1 clear entries of R                      a leaving = old root         (release)
//! 2 fence                                   b active = new root        (release), fence
//! 3 look at active, then at leaving         c load the new root, which flushes
//!                                           d leaving = 0              (release)
//! ```
//! Entering: when 3 does not see b, then the fence at 2 was before the one at b, and the page walks
//! after c see 1. When it does, the CPU is asked. Leaving: when 3 sees the root after R in `active`, it
//! sees a: it sees R in `leaving`, or d has happened and with it c, or even the next a.
//!
//! An answer covers the question:
//! ```text
//!   initiator (ask)                           CPU that is asked (serve)
//!   ───────────────                           ─────────────────────────
//! 1 clear entries of R
//! 2 clock += 1
//! 3 outstanding += 1                        e n = requests             (acquire)
//! 4 requests += 1; kick if it was 0         f now = clock
//!                                           g load the active root, which flushes
//!                                           h acked = now              (release)
//!                                           i requests -= n            (release); again from e if not 0
//!                                           j outstanding -= n         (release)
//! ```
//! Whoever looks after 4, and in the order of memory after it, may rely on any of these:
//! - `acked` is at least what `clock` was after 2: then f saw 2, so that g came after 1;
//! - `requests == 0`: then e counted 4, so that g came after 1;
//! - `outstanding == 0`: then the same holds for all CPUs that were asked.
//!
//! No request is left without a kick: one that finds `requests` above 0 at 4 is seen at i.
//!
//! A root that dies while other CPUs idle in it is taken out of the `active` of all of them before 2, so that g loads
//! another one instead: a CPU may be at g already, for another's question.
//!
//! `tests/loom.rs` checks this on this code.

use crate::sync::{AtomicU64, AtomicUsize, Ordering::*, fence};

/// The state of all CPUs. Roots are addresses; 0 is none.
pub struct Flushes<const CPUS: usize> {
    cpus: [Cpu; CPUS],
    clock: AtomicU64,
    /// The sum of all `requests`, or more for a moment.
    outstanding: AtomicUsize,
}

#[repr(align(64))]
struct Cpu {
    /// The root that is loaded, or the one about to be.
    active: AtomicU64,
    /// The root that was loaded before, while another is being loaded.
    leaving: AtomicU64,
    /// How often the CPU was asked to flush since it did.
    requests: AtomicUsize,
    /// `clock` before the last flush that the CPU was asked for.
    acked: AtomicU64,
}

/// Flushes that were under way at some time: the CPUs that had yet to flush, and what `clock` was.
#[derive(Clone, Copy)]
pub struct UnderWay {
    cpus: u64,
    ticket: u64,
}

impl UnderWay {
    /// None.
    pub const NOTHING: Self = Self { cpus: 0, ticket: 0 };
}

macro_rules! constructors {
    ($($constant:ident)?) => {
        impl Cpu {
            $($constant)? fn new() -> Self {
                let (active, leaving, acked) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
                Self { active, leaving, requests: AtomicUsize::new(0), acked }
            }
        }

        impl<const CPUS: usize> Flushes<CPUS> {
            /// No CPU has a root yet.
            $($constant)? fn with_cpus(cpus: [Cpu; CPUS]) -> Self {
                assert!(CPUS <= 64, "CPUs are the bits of a word");
                Self { cpus, clock: AtomicU64::new(0), outstanding: AtomicUsize::new(0) }
            }
        }
    };
}

#[cfg(not(loom))]
constructors!(const);
#[cfg(loom)]
constructors!();

impl<const CPUS: usize> Flushes<CPUS> {
    /// No CPU has a root yet.
    #[cfg(not(loom))]
    #[expect(clippy::new_without_default, reason = "there is one in a kernel, a static")]
    pub const fn new() -> Self {
        Self::with_cpus([const { Cpu::new() }; CPUS])
    }

    /// No CPU has a root yet.
    #[cfg(loom)]
    #[expect(clippy::new_without_default, reason = "as above")]
    pub fn new() -> Self {
        Self::with_cpus(core::array::from_fn(|_| Cpu::new()))
    }

    /// The root that CPU `here` has loaded; only that CPU may ask.
    #[inline]
    pub fn active(&self, here: usize) -> u64 {
        self.cpus[here].active.load(Relaxed)
    }

    /// Makes `root` the active one of CPU `here`, which executes this, by `load`; not if it is already.
    #[inline]
    pub fn activate(&self, here: usize, root: u64, load: impl FnOnce(u64)) {
        let cpu = &self.cpus[here];
        let old = cpu.active.load(Relaxed);
        if old == root {
            return;
        }
        cpu.leaving.store(old, Release);
        cpu.active.store(root, Release);
        fence(SeqCst);
        load(root);
        cpu.leaving.store(0, Release);
    }

    /// Asks those of the first `count` CPUs, except for `here`, to flush that have `root` loaded.
    pub fn ask(&self, here: usize, count: usize, root: u64, kick: impl FnMut(usize)) {
        self.ask_if(here, count, root, kick, |cpu| cpu.active.load(Acquire) == root);
    }

    /// Asks as [`Self::ask`] does, and makes them load `instead` of `root`, which nobody will activate
    /// any more.
    pub fn forget(&self, here: usize, count: usize, root: u64, instead: u64, kick: impl FnMut(usize)) {
        let replace = |cpu: &Cpu| cpu.active.compare_exchange(root, instead, AcqRel, Acquire).is_ok();
        self.ask_if(here, count, root, kick, replace);
    }

    fn ask_if(
        &self,
        here: usize,
        count: usize,
        root: u64,
        mut kick: impl FnMut(usize),
        is_active: impl Fn(&Cpu) -> bool,
    ) {
        fence(SeqCst);
        let mut asked = 0_u64;
        for (index, cpu) in self.cpus.iter().enumerate().take(count) {
            if index != here && (is_active(cpu) || cpu.leaving.load(Acquire) == root) {
                asked |= 1 << index;
            }
        }
        if asked == 0 {
            return;
        }
        self.clock.fetch_add(1, AcqRel);
        while asked != 0 {
            let index = asked.trailing_zeros() as usize;
            asked &= asked - 1;
            self.outstanding.fetch_add(1, Relaxed);
            if self.cpus[index].requests.fetch_add(1, AcqRel) == 0 {
                kick(index);
            }
        }
    }

    /// Whether CPU `here` has been asked to flush.
    #[inline]
    pub fn is_asked(&self, here: usize) -> bool {
        self.cpus[here].requests.load(Relaxed) != 0
    }

    /// Does what CPU `here`, which executes this, was asked: loads the active root anew, by `load`.
    pub fn serve(&self, here: usize, mut load: impl FnMut(u64)) {
        let cpu = &self.cpus[here];
        let mut requests = cpu.requests.load(Acquire);
        while requests != 0 {
            let now = self.clock.load(Acquire);
            load(cpu.active.load(Relaxed));
            cpu.acked.store(now, Release);
            let before = cpu.requests.fetch_sub(requests, AcqRel);
            self.outstanding.fetch_sub(requests, Release);
            requests = before - requests;
        }
    }

    /// Whether no CPU has yet to flush what it was asked to.
    #[inline]
    pub fn all_settled(&self) -> bool {
        self.outstanding.load(Acquire) == 0
    }

    /// What the first `count` CPUs have yet to do.
    pub fn under_way(&self, count: usize) -> UnderWay {
        let ticket = self.clock.load(Acquire);
        let asked = |index: &usize| self.cpus[*index].requests.load(Acquire) != 0;
        let cpus = (0..count).filter(asked).fold(0, |cpus, index| cpus | 1 << index);
        UnderWay { cpus, ticket }
    }

    /// Whether that has been done.
    pub fn is_over(&self, under_way: UnderWay) -> bool {
        let mut rest = under_way.cpus;
        while rest != 0 {
            let cpu = &self.cpus[rest.trailing_zeros() as usize];
            if cpu.acked.load(Acquire) < under_way.ticket && cpu.requests.load(Acquire) != 0 {
                return false;
            }
            rest &= rest - 1;
        }
        true
    }
}
