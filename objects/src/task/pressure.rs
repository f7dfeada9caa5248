//! Memory pressure: five events, of which one is signalled, by how much memory is free.
//!
//! ```text
//!   free   0 ───── marks[0] ───── marks[1] ───── marks[2] ───── marks[3] ─────▶
//!   event   OUT_OF       IMMINENT_OUT_  PRESSURE_      PRESSURE_      PRESSURE_
//!           _MEMORY      OF_MEMORY      CRITICAL       WARNING        NORMAL
//! ```
//! It gets worse at once, and better only when a mark is left well behind: memory that comes and goes at a mark
//! shall not keep everybody busy.

use crate::ipc::Event;
use crate::object::KernelObject;
use abi::Signals;
use alloc::sync::Arc;
use core::ops::Range;
use waitq::sync::Mutex;

/// `ZX_SYSTEM_EVENT_*`, the worst first.
const KINDS: [u32; 5] = [
    abi::SYSTEM_EVENT_OUT_OF_MEMORY,
    abi::SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY,
    abi::SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL,
    abi::SYSTEM_EVENT_MEMORY_PRESSURE_WARNING,
    abi::SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL,
];
const NORMAL: usize = KINDS.len() - 1;

/// The events.
pub struct Pressure {
    events: [Arc<Event>; KINDS.len()],
    /// Below how much free memory each but the last is signalled. They grow.
    marks: [usize; NORMAL],
    /// The index of the event that is signalled.
    level: Mutex<usize>,
}

/// What [`Pressure::update`] found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// There is as good as no memory left.
    pub out_of_memory: bool,
    /// As long as this much is free, nothing changes.
    pub holds: Range<usize>,
}

impl Pressure {
    /// Events that are signalled below these amounts of free memory, in whatever unit; for now there is enough.
    pub fn new(marks: [usize; NORMAL]) -> Self {
        let events: [Arc<Event>; KINDS.len()] = core::array::from_fn(|_| Event::new());
        events[NORMAL].base().signals.assert(Signals::EVENT_SIGNALED);
        Self { events, marks, level: Mutex::new(NORMAL) }
    }

    /// The event of this kind, if there is such a kind.
    pub fn event(&self, kind: u32) -> Option<Arc<Event>> {
        let index = KINDS.iter().position(|known| *known == kind)?;
        Some(self.events[index].clone())
    }

    /// Signals the event for this much free memory.
    pub fn update(&self, free: usize) -> Reading {
        let mut level = self.level.lock();
        let below = |mark: usize| free < mark;
        let worse = self.marks[..*level].iter().position(|mark| below(*mark));
        let better = || (*level..NORMAL).find(|index| below(self.left_behind(*index))).unwrap_or(NORMAL);
        let next = worse.unwrap_or_else(better);
        if next != *level {
            self.events[*level].base().signals.clear(Signals::EVENT_SIGNALED);
            self.events[next].base().signals.assert(Signals::EVENT_SIGNALED);
            *level = next;
        }
        let low = if next == 0 { 0 } else { self.marks[next - 1] };
        let high = if next == NORMAL { usize::MAX } else { self.left_behind(next) };
        Reading { out_of_memory: next == 0, holds: low..high }
    }

    /// How much must be free for this level to be over.
    fn left_behind(&self, level: usize) -> usize {
        self.marks[level] + self.marks[level] / 8
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The kind of the one event that is signalled.
    fn signalled(pressure: &Pressure) -> u32 {
        let active = |kind: &u32| {
            let event = pressure.event(*kind).expect("a kind");
            event.base().signals.get().contains(Signals::EVENT_SIGNALED)
        };
        let all: alloc::vec::Vec<_> = KINDS.into_iter().filter(active).collect();
        assert_eq!(all.len(), 1, "exactly one is signalled");
        all[0]
    }

    /// Amounts of free memory one after the other, and which kind is signalled then.
    const COURSE: [(usize, usize); 18] = [
        (1000, 4),
        (160, 4),
        (159, 3),
        (160, 3),
        (179, 3),
        (180, 4),
        (79, 2),
        (89, 2),
        (90, 3),
        (15, 1),
        (7, 0),
        (8, 0),
        (9, 1),
        (17, 1),
        (18, 2),
        (0, 0),
        (500, 4),
        (0, 0),
    ];

    fn after(course: &[(usize, usize)]) -> Pressure {
        let pressure = Pressure::new([8, 16, 80, 160]);
        for (free, _) in course {
            pressure.update(*free);
        }
        pressure
    }

    #[test]
    fn it_gets_worse_at_once_and_better_behind_the_mark() {
        let pressure = after(&[]);
        assert_eq!(signalled(&pressure), KINDS[4]);
        for (free, kind) in COURSE {
            let reading = pressure.update(free);
            assert_eq!(signalled(&pressure), KINDS[kind], "{free}");
            assert_eq!(reading.out_of_memory, kind == 0, "{free}");
        }
    }

    #[test]
    fn it_tells_how_long_nothing_changes() {
        for length in 1..=COURSE.len() {
            let (free, kind) = COURSE[length - 1];
            let reading = after(&COURSE[..length]).update(free);
            for next in 0..200 {
                let pressure = after(&COURSE[..length]);
                pressure.update(next);
                assert_eq!(
                    reading.holds.contains(&next),
                    signalled(&pressure) == KINDS[kind],
                    "{free}, {next}"
                );
            }
        }
    }

    #[test]
    fn other_kinds_do_not_exist() {
        let pressure = Pressure::new([1, 2, 3, 4]);
        assert!([0, 6, u32::MAX].into_iter().all(|kind| pressure.event(kind).is_none()));
    }
}
