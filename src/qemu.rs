//! QEMU on this machine: the program, the firmware for UEFI images, and
//! whether KVM is worth using.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Result, bail};

use crate::{
    packages::{Installation, Tree, install, unpacked},
    workspace::find_in_path,
};

/// QEMU as Debian packages it.
const PACKAGES: [&str; 1] = ["qemu-system-x86"];

/// The UEFI firmware as Debian packages it.
const FIRMWARE_PACKAGES: [&str; 1] = ["ovmf"];

/// Ways to QEMU.
pub const WAYS_TO_QEMU: [Installation; 1] = [Installation::Apt(&PACKAGES)];

/// Ways to the UEFI firmware.
pub const WAYS_TO_FIRMWARE: [Installation; 1] = [Installation::Apt(&FIRMWARE_PACKAGES)];

/// The program.
const PROGRAM: &str = "qemu-system-x86_64";

/// Where distributions put the UEFI firmware, below `/`.
const FIRMWARE: [&str; 6] = [
    "usr/share/ovmf/OVMF.fd",
    "usr/share/OVMF/OVMF_CODE_4M.fd",
    "usr/share/OVMF/OVMF_CODE.fd",
    "usr/share/edk2/x64/OVMF_CODE.4m.fd",
    "usr/share/edk2/ovmf/OVMF_CODE.fd",
    "usr/share/qemu/edk2-x86_64-code.fd",
];

/// Where Debian puts what QEMU gives a machine as its BIOS and as those of its cards, below `/`.
const FIRMWARE_OF_CARDS: [&str; 3] = ["usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"];

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// QEMU's translator: everywhere, and the only one that can count instructions.
    Tcg,
    /// The processor's own virtualization.
    Kvm,
}

/// The QEMU of this machine.
#[derive(Clone, Debug)]
pub struct Qemu {
    program: PathBuf,
    /// Where it was unpacked, unless it is installed.
    unpacked: Option<Tree>,
}

impl Qemu {
    /// The words with which a command line that starts QEMU begins.
    pub fn words(&self) -> Vec<OsString> {
        let Some(tree) = &self.unpacked else { return vec![self.program.clone().into()] };
        let mut libraries = OsString::from("LD_LIBRARY_PATH=");
        libraries.push(tree.libraries());
        let mut words = vec!["env".into(), libraries, self.program.clone().into()];
        // What was installed already was not unpacked.
        let below = |root: &Path| FIRMWARE_OF_CARDS.map(|path| root.join(path));
        let directories = [below(&tree.directory), below(Path::new("/"))].concat();
        for directory in directories.into_iter().filter(|directory| directory.is_dir()) {
            words.extend(["-L".into(), directory.into()]);
        }
        words
    }

    /// Where it is, and why that one is used.
    pub fn describe(&self) -> String {
        match &self.unpacked {
            Some(tree) => format!("{} ({})", self.program.display(), tree.describe()),
            None => format!("{} (in PATH)", self.program.display()),
        }
    }
}

/// QEMU, if it is here: installed, or else unpacked.
pub fn find() -> Option<Qemu> {
    let installed = find_in_path(PROGRAM).map(|program| Qemu { program, unpacked: None });
    installed.or_else(|| {
        let tree = unpacked(&PACKAGES)?;
        let program = tree.file(&format!("usr/bin/{PROGRAM}"))?;
        let qemu = Qemu { program, unpacked: Some(tree) };
        // What it needs of the system may have gone since.
        let words = qemu.words();
        let answer = Command::new(&words[0]).args(&words[1..]).arg("--version").output().ok()?;
        answer.status.success().then_some(qemu)
    })
}

/// QEMU, fetched if it has to be.
///
/// # Errors
/// It is missing and can not be fetched; the error names the command to type.
pub fn ensure() -> Result<Qemu> {
    static FOUND: OnceLock<Qemu> = OnceLock::new();
    if let Some(qemu) = FOUND.get() {
        return Ok(qemu.clone());
    }
    let qemu = match find() {
        Some(qemu) => qemu,
        None => install("QEMU (qemu-system-x86_64)", &WAYS_TO_QEMU, find)?,
    };
    Ok(FOUND.get_or_init(|| qemu).clone())
}

/// The UEFI firmware, if it is here: installed, or else unpacked.
pub fn find_firmware() -> Option<PathBuf> {
    let unpacked = unpacked(&FIRMWARE_PACKAGES).map(|tree| tree.directory);
    let roots = [PathBuf::from("/")].into_iter().chain(unpacked);
    roots.flat_map(|root| FIRMWARE.map(|path| root.join(path))).find(|file| file.is_file())
}

/// The UEFI firmware, fetched if it has to be.
///
/// # Errors
/// It is missing and can not be fetched; the error names the command to type.
pub fn ensure_firmware() -> Result<PathBuf> {
    match find_firmware() {
        Some(firmware) => Ok(firmware),
        None => install("UEFI firmware (OVMF)", &WAYS_TO_FIRMWARE, find_firmware),
    }
}

/// Whether KVM is real here.
///
/// That `/dev/kvm` opens is no proof: without `vmx` or `svm` in the processor it is emulated,
/// and much slower than QEMU's own translator.
///
/// # Errors
/// Says which of the two is missing.
pub fn check_kvm() -> Result<()> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    if !has_virtualization(&processor) {
        bail!("KVM is of no use here: the processor shows neither vmx nor svm");
    }
    let device = Path::new("/dev/kvm");
    if OpenOptions::new().read(true).write(true).open(device).is_err() {
        bail!("KVM is of no use here: {} can not be opened", device.display());
    }
    Ok(())
}

/// The best accelerator of this machine.
pub fn best_accelerator() -> Accelerator {
    if check_kvm().is_ok() { Accelerator::Kvm } else { Accelerator::Tcg }
}

fn has_virtualization(cpuinfo: &str) -> bool {
    let flags = cpuinfo.lines().filter(|line| line.starts_with("flags"));
    flags.flat_map(str::split_whitespace).any(|flag| flag == "vmx" || flag == "svm")
}

#[cfg(test)]
mod tests {
    use super::has_virtualization;

    #[test]
    fn only_a_flag_of_the_processor_counts() {
        assert!(has_virtualization("flags\t\t: fpu svm sse"));
        assert!(has_virtualization("model name : x\nflags : vmx"));
        assert!(!has_virtualization("flags : fpu sse\nbugs : vmx"));
        assert!(!has_virtualization(""));
    }
}
