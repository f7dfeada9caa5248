//! Address regions and mappings.

use abi::Status;

use crate::{
    Result,
    handle::{AsHandle, Handle, check, object},
    sys,
    vmo::Vmo,
};

object! {
    /// A region of a process's address space.
    Vmar
}

/// Size of a page, in bytes.
pub const PAGE_SIZE: usize = 4096;

/// `size` rounded up to whole pages.
#[must_use]
pub const fn page_align(size: usize) -> usize {
    size.next_multiple_of(PAGE_SIZE)
}

/// Rights of a mapping: read and write.
pub const READ_WRITE: u32 = abi::VM_PERM_READ | abi::VM_PERM_WRITE;

impl Vmar {
    /// Maps `length` bytes of `vmo` from `vmo_offset` on at `offset` into the region (used with
    /// `VM_SPECIFIC`; else the kernel chooses). `options` are `VM_*` flags. The address it got.
    ///
    /// # Panics
    /// If the options would replace other mappings: that is what [`Vmar::map_over`] is for.
    pub fn map(
        &self,
        options: u32,
        offset: usize,
        vmo: &Vmo,
        vmo_offset: u64,
        length: usize,
    ) -> Result<usize> {
        let overwrite = abi::VM_SPECIFIC_OVERWRITE;
        assert_ne!(options & overwrite, overwrite, "use map_over to replace mappings");
        // SAFETY: a new mapping takes nothing away from anybody.
        unsafe { self.map_over(options, offset, vmo, vmo_offset, length) }
    }

    /// As [`Vmar::map`], also with `VM_SPECIFIC_OVERWRITE`.
    ///
    /// # Safety
    /// Nothing may use memory whose mapping this replaces.
    pub unsafe fn map_over(
        &self,
        options: u32,
        offset: usize,
        vmo: &Vmo,
        vmo_offset: u64,
        length: usize,
    ) -> Result<usize> {
        let mut address = 0;
        // SAFETY: `address` outlives the call; the caller vouches for what is replaced.
        check(unsafe {
            sys::zx_vmar_map(self.raw(), options, offset, vmo.raw(), vmo_offset, length, &mut address)
        })?;
        Ok(address)
    }

    /// Unmaps `length` bytes at `address`.
    ///
    /// # Safety
    /// Nothing may use that memory afterwards.
    pub unsafe fn unmap(&self, address: usize, length: usize) -> Result<()> {
        // SAFETY: the caller vouches.
        check(unsafe { sys::zx_vmar_unmap(self.raw(), address, length) })
    }

    /// Sets the access rights of `length` bytes at `address` to the `VM_PERM_*` flags in `options`.
    ///
    /// # Safety
    /// Nothing may rely on a right that this takes away.
    pub unsafe fn protect(&self, options: u32, address: usize, length: usize) -> Result<()> {
        // SAFETY: the caller vouches.
        check(unsafe { sys::zx_vmar_protect(self.raw(), options, address, length) })
    }

    /// A new region inside this one, and its base. `options` are `VM_CAN_*` and placement flags.
    pub fn allocate(&self, options: u32, offset: usize, size: usize) -> Result<(Self, usize)> {
        let (mut out, mut base) = (Handle::INVALID, 0);
        // SAFETY: both places outlive the call.
        check(unsafe { sys::zx_vmar_allocate(self.raw(), options, offset, size, &mut out, &mut base) })?;
        Ok((Self(Handle::from_raw(out)), base))
    }

    /// Unmaps everything in the region and takes the region away from its parent.
    ///
    /// # Safety
    /// Nothing may use memory in the region afterwards.
    pub unsafe fn destroy(&self) -> Result<()> {
        // SAFETY: the caller vouches.
        check(unsafe { sys::zx_vmar_destroy(self.raw()) })
    }
}

/// Memory of a VMO mapped into this process; unmapped on drop.
#[derive(Debug)]
pub struct Mapping {
    address: usize,
    length: usize,
}

impl Mapping {
    /// Maps the first `length` bytes of `vmo` for reading, and writing if `options` say so.
    pub fn new(vmo: &Vmo, options: u32, length: usize) -> Result<Self> {
        Self::with_guard(vmo, options, length, 0)
    }

    /// New zeroed memory of `length` bytes, with `guard` bytes before it that fault.
    pub fn anonymous(length: usize, guard: usize) -> Result<Self> {
        let length = page_align(length);
        Self::with_guard(&Vmo::create(length as u64)?, READ_WRITE, length, guard)
    }

    fn with_guard(vmo: &Vmo, options: u32, length: usize, guard: usize) -> Result<Self> {
        let root = crate::startup::root_vmar().ok_or(Status::BAD_STATE)?;
        if guard == 0 {
            let address = root.map(options, 0, vmo, 0, length)?;
            return Ok(Self { address, length });
        }
        let can = abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_SPECIFIC;
        let (region, base) = root.allocate(can, 0, length + guard)?;
        // On an error the region stays behind empty; only its addresses are lost.
        region.map(options | abi::VM_SPECIFIC, guard, vmo, 0, length)?;
        Ok(Self { address: base, length: length + guard })
    }

    /// Address of the first byte that is mapped or, with a guard, of the guard.
    #[must_use]
    pub const fn address(&self) -> usize {
        self.address
    }

    /// Length in bytes, the guard included.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The address after the last byte.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.address + self.length
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(root) = crate::startup::root_vmar() {
            // SAFETY: whoever used the memory borrowed or owned this mapping.
            let unmapped = unsafe { root.unmap(self.address, self.length) };
            debug_assert!(unmapped.is_ok(), "a mapping was unmapped behind its owner's back");
        }
    }
}
