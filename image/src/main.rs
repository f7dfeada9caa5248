//! Writes the two disk images, with the `bootloader` crate: one that a BIOS
//! starts and one that UEFI starts, both holding the kernel and the ramdisk.
//!
//! Usage: `hafnon-image KERNEL RAMDISK BIOS_IMAGE UEFI_IMAGE`. The host command
//! (`cargo run -- image`) builds and calls it; nobody types this by hand.

use std::{env, path::PathBuf, process::ExitCode};

use bootloader::{BootConfig, DiskImageBuilder};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [kernel, ramdisk, bios, uefi] = arguments.as_slice() else {
        eprintln!("usage: hafnon-image KERNEL RAMDISK BIOS_IMAGE UEFI_IMAGE");
        return ExitCode::from(2);
    };
    // The kernel talks on the serial lines itself; what the boot stages have to
    // say goes to the screen only, so that COM1 carries the kernel's words alone.
    let mut config = BootConfig::default();
    config.serial_logging = false;
    let mut builder = DiskImageBuilder::new(kernel.clone());
    builder.set_ramdisk(ramdisk.clone()).set_boot_config(&config);
    let written = builder.create_bios_image(bios).and_then(|()| builder.create_uefi_image(uefi));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
