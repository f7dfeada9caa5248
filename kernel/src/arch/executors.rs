//! A CPU as the platform of its executor.

use super::{cpu, ipi, stretch, time};
use crate::println;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use executor::Platform;

/// Polls that take longer than this, in nanoseconds, are named with the stretch that they are part of.
pub const LONG_POLL: u64 = 100_000;

/// How long a poll may take, in nanoseconds, before it is reported.
pub static POLL_BUDGET: AtomicU64 = AtomicU64::new(u64::MAX);

/// The CPU of this number.
pub struct CpuPlatform {
    index: usize,
}

impl CpuPlatform {
    /// The CPU of this number.
    pub const fn new(index: usize) -> Self {
        Self { index }
    }
}

// SAFETY: `cpu::index` gives each CPU its own number, and the kernel is not preemptible: code that
// runs on a CPU is one thread of execution.
unsafe impl Platform for CpuPlatform {
    #[inline]
    fn now(&self) -> u64 {
        time::now() as u64
    }

    #[inline]
    fn is_current(&self) -> bool {
        cpu::index() == self.index
    }

    fn kick(&self) {
        ipi::send(self.index);
    }

    fn rearm(&self, deadline: u64) {
        time::arm_by(deadline);
    }

    fn is_late(&self) -> bool {
        stretch::is_late()
    }

    #[cold]
    #[inline(never)] // reason: the loop would keep registers for what is printed here
    fn overrun(&self, task: &'static str, nanoseconds: u64) {
        stretch::note_long_poll(task);
        if nanoseconds > POLL_BUDGET.load(Relaxed) {
            println!("CPU {}: a poll of task {task} took {} us", self.index, nanoseconds / 1000);
        }
    }
}
