//! Time stamp counters that agree. Time is read from the counter of whichever CPU one runs on, in the kernel and in
//! the vDSO, so no counter may be behind another's: time would go backwards for a thread that moves.
//!
//! While a CPU starts, it asks the first CPU for its counter, a few times. The answer was read after the question
//! was sent and before the answer came, on any clock: where the counters contradict that, one is ahead, and by how
//! much lies between two bounds. The new CPU then sets its counter, and asks again. A CPU whose counter can
//! not be set is not used.

use super::time::ticks;
use core::hint::spin_loop;
use core::sync::atomic::{AtomicU64, Ordering::*};
use x86_64::registers::model_specific::Msr;

/// The time stamp counter as an MSR: writing sets it.
const TIME_STAMP_COUNTER: u32 = 0x10;
/// Questions that bounds are made of: the quickest answer gives the closest ones.
const QUESTIONS: usize = 4;
/// How often a counter is set.
const ATTEMPTS: usize = 3;

/// Number of the last question; the others wait while one CPU asks.
static ASKED: AtomicU64 = AtomicU64::new(0);
/// Number of the last question that was answered, and the answer.
static ANSWERED: AtomicU64 = AtomicU64::new(0);
static ANSWER: AtomicU64 = AtomicU64::new(0);

/// What the other CPU's counter can be ahead of this one's: from `least` to `most` ticks. Negative: it is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    least: i64,
    most: i64,
}

impl Ahead {
    /// Nothing is known yet.
    pub const ANYTHING: Self = Self { least: i64::MIN, most: i64::MAX };

    /// With what one question tells: this CPU's counter before and after, and the other's in between.
    #[must_use]
    pub fn knowing(self, before: u64, other: u64, after: u64) -> Self {
        let distance = |from: u64| other.wrapping_sub(from) as i64;
        Self { least: self.least.max(distance(after)), most: self.most.min(distance(before)) }
    }

    /// What to add to this CPU's counter; `None` if the two may agree already.
    #[must_use]
    pub fn correction(self) -> Option<i64> {
        let agrees = self.least <= 0 && self.most >= 0;
        (!agrees).then(|| self.least.midpoint(self.most))
    }
}

/// Makes this CPU's counter agree with the first one's, which calls [`answer`] meanwhile. Whether it does.
pub(super) fn agree() -> bool {
    for _ in 0..ATTEMPTS {
        let Some(correction) = ask().correction() else { return true };
        // SAFETY: only this CPU reads this counter, and it has no deadlines yet.
        unsafe { Msr::new(TIME_STAMP_COUNTER).write(ticks().wrapping_add_signed(correction)) };
    }
    ask().correction().is_none()
}

fn ask() -> Ahead {
    (0..QUESTIONS).fold(Ahead::ANYTHING, |known, _| {
        let before = ticks();
        let question = ASKED.fetch_add(1, AcqRel) + 1;
        while ANSWERED.load(Acquire) != question {
            spin_loop();
        }
        let other = ANSWER.load(Relaxed);
        known.knowing(before, other, ticks())
    })
}

/// Answers the CPU that asks, if one does: whether it did. Only the first CPU may, while it starts others.
pub(super) fn answer() -> bool {
    let question = ASKED.load(Acquire);
    let asked = question != ANSWERED.load(Relaxed);
    if asked {
        ANSWER.store(ticks(), Relaxed);
        ANSWERED.store(question, Release);
    }
    asked
}
