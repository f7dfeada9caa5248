//! What the stress tests share: numbers that look random, and the proof that nothing is left behind.

use hafnon_user::{
    abi::{INFO_PROCESS_THREADS, InfoKmemStats},
    clock::{self, INFINITE, MILLISECOND},
    info,
};

use crate::harness::{TURNS, process, resource};

/// Rounds of each stress test.
const ROUNDS: u64 = 10_000;
/// Bytes by which memory may differ afterwards: less than any leak of a round makes of so many rounds.
const SLACK: u64 = ROUNDS * 4;
/// How long a wait of a stress test may last that is sure to be ended. Only a lost wake lasts as long; the host then
/// ends the machine, which has done nothing for the time that the test may take.
pub const LOST: i64 = INFINITE;

/// Numbers that look random, and are the same on every run.
pub struct Random(u64);

impl Random {
    /// Another sequence for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number, below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }

    /// Lets a little time pass, sometimes none, so that threads meet each other everywhere.
    pub fn dawdle(&mut self) {
        match self.below(16) {
            0 => clock::yield_now(),
            1..8 => (0..self.below(400)).for_each(|_| core::hint::spin_loop()),
            _ => {}
        }
    }
}

/// Memory in use, in bytes, apart from what the kernel's heap holds free.
fn used() -> u64 {
    let stats: InfoKmemStats = info::kernel_memory(resource()).expect("the root resource tells");
    stats.total_bytes - stats.free_bytes - stats.free_heap_bytes
}

fn handles() -> usize {
    let process = process();
    info::total_handles(&process).expect("a process tells")
}

fn threads() -> usize {
    info::koids(&process(), INFO_PROCESS_THREADS).expect("a process tells").len()
}

/// Does [`ROUNDS`] rounds of `work` twice: there are as many handles, threads and pages after the second
/// time as before. The first time, heaps, tables and caches get as large as they will.
pub fn leaves_nothing(work: impl Fn(u64)) {
    work(ROUNDS);
    let before = (handles(), threads(), used());
    work(ROUNDS);
    let mut after = before;
    for _ in 0..TURNS {
        after = (handles(), threads(), used());
        if (after.0, after.1) == (before.0, before.1) && after.2 <= before.2 + SLACK {
            return;
        }
        clock::sleep(MILLISECOND).expect("sleep");
    }
    panic!("handles, threads, bytes: {before:?} before, {after:?} after")
}
