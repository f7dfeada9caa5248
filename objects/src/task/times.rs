//! How long tasks ran, and were kept from running: threads count that for themselves, and hand it on when they end, to
//! their process, as that does to its job.

use core::ops::{Add, AddAssign};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Times of a task, in nanoseconds.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long it ran.
    pub ran: u64,
    /// How long it was ready to run, and others did: from its start to its first poll, and between its slices.
    pub queued: u64,
}

impl Add for Times {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { ran: self.ran + other.ran, queued: self.queued + other.queued }
    }
}

impl AddAssign for Times {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Times that many add to.
#[derive(Default)]
pub(crate) struct Sum {
    ran: AtomicU64,
    queued: AtomicU64,
}

impl Sum {
    /// Adds the times of a task.
    pub fn count(&self, times: Times) {
        self.ran.fetch_add(times.ran, Relaxed);
        self.queued.fetch_add(times.queued, Relaxed);
    }

    /// Adds what a task has waited for its turn.
    pub fn count_queued(&self, nanoseconds: u64) {
        self.queued.fetch_add(nanoseconds, Relaxed);
    }

    /// What has been added up.
    pub fn get(&self) -> Times {
        Times { ran: self.ran.load(Relaxed), queued: self.queued.load(Relaxed) }
    }
}
