//! The executors of one machine, which steal from and wake each other.

use crate::executor::{Executor, Platform};
use crate::task::reference::TaskInfo;
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};

/// Which CPUs of a group sleep, one bit each. A hint: whether a CPU sleeps is up to its level.
pub struct Sleepers(AtomicU64);

impl Sleepers {
    /// None.
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// None.
    #[cfg(loom)]
    pub fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Whether there is one: see [`Executor::offer_ready`].
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }
}

impl Default for Sleepers {
    fn default() -> Self {
        Self::new()
    }
}

/// The executors of one machine.
pub struct Group<P: Platform> {
    members: &'static [&'static Executor<P>],
    sleepers: &'static Sleepers,
}

impl<P: Platform> Group<P> {
    /// A group of `members`, which note who of them sleeps; they do not know of it until [`Group::link`].
    ///
    /// # Panics
    /// If a member's index is not its place in `members`.
    pub fn new(members: &'static [&'static Executor<P>], sleepers: &'static Sleepers) -> Self {
        const { assert!(P::SHARES_TASKS, "the platform is for executors that are alone") };
        assert!(members.iter().enumerate().all(|(place, member)| member.index() == place));
        Self { members, sleepers }
    }

    /// Lets the members steal from and wake each other. Before that each is alone.
    pub fn link(&'static self) {
        for member in self.members {
            member.own_timers();
            member.group.store(ptr::from_ref(self).cast_mut(), Ordering::Release);
        }
    }

    /// The executors, by index.
    pub fn members(&self) -> &'static [&'static Executor<P>] {
        self.members
    }

    /// Visits all tasks that are not over. See [`Executor::for_each_task`].
    pub fn for_each_task(&self, mut visit: impl FnMut(&TaskInfo)) {
        for member in self.members {
            member.for_each_task(&mut visit);
        }
    }

    #[inline(always)]
    pub(crate) fn sleepers(&self) -> u64 {
        self.sleepers.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add_sleeper(&self, cpu: u64) {
        self.sleepers.0.fetch_or(cpu, Ordering::Relaxed);
    }

    pub(crate) fn remove_sleeper(&self, cpu: u64) {
        self.sleepers.0.fetch_and(!cpu, Ordering::Relaxed);
    }

    /// Wakes one sleeping CPU of those in `affinity`.
    #[cold]
    pub(crate) fn rouse(&self, affinity: u64) {
        let mut candidates = self.sleepers() & affinity;
        while candidates != 0 {
            let member = self.members[candidates.trailing_zeros() as usize];
            if member.level.claim_wake() {
                return member.platform.kick();
            }
            candidates &= candidates - 1;
        }
    }
}
