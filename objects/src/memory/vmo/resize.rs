//! Changing the size of a VMO, in steps.
//!
//! A shrinking VMO gets its new size first, so that from then on no page behind it is mapped any more; then its page
//! tables lose those that are, one view after the other, and then the pages go. Until all that is done there is no
//! other size: whoever resizes next finishes it before anything else, so no old byte comes back.

use super::views::Sweep;
use super::{MAX_SIZE, Pages, State, Vmo, rounded_size};
use crate::memory::mapping::{Flush, Retired};
use crate::memory::{PAGE_SIZE, PageFrames, Work};
use abi::Status;

/// A change of size that is under way.
#[derive(Debug)]
pub struct Resize {
    /// The new size in bytes, not rounded.
    size: u64,
    applied: bool,
    done: bool,
}

impl Resize {
    /// Whether no step is left.
    pub fn is_done(&self) -> bool {
        self.done
    }
}

impl Vmo {
    /// Begins to change the size to `size` bytes, rounded up to pages. Call [`resize`](Self::resize)
    /// until [`Resize::is_done`].
    ///
    /// # Errors
    /// `UNAVAILABLE`: not resizable. `OUT_OF_RANGE`: too large.
    pub fn start_resize(&self, size: u64) -> Result<Resize, Status> {
        if !self.resizable {
            return Err(Status::UNAVAILABLE);
        }
        rounded_size(size)?;
        Ok(Resize { size, applied: false, done: false })
    }

    /// A step.
    ///
    /// # Errors
    /// `NO_MEMORY`: the step took no page.
    pub fn resize(&self, resize: &mut Resize) -> Result<Retired, Status> {
        let mut state = self.state.lock();
        let new = resize.size.next_multiple_of(PAGE_SIZE);
        let lowest = if resize.applied { state.size } else { state.size.min(new) };
        let mut retired = state.room_for(&(lowest..MAX_SIZE), self.frames)?;
        if !resize.applied && !state.is_untrimmed() {
            state.apply(resize.size, self.frames);
            resize.applied = true;
        }
        state.trim(&mut retired);
        resize.done = resize.applied && !state.is_untrimmed();
        Ok(retired)
    }
}

impl Vmo {
    /// Goes on with what a change of size has left behind the end: a step. Whether nothing is left.
    ///
    /// # Errors
    /// `NO_MEMORY`: the step took no page.
    pub fn trim(&self) -> Result<(Retired, bool), Status> {
        let mut state = self.state.lock();
        let mut retired = state.room_for(&(state.size..MAX_SIZE), self.frames)?;
        if state.is_untrimmed() {
            state.trim(&mut retired);
        }
        Ok((retired, !state.is_untrimmed()))
    }
}

impl State {
    /// Whether there are pages behind the end, or translations of such.
    fn is_untrimmed(&self) -> bool {
        let has_pages = match &self.pages {
            Pages::Paged(tree) => tree.first_from(self.size / PAGE_SIZE).is_some(),
            Pages::Fixed(_) => false,
        };
        self.sweep.is_some() || has_pages
    }

    /// Sets the size. Pages behind the end are still there, and mapped.
    fn apply(&mut self, size: u64, frames: &dyn PageFrames) {
        let (old, new) = (self.size, size.next_multiple_of(PAGE_SIZE));
        (self.size, self.content_size) = (new, size);
        if new < old && self.views.may_be_cached() {
            self.sweep = Some(Sweep::new(new..old));
        }
        let tail = (size % PAGE_SIZE) as usize;
        if let Some(frame) = self.page(size / PAGE_SIZE).filter(|_| tail > 0) {
            frames.zero(frame, tail..PAGE_SIZE as usize);
        }
    }

    /// Takes what is behind the end out of the page tables, and once that is done out of the VMO: a step.
    fn trim(&mut self, retired: &mut Retired) {
        if self.views.may_be_cached() {
            retired.require(Flush::Everywhere);
        }
        if let Some(sweep) = &mut self.sweep {
            if !self.views.unmap(sweep, &mut Work::step()) {
                return;
            }
            self.sweep = None;
        }
        let mut behind = self.size..MAX_SIZE;
        self.take_pages(&mut behind, retired);
    }
}
