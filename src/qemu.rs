//! QEMU on this machine: the program, the firmware for UEFI images, and
//! whether KVM is worth using.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::{
    packages::{Installation, install},
    workspace::find_in_path,
};

/// Ways to QEMU.
pub const WAYS_TO_QEMU: [Installation; 1] = [Installation::Apt(&["qemu-system-x86"])];

/// Ways to the UEFI firmware.
pub const WAYS_TO_FIRMWARE: [Installation; 1] = [Installation::Apt(&["ovmf"])];

/// Where distributions put the UEFI firmware.
const FIRMWARE: [&str; 6] = [
    "/usr/share/ovmf/OVMF.fd",
    "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "/usr/share/OVMF/OVMF_CODE.fd",
    "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
    "/usr/share/edk2/ovmf/OVMF_CODE.fd",
    "/usr/share/qemu/edk2-x86_64-code.fd",
];

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// QEMU's translator: everywhere, and the only one that can count instructions.
    Tcg,
    /// The processor's own virtualization.
    Kvm,
}

/// The QEMU program, if it is here.
pub fn find() -> Option<PathBuf> {
    find_in_path("qemu-system-x86_64")
}

/// The QEMU program, installed if it has to be.
///
/// # Errors
/// It is missing and can not be installed; the error names the command to type.
pub fn ensure() -> Result<PathBuf> {
    match find() {
        Some(qemu) => Ok(qemu),
        None => install("QEMU (qemu-system-x86_64)", &WAYS_TO_QEMU, find),
    }
}

/// The UEFI firmware, if it is here.
pub fn find_firmware() -> Option<PathBuf> {
    FIRMWARE.iter().map(PathBuf::from).find(|file| file.is_file())
}

/// The UEFI firmware, installed if it has to be.
///
/// # Errors
/// It is missing and can not be installed; the error names the command to type.
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
