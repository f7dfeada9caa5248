//! The executors of one machine, which steal from and wake each other.

use crate::executor::{Executor, Platform};
use crate::task::reference::TaskInfo;
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};

/// The executors of one machine.
pub struct Group<P: Platform> {
    members: &'static [&'static Executor<P>],
    /// Who sleeps, one bit each. A hint: whether a CPU sleeps is up to its level.
    sleepers: AtomicU64,
}

impl<P: Platform> Group<P> {
    /// A group of `members`; they do not know of it until [`Group::link`].
    ///
    /// # Panics
    /// If a member's index is not its place in `members`.
    pub fn new(members: &'static [&'static Executor<P>]) -> Self {
        const { assert!(P::SHARES_TASKS, "the platform is for executors that are alone") };
        assert!(members.iter().enumerate().all(|(place, member)| member.index() == place));
        Self { members, sleepers: AtomicU64::new(0) }
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
        self.sleepers.load(Ordering::Relaxed)
    }

    pub(crate) fn add_sleeper(&self, cpu: u64) {
        self.sleepers.fetch_or(cpu, Ordering::Relaxed);
    }

    pub(crate) fn remove_sleeper(&self, cpu: u64) {
        self.sleepers.fetch_and(!cpu, Ordering::Relaxed);
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
