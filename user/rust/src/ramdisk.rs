//! The ramdisk: a ustar archive in a VMO, mapped for reading.

use abi::Status;
use tar_no_std::TarArchiveRef;

use crate::{Result, vmar::Mapping, vmo::Vmo};

/// A mapped archive.
#[derive(Debug)]
pub struct Ramdisk {
    mapping: Mapping,
}

impl Ramdisk {
    /// Maps the archive in `vmo`, whose content must not change any more.
    pub fn map(vmo: &Vmo) -> Result<Self> {
        let size = vmo.size()? as usize;
        Ok(Self { mapping: Mapping::new(vmo, abi::VM_PERM_READ, size)? })
    }

    /// The content of the file at `path`; `NOT_FOUND`, or `IO_DATA_INTEGRITY` if this is no archive.
    pub fn file(&self, path: &str) -> Result<&[u8]> {
        let archive = TarArchiveRef::new(self.bytes()).map_err(|_| Status::IO_DATA_INTEGRITY)?;
        archive
            .entries()
            .find(|entry| entry.filename().as_str() == Ok(path))
            .map(|entry| entry.data())
            .ok_or(Status::NOT_FOUND)
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping is readable, lives as long as `self`, and nobody writes to the ramdisk.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::with_exposed_provenance(self.mapping.address()),
                self.mapping.length(),
            )
        }
    }
}
