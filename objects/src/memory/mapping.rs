//! A mapping of a part of a VMO at an address, and what is left of it until no CPU can use it any more.
//!
//! Another CPU may hold a translation in its TLB after the page table has lost it. So what an unmapped
//! page belongs to, a mapping or a frame, goes into a [`Retired`] value, which keeps it alive until the
//! kernel has flushed that CPU. Nothing is allocated for a mapping's retirement: mappings are chained
//! through a field of their own.

use crate::memory::vmo::{View, ViewKey, Vmo};
use crate::memory::{Frame, NoMemory, PAGE_SIZE, PageFrames, PageTable, Protection};
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// A contiguous part of a VMO that is mapped into an address space.
///
/// The region that it lies in owns it. The VMO knows it as a [`View`], so that pages that leave the
/// VMO leave the page table too.
pub(crate) struct Mapping {
    /// The first address.
    pub address: u64,
    /// In bytes.
    pub length: u64,
    pub vmo: Arc<Vmo>,
    /// Where in the VMO the mapping begins, in bytes.
    pub offset: u64,
    /// What is allowed now.
    pub protection: Protection,
    /// The most that may be allowed, by the rights of the VMO's handle.
    pub limits: Protection,
    /// Which call of `vmar_map` made it; the parts of a mapping that was cut have the same.
    pub id: MappingId,
    /// The address space that it is in, as its VMO knows it.
    space: usize,
    retired: bool,
    next: Option<Box<Mapping>>,
}

/// What tells a mapping from all others that its address space ever had.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MappingId(pub(crate) u64);

/// Where a mapping lies, and of what.
pub(crate) struct Place<'a> {
    pub table: &'a Arc<dyn PageTable>,
    pub addresses: Range<u64>,
    pub vmo: Arc<Vmo>,
    pub offset: u64,
}

impl Mapping {
    /// A mapping; its VMO knows it from here on.
    pub fn create(
        place: Place<'_>,
        protection: Protection,
        limits: Protection,
        id: MappingId,
    ) -> Result<Box<Self>, NoMemory> {
        let Place { table, addresses, vmo, offset } = place;
        let (address, length) = (addresses.start, addresses.end - addresses.start);
        let view = View { table: table.clone(), address, offset, length, id };
        let space = view.space();
        vmo.add_view(view)?;
        let (retired, next) = (false, None);
        Ok(Box::new(Self { address, length, vmo, offset, protection, limits, id, space, retired, next }))
    }

    /// The address after the last one.
    pub fn end(&self) -> u64 {
        self.address + self.length
    }

    /// Where the mapping lies.
    pub fn range(&self) -> Range<u64> {
        self.address..self.end()
    }

    /// The offset in the VMO of what is mapped at `address`.
    pub fn offset_of(&self, address: u64) -> u64 {
        self.offset + (address - self.address)
    }

    /// Cuts the mapping in two at an address inside it; the second part.
    pub fn split_off(&mut self, address: u64, table: &Arc<dyn PageTable>) -> Result<Box<Self>, NoMemory> {
        let place = Place {
            table,
            addresses: address..self.end(),
            vmo: self.vmo.clone(),
            offset: self.offset_of(address),
        };
        let rest = Self::create(place, self.protection, self.limits, self.id)?;
        self.length = address - self.address;
        self.vmo.shorten_view(self.view(), self.length);
        Ok(rest)
    }

    fn view(&self) -> ViewKey {
        ViewKey { space: self.space, address: self.address, id: self.id }
    }

    /// The page table has lost the mapping's pages; the VMO has to flush what it frees until this is dropped.
    fn retire(&mut self) {
        self.vmo.retire_view(self.view());
        self.retired = true;
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.retired {
            self.vmo.forget_retired_view();
        } else {
            self.vmo.remove_view(self.view());
        }
    }
}

/// Which TLBs may hold translations that are no longer true.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Flush {
    /// None.
    Nothing,
    /// Those of the CPUs that run the address space of the VMAR which the call was about.
    AddressSpace,
    /// Any: the pages may have been mapped into several address spaces.
    Everywhere,
}

/// Mappings and frames that a TLB may still refer to.
///
/// Flush what [`flush`](Self::flush) says, then drop it. A thread can be killed, and its future dropped,
/// while it awaits the flush: so the flush has to own this, not the future that awaits it.
#[must_use = "flush the TLBs, then drop it"]
pub struct Retired {
    flush: Flush,
    mappings: Option<Box<Mapping>>,
    frames: Vec<Frame>,
    owner: Option<&'static dyn PageFrames>,
}

impl Retired {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { flush: Flush::Nothing, mappings: None, frames: Vec::new(), owner: None }
    }

    /// With room for frames of `owner`.
    pub(crate) fn with_room(owner: &'static dyn PageFrames, frames: usize) -> Result<Self, NoMemory> {
        let mut retired = Self::new();
        retired.owner = Some(owner);
        retired.frames.try_reserve_exact(frames).map_err(|_| NoMemory)?;
        Ok(retired)
    }

    /// What has to be flushed before this is dropped.
    pub fn flush(&self) -> Flush {
        self.flush
    }

    /// Asks for at least this flush.
    pub(crate) fn require(&mut self, flush: Flush) {
        self.flush = self.flush.max(flush);
    }

    /// Takes a mapping that the page table has lost already.
    pub(crate) fn push_mapping(&mut self, mut mapping: Box<Mapping>) {
        mapping.retire();
        mapping.next = self.mappings.take();
        self.mappings = Some(mapping);
        self.require(Flush::AddressSpace);
    }

    /// Takes a frame for which there is room.
    pub(crate) fn push_frame(&mut self, frame: Frame) {
        debug_assert!(self.frames.len() < self.frames.capacity());
        self.frames.push(frame);
    }

    /// How many more frames it can take.
    pub(crate) fn room(&self) -> usize {
        self.frames.capacity() - self.frames.len()
    }

    /// Whether no frame and no mapping is in it.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.mappings.is_none()
    }

    /// Bytes of the mappings in it.
    pub fn mapped_bytes(&self) -> u64 {
        let chain = core::iter::successors(self.mappings.as_deref(), |mapping| mapping.next.as_deref());
        chain.map(|mapping| mapping.length).sum()
    }
}

impl Default for Retired {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Retired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frames, bytes) = (self.frames.len(), self.mapped_bytes());
        write!(f, "Retired({frames} frames, {bytes} mapped bytes, flush {:?})", self.flush)
    }
}

impl Drop for Retired {
    fn drop(&mut self) {
        // One at a time: a chain that frees itself would recurse as deep as it is long.
        while let Some(mut mapping) = self.mappings.take() {
            self.mappings = mapping.next.take();
        }
        if let Some(owner) = self.owner {
            self.frames.drain(..).for_each(|frame| owner.free(frame));
        }
    }
}

/// `offset` and `length` as a range of bytes in a VMO.
///
/// # Errors
/// `OUT_OF_RANGE` if the end is not a number.
pub fn byte_range(offset: u64, length: u64) -> Result<Range<u64>, Status> {
    Ok(offset..offset.checked_add(length).ok_or(Status::OUT_OF_RANGE)?)
}

/// A length that user code gives, rounded up to whole pages; `None` if that is 0, or not a number.
pub fn whole_pages(length: u64) -> Option<u64> {
    length.checked_next_multiple_of(PAGE_SIZE).filter(|rounded| *rounded > 0)
}

/// Whether a number of bytes is a whole number of pages.
pub(crate) fn is_page_aligned(bytes: u64) -> bool {
    bytes.is_multiple_of(PAGE_SIZE)
}
