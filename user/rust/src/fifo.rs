//! FIFOs: small elements of one size, in both directions.

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// One end of a FIFO.
    Fifo
}

/// The most bytes that all elements of one direction have together.
pub const MAX_BYTES: usize = abi::FIFO_MAX_SIZE_BYTES;

impl Fifo {
    /// Both ends of a new FIFO for `count` elements, a power of two, of `element_size` bytes each way.
    pub fn create(count: usize, element_size: usize) -> Result<(Self, Self)> {
        let (mut left, mut right) = (Handle::INVALID, Handle::INVALID);
        // SAFETY: both places outlive the call.
        check(unsafe { sys::zx_fifo_create(count, element_size, 0, &mut left, &mut right) })?;
        Ok((Self(Handle::from_raw(left)), Self(Handle::from_raw(right))))
    }

    /// Writes as many elements of `N` bytes as there is room for; how many.
    pub fn write<const N: usize>(&self, elements: &[[u8; N]]) -> Result<usize> {
        let mut actual = 0;
        // SAFETY: the elements outlive the call and are as many as passed.
        check(unsafe {
            sys::zx_fifo_write(self.raw(), N, elements.as_ptr().cast(), elements.len(), &mut actual)
        })?;
        Ok(actual)
    }

    /// Reads as many elements of `N` bytes as there are; how many.
    pub fn read<const N: usize>(&self, elements: &mut [[u8; N]]) -> Result<usize> {
        let mut actual = 0;
        // SAFETY: the buffer outlives the call and has as many elements as passed.
        check(unsafe {
            sys::zx_fifo_read(self.raw(), N, elements.as_mut_ptr().cast(), elements.len(), &mut actual)
        })?;
        Ok(actual)
    }
}
