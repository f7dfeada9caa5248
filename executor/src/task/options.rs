//! What a spawner says about a task: its name, class, CPUs, number.

/// The weight of a fair task of ordinary priority.
pub const NOMINAL_WEIGHT: u32 = 1024;

/// The largest weight.
const LARGEST_WEIGHT: u32 = 1 << 20;

/// The class is in the bits above; also in the keys of run queues.
pub(crate) const RANK_SHIFT: u32 = 62;

/// The parameter of a class, and the place in its queue, are in these bits.
pub(crate) const PLACE_MASK: u64 = (1 << RANK_SHIFT) - 1;

pub(crate) const RANK_DEADLINE: u64 = 0;
pub(crate) const RANK_FAIR: u64 = 1;
pub(crate) const RANK_IDLE: u64 = 2;

/// How many fractional bits the reciprocal of a weight has.
const RECIPROCAL_SHIFT: u32 = 20;

/// How a task is scheduled. All of an earlier class run before any of a later one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Earliest deadline first.
    Deadline {
        /// Nanoseconds after it becomes ready within which the task is to run.
        within: u64,
    },
    /// Run time in proportion to weight.
    Fair {
        /// From 1 to 2^20; [`NOMINAL_WEIGHT`] is ordinary. Values outside are clamped.
        weight: u32,
    },
    /// When nothing else is ready, in order of arrival.
    Idle,
}

impl Class {
    /// The class in the top bits; below, the time allowed, or what a nanosecond costs: the reciprocal
    /// of the weight, so that accounting needs no division.
    pub(crate) fn pack(self) -> u64 {
        match self {
            Self::Deadline { within } => RANK_DEADLINE << RANK_SHIFT | within.min(PLACE_MASK >> 1),
            Self::Fair { weight } => RANK_FAIR << RANK_SHIFT | cost_of_weight(weight),
            Self::Idle => RANK_IDLE << RANK_SHIFT,
        }
    }

    pub(crate) fn unpack(word: u64) -> Self {
        let parameter = word & PLACE_MASK;
        match word >> RANK_SHIFT {
            RANK_DEADLINE => Self::Deadline { within: parameter },
            RANK_FAIR => {
                Self::Fair { weight: (u64::from(NOMINAL_WEIGHT << RECIPROCAL_SHIFT) / parameter) as u32 }
            }
            _ => Self::Idle,
        }
    }

    /// The virtual time that `ran` nanoseconds cost a fair task with this packed class.
    #[inline(always)]
    pub(crate) fn virtual_time(word: u64, ran: u64) -> u64 {
        ((u128::from(ran) * u128::from(word & PLACE_MASK)) >> RECIPROCAL_SHIFT) as u64
    }
}

/// What a nanosecond costs what has this weight.
pub(crate) const fn cost_of_weight(weight: u32) -> u64 {
    let weight = if weight == 0 { 1 } else { weight };
    let weight = if weight > LARGEST_WEIGHT { LARGEST_WEIGHT } else { weight };
    ((NOMINAL_WEIGHT << RECIPROCAL_SHIFT) / weight) as u64
}

impl Default for Class {
    fn default() -> Self {
        Self::Fair { weight: NOMINAL_WEIGHT }
    }
}

/// What a spawner says about a task.
#[derive(Clone, Copy, Debug)]
pub struct TaskOptions {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) affinity: u64,
    pub(crate) id: u64,
}

impl TaskOptions {
    /// A fair task of nominal weight that any CPU may run.
    pub const fn new(name: &'static str) -> Self {
        Self { name, class: Class::Fair { weight: NOMINAL_WEIGHT }, affinity: u64::MAX, id: 0 }
    }

    /// Its class.
    pub const fn class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    /// The CPUs that may run it, one bit each. Zero is the same as [`TaskOptions::pinned`].
    pub const fn affinity(mut self, mask: u64) -> Self {
        self.affinity = mask;
        self
    }

    /// Only the CPU that it is spawned on may run it.
    pub const fn pinned(self) -> Self {
        self.affinity(0)
    }

    /// Its number. Zero, the default: the next unused one of the executor's own.
    pub const fn id(mut self, id: u64) -> Self {
        self.id = id;
        self
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Class, LARGEST_WEIGHT, NOMINAL_WEIGHT, PLACE_MASK, RANK_SHIFT};

    #[test]
    fn a_class_is_packed_with_its_rank_in_the_top_bits() {
        let classes = [
            (Class::Deadline { within: 0 }, 0),
            (Class::Deadline { within: 0x1234_5678_9abc }, 0),
            (Class::Fair { weight: 1 }, 1),
            (Class::Fair { weight: NOMINAL_WEIGHT }, 1),
            (Class::Fair { weight: LARGEST_WEIGHT }, 1),
            (Class::Idle, 2),
        ];
        for (class, rank) in classes {
            assert_eq!(class.pack() >> RANK_SHIFT, rank, "{class:?}");
            assert_eq!(Class::unpack(class.pack()), class);
        }
    }

    #[test]
    fn parameters_are_clamped() {
        let most = PLACE_MASK >> 1;
        assert_eq!(Class::Deadline { within: u64::MAX }.pack(), most);
        assert_eq!(Class::Deadline { within: most - 1 }.pack(), most - 1);
        for (asked, weight) in [(0, 1), (LARGEST_WEIGHT + 1, LARGEST_WEIGHT), (u32::MAX, LARGEST_WEIGHT)] {
            assert_eq!(Class::unpack(Class::Fair { weight: asked }.pack()), Class::Fair { weight });
        }
    }

    #[test]
    fn virtual_time_is_the_time_over_the_weight() {
        for (weight, cost) in [(NOMINAL_WEIGHT, 1000), (2 * NOMINAL_WEIGHT, 500), (NOMINAL_WEIGHT / 4, 4000)]
        {
            assert_eq!(Class::virtual_time(Class::Fair { weight }.pack(), 1000), cost);
        }
    }
}
