//! A list in the order of its keys, in chunks: finding, adding and removing take as long among many entries as a chunk
//! and the list of chunks are long, and never move all entries.
//!
//! A chunk is full with [`CHUNK`] entries and joins the next one when both have few. With at most 65 536 entries there
//! are so few chunks that each step on the list of them is short, too. All room is allocated fallibly, and before
//! anything changes.
//!
//! Entries that are ranges may leave gaps. Each chunk knows the largest gap between two of its own, so a gap of a
//! certain size is found without a look at every entry.

use crate::core::room::NoMemory;
use alloc::vec::Vec;
use core::ops::Range;

/// How many entries a chunk has at most.
const CHUNK: usize = 64;
/// A chunk with fewer entries joins another.
const FEW: usize = CHUNK / 4;

/// What can be in such a list.
pub(crate) trait Entry {
    type Key: Ord + Copy;

    /// What the list is ordered by; no two entries have the same.
    fn key(&self) -> Self::Key;

    /// The gap between this entry and the `next`; 0 where that means nothing.
    fn gap(&self, _next: &Self) -> u64 {
        0
    }

    /// Whether it is of the kind that [`Sorted::has_marked`] looks for.
    fn is_marked(&self) -> bool {
        false
    }
}

struct Chunk<T> {
    /// Never empty.
    entries: Vec<T>,
    /// The largest gap between two of them.
    gap: u64,
    /// How many of them are marked.
    marked: usize,
}

/// A list in order.
pub(crate) struct Sorted<T> {
    chunks: Vec<Chunk<T>>,
    /// The room of the last chunk that went: what has one entry now and then allocates once.
    spare: Vec<T>,
}

/// Where an entry is, or would be; until the next change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Position {
    chunk: usize,
    at: usize,
}

impl<T: Entry> Chunk<T> {
    fn measure(&mut self) {
        let pairs = self.entries.iter().zip(self.entries.iter().skip(1));
        self.gap = pairs.map(|(one, next)| one.gap(next)).max().unwrap_or(0);
        self.marked = self.entries.iter().filter(|entry| entry.is_marked()).count();
    }

    /// Measures the gap after one that was as large as the largest has gone, and none has grown.
    fn measure_again(&mut self) {
        let mut largest = 0;
        for (one, next) in self.entries.iter().zip(self.entries.iter().skip(1)) {
            largest = one.gap(next).max(largest);
            if largest == self.gap {
                return;
            }
        }
        self.gap = largest;
    }

    /// The gap between an entry and the one before it, in this chunk.
    fn gap_before(&self, at: usize) -> u64 {
        match (at.checked_sub(1).and_then(|before| self.entries.get(before)), self.entries.get(at)) {
            (Some(before), Some(entry)) => before.gap(entry),
            _ => 0,
        }
    }

    fn insert(&mut self, at: usize, entry: T) {
        let gap = self.gap_before(at);
        self.marked += usize::from(entry.is_marked());
        self.entries.insert(at, entry);
        if gap == self.gap && gap > 0 {
            self.measure_again();
        } else {
            self.gap = self.gap.max(self.gap_before(at)).max(self.gap_before(at + 1));
        }
    }

    fn remove(&mut self, at: usize) -> T {
        let is_end = at == 0 || at + 1 == self.entries.len();
        let lost = self.gap_before(at.max(1));
        let removed = self.entries.remove(at);
        self.marked -= usize::from(removed.is_marked());
        if is_end {
            if lost == self.gap && lost > 0 {
                self.measure_again();
            }
        } else {
            self.gap = self.gap.max(self.gap_before(at));
        }
        removed
    }
}

impl<T> Sorted<T> {
    /// An empty list.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), spare: Vec::new() }
    }

    /// The position behind the last entry.
    pub fn end(&self) -> Position {
        Position { chunk: self.chunks.len(), at: 0 }
    }

    /// The entry at a position.
    pub fn get(&self, position: Position) -> Option<&T> {
        self.chunks.get(position.chunk)?.entries.get(position.at)
    }

    /// The entry at a position. Its key stays as it is.
    pub fn get_mut(&mut self, position: Position) -> Option<&mut T> {
        self.chunks.get_mut(position.chunk)?.entries.get_mut(position.at)
    }

    /// The position behind this one.
    pub fn next(&self, position: Position) -> Position {
        let Position { chunk, at } = position;
        match self.chunks.get(chunk) {
            Some(entries) if at + 1 < entries.entries.len() => Position { chunk, at: at + 1 },
            Some(_) => Position { chunk: chunk + 1, at: 0 },
            None => position,
        }
    }

    /// The position of the entry before this one.
    pub fn previous(&self, position: Position) -> Option<Position> {
        let Position { chunk, at } = position;
        match at.checked_sub(1) {
            Some(at) => Some(Position { chunk, at }),
            None => {
                let chunk = chunk.checked_sub(1)?;
                Some(Position { chunk, at: self.chunks.get(chunk)?.entries.len() - 1 })
            }
        }
    }

    /// The last entry.
    pub fn last(&self) -> Option<&T> {
        self.chunks.last()?.entries.last()
    }

    /// The entries from a position on.
    pub fn iter_from(&self, position: Position) -> impl Iterator<Item = &T> {
        let mut at = position;
        core::iter::from_fn(move || {
            let entry = self.get(at)?;
            at = self.next(at);
            Some(entry)
        })
    }

    /// The first entry for which `is_before` is false; it is true for all before that.
    pub fn seek(&self, is_before: impl Fn(&T) -> bool) -> Position {
        let chunk = match &self.chunks[..] {
            [] => return Position { chunk: 0, at: 0 },
            [one] => usize::from(one.entries.last().is_some_and(&is_before)),
            many => many.partition_point(|chunk| chunk.entries.last().is_some_and(&is_before)),
        };
        let at = self.chunks.get(chunk).map_or(0, |chunk| chunk.entries.partition_point(is_before));
        Position { chunk, at }
    }
}

impl<T: Entry> Sorted<T> {
    /// The position of the entry with this key, or of the first one behind it.
    pub fn find(&self, key: T::Key) -> Position {
        self.seek(|entry| entry.key() < key)
    }

    /// Makes room for one entry at a position; which is the position then.
    pub fn make_room(&mut self, position: Position) -> Result<Position, NoMemory> {
        // Behind the last entry of a chunk is as good as before the first one of the next.
        let Position { chunk, at } = match position.at {
            0 => self
                .previous(position)
                .map_or(position, |Position { chunk, at }| Position { chunk, at: at + 1 }),
            _ => position,
        };
        let Some(full) = self.chunks.get_mut(chunk) else {
            self.add_chunk(chunk, 1)?;
            return Ok(Position { chunk, at: 0 });
        };
        if full.entries.len() < CHUNK {
            full.entries.try_reserve(1).map_err(|_| NoMemory)?;
            return Ok(Position { chunk, at });
        }
        self.split(chunk)?;
        Ok(if at <= CHUNK / 2 {
            Position { chunk, at }
        } else {
            Position { chunk: chunk + 1, at: at - CHUNK / 2 }
        })
    }

    /// Adds an empty chunk, which is filled at once.
    fn add_chunk(&mut self, chunk: usize, room: usize) -> Result<(), NoMemory> {
        self.chunks.try_reserve(1).map_err(|_| NoMemory)?;
        let mut entries = core::mem::take(&mut self.spare);
        entries.try_reserve(room).map_err(|_| NoMemory)?;
        self.chunks.insert(chunk, Chunk { entries, gap: 0, marked: 0 });
        Ok(())
    }

    /// Moves half of a full chunk to a new one behind it.
    fn split(&mut self, chunk: usize) -> Result<(), NoMemory> {
        self.add_chunk(chunk + 1, CHUNK)?;
        let [lower, upper] = &mut self.chunks[chunk..chunk + 2] else { return Ok(()) };
        upper.entries.extend(lower.entries.drain(CHUNK / 2..));
        lower.measure();
        upper.measure();
        Ok(())
    }

    /// Adds an entry where [`Sorted::make_room`] has just made room for it.
    pub fn insert(&mut self, position: Position, entry: T) {
        debug_assert!(
            self.previous(position)
                .and_then(|before| self.get(before))
                .is_none_or(|before| before.key() < entry.key())
        );
        if let Some(chunk) = self.chunks.get_mut(position.chunk) {
            debug_assert!(chunk.entries.len() < chunk.entries.capacity());
            chunk.insert(position.at, entry);
        }
    }

    /// Takes out the entry at a position.
    pub fn remove(&mut self, position: Position) -> Option<T> {
        self.get(position)?;
        let chunk = &mut self.chunks[position.chunk];
        let removed = chunk.remove(position.at);
        let left = chunk.entries.len();
        if left == 0 {
            let gone = self.chunks.remove(position.chunk);
            if self.chunks.is_empty() {
                self.spare = gone.entries;
            }
        } else if left < FEW && self.chunks.len() > 1 {
            self.join(position.chunk.min(self.chunks.len() - 2));
        }
        Some(removed)
    }

    /// Whether there is a marked entry between two positions.
    pub fn has_marked(&self, from: Position, to: Position) -> bool {
        (from.chunk..=to.chunk).any(|number| {
            let Some(chunk) = self.chunks.get(number).filter(|chunk| chunk.marked > 0) else { return false };
            let start = if number == from.chunk { from.at } else { 0 };
            let end = if number == to.chunk { to.at } else { chunk.entries.len() };
            chunk.entries[start.min(end)..end].iter().any(T::is_marked)
        })
    }

    /// Takes out the last entry.
    pub fn pop(&mut self) -> Option<T> {
        self.remove(self.previous(self.end())?)
    }

    /// Joins a chunk and the next, if they have so few entries that it is worth it, and the memory is there.
    fn join(&mut self, chunk: usize) {
        let [lower, upper] = &mut self.chunks[chunk..chunk + 2] else { return };
        if lower.entries.len() + upper.entries.len() > CHUNK - FEW
            || lower.entries.try_reserve(upper.entries.len()).is_err()
        {
            return;
        }
        lower.entries.append(&mut upper.entries);
        lower.measure();
        self.chunks.remove(chunk + 1);
    }

    /// Changes an entry whose ends change, but not its place among the others.
    pub fn change<R>(&mut self, position: Position, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let chunk = self.chunks.get_mut(position.chunk)?;
        let result = change(chunk.entries.get_mut(position.at)?);
        chunk.measure();
        Some(result)
    }

    /// Takes out the entries from one position to another. On failure nothing has changed.
    pub fn take(&mut self, from: Position, to: Position) -> Result<Self, NoMemory> {
        let mut taken = Self::new();
        if from >= to {
            return Ok(taken);
        }
        taken.chunks.try_reserve_exact(to.chunk - from.chunk + 1).map_err(|_| NoMemory)?;
        let [mut first, mut last] = [Vec::new(), Vec::new()];
        let same = from.chunk == to.chunk;
        let stop = if same { to.at } else { self.chunks[from.chunk].entries.len() };
        first.try_reserve_exact(stop - from.at).map_err(|_| NoMemory)?;
        if !same {
            last.try_reserve_exact(to.at).map_err(|_| NoMemory)?;
            last.extend(
                self.chunks.get_mut(to.chunk).into_iter().flat_map(|chunk| chunk.entries.drain(..to.at)),
            );
        }
        first.extend(self.chunks[from.chunk].entries.drain(from.at..stop));
        let whole = self.chunks.drain(from.chunk + 1..to.chunk.max(from.chunk + 1));
        taken.chunks.push(Chunk { entries: first, gap: 0, marked: 0 });
        taken.chunks.extend(whole);
        if !same {
            taken.chunks.push(Chunk { entries: last, gap: 0, marked: 0 });
        }
        taken.chunks.retain(|chunk| !chunk.entries.is_empty());
        taken.chunks.first_mut().map(Chunk::measure);
        taken.chunks.last_mut().map(Chunk::measure);
        self.mend(from.chunk);
        Ok(taken)
    }

    /// After entries were taken out at the end of this chunk, and at the beginning of the next.
    fn mend(&mut self, chunk: usize) {
        for at in [chunk + 1, chunk] {
            match self.chunks.get_mut(at) {
                Some(part) if part.entries.is_empty() => drop(self.chunks.remove(at)),
                Some(part) => part.measure(),
                None => {}
            }
        }
        if chunk + 1 < self.chunks.len() {
            self.join(chunk);
        }
    }
}

impl<T: Entry<Key = u64> + HasRange> Sorted<T> {
    /// The gaps in a range of at least `least` bytes, by address.
    pub fn gaps(&self, space: Range<u64>, least: u64) -> Gaps<'_, T> {
        let next = self.seek(|entry| entry.range().end <= space.start);
        Gaps { list: self, next, free_from: space.start, end: space.end, least, passed: 0 }
    }
}

/// An entry that takes up a range of addresses.
pub(crate) trait HasRange {
    fn range(&self) -> Range<u64>;
}

/// See [`Sorted::gaps`].
pub(crate) struct Gaps<'a, T> {
    list: &'a Sorted<T>,
    /// The entry behind what has been looked at.
    next: Position,
    free_from: u64,
    end: u64,
    least: u64,
    passed: usize,
}

impl<T> Gaps<'_, T> {
    /// How many entries were passed, or chunks that have no such gap.
    pub fn passed(&self) -> usize {
        self.passed
    }
}

impl<T: HasRange> Iterator for Gaps<'_, T> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        while self.free_from < self.end {
            self.passed += 1;
            let chunk = self.list.chunks.get(self.next.chunk);
            let entry = chunk.and_then(|chunk| chunk.entries.get(self.next.at));
            let (gap_end, behind) = match entry {
                Some(entry) => (entry.range().start.min(self.end), entry.range().end),
                None => (self.end, self.end),
            };
            let gap = self.free_from..gap_end;
            (self.free_from, self.next) = match chunk {
                Some(chunk) if chunk.gap < self.least => {
                    let last = chunk.entries.last().map_or(behind, |last| last.range().end);
                    (last, Position { chunk: self.next.chunk + 1, at: 0 })
                }
                _ => (behind, self.list.next(self.next)),
            };
            if !gap.is_empty() && gap.end - gap.start >= self.least {
                return Some(gap);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
