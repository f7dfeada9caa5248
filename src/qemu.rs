//! QEMU and UEFI firmware for this command: what is installed, or else what was unpacked from packages.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::Result;
use machine::{
    Qemu,
    qemu::{PROGRAM, find_uefi},
};

use crate::packages::{Installation, Tree, install, unpacked};

/// QEMU as Debian packages it.
const PACKAGES: [&str; 1] = ["qemu-system-x86"];

/// The UEFI firmware as Debian packages it.
const FIRMWARE_PACKAGES: [&str; 1] = ["ovmf"];

/// Ways to QEMU.
pub const WAYS_TO_QEMU: [Installation; 1] = [Installation::Apt(&PACKAGES)];

/// Ways to the UEFI firmware.
pub const WAYS_TO_FIRMWARE: [Installation; 1] = [Installation::Apt(&FIRMWARE_PACKAGES)];

/// Where Debian puts what QEMU gives a machine as its BIOS and as those of its cards, below `/`.
const FIRMWARE_OF_CARDS: [&str; 3] = ["usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"];

/// A QEMU that was found here.
#[derive(Clone, Debug)]
pub struct Found {
    /// What starts it.
    pub qemu: Qemu,
    /// Where it was unpacked, unless it is installed.
    unpacked: Option<Tree>,
}

impl Found {
    /// Where it is, and why that one is used.
    pub fn describe(&self) -> String {
        let program = self.qemu.program.display();
        match &self.unpacked {
            Some(tree) => format!("{program} ({})", tree.describe()),
            None => format!("{program} (in PATH)"),
        }
    }
}

/// QEMU, if it is here: installed, or else unpacked.
pub fn find() -> Option<Found> {
    let installed = Qemu::in_path().map(|qemu| Found { qemu, unpacked: None });
    installed.or_else(|| {
        let tree = unpacked(&PACKAGES)?;
        let program = tree.file(&format!("usr/bin/{PROGRAM}"))?;
        // What was installed already was not unpacked.
        let below = |root: &Path| FIRMWARE_OF_CARDS.map(|path| root.join(path));
        let directories = [below(&tree.directory), below(Path::new("/"))].concat();
        let firmware = directories.into_iter().filter(|directory| directory.is_dir()).collect();
        let qemu = Qemu { libraries: Some(tree.libraries()), firmware, ..Qemu::at(program) };
        // What it needs of the system may have gone since.
        let words = qemu.words();
        let answer = Command::new(&words[0]).args(&words[1..]).arg("--version").output().ok()?;
        answer.status.success().then_some(Found { qemu, unpacked: Some(tree) })
    })
}

/// QEMU, fetched if it has to be.
///
/// # Errors
/// It is missing and can not be fetched; the error names the command to type.
pub fn ensure() -> Result<Found> {
    static FOUND: OnceLock<Found> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let found = match find() {
        Some(found) => found,
        None => install("QEMU (qemu-system-x86_64)", &WAYS_TO_QEMU, find)?,
    };
    Ok(FOUND.get_or_init(|| found).clone())
}

/// UEFI firmware that was found here.
#[derive(Clone, Debug)]
pub struct Firmware {
    /// The file.
    pub file: PathBuf,
    /// Where it was unpacked, unless it is installed.
    unpacked: Option<Tree>,
}

impl Firmware {
    /// Where it is, and why that one is used.
    pub fn describe(&self) -> String {
        let file = self.file.display();
        match &self.unpacked {
            Some(tree) => format!("{file} ({})", tree.describe()),
            None => format!("{file} (installed)"),
        }
    }
}

/// The UEFI firmware, if it is here: installed below `root`, which is `/`, or else unpacked.
pub fn find_firmware(root: &Path) -> Option<Firmware> {
    let installed = find_uefi(&[root.into()]).map(|file| Firmware { file, unpacked: None });
    installed.or_else(|| {
        let tree = unpacked(&FIRMWARE_PACKAGES)?;
        let file = find_uefi(std::slice::from_ref(&tree.directory))?;
        Some(Firmware { file, unpacked: Some(tree) })
    })
}

/// The UEFI firmware, fetched if it has to be: see [`find_firmware`].
///
/// # Errors
/// It is missing and can not be fetched; the error names the command to type.
pub fn ensure_firmware(root: &Path) -> Result<Firmware> {
    match find_firmware(root) {
        Some(firmware) => Ok(firmware),
        None => install("UEFI firmware (OVMF)", &WAYS_TO_FIRMWARE, || find_firmware(root)),
    }
}
