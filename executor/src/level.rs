//! What a CPU is at, published so that others know whether it must be kicked for a task of theirs.

use crate::sync::atomic::{AtomicU8, Ordering};

/// Awake and about to look at its inbox: after a kick, or with nothing to run.
const ALERT: u8 = 0;
/// Ranks of classes are shifted by this, to make room for `ALERT`.
const RUNS: u8 = 1;
/// Halted, or about to.
const ASLEEP: u8 = 4;

/// One of: alert, runs a task of the deadline, fair or idle class, asleep. Higher gives way to lower.
pub(crate) struct Level(AtomicU8);

impl Level {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(ALERT))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(ALERT))
    }

    /// By the owner: about to run a task of class `rank`. Whether that made the CPU easier to
    /// interrupt than before, so that the caller must fence and look at the inbox once more.
    #[inline(always)]
    pub(crate) fn run(&self, rank: u8) -> bool {
        let before = self.0.load(Ordering::Relaxed);
        if before == rank + RUNS {
            return false;
        }
        self.0.store(rank + RUNS, Ordering::Relaxed);
        before < rank + RUNS
    }

    /// By the owner: about to halt. The caller fences and looks at the inbox once more.
    pub(crate) fn sleep(&self) {
        self.0.store(ASLEEP, Ordering::Relaxed);
    }

    /// By the owner: runs nothing, and will look at its inbox before it halts.
    pub(crate) fn wake(&self) {
        self.0.store(ALERT, Ordering::Relaxed);
    }

    /// Whether the CPU runs a task.
    pub(crate) fn is_running(&self) -> bool {
        (ALERT + 1..ASLEEP).contains(&self.0.load(Ordering::Relaxed))
    }

    /// The rank of the class that runs, if one does.
    pub(crate) fn rank(&self) -> Option<u8> {
        let level = self.0.load(Ordering::Relaxed);
        (ALERT + 1..ASLEEP).contains(&level).then(|| level - RUNS)
    }

    /// By others, after a fence: claims the right to kick the CPU for a task of class `rank`. Only
    /// one of several gets it, and nobody while the CPU is at something at least as urgent.
    pub(crate) fn claim_kick(&self, rank: u8) -> bool {
        let mut level = self.0.load(Ordering::Relaxed);
        while level > rank + RUNS {
            match self.0.compare_exchange_weak(level, ALERT, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => level = now,
            }
        }
        false
    }

    /// By others: claims the right to wake the CPU, if it sleeps.
    pub(crate) fn claim_wake(&self) -> bool {
        self.0.compare_exchange(ASLEEP, ALERT, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn it_tells_when_a_cpu_becomes_easier_to_interrupt() {
        let level = Level::new();
        assert_eq!((level.rank(), level.is_running()), (None, false));
        let easier = [1, 1, 0, 1, 2, 2, 0, 2].map(|rank| (level.run(rank), level.rank() == Some(rank)));
        assert_eq!(easier.map(|(easier, _)| easier), [true, false, false, true, true, false, false, true]);
        assert!(easier.iter().all(|(_, told)| *told) && level.is_running());
    }

    #[test]
    fn one_of_several_gets_to_kick() {
        let level = Level::new();
        level.run(1);
        assert_eq!([1, 2].map(|rank| level.claim_kick(rank)), [false; 2], "it is at what is as urgent");
        assert_eq!([0, 0].map(|rank| level.claim_kick(rank)), [true, false]);
        assert_eq!(level.rank(), None);
        assert!(!level.claim_wake(), "it does not sleep");
        level.sleep();
        assert_eq!((level.rank(), level.is_running()), (None, false));
        assert_eq!([level.claim_wake(), level.claim_wake(), level.claim_kick(2)], [true, false, false]);
        level.sleep();
        assert!(level.claim_kick(2));
    }
}
