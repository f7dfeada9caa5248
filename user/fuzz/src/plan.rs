//! What is to be done: what the command line asks for, and the shape of a round.

use alloc::{format, string::String, vec::Vec};

use crate::random::Random;

/// The first argument of a process that makes calls.
pub const WORKER: &str = "worker";
/// The word that has steps shown.
pub const PRINT: &str = "print";

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub seed: u64,
    /// How many calls to make, at least.
    pub calls: u64,
    /// The one round to run.
    pub round: Option<u64>,
    /// The steps to make of it.
    pub keep: Mask,
    /// Show the steps instead.
    pub print: bool,
    /// A call that is to be taken for a failure, so that failures can be seen.
    pub planted: Option<String>,
}

impl Request {
    /// Reads words `KEY=VALUE`; `None` if there is another one.
    pub fn parse(words: &[String]) -> Option<Self> {
        let mut request = Self { calls: 100_000, ..Self::default() };
        for word in words {
            match word.split_once('=') {
                Some(("seed", value)) => request.seed = value.parse().ok()?,
                Some(("calls", value)) => request.calls = value.parse().ok()?,
                Some(("round", value)) => request.round = Some(value.parse().ok()?),
                Some(("keep", value)) => request.keep = Mask::parse(value)?,
                Some(("planted", value)) => request.planted = Some(value.into()),
                None if word == PRINT => request.print = true,
                _ => return None,
            }
        }
        Some(request)
    }
}

/// Which steps of a round are made: all, or those whose bits are set.
#[derive(Clone, Debug, Default)]
pub struct Mask(Option<Vec<u8>>);

impl Mask {
    /// Reads a hexadecimal digit for each four steps, the first of them in its lowest bit.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8));
        digits.collect::<Option<_>>().map(|digits| Self(Some(digits)))
    }

    /// Whether a step is made.
    pub fn has(&self, step: usize) -> bool {
        let Some(digits) = &self.0 else { return true };
        digits.get(step / 4).is_some_and(|digit| digit >> (step % 4) & 1 == 1)
    }

    /// The word of a command line that says so, if there is something to say.
    pub fn word(&self) -> Option<String> {
        let digits = self.0.as_ref()?.iter().map(|digit| format!("{digit:x}"));
        Some(format!("keep={}", digits.collect::<String>()))
    }
}

/// The shape of a round.
pub struct Plan {
    pub seed: u64,
    pub round: u64,
    /// How many processes.
    pub processes: usize,
    /// How many threads each has.
    pub threads: usize,
    /// How many steps each of those makes.
    pub steps: usize,
    /// The processes are given the root resource.
    pub privileged: bool,
    /// The process that is killed in the middle, and after how many nanoseconds.
    pub killed: Option<(usize, i64)>,
}

impl Plan {
    /// That of a round.
    pub fn new(seed: u64, round: u64) -> Self {
        let mut random = Random::of(&[seed, round]);
        let processes = 1 + random.below(3);
        Self {
            seed,
            round,
            processes,
            threads: 1 + random.below(3),
            steps: 100 + random.below(500),
            privileged: random.one_in(4),
            killed: random.one_in(2).then(|| (random.below(processes), random.below(2_000_000) as i64)),
        }
    }

    /// The number of a step among all of the round.
    pub fn number(&self, process: usize, thread: usize, step: usize) -> usize {
        (process * self.threads + thread) * self.steps + step
    }
}
