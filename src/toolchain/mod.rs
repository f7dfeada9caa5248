//! A compiler for the kernel's target: found, or fetched, or named.
//!
//! The kernel is stable Rust for `x86_64-unknown-none`. Two kinds of toolchain
//! build it: one that has the target's compiled `core` and `alloc` (rustup's),
//! and one that has the library's source, from which cargo then builds them
//! (Debian's packages). Which ones are here is asked of the compilers
//! themselves, never guessed from their names. What is here is never added to:
//! if none will do, one of our own is fetched.

pub mod environment;

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{
    packages::{Installation, Tree, install, rustup_homes, unpacked},
    workspace::find_all_in_path,
};

/// The target triple of the kernel and of the user programs.
pub const TARGET: &str = "x86_64-unknown-none";

/// The oldest compiler that the kernel's code is written for: (major, minor).
const OLDEST: (u32, u32) = (1, 95);

/// The compiler that is fetched where none will do. Its version is fixed, so that the same code comes of it on every
/// machine, and no lint that a later one brings stops anybody.
const FETCHED: &str = "1.95.0";

/// The latest compiler that knows the boot stages' targets by what `bootloader` says of them: (major, minor).
const NEWEST_FOR_IMAGE: (u32, u32) = (1, 96);

/// Ways to a toolchain that builds the kernel, the preferred one first.
pub const WAYS_TO_KERNEL: [Installation; 2] = ways(&[]);

/// Ways to a toolchain that also builds the boot stages of a disk image.
pub const WAYS_TO_IMAGE: [Installation; 2] = ways(&["rust-src", "llvm-tools"]);

/// Ways to a toolchain that also lints the kernel.
pub const WAYS_TO_LINTS: [Installation; 2] = ways(&["clippy"]);

/// Ways to a toolchain with these components of rustup's; Debian's has all.
const fn ways(components: &'static [&'static str]) -> [Installation; 2] {
    [Installation::Rustup { release: FETCHED, target: TARGET, components }, Installation::Apt(&DEBIAN)]
}

/// The toolchain as Debian packages it.
const DEBIAN: [&str; 7] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rustfmt-web", "rust-web-clippy", "lld-22"];

/// Where `core` and `alloc` for the target come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Compiled already, as part of the toolchain.
    Compiled,
    /// Compiled by cargo from the toolchain's `rust-src`.
    Source,
}

/// A cargo and a rustc that belong together.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The directory of `cargo` and `rustc`.
    pub binaries: PathBuf,
    /// What `rustc --print sysroot` says.
    pub sysroot: PathBuf,
    /// The compiler's version, as it prints it.
    pub version: String,
    /// What it has for the kernel's target, if anything.
    pub library: Option<Library>,
    /// Where it was unpacked, unless it is installed.
    pub unpacked: Option<Tree>,
}

/// The toolchain for the kernel, fetched if it has to be.
///
/// # Errors
/// None is here and none can be fetched; the error names the command to type.
pub fn for_kernel() -> Result<Toolchain> {
    match find_for_kernel() {
        Some(toolchain) => Ok(toolchain),
        None => install("a Rust toolchain for x86_64-unknown-none", &WAYS_TO_KERNEL, find_for_kernel),
    }
}

/// The toolchain for the kernel, if one is here: compiled libraries first.
pub fn find_for_kernel() -> Option<Toolchain> {
    choose(all(), |toolchain| toolchain.library)
}

/// A toolchain for the kernel that also lints and documents code, if one is here. It is the one that builds the kernel,
/// unless that lacks what this takes.
pub fn find_for_lints() -> Option<Toolchain> {
    let lints = |toolchain: &Toolchain| ["cargo-clippy", "rustdoc"].iter().all(|name| toolchain.has(name));
    choose(all().into_iter().filter(lints).collect(), |toolchain| toolchain.library)
}

/// The same, fetched if it has to be.
///
/// # Errors
/// None is here and none can be fetched; the error names the command to type.
pub fn for_lints() -> Result<Toolchain> {
    match find_for_lints() {
        Some(toolchain) => Ok(toolchain),
        None => install("clippy with a toolchain for x86_64-unknown-none", &WAYS_TO_LINTS, find_for_lints),
    }
}

/// Of several toolchains, the first with compiled libraries, else the first with sources.
fn choose<T>(mut of: Vec<T>, library: impl Fn(&T) -> Option<Library>) -> Option<T> {
    let preferred = [Library::Compiled, Library::Source];
    let index =
        preferred.iter().find_map(|wanted| of.iter().position(|one| library(one) == Some(*wanted)))?;
    Some(of.swap_remove(index))
}

/// Every toolchain on this machine that is new enough.
pub fn all() -> Vec<Toolchain> {
    let mut found: Vec<Toolchain> = Vec::new();
    let tree = unpacked(&DEBIAN);
    let of_tree = tree.as_ref().and_then(|tree| Toolchain::of(&tree.file("usr/bin/rustc")?, Some(tree)));
    let installed = compilers().into_iter().filter_map(|rustc| Toolchain::of(&rustc, None));
    for toolchain in installed.chain(of_tree) {
        if !found.iter().any(|other| other.sysroot == toolchain.sysroot) {
            found.push(toolchain);
        }
    }
    found
}

/// Every `rustc`: those in the path, then those that rustup keeps, then those that it fetched for us.
fn compilers() -> Vec<PathBuf> {
    let mut compilers = find_all_in_path("rustc");
    let rustup = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".rustup"));
    for home in rustup.or(home).into_iter().chain(rustup_homes()) {
        for toolchain in fs::read_dir(home.join("toolchains")).into_iter().flatten().flatten() {
            compilers.push(toolchain.path().join("bin/rustc"));
        }
    }
    compilers
}

impl Toolchain {
    /// Asks the compiler at `rustc`, which may be in a tree, what it is; `None` if it does not answer or is
    /// too old.
    fn of(rustc: &Path, tree: Option<&Tree>) -> Option<Self> {
        let ask = |question: &[&str]| ask(rustc, tree, question);
        let version = ask(&["--version"])?;
        if number(&version)? < OLDEST {
            return None;
        }
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?).canonicalize().ok()?;
        // A rustup proxy answers for the real compiler, which is called from here on.
        let binaries = sysroot.join("bin");
        if !binaries.join("cargo").is_file() || !binaries.join("rustc").is_file() {
            return None;
        }
        let libraries = ask(&["--print", "target-libdir", "--target", TARGET])?;
        let source = sysroot.join("lib/rustlib/src/rust/library/Cargo.lock");
        let library = if Path::new(&libraries).is_dir() {
            Some(Library::Compiled)
        } else {
            source.is_file().then_some(Library::Source)
        };
        Some(Self { binaries, sysroot, version, library, unpacked: tree.cloned() })
    }

    /// Whether it builds the boot stages of a disk image, as far as the compiler goes: it has the library's source, and
    /// is not too new.
    pub fn builds_images(&self) -> bool {
        let is_known = number(&self.version).is_some_and(|version| version <= NEWEST_FOR_IMAGE);
        is_known && self.sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
    }

    /// Whether the toolchain has the program `name`, such as `cargo-clippy`.
    pub fn has(&self, name: &str) -> bool {
        self.binaries.join(name).is_file()
    }

    /// What it is, where, and why that one is used.
    pub fn describe(&self) -> String {
        let place = self.sysroot.display();
        match &self.unpacked {
            Some(tree) => format!("{} in {place} ({})", self.version, tree.describe()),
            None if self.is_our_own() => {
                format!(
                    "{} in {place} (fetched because nothing installed will do; `rm -r` removes it)",
                    self.version
                )
            }
            None => format!("{} in {place} (installed)", self.version),
        }
    }

    /// Whether rustup fetched it for this command.
    fn is_our_own(&self) -> bool {
        rustup_homes()
            .iter()
            .filter_map(|home| home.canonicalize().ok())
            .any(|home| self.sysroot.starts_with(home))
    }

    /// Its cargo, in an environment without traces of any other toolchain.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(self.binaries.join("cargo"));
        environment::scrub(&mut command).env("PATH", self.path());
        if let Some(tree) = &self.unpacked {
            command.env("LD_LIBRARY_PATH", tree.libraries());
        }
        command
    }

    /// `PATH` with this toolchain first.
    fn path(&self) -> OsString {
        let path = env::var_os("PATH").unwrap_or_default();
        let rest = env::split_paths(&path).collect::<Vec<_>>();
        env::join_paths([self.binaries.clone()].into_iter().chain(rest)).unwrap_or(path)
    }
}

/// What a compiler prints when asked, without the line's end.
fn ask(rustc: &Path, tree: Option<&Tree>, question: &[&str]) -> Option<String> {
    let mut command = Command::new(rustc);
    environment::scrub(&mut command).args(question);
    if let Some(tree) = tree {
        command.env("LD_LIBRARY_PATH", tree.libraries());
    }
    let answer = command.output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    answer.status.success().then(|| text.trim().to_owned())
}

/// `(1, 96)` of `rustc 1.96.0 (…)`.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split_whitespace().nth(1)?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_libraries_come_before_sources() {
        let here = vec![("a", None), ("b", Some(Library::Source)), ("c", Some(Library::Compiled))];
        assert_eq!(choose(here, |one| one.1).unwrap().0, "c");
        let here = vec![("a", None), ("b", Some(Library::Source))];
        assert_eq!(choose(here, |one| one.1).unwrap().0, "b");
        assert!(choose(vec![("a", None)], |one| one.1).is_none());
    }

    #[test]
    fn versions_are_read_as_rustc_prints_them() {
        assert_eq!(number("rustc 1.96.0 (30a34c682 2026-05-25)"), Some((1, 96)));
        assert_eq!(number("rustc 2.1.0-nightly"), Some((2, 1)));
        assert_eq!(number("clang version 14"), None);
    }
}
