//! Disk images.

use std::path::Path;

use anyhow::{Context, Result};
use hafnon::{image::Builder, ramdisk};

use super::build;

/// Writes both images to `directory`.
pub fn write(directory: &Path) -> Result<u8> {
    let builder = Builder::ensure()?;
    let built = build()?;
    let mut ramdisk = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    ramdisk::write(&built.programs, &mut ramdisk)?;
    eprintln!("hafnon: building the boot stages (some minutes, the first time)");
    let images = builder.write(&built.kernel, ramdisk.path(), directory)?;
    println!("{}\n{}", images.bios.display(), images.uefi.display());
    Ok(0)
}
