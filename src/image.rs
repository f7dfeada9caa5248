//! Disk images that a BIOS or UEFI machine starts, made with the `bootloader`
//! crate by the package in `image/`.
//!
//! That package compiles the boot stages for other targets, so it needs a
//! toolchain with the library's source, and the LLVM tools where `bootloader`
//! looks for them: below the sysroot that `rustc --print sysroot` names. Debian
//! keeps the tools elsewhere; then the compiler is called through a script that
//! names a directory with links to them, so that nothing in the system changes.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    packages::install,
    steps::Step,
    toolchain::{self, Toolchain, WAYS_TO_IMAGE},
    workspace::{self, find_in_path},
};

/// The two images.
#[derive(Clone, Debug)]
pub struct Images {
    /// Started by a BIOS.
    pub bios: PathBuf,
    /// Started by UEFI firmware.
    pub uefi: PathBuf,
}

/// The LLVM tools that `bootloader` calls.
const TOOLS: [&str; 2] = ["llvm-objcopy", "llvm-objdump"];

/// Where a sysroot keeps them.
const TOOLS_DIRECTORY: &str = "lib/rustlib/x86_64-unknown-linux-gnu/bin";

/// What builds the images.
#[derive(Clone, Debug)]
pub struct Builder {
    toolchain: Toolchain,
    /// The directory of the LLVM tools, when it is not the sysroot's own.
    tools: Option<PathBuf>,
}

impl Builder {
    /// What is here to build images with, if it is enough.
    pub fn find() -> Option<Self> {
        toolchain::all().into_iter().filter(Toolchain::builds_images).find_map(|toolchain| {
            if has_tools(&toolchain.sysroot.join(TOOLS_DIRECTORY)) {
                return Some(Self { toolchain, tools: None });
            }
            let tools = Some(find_tools(&toolchain)?);
            Some(Self { toolchain, tools })
        })
    }

    /// The same, fetched if it has to be.
    ///
    /// # Errors
    /// Something is missing and can not be fetched; the error names the command to type.
    pub fn ensure() -> Result<Self> {
        match Self::find() {
            Some(builder) => Ok(builder),
            None => install("the toolchain for disk images", &WAYS_TO_IMAGE, Self::find),
        }
    }

    /// What [`Toolchain::describe`] says.
    pub fn describe(&self) -> String {
        self.toolchain.describe()
    }

    /// Writes both images to `directory`, which is made if it is not there.
    ///
    /// # Errors
    /// The boot stages do not compile, or a file can not be written.
    pub fn write(&self, kernel: &Path, ramdisk: &Path, directory: &Path) -> Result<Images> {
        fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let images =
            Images { bios: directory.join("hafnon-bios.img"), uefi: directory.join("hafnon-uefi.img") };
        Step::new("building the boot stages (some minutes, the first time)")
            .run(&mut self.cargo("build")?)?;
        let mut writer = Command::new(workspace::target("image").join("release/hafnon-image"));
        writer.args([kernel, ramdisk, &images.bios, &images.uefi]);
        Step::new("writing the images").run(&mut writer)?;
        Ok(images)
    }

    /// A cargo command for the package in `image/`.
    ///
    /// # Errors
    /// The links to the LLVM tools can not be made.
    pub fn cargo(&self, command: &str) -> Result<Command> {
        let mut cargo = self.toolchain.cargo();
        cargo
            .current_dir(workspace::root().join("image"))
            .args([command, "--locked", "--release", "--target-dir"])
            // Not by a variable: the cargos that `bootloader` starts would inherit it, and
            // wait for ever for the directory that this one has locked.
            .arg(workspace::target("image"))
            // The boot stages are built for targets that only an unstable option names.
            .env("RUSTC_BOOTSTRAP", "1");
        if let Some(tools) = &self.tools {
            let rustc = self.toolchain.binaries.join("rustc");
            let directory = link_tools(tools, &rustc)?;
            let path = std::env::var_os("PATH").unwrap_or_default();
            let rest: Vec<PathBuf> = std::env::split_paths(&path).collect();
            let first = [directory, self.toolchain.binaries.clone()];
            cargo.env("PATH", std::env::join_paths(first.into_iter().chain(rest))?).env("RUSTC", rustc);
        }
        Ok(cargo)
    }
}

/// Whether `directory` has the LLVM tools.
fn has_tools(directory: &Path) -> bool {
    TOOLS.iter().all(|tool| directory.join(tool).is_file())
}

/// A directory with the LLVM tools: those unpacked with the toolchain, one in the path, or the newest of
/// Debian's.
fn find_tools(toolchain: &Toolchain) -> Option<PathBuf> {
    let of_debian = |root: &Path| {
        let directory = |version| root.join(format!("usr/lib/llvm-{version}/bin"));
        (14..100).rev().map(directory).find(|directory| has_tools(directory))
    };
    let unpacked = toolchain.unpacked.as_ref().and_then(|tree| of_debian(&tree.directory));
    let in_path = || find_in_path(TOOLS[0]).and_then(|tool| Some(tool.parent()?.to_owned()));
    let in_path = || in_path().filter(|directory| has_tools(directory));
    unpacked.or_else(in_path).or_else(|| of_debian(Path::new("/")))
}

/// Makes a directory with a `rustc` that names, as its sysroot, one with links to `tools`.
fn link_tools(tools: &Path, rustc: &Path) -> Result<PathBuf> {
    let root = workspace::target("image").join("llvm-tools");
    let directory = root.join(TOOLS_DIRECTORY);
    fs::create_dir_all(&directory)?;
    for tool in TOOLS {
        let link = directory.join(tool);
        if !link.is_file() {
            symlink(tools.join(tool), &link).context("cannot link the LLVM tools")?;
        }
    }
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = '--print sysroot' ] && exec echo '{}'\nexec '{}' \"$@\"\n",
        root.display(),
        rustc.display()
    );
    let file = root.join("rustc");
    // Written only when it differs: another process may be running it.
    if fs::read_to_string(&file).ok().as_deref() != Some(&script) {
        fs::write(&file, script)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(root)
}
