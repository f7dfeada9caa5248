//! The page frames of memory objects, over the direct map.

use super::copy::{clear_shared, move_shared};
use super::frames;
use super::layout::{PAGE_SIZE, phys_to_virt};
use core::ops::Range;
use objects::memory::{Frame, PageFrames};
use x86_64::PhysAddr;

/// The machine's page frames, as memory objects see them.
///
/// User programs may write to a frame at any time on another CPU. So contents are copied by instructions that may
/// race with that, out of and into the kernel's buffers, and no reference to them is ever made.
pub struct DirectMap;

impl PageFrames for DirectMap {
    fn allocate_zeroed(&self) -> Option<Frame> {
        allocate(frames::allocate_user_zeroed)
    }

    fn allocate_filled(&self, bytes: &[u8; PAGE_SIZE as usize]) -> Option<Frame> {
        let frame = allocate(frames::allocate_user)?;
        self.write(frame, 0, bytes);
        Some(frame)
    }

    fn admit(&self) -> bool {
        frames::admit() || free_some() && frames::admit()
    }

    /// Gives a frame back, which is used again when no CPU can reach it by a stale translation.
    fn free(&self, frame: Frame) {
        frames::retire(PhysAddr::new_truncate(frame.0));
    }

    fn read(&self, frame: Frame, offset: usize, buffer: &mut [u8]) {
        let from = pointer(frame, offset, buffer.len());
        // SAFETY: the frame is the object's, and the range is inside of it.
        unsafe { move_shared(buffer.as_mut_ptr(), from, buffer.len()) };
    }

    fn write(&self, frame: Frame, offset: usize, bytes: &[u8]) {
        let to = pointer(frame, offset, bytes.len());
        // SAFETY: as above.
        unsafe { move_shared(to, bytes.as_ptr(), bytes.len()) };
    }

    fn zero(&self, frame: Frame, range: Range<usize>) {
        let to = pointer(frame, range.start, range.len());
        // SAFETY: as above.
        unsafe { clear_shared(to, range.len()) };
    }

    fn copy(&self, from: Frame, to: Frame) {
        let size = PAGE_SIZE as usize;
        // SAFETY: as above, for both; a frame that is copied to is a new one.
        unsafe { move_shared(pointer(to, 0, size), pointer(from, 0, size), size) };
    }
}

/// A frame, if need be of those that VMOs have left.
#[inline]
fn allocate(allocate: fn() -> Option<PhysAddr>) -> Option<Frame> {
    allocate().or_else(|| free_some().then(allocate)?).map(|frame| Frame(frame.as_u64()))
}

/// Frees pages of VMOs that are gone, which are more memory than there seems to be; whether there were any.
#[cold]
fn free_some() -> bool {
    objects::memory::vmo::free_some()
}

/// Where `length` bytes at `offset` of a frame are.
///
/// # Panics
/// When they do not lie within one page.
fn pointer(frame: Frame, offset: usize, length: usize) -> *mut u8 {
    let size = PAGE_SIZE as usize;
    assert!(offset <= size && length <= size - offset, "beyond a frame");
    (phys_to_virt(PhysAddr::new_truncate(frame.0)) + offset as u64).as_mut_ptr()
}
