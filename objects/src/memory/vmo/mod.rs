//! VMO: memory as an object, that can be read, written, mapped and passed on.
//!
//! Pages are committed when they are first written or touched; the others read as zeros. The lock of a
//! VMO covers its pages and its list of views, which says where it is mapped. It is taken inside the
//! lock of an address space, never the other way round: a VMO that loses pages goes through its views
//! to the page tables directly.
//!
//! Calls on ranges that user code chooses are steps: they take `&mut Range`, do what fits into
//! [`STEP_PAGES`] and move its start on, so that the kernel can yield in between. The range is empty
//! when the call is done.

mod discard;
mod ranges;
mod resize;
mod views;

#[cfg(all(test, not(loom)))]
mod tests;

pub(crate) use views::{View, ViewKey};

use crate::core::account::{Charge, Ledger};
use crate::core::base::Base;
use crate::core::name::Name;
use crate::memory::pages::PageTree;
use crate::memory::vmar::FaultError;
use crate::memory::{Frame, NoMemory, PAGE_SIZE, PageFrames};
use crate::object::KernelObject;
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::ops::Range;
use views::{Sweep, Views};
use waitq::sync::Mutex;

#[cfg(not(loom))]
pub use discard::{free_some, free_what_is_left, is_idle};
pub use resize::Resize;

/// How many pages one step of a long operation handles at most.
pub const STEP_PAGES: u64 = 128;

/// The largest size of a VMO, in bytes.
pub const MAX_SIZE: u64 = i64::MAX as u64 & !(PAGE_SIZE - 1);

/// How many pages a table of the tree names at most, and what their places take. Where pages are far from each other
/// there are more tables.
const TABLE_PAGES: u64 = 64;
const TABLE_BYTES: u64 = TABLE_PAGES * 16;

/// A virtual memory object.
pub struct Vmo {
    base: Base,
    name: Name,
    frames: &'static dyn PageFrames,
    resizable: bool,
    state: Mutex<State>,
}

struct State {
    /// In bytes, whole pages.
    size: u64,
    /// The property; anything.
    content_size: u64,
    pages: Pages,
    /// Who pays for them.
    charge: Charge,
    views: Views,
    /// What a change of size has yet to take out of the page tables.
    sweep: Option<Sweep>,
}

/// Where the pages come from.
enum Pages {
    /// Committed one by one, owned.
    Paged(PageTree),
    /// Frames in a row that someone else owns, from this one on.
    Fixed(Frame),
}

/// What `object_get_info` tells of a VMO.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VmoInfo {
    /// In bytes.
    pub size: u64,
    /// In bytes.
    pub committed: u64,
    /// What the kernel needs at least to find these, in bytes.
    pub metadata: u64,
    /// How often it is mapped.
    pub mappings: usize,
    /// In how many address spaces.
    pub spaces: usize,
    /// Whether it can change its size.
    pub resizable: bool,
}

impl Vmo {
    /// A VMO of `size` bytes, rounded up to pages, full of zeros. Options: `VMO_RESIZABLE`.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: too large. `INVALID_ARGS`: unknown options. `NOT_SUPPORTED`: `VMO_DISCARDABLE`.
    pub fn create(frames: &'static dyn PageFrames, size: u64, options: u32) -> Result<Arc<Self>, Status> {
        Self::create_paid(frames, size, options, Charge::default())
    }

    /// As [`Vmo::create`]; its pages are charged as `charge` says.
    ///
    /// # Errors
    /// As for [`Vmo::create`].
    pub fn create_paid(
        frames: &'static dyn PageFrames,
        size: u64,
        options: u32,
        charge: Charge,
    ) -> Result<Arc<Self>, Status> {
        if options & !(abi::VMO_RESIZABLE | abi::VMO_DISCARDABLE) != 0 {
            return Err(Status::INVALID_ARGS);
        }
        if options & abi::VMO_DISCARDABLE != 0 {
            return Err(Status::NOT_SUPPORTED);
        }
        let state = State {
            size: rounded_size(size)?,
            content_size: size,
            pages: Pages::Paged(PageTree::new()),
            charge,
            views: Views::new(),
            sweep: None,
        };
        Ok(Arc::new(Self::with_state(frames, options & abi::VMO_RESIZABLE != 0, state)))
    }

    /// A VMO over frames that lie in a row and stay their owner's: the ramdisk, for one.
    /// Its size is `size` bytes, rounded up to pages, and fixed.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: too large.
    pub fn from_frames(
        frames: &'static dyn PageFrames,
        first: Frame,
        size: u64,
    ) -> Result<Arc<Self>, Status> {
        let state = State {
            size: rounded_size(size)?,
            content_size: size,
            pages: Pages::Fixed(first),
            charge: Charge::default(),
            views: Views::new(),
            sweep: None,
        };
        Ok(Arc::new(Self::with_state(frames, false, state)))
    }

    fn with_state(frames: &'static dyn PageFrames, resizable: bool, state: State) -> Self {
        let base = Base::with_signals(Signals::VMO_ZERO_CHILDREN);
        Self { base, name: Name::new(b""), frames, resizable, state: Mutex::new(state) }
    }

    /// What all objects have.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The name property.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The size in bytes, whole pages.
    pub fn size(&self) -> u64 {
        self.state.lock().size
    }

    /// Whether the size can change.
    pub fn is_resizable(&self) -> bool {
        self.resizable
    }

    /// The content size property, in bytes.
    pub fn content_size(&self) -> u64 {
        self.state.lock().content_size
    }

    /// Sets the content size property; the VMO keeps its size.
    pub fn set_content_size(&self, bytes: u64) {
        self.state.lock().content_size = bytes;
    }

    /// The state at this moment.
    pub fn info(&self) -> VmoInfo {
        let state = self.state.lock();
        let (committed, metadata) = match &state.pages {
            Pages::Paged(tree) => (tree.len() * PAGE_SIZE, tree.len().div_ceil(TABLE_PAGES) * TABLE_BYTES),
            Pages::Fixed(_) => (state.size, 0),
        };
        let (mappings, spaces) = (state.views.len(), state.views.spaces());
        VmoInfo { size: state.size, committed, metadata, mappings, spaces, resizable: self.resizable }
    }

    /// Reads all of `buffer` from `offset`.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end.
    pub fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Status> {
        let mut range = self.range(offset, buffer.len() as u64)?;
        let mut rest = buffer;
        self.for_each_page(&mut range, false, |frame, at, length| {
            let (chunk, after) = core::mem::take(&mut rest).split_at_mut(length);
            match frame {
                Some(frame) => self.frames.read(frame, at, chunk),
                None => chunk.fill(0),
            }
            rest = after;
            Ok(())
        })
    }

    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end, nothing is written. `NO_MEMORY`: a part may be written.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Status> {
        let mut range = self.range(offset, bytes.len() as u64)?;
        if let Ok(page) = bytes.try_into()
            && self.fill_page(offset, page)?
        {
            return Ok(());
        }
        let mut rest = bytes;
        self.for_each_page(&mut range, true, |frame, at, length| {
            let (chunk, after) = rest.split_at(length);
            if let Some(frame) = frame {
                self.frames.write(frame, at, chunk);
            }
            rest = after;
            Ok(())
        })
    }

    /// Writes a whole page that is not committed yet, without zeros first; false if it is another kind of write.
    fn fill_page(&self, offset: u64, bytes: &[u8; PAGE_SIZE as usize]) -> Result<bool, Status> {
        let mut state = self.state.lock();
        let index = offset / PAGE_SIZE;
        if !offset.is_multiple_of(PAGE_SIZE) || offset >= state.size || state.page(index).is_some() {
            return Ok(false);
        }
        state.commit_with(index, self.frames, || self.frames.allocate_filled(bytes))?;
        Ok(true)
    }

    /// `offset` and `length` as a range inside the VMO.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: it is not inside.
    pub fn range(&self, offset: u64, length: u64) -> Result<Range<u64>, Status> {
        let range = crate::memory::mapping::byte_range(offset, length)?;
        self.state.lock().check(&range)?;
        Ok(range)
    }

    /// Runs `f` with the frame of the page at `offset`, which is committed if it is not yet. The page
    /// stays in the VMO while `f` runs, under the VMO's lock.
    pub(crate) fn with_page<R>(&self, offset: u64, f: impl FnOnce(Frame) -> R) -> Result<R, FaultError> {
        let mut state = self.state.lock();
        if offset >= state.size {
            return Err(FaultError::OutOfRange);
        }
        Ok(f(state.commit_page(offset / PAGE_SIZE, self.frames)?))
    }

    /// The lowest ledger whose limit keeps the page at `offset` from being committed, of all or of those above one that
    /// is given. None does if the page is there.
    pub(crate) fn refusing(&self, offset: u64, above: Option<&Ledger>) -> Option<Arc<Ledger>> {
        let state = self.state.lock();
        state.charge.refusing(state.owned_with(offset), above)
    }

    /// Has the page at `offset` charged, whatever the limits are up to `last`: it can be committed then.
    ///
    /// # Errors
    /// `NoMemory` when a limit above that refuses it.
    pub(crate) fn pay_beyond(&self, offset: u64, last: &Ledger) -> Result<(), NoMemory> {
        let mut state = self.state.lock();
        let pages = state.owned_with(offset);
        state.charge.cover_beyond(pages, last)
    }

    /// The frame of the page with this index, which is committed if it is not yet.
    ///
    /// Whoever shrinks or decommits the VMO takes the frame away: keep it only where nobody can.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`: beyond the end. `NO_MEMORY`.
    pub fn lookup_or_commit(&self, page_index: u64) -> Result<Frame, Status> {
        let offset = page_index.checked_mul(PAGE_SIZE).ok_or(Status::OUT_OF_RANGE)?;
        Ok(self.with_page(offset, |frame| frame)?)
    }

    /// Takes in a view; its mapping, which is allocated next, is admitted with it.
    pub(crate) fn add_view(&self, view: View) -> Result<(), NoMemory> {
        if !self.frames.admit() {
            return Err(NoMemory);
        }
        self.state.lock().views.add(view)
    }

    pub(crate) fn shorten_view(&self, view: ViewKey, length: u64) {
        self.state.lock().views.shorten(view, length);
    }

    pub(crate) fn remove_view(&self, view: ViewKey) {
        self.state.lock().views.remove(view);
    }

    /// The page table has lost the view's pages, but a TLB may have them.
    pub(crate) fn retire_view(&self, view: ViewKey) {
        self.state.lock().views.retire(view);
    }

    /// No TLB has the pages of a view that was retired.
    pub(crate) fn forget_retired_view(&self) {
        self.state.lock().views.forget_retired();
    }
}

impl State {
    fn check(&self, range: &Range<u64>) -> Result<(), Status> {
        if range.start <= range.end && range.end <= self.size { Ok(()) } else { Err(Status::OUT_OF_RANGE) }
    }

    fn page(&self, index: u64) -> Option<Frame> {
        match &self.pages {
            Pages::Paged(tree) => tree.get(index),
            Pages::Fixed(first) => Some(Frame(first.0 + index * PAGE_SIZE)),
        }
    }

    /// How many pages are its own.
    fn owned(&self) -> u64 {
        match &self.pages {
            Pages::Paged(tree) => tree.len(),
            Pages::Fixed(_) => 0,
        }
    }

    /// How many pages are its own once the one at `offset` is there, too; as many as now if that lies behind the end.
    fn owned_with(&self, offset: u64) -> u64 {
        let is_missing = offset < self.size && self.page(offset / PAGE_SIZE).is_none();
        self.owned() + u64::from(is_missing)
    }

    fn commit_page(&mut self, index: u64, frames: &dyn PageFrames) -> Result<Frame, FaultError> {
        match self.page(index) {
            Some(frame) => Ok(frame),
            None => self.commit_with(index, frames, || frames.allocate_zeroed()),
        }
    }

    /// Commits a page that is not, with a frame that was `allocated` for it.
    fn commit_with(
        &mut self,
        index: u64,
        frames: &dyn PageFrames,
        allocated: impl FnOnce() -> Option<Frame>,
    ) -> Result<Frame, FaultError> {
        let Pages::Paged(tree) = &mut self.pages else { unreachable!("fixed pages are always there") };
        let charged = self.charge.cover(tree.len() + 1, self.size / PAGE_SIZE);
        charged.map_err(|NoMemory| FaultError::Unpaid)?;
        let frame = allocated().ok_or(NoMemory)?;
        if let Err(error) = tree.insert(index, frame) {
            frames.free(frame);
            return Err(error.into());
        }
        Ok(frame)
    }
}

impl Drop for Vmo {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        let Pages::Paged(tree) = &mut state.pages else { return };
        discard::discard(tree, self.frames);
    }
}

/// `size` in whole pages.
fn rounded_size(size: u64) -> Result<u64, Status> {
    if size > MAX_SIZE {
        return Err(Status::OUT_OF_RANGE);
    }
    Ok(size.next_multiple_of(PAGE_SIZE))
}

impl KernelObject for Vmo {
    fn base(&self) -> &Base {
        &self.base
    }

    fn name(&self) -> Option<&Name> {
        Some(&self.name)
    }
}
