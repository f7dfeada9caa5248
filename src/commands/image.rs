//! Disk images.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use hafnon::{image::Builder, ramdisk};

use super::build;
use crate::{options::Usage, output};

/// Writes both images to `directory`.
pub fn write(directory: &Path) -> Result<u8> {
    // Minutes of building are not for a directory that then can not be written.
    fs::create_dir_all(directory)
        .and_then(|()| tempfile::tempfile_in(directory))
        .map_err(|error| Usage(format!("cannot write to {}: {error}", directory.display())))?;
    let builder = Builder::ensure()?;
    let built = build()?;
    let mut ramdisk = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    ramdisk::write(&built.programs, &mut ramdisk)?;
    let images = builder.write(&built.kernel, ramdisk.path(), directory)?;
    output::write(format!("{}\n{}\n", images.bios.display(), images.uefi.display()).as_bytes())?;
    Ok(0)
}
