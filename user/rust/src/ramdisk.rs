//! The ramdisk: a ustar archive in a VMO, mapped for reading.

use abi::Status;
use tar_no_std::TarArchiveRef;

use crate::{Result, Rights, launch::Program, vmar::Mapping, vmo::Vmo};

/// What programs may do with the parts of the archive that are mapped into them, beside executing them.
const SHARED: Rights = Rights::READ.union(Rights::MAP);

/// A mapped archive.
#[derive(Debug)]
pub struct Ramdisk {
    mapping: Mapping,
    /// The archive to be mapped into programs, unless its handle may not be duplicated.
    shared: Option<Vmo>,
}

impl Ramdisk {
    /// Maps the archive in `vmo`, whose content must not change any more.
    pub fn map(vmo: &Vmo) -> Result<Self> {
        let size = vmo.size()? as usize;
        let shared = vmo.duplicate(SHARED).and_then(Vmo::into_executable).ok();
        Ok(Self { mapping: Mapping::new(vmo, abi::VM_PERM_READ, size)?, shared })
    }

    /// The program at `path`, of which what nobody writes is not copied when it is [launched](crate::launch::Launch);
    /// errors as for [`Ramdisk::file`].
    pub fn program(&self, path: &str) -> Result<Program<'_>> {
        let bytes = self.file(path)?;
        let offset = bytes.as_ptr().addr() - self.bytes().as_ptr().addr();
        let memory = self.shared.as_ref().map(|archive| (archive, offset as u64));
        Ok(Program { bytes, memory })
    }

    /// The archive as it is mapped into programs; `None` if all of them is copied.
    #[must_use]
    pub fn shared(&self) -> Option<&Vmo> {
        self.shared.as_ref()
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
