//! Virtual memory objects: memory that exists without being mapped.

use alloc::vec::Vec;

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
};

object! {
    /// A piece of memory that can be read, written, mapped and shared.
    Vmo
}

impl Vmo {
    /// New zeroed memory of `size` bytes, rounded up to pages.
    pub fn create(size: u64) -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_vmo_create(size, 0, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }

    /// Size in bytes.
    pub fn size(&self) -> Result<u64> {
        let mut size = 0;
        // SAFETY: `size` outlives the call.
        check(unsafe { sys::zx_vmo_get_size(self.raw(), &mut size) })?;
        Ok(size)
    }

    /// Copies bytes from `offset` on into `buffer`.
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        // SAFETY: the buffer outlives the call and has the length passed.
        check(unsafe { sys::zx_vmo_read(self.raw(), buffer.as_mut_ptr().cast(), offset, buffer.len()) })
    }

    /// Copies `bytes` to `offset`.
    pub fn write(&self, bytes: &[u8], offset: u64) -> Result<()> {
        // SAFETY: the buffer outlives the call and has the length passed.
        check(unsafe { sys::zx_vmo_write(self.raw(), bytes.as_ptr().cast(), offset, bytes.len()) })
    }

    /// A copy of `length` bytes from `offset` on.
    pub fn read_to_vec(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = alloc::vec![0; length];
        self.read(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// Adds the right to map the memory executable; consumes the handle, also on an error.
    pub fn into_executable(self) -> Result<Self> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call; no resource is passed.
        check(unsafe { sys::zx_vmo_replace_as_executable(self.0.into_raw(), Handle::INVALID, &mut out) })?;
        Ok(Self(Handle::from_raw(out)))
    }
}
