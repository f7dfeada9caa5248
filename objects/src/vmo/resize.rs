//! Changing the size of a VMO, in steps.
//!
//! A shrinking VMO gets its new size first, and its page tables lose the pages behind it, so that from
//! then on an access faults; the pages go in steps. A page behind the end is only ever one that is about
//! to go, so whoever resizes next finishes that before anything else: no old byte comes back.

use super::{MAX_SIZE, Pages, State, Vmo, rounded_size};
use crate::mapping::{Flush, Retired};
use crate::memory::{PAGE_SIZE, PageFrames};
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
    /// `NO_MEMORY`: the step did nothing.
    pub fn resize(&self, resize: &mut Resize) -> Result<Retired, Status> {
        let mut state = self.state.lock();
        let new = resize.size.next_multiple_of(PAGE_SIZE);
        let lowest = if resize.applied { state.size } else { state.size.min(new) };
        let mut retired = state.room_for(&(lowest..MAX_SIZE), self.frames)?;
        if !resize.applied && !state.is_untrimmed() {
            state.apply(resize.size, self.frames, &mut retired);
            resize.applied = true;
        }
        let mut behind = state.size..MAX_SIZE;
        state.take_pages(&mut behind, &mut retired);
        if !retired.is_empty() && state.views.may_be_cached() {
            retired.require(Flush::Everywhere);
        }
        resize.done = resize.applied && !state.is_untrimmed();
        Ok(retired)
    }
}

impl State {
    /// Whether there are pages behind the end.
    fn is_untrimmed(&self) -> bool {
        match &self.pages {
            Pages::Paged(tree) => tree.first_from(self.size / PAGE_SIZE).is_some(),
            Pages::Fixed(_) => false,
        }
    }

    /// Sets the size; pages behind the end are unmapped but still there.
    fn apply(&mut self, size: u64, frames: &dyn PageFrames, retired: &mut Retired) {
        let (old, new) = (self.size, size.next_multiple_of(PAGE_SIZE));
        (self.size, self.content_size) = (new, size);
        if new < old && self.views.may_be_cached() {
            self.views.unmap(new..old);
            retired.require(Flush::Everywhere);
        }
        let tail = (size % PAGE_SIZE) as usize;
        if let Some(frame) = self.page(size / PAGE_SIZE).filter(|_| tail > 0) {
            frames.zero(frame, tail..PAGE_SIZE as usize);
        }
    }
}
