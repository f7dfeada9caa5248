//! Where a new child of a region lies.
//!
//! By default at an address that is drawn evenly from all that are possible (address space layout
//! randomization): a few darts are thrown at the whole region, which almost always hits free addresses
//! in a sparse one, then all gaps are counted. A compact region fills up from its bottom instead.

use super::options::{Location, Wish};
use super::tree::{Child, Region};
use crate::memory::Entropy;
use abi::Status;
use core::iter;
use core::ops::Range;

const DARTS: usize = 8;

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
        let address = self.range.start + offset.min(end);
        if end > self.range.end - self.range.start || !address.is_multiple_of(wish.alignment) {
            return Err(Status::INVALID_ARGS);
        }
        let hit = self.overlapping(&(address..address + wish.length));
        if matches!(wish.location, Location::At(_)) && !hit.is_empty() {
            return Err(Status::NO_MEMORY);
        }
        if self.children[hit].iter().any(|child| matches!(child, Child::Region(..))) {
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
        let behind = iter::once(last.max(space.start)..space.end);
        behind
            .chain(self.gaps(space))
            .map(|gap| Candidates::within(&gap, wish))
            .find(|candidates| candidates.count > 0)
            .map(|candidates| candidates.first)
    }

    fn scatter(&self, space: &Range<u64>, wish: &Wish, entropy: &dyn Entropy) -> Option<u64> {
        let all = Candidates::within(space, wish);
        for _ in 0..DARTS.min(all.count as usize) {
            let address = all.get(entropy.next() % all.count);
            if self.overlapping(&(address..address + wish.length)).is_empty() {
                return Some(address);
            }
        }
        let free = || self.gaps(space).map(|gap| Candidates::within(&gap, wish));
        let total: u64 = free().map(|candidates| candidates.count).sum();
        let mut number = entropy.next().checked_rem(total)?;
        for candidates in free() {
            match number.checked_sub(candidates.count) {
                None => return Some(candidates.get(number)),
                Some(rest) => number = rest,
            }
        }
        None
    }

    /// The free parts of `space`, by address.
    fn gaps<'a>(&'a self, space: &'a Range<u64>) -> impl Iterator<Item = Range<u64>> + 'a {
        let starts = iter::once(space.start).chain(self.children.iter().map(|child| child.range().end));
        let ends = self.children.iter().map(|child| child.range().start).chain(iter::once(space.end));
        let within = |(start, end): (u64, u64)| start.max(space.start)..end.min(space.end);
        starts.zip(ends).map(within).filter(|gap| !gap.is_empty())
    }
}
