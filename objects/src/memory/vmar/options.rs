//! What the options of a VMAR call say about the place of a new child.

use crate::memory::PAGE_SIZE;
use crate::memory::mapping::is_page_aligned;
use abi::Status;

/// The bits of the options that hold an alignment, as a power of two.
pub(super) const ALIGN_MASK: u32 = 0xff << abi::VM_ALIGN_BASE;
/// The alignments there are: 1 KiB to 4 GiB.
const ALIGNMENTS: core::ops::RangeInclusive<u32> =
    abi::VM_ALIGN_1KB >> abi::VM_ALIGN_BASE..=abi::VM_ALIGN_4GB >> abi::VM_ALIGN_BASE;

/// Options about the place, which `vmar_allocate` and `vmar_map` both have.
pub(super) const PLACE_OPTIONS: u32 = abi::VM_SPECIFIC | abi::VM_OFFSET_IS_UPPER_LIMIT | ALIGN_MASK;

/// Where a child is wanted.
pub(super) struct Wish {
    pub location: Location,
    /// In bytes, a power of two.
    pub alignment: u64,
    /// In bytes, whole pages, not 0.
    pub length: u64,
}

/// Offsets are relative to the region.
pub(super) enum Location {
    Anywhere,
    /// Ends at this offset at the latest.
    Below(u64),
    /// At this offset, over nothing else.
    At(u64),
    /// At this offset, in place of the mappings that are there.
    Over(u64),
}

impl Wish {
    /// Reads the options about the place.
    ///
    /// # Errors
    /// `INVALID_ARGS`: they contradict each other or the numbers. The length is a number of whole pages.
    pub fn new(options: u32, offset: u64, length: u64) -> Result<Self, Status> {
        if length == 0 || !is_page_aligned(offset) {
            return Err(Status::INVALID_ARGS);
        }
        let below = options & abi::VM_OFFSET_IS_UPPER_LIMIT != 0;
        let over = options & abi::VM_SPECIFIC_OVERWRITE != 0;
        let at = options & abi::VM_SPECIFIC != 0;
        let location = match (below, over, at) {
            (false, false, false) if offset == 0 => Location::Anywhere,
            (true, false, false) => Location::Below(offset),
            (false, true, _) => Location::Over(offset),
            (false, false, true) => Location::At(offset),
            _ => return Err(Status::INVALID_ARGS),
        };
        Ok(Self { location, alignment: alignment(options)?, length })
    }
}

fn alignment(options: u32) -> Result<u64, Status> {
    match (options & ALIGN_MASK) >> abi::VM_ALIGN_BASE {
        0 => Ok(PAGE_SIZE),
        power if ALIGNMENTS.contains(&power) => Ok((1 << power).max(PAGE_SIZE)),
        _ => Err(Status::INVALID_ARGS),
    }
}
