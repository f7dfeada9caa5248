//! What executes a guest's instructions, and whether KVM is worth using here.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};

use anyhow::{Result, bail};

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// QEMU's translator: everywhere, and the only one that can count instructions.
    Tcg,
    /// The processor's own virtualization.
    Kvm,
}

impl Accelerator {
    /// The best one of this host.
    pub fn best() -> Self {
        if check_kvm().is_ok() { Self::Kvm } else { Self::Tcg }
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
