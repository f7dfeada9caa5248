//! Operations on a range of a VMO: visit, commit, decommit, zero.

use super::views::Sweep;
use super::{Pages, STEP_PAGES, State, Vmo};
use crate::memory::mapping::{Flush, Retired, is_page_aligned};
use crate::memory::{Frame, NoMemory, PAGE_SIZE, PageFrames, Work};
use abi::Status;
use core::ops::Range;

/// How many pages one step commits, each of which is filled with zeros.
const COMMITTED_AT_ONCE: u64 = 32;

impl Vmo {
    /// Calls `f` with the frame, the offset in it and the number of bytes for each page of a range, and
    /// moves the start of `range` on behind each page that is done. With `commit`, pages are committed
    /// first; without, the frame of an uncommitted page, which reads as zeros, is `None`.
    ///
    /// `f` runs under the VMO's lock: it must not fault. Keep the range within [`STEP_PAGES`].
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end, `f` did not run. `NO_MEMORY`, and what `f` returns: `range` says
    /// how far it came.
    pub fn for_each_page<E: From<Status>>(
        &self,
        range: &mut Range<u64>,
        commit: bool,
        mut f: impl FnMut(Option<Frame>, usize, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut state = self.state.lock();
        state.check(range)?;
        while !range.is_empty() {
            let (index, within) = first_chunk(range);
            let frame = match commit {
                true => Some(state.commit_page(index, self.frames).map_err(Status::from)?),
                false => state.page(index),
            };
            f(frame, within.start, within.len())?;
            range.start += within.len() as u64;
        }
        Ok(())
    }

    /// Commits pages: a step. The range covers every page that it touches.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end. `NO_MEMORY`: the pages that were committed stay.
    pub fn commit(&self, range: &mut Range<u64>) -> Result<(), Status> {
        let mut state = self.state.lock();
        state.check(range)?;
        if matches!(state.pages, Pages::Fixed(_)) {
            range.start = range.end;
        }
        let first = range.start / PAGE_SIZE;
        for index in first..range.end.div_ceil(PAGE_SIZE).min(first + COMMITTED_AT_ONCE) {
            state.commit_page(index, self.frames)?;
            range.start = ((index + 1) * PAGE_SIZE).min(range.end);
        }
        Ok(())
    }

    /// Gives pages back, which read as zeros from here on: a step.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end. `INVALID_ARGS`: not whole pages. `NOT_SUPPORTED`: the pages are
    /// not the VMO's own. `NO_MEMORY`.
    pub fn decommit(&self, range: &mut Range<u64>) -> Result<Retired, Status> {
        let mut state = self.state.lock();
        if matches!(state.pages, Pages::Fixed(_)) {
            return Err(Status::NOT_SUPPORTED);
        }
        if !is_page_aligned(range.start) || !is_page_aligned(range.end) {
            return Err(Status::INVALID_ARGS);
        }
        state.check(range)?;
        Ok(state.release(range, self.frames)?)
    }

    /// Makes a range read as zeros: a step. Whole pages are given back if they are the VMO's own.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end. `NO_MEMORY`.
    pub fn zero(&self, range: &mut Range<u64>) -> Result<Retired, Status> {
        let mut state = self.state.lock();
        state.check(range)?;
        let mut left = STEP_PAGES;
        while !range.is_empty() && left > 0 {
            let (index, within) = first_chunk(range);
            if within.len() as u64 == PAGE_SIZE && matches!(state.pages, Pages::Paged(_)) {
                let mut whole = range.start..range.end / PAGE_SIZE * PAGE_SIZE;
                let retired = state.release(&mut whole, self.frames)?;
                range.start = whole.start;
                return Ok(retired);
            }
            if let Some(frame) = state.page(index) {
                self.frames.zero(frame, within.clone());
            }
            range.start += within.len() as u64;
            left -= 1;
        }
        Ok(Retired::new())
    }

    /// Calls `f` for the committed pages of a range, with their offset in the VMO, under the VMO's lock: a step. What
    /// lies beyond the end has no pages. It takes as long as for so many pages side by side, at most [`STEP_PAGES`].
    pub(crate) fn for_each_committed(
        &self,
        range: &mut Range<u64>,
        mut f: impl FnMut(u64, Frame) -> Result<(), NoMemory>,
    ) -> Result<u64, NoMemory> {
        let state = self.state.lock();
        let mut pace = Pace::default();
        while !pace.is_over() {
            let next = state.first_page(range.start / PAGE_SIZE);
            let Some((index, frame)) = next.filter(|(index, _)| index * PAGE_SIZE < range.end) else {
                range.start = range.end;
                break;
            };
            pace.go_on(index, |last, index| state.distance(last, index));
            f(index * PAGE_SIZE, frame)?;
            range.start = (index + 1) * PAGE_SIZE;
        }
        Ok(pace.taken)
    }
}

/// How far a step has come.
#[derive(Default)]
struct Pace {
    /// As long as for so many pages side by side.
    taken: u64,
    last: Option<u64>,
}

impl Pace {
    /// Goes on to the page at `index`.
    fn go_on(&mut self, index: u64, distance: impl FnOnce(u64, u64) -> u64) {
        self.taken += self.last.replace(index).map_or(1, |last| distance(last, index));
    }

    fn is_over(&self) -> bool {
        self.taken >= STEP_PAGES
    }
}

impl State {
    /// The first committed page at or after this one, before the end.
    fn first_page(&self, index: u64) -> Option<(u64, Frame)> {
        let found = match &self.pages {
            Pages::Paged(tree) => tree.first_from(index)?,
            Pages::Fixed(_) => (index, self.page(index)?),
        };
        (found.0 < self.size / PAGE_SIZE).then_some(found)
    }

    /// What it costs to go on from one page to the next.
    fn distance(&self, from: u64, to: u64) -> u64 {
        match &self.pages {
            Pages::Paged(tree) => tree.distance(from, to),
            Pages::Fixed(_) => 1,
        }
    }

    /// Takes the pages of a range of whole pages out, at most [`STEP_PAGES`] of them, and moves the start
    /// of the range on behind them. On failure nothing has changed.
    fn release(
        &mut self,
        range: &mut Range<u64>,
        frames: &'static dyn PageFrames,
    ) -> Result<Retired, NoMemory> {
        let begin = range.start;
        let mut retired = self.room_for(range, frames)?;
        self.take_pages(range, &mut retired);
        if !retired.is_empty() && self.views.may_be_cached() {
            self.views.unmap(&mut Sweep::new(begin..range.start), &mut Work::unlimited());
            retired.require(Flush::Everywhere);
        }
        Ok(retired)
    }

    /// Room for the pages of a range of whole pages, or for one step's worth of them.
    pub(super) fn room_for(
        &self,
        range: &Range<u64>,
        frames: &'static dyn PageFrames,
    ) -> Result<Retired, NoMemory> {
        let Pages::Paged(tree) = &self.pages else { return Ok(Retired::new()) };
        match tree.first_from(range.start / PAGE_SIZE) {
            Some((index, _)) if index * PAGE_SIZE < range.end => {
                let most = (range.end - index * PAGE_SIZE) / PAGE_SIZE;
                Retired::with_room(frames, most.min(tree.len()).min(STEP_PAGES) as usize)
            }
            _ => Ok(Retired::new()),
        }
    }

    /// Moves pages of a range of whole pages into `retired` while there is room, and the start of the
    /// range on behind them. No fault can map them again: that takes the lock that is held here.
    pub(super) fn take_pages(&mut self, range: &mut Range<u64>, retired: &mut Retired) {
        let Pages::Paged(tree) = &mut self.pages else { return };
        let mut pace = Pace::default();
        while let Some((index, frame)) = tree.first_from(range.start / PAGE_SIZE) {
            if index * PAGE_SIZE >= range.end {
                break;
            }
            if retired.room() == 0 || pace.is_over() {
                self.charge.reduce(tree.len());
                return;
            }
            pace.go_on(index, |last, index| tree.distance(last, index));
            tree.remove(index);
            retired.push_frame(frame);
            range.start = (index + 1) * PAGE_SIZE;
        }
        self.charge.reduce(tree.len());
        range.start = range.end;
    }
}

/// The part of a range that lies in its first page: the page's index, and where in the page.
fn first_chunk(range: &Range<u64>) -> (u64, Range<usize>) {
    let (index, start) = (range.start / PAGE_SIZE, range.start % PAGE_SIZE);
    let end = PAGE_SIZE.min(start + (range.end - range.start));
    (index, start as usize..end as usize)
}
