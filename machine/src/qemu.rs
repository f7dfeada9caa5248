//! The QEMU that makes machines: the one in `PATH`, or one that lies elsewhere with its libraries and firmware.

use std::{env, ffi::OsString, path::PathBuf};

/// The program's name.
pub const PROGRAM: &str = "qemu-system-x86_64";

/// Where distributions put the UEFI firmware, below `/`.
const UEFI: [&str; 6] = [
    "usr/share/ovmf/OVMF.fd",
    "usr/share/OVMF/OVMF_CODE_4M.fd",
    "usr/share/OVMF/OVMF_CODE.fd",
    "usr/share/edk2/x64/OVMF_CODE.4m.fd",
    "usr/share/edk2/ovmf/OVMF_CODE.fd",
    "usr/share/qemu/edk2-x86_64-code.fd",
];

/// A QEMU, version 7 or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qemu {
    /// The program.
    pub program: PathBuf,
    /// Directories of its shared libraries, as `LD_LIBRARY_PATH` lists them; those of the system if `None`.
    pub libraries: Option<OsString>,
    /// Directories in which it looks for the BIOS of a machine and those of its cards, besides its own.
    pub firmware: Vec<PathBuf>,
}

impl Qemu {
    /// The program at this path, with the libraries and the firmware of the system.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), libraries: None, firmware: Vec::new() }
    }

    /// The first one in the directories of `PATH`.
    pub fn in_path() -> Option<Self> {
        let path = env::var_os("PATH")?;
        let mut programs = env::split_paths(&path).map(|directory| directory.join(PROGRAM));
        programs.find(|program| program.is_file()).map(Self::at)
    }

    /// The words with which a command line that starts it begins.
    pub fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        if let Some(libraries) = &self.libraries {
            let mut variable = OsString::from("LD_LIBRARY_PATH=");
            variable.push(libraries);
            words.extend(["env".into(), variable]);
        }
        words.push(self.program.clone().into());
        words.extend(self.firmware.iter().flat_map(|directory| ["-L".into(), directory.into()]));
        words
    }
}

/// The UEFI firmware below the first of `roots` that has some, each of which stands for `/`.
pub fn find_uefi(roots: &[PathBuf]) -> Option<PathBuf> {
    let below = |root: &PathBuf| UEFI.map(|path| root.join(path));
    roots.iter().flat_map(below).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_lies_elsewhere_is_started_with_what_it_needs() {
        assert_eq!(Qemu::at("/usr/bin/qemu").words(), ["/usr/bin/qemu"]);
        let (libraries, firmware) = (Some("/t/lib:/t/usr/lib".into()), vec!["/t/a".into(), "/b".into()]);
        let qemu = Qemu { libraries, firmware, ..Qemu::at("/t/qemu") };
        let words = ["env", "LD_LIBRARY_PATH=/t/lib:/t/usr/lib", "/t/qemu", "-L", "/t/a", "-L", "/b"];
        assert_eq!(qemu.words(), words);
    }

    #[test]
    fn no_root_no_firmware() {
        assert_eq!(find_uefi(&[]), None);
        assert_eq!(find_uefi(&["/nowhere/at/all".into()]), None);
    }
}
