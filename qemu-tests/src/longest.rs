//! The longest stretch without a chance for interrupts among all tests of a run, told at its end.
//!
//! Where instructions are counted it is the same on every machine; elsewhere it is a time, to which
//! a busy host adds what it likes.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use hafnon::guest::{self, Stretch};

/// Where a stretch was seen.
#[derive(Debug)]
struct Seen {
    test: String,
    stretch: Stretch,
    symbols: Option<PathBuf>,
}

/// The longest stretches so far: in instructions, and in ticks of a clock.
#[derive(Debug, Default)]
pub struct Longest {
    counted: Mutex<Option<Seen>>,
    timed: Mutex<Option<Seen>>,
}

impl Longest {
    /// Takes in what a test's machine told.
    pub fn take(&self, test: &str, counted: bool, stretch: &Stretch, symbols: Option<PathBuf>) {
        let place = if counted { &self.counted } else { &self.timed };
        let mut longest = place.lock().unwrap_or_else(PoisonError::into_inner);
        if longest.as_ref().is_none_or(|longest| longest.stretch.ticks < stretch.ticks) {
            *longest = Some(Seen { test: test.into(), stretch: stretch.clone(), symbols });
        }
    }

    /// A line for each, with its stack; nothing where no machine has told any.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for (unit, place) in [("instructions", &self.counted), ("ticks of a clock", &self.timed)] {
            if let Some(seen) = &*place.lock().unwrap_or_else(PoisonError::into_inner) {
                let symbols = seen.symbols.as_deref().map(guest::symbols).unwrap_or_default();
                let Stretch { ticks, during, addresses } = &seen.stretch;
                text += &format!("longest stretch: {ticks} {unit}, in {during}, of {}\n", seen.test);
                text += &symbols.backtrace(addresses);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_of_each_kind_is_told() {
        let longest = Longest::default();
        let stretch = |ticks| Stretch { ticks, during: "polls".into(), addresses: Vec::new() };
        assert_eq!(longest.describe(), "");
        for (test, ticks) in [("a", 5), ("b", 7), ("c", 6)] {
            longest.take(test, true, &stretch(ticks), None);
        }
        longest.take("d", false, &stretch(1000), None);
        let lines = "longest stretch: 7 instructions, in polls, of b\n\
                     longest stretch: 1000 ticks of a clock, in polls, of d\n";
        assert_eq!(longest.describe(), lines);
    }
}
