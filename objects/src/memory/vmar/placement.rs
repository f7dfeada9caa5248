//! Where a new child of a region lies.
//!
//! By default at an address that is drawn evenly from all that are possible (address space layout
//! randomization): a few darts are thrown at the whole region, which almost always hits free addresses
//! in a sparse one, then the next gap that is large enough is taken. A compact region fills up from its bottom
//! instead.

use super::options::{Location, Wish};
use super::tree::Region;
use crate::core::sorted::HasRange;
use crate::memory::{Entropy, PAGE_SIZE};
use abi::Status;
use core::ops::Range;

const DARTS: usize = 8;
/// How many children are passed on the way to a gap in which an aligned child has room. A gap that has room wherever it
/// begins is always found.
const PASSED: usize = 4096;

/// Addresses at which a child could begin.
struct Candidates {
    first: u64,
    step: u64,
    count: u64,
}

impl Candidates {
    /// Those for which the child lies in `space`.
    fn within(space: &Range<u64>, wish: &Wish) -> Self {
        let (first, step) = (space.start.next_multiple_of(wish.alignment), wish.alignment);
        let count = match space.end.checked_sub(wish.length) {
            Some(last) if first <= last => (last - first) / step + 1,
            _ => 0,
        };
        Self { first, step, count }
    }

    fn get(&self, number: u64) -> u64 {
        self.first + number * self.step
    }
}

impl Region {
    /// Whether all of these flags are set.
    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags == flags
    }

    /// The address for a new child.
    ///
    /// # Errors
    /// `INVALID_ARGS`: outside of the region, misaligned, or over a child region. `ACCESS_DENIED`: a
    /// wish that takes `VM_CAN_MAP_SPECIFIC`. `NO_MEMORY`: not free.
    pub fn place(&self, wish: &Wish, entropy: &dyn Entropy) -> Result<u64, Status> {
        let anywhere = matches!(wish.location, Location::Anywhere);
        if !anywhere && !self.has(abi::VM_CAN_MAP_SPECIFIC) {
            return Err(Status::ACCESS_DENIED);
        }
        let size = self.range.end - self.range.start;
        match wish.location {
            Location::Anywhere => self.place_below(size, wish, entropy),
            Location::Below(limit) if limit <= size => self.place_below(limit, wish, entropy),
            Location::Below(_) => Err(Status::INVALID_ARGS),
            Location::At(offset) | Location::Over(offset) => self.place_at(offset, wish),
        }
    }

    fn place_at(&self, offset: u64, wish: &Wish) -> Result<u64, Status> {
        let end = offset.checked_add(wish.length).ok_or(Status::INVALID_ARGS)?;
        if end > self.range.end - self.range.start {
            return Err(Status::INVALID_ARGS);
        }
        let address = self.range.start + offset;
        if !address.is_multiple_of(wish.alignment) {
            return Err(Status::INVALID_ARGS);
        }
        let range = address..address + wish.length;
        if matches!(wish.location, Location::At(_)) && !self.is_free(&range) {
            return Err(Status::NO_MEMORY);
        }
        let hit = self.overlapping(&range);
        if self.children.has_marked(hit.from, hit.to) {
            return Err(Status::INVALID_ARGS);
        }
        Ok(address)
    }

    fn place_below(&self, limit: u64, wish: &Wish, entropy: &dyn Entropy) -> Result<u64, Status> {
        if wish.length > limit {
            return Err(Status::INVALID_ARGS);
        }
        let space = self.range.start..self.range.start + limit;
        let found = match self.has(abi::VM_COMPACT) {
            true => self.pack(&space, wish),
            false => self.scatter(&space, wish, entropy),
        };
        found.ok_or(Status::NO_MEMORY)
    }

    /// Behind the last child, or in the lowest gap that is large enough.
    fn pack(&self, space: &Range<u64>, wish: &Wish) -> Option<u64> {
        let last = self.children.last().map_or(space.start, |child| child.range().end);
        let behind = Candidates::within(&(last.max(space.start)..space.end), wish);
        let behind = Some(behind).filter(|candidates| candidates.count > 0);
        behind.or_else(|| self.roomy_gap(space, wish)).map(|candidates| candidates.first)
    }

    fn scatter(&self, space: &Range<u64>, wish: &Wish, entropy: &dyn Entropy) -> Option<u64> {
        let all = Candidates::within(space, wish);
        for _ in 0..DARTS.min(all.count as usize) {
            let address = all.get(entropy.next() % all.count);
            if self.is_free(&(address..address + wish.length)) {
                return Some(address);
            }
        }
        let anywhere = all.get(entropy.next().checked_rem(all.count)?);
        let behind = self.roomy_gap(&(anywhere..space.end), wish);
        let gap = behind.or_else(|| self.roomy_gap(space, wish))?;
        Some(gap.get(entropy.next() % gap.count))
    }

    /// The addresses for a child in the first gap in which it has room.
    fn roomy_gap(&self, space: &Range<u64>, wish: &Wish) -> Option<Candidates> {
        let within = |least, most| {
            let mut gaps = self.children.gaps(space.clone(), least);
            while gaps.passed() < most
                && let Some(gap) = gaps.next()
            {
                let candidates = Candidates::within(&gap, wish);
                if candidates.count > 0 {
                    return Some(candidates);
                }
            }
            None
        };
        let surely = wish.length.saturating_add(wish.alignment - PAGE_SIZE);
        within(surely, usize::MAX).or_else(|| within(wish.length, PASSED))
    }
}
