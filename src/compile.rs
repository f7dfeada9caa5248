//! Building the kernel and the user programs with the kernel's toolchain.
//!
//! Cargo does the work; here stands which packages
//! are built, with which flags, into which target directory. The kernel and the
//! programs have directories of their own because their flags differ, and cargo
//! would otherwise rebuild everything at each turn.

use std::{
    env,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    c,
    steps::Step,
    toolchain::{Library, TARGET, Toolchain},
    workspace,
};

/// The package of the kernel that `cargo run` boots, and its program.
pub const KERNEL: &str = "hafnon-standard";

/// What cargo needs to build the library from source.
const BUILD_STD: [&str; 2] =
    ["-Zbuild-std=core,alloc,compiler_builtins", "-Zbuild-std-features=compiler-builtins-mem"];

/// One kind of code for the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Runs in the kernel: fixed addresses in the top 2 GiB.
    Kernel,
    /// Runs in user mode: position-independent.
    User,
}

/// A program for the ramdisk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name in the ramdisk, such as `bin/tour`.
    pub name: String,
    /// The ELF file.
    pub file: PathBuf,
}

impl Kind {
    /// The compiler's flags, given where its library comes from.
    fn flags(self, library: Option<Library>) -> Vec<String> {
        let script = workspace::root().join("kernel/link.ld");
        match self {
            Self::Kernel => vec![
                "-Crelocation-model=static".into(),
                "-Ccode-model=kernel".into(),
                "-Cforce-frame-pointers=yes".into(),
                format!("-Clink-arg=-T{}", script.display()),
            ],
            Self::User => vec![
                "-Crelocation-model=pic".into(),
                // The compiled library has the kernel's model, and whole-program optimisation
                // takes only one. Position-independent code is the same in both; where it were
                // not, the linker would refuse the relocation.
                match library {
                    Some(Library::Compiled) => "-Ccode-model=kernel".into(),
                    _ => "-Ccode-model=small".into(),
                },
                "-Cforce-frame-pointers=yes".into(),
            ],
        }
    }

    /// The target directory.
    pub fn directory(self) -> PathBuf {
        workspace::target(match self {
            Self::Kernel => "kernel",
            Self::User => "user",
        })
    }
}

/// How well code is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// With every optimisation.
    Release,
    /// The same, with assertions, and with the kernel's locks watched.
    Checked,
    /// With none.
    Debug,
}

impl Profile {
    /// What cargo is told.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Checked => &["--profile", "checked"],
            Self::Debug => &[],
        }
    }

    /// What cargo calls its directory.
    fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Checked => "checked",
            Self::Debug => "debug",
        }
    }
}

/// A cargo command (`build`, `clippy`, `doc`) for optimised code of one kind.
pub fn cargo(toolchain: &Toolchain, command: &str, kind: Kind) -> Command {
    cargo_for(toolchain, command, kind, Profile::Release)
}

/// The same for a profile.
pub fn cargo_for(toolchain: &Toolchain, command: &str, kind: Kind, profile: Profile) -> Command {
    let mut cargo = toolchain.cargo();
    cargo
        .current_dir(workspace::root())
        .args([command, "--locked", "--target", TARGET])
        .args(profile.arguments())
        .env("CARGO_TARGET_DIR", kind.directory())
        .env("CARGO_ENCODED_RUSTFLAGS", kind.flags(toolchain.library).join("\u{1f}"));
    if io::stderr().is_terminal() && env::var_os("CARGO_TERM_COLOR").is_none() {
        // What it says goes through a pipe, and to a terminal if it fails.
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    if toolchain.library == Some(Library::Source) {
        cargo.args(BUILD_STD).env("RUSTC_BOOTSTRAP", "1");
    }
    cargo
}

/// Builds the kernel in `package`; the ELF file.
///
/// # Errors
/// It does not compile (what the compiler said stands on standard error).
pub fn kernel(toolchain: &Toolchain, package: &str) -> Result<PathBuf> {
    kernel_for(toolchain, package, Profile::Release)
}

/// The same for a profile.
///
/// # Errors
/// As above.
pub fn kernel_for(toolchain: &Toolchain, package: &str, profile: Profile) -> Result<PathBuf> {
    let kind = if profile == Profile::Checked { ", its locks watched," } else { "" };
    let step = format!("building {package}{kind} with {}", toolchain.version);
    build(&step, toolchain, Kind::Kernel, profile, &[package.into()])?;
    let file = kernel_file_for(package, profile);
    ensure!(file.is_file(), "package {package} makes no program named {package}");
    Ok(file)
}

/// The ELF file of the kernel in `package`, whose program has the package's name.
pub fn kernel_file(package: &str) -> PathBuf {
    kernel_file_for(package, Profile::Release)
}

/// The same for a profile.
pub fn kernel_file_for(package: &str, profile: Profile) -> PathBuf {
    output(Kind::Kernel, profile, package)
}

/// Builds every program below `user/`, those in C and the vDSO image included.
///
/// # Errors
/// One does not compile (what the compiler said stands on standard error).
pub fn user_programs(toolchain: &Toolchain) -> Result<Vec<Program>> {
    let mut packages = user_packages()?;
    packages.retain(|package| package != c::MATH.0);
    build("building the user programs", toolchain, Kind::User, Profile::Release, &packages)?;
    c::programs(toolchain)?;
    user_program_files()
}

/// Every program below `user/`, where [`user_programs`] puts it.
///
/// # Errors
/// Cargo can not read the workspace.
pub fn user_program_files() -> Result<Vec<Program>> {
    let names = targets(&user_members()?);
    let program = |name: String| Program { file: user_output(&name), name: name_in_ramdisk(&name) };
    let mut programs: Vec<Program> = names.into_iter().map(program).collect();
    programs.extend(c::program_files()?);
    Ok(programs)
}

/// Builds one package below `user/`.
///
/// # Errors
/// It does not compile (what the compiler said stands on standard error).
pub fn user_package(toolchain: &Toolchain, package: &str) -> Result<()> {
    build(&format!("building {package}"), toolchain, Kind::User, Profile::Release, &[package.into()])
}

/// Builds a package below `user/` as a static library with the host's calling convention, which is C's: code for the
/// target of the others is compiled without floating-point registers, and passes numbers in other ones. It is one piece,
/// so that what both need of Rust's own library does not meet where they are linked.
///
/// # Errors
/// It does not compile (what the compiler said stands on standard error).
pub fn hosted_library(toolchain: &Toolchain, package: &str, archive: &str) -> Result<PathBuf> {
    let mut command = toolchain.cargo();
    command
        .current_dir(workspace::root())
        .args(["build", "--locked", "--release", "-p", package])
        .env("CARGO_TARGET_DIR", Kind::User.directory())
        .env("CARGO_PROFILE_RELEASE_LTO", "fat")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            ["-Crelocation-model=pic", "-Cforce-frame-pointers=yes"].join("\u{1f}"),
        );
    Step::new(&format!("building {package}")).run(&mut command)?;
    Ok(Kind::User.directory().join("release").join(archive))
}

/// What the build of user programs calls `name`.
pub fn user_output(name: &str) -> PathBuf {
    output(Kind::User, Profile::Release, name)
}

/// The packages below `user/`.
///
/// # Errors
/// Cargo can not read the workspace.
pub fn user_packages() -> Result<Vec<String>> {
    let members = user_members()?;
    Ok(members.iter().filter_map(|package| package["name"].as_str()).map(str::to_owned).collect())
}

fn build(step: &str, toolchain: &Toolchain, kind: Kind, profile: Profile, packages: &[String]) -> Result<()> {
    let mut command = cargo_for(toolchain, "build", kind, profile);
    for package in packages {
        command.args(["-p", package]);
    }
    Step::new(step).run(&mut command)
}

fn output(kind: Kind, profile: Profile, program: &str) -> PathBuf {
    kind.directory().join(TARGET).join(profile.directory()).join(program)
}

/// What `cargo metadata` says of the workspace's members below `user/`.
fn user_members() -> Result<Vec<Value>> {
    // Any cargo will do for this question; the one that runs this program is named by a variable.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(workspace::root())
        .args(["metadata", "--no-deps", "--format-version=1"])
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")?;
    Ok(below_user(&metadata).cloned().collect())
}

fn below_user(metadata: &Value) -> impl Iterator<Item = &Value> {
    let below = workspace::root().join("user");
    elements(&metadata["packages"]).iter().filter(move |package| {
        let manifest = package["manifest_path"].as_str();
        manifest.is_some_and(|path| Path::new(path).starts_with(&below))
    })
}

/// The names of the programs of some packages.
fn targets(packages: &[Value]) -> Vec<String> {
    let all = packages.iter().flat_map(|package| elements(&package["targets"]));
    let programs = all.filter(|target| target["kind"][0] == "bin");
    programs.filter_map(|target| target["name"].as_str()).map(str::to_owned).collect()
}

fn elements(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// `bin/NAME`, or `lib/NAME.so` for the vDSO image.
fn name_in_ramdisk(name: &str) -> String {
    if name.starts_with("lib") { format!("lib/{name}.so") } else { format!("bin/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_below_user_are_taken() {
        let root = workspace::root().display();
        let metadata = serde_json::json!({"packages": [
            {"name": "a", "manifest_path": format!("{root}/user/a/Cargo.toml"),
             "targets": [{"kind": ["bin"], "name": "tour"}, {"kind": ["custom-build"], "name": "b"}]},
            {"name": "c", "manifest_path": format!("{root}/kernel/Cargo.toml"),
             "targets": [{"kind": ["bin"], "name": "kernel"}]},
        ]});
        let packages: Vec<Value> = below_user(&metadata).cloned().collect();
        assert_eq!(targets(&packages), ["tour"]);
    }

    #[test]
    fn programs_and_libraries_have_their_directories() {
        assert_eq!(name_in_ramdisk("tour"), "bin/tour");
        assert_eq!(name_in_ramdisk("libzircon"), "lib/libzircon.so");
    }
}
