//! What objects ask of a machine, for processes that run nothing.

use objects::memory::{Entropy, Frame, PageTable, Protection, Work};
use objects::vmar::FaultError;
use std::ops::Range;

/// A machine on which nothing is mapped.
pub struct Nothing;

impl PageTable for Nothing {
    fn map(&self, _: u64, _: Frame, _: Protection) -> Result<(), FaultError> {
        Err(FaultError::NoMemory)
    }

    fn unmap(&self, range: &mut Range<u64>, _: &mut Work) {
        range.start = range.end;
    }

    fn protect(&self, range: &mut Range<u64>, _: Protection, _: &mut Work) {
        range.start = range.end;
    }
}

impl Entropy for Nothing {
    fn next(&self) -> u64 {
        0
    }
}
