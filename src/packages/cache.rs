//! Packages of the system's distribution, unpacked for this command alone, and toolchains that rustup fetched for it.
//!
//! ```text
//! ~/.cache/hafnon/                       or $XDG_CACHE_HOME/hafnon, or target/cache
//!   lock                                 held by who fetches
//!   apt/                                 lists of packages, when the system's are missing or stale
//!   downloads/PACKAGES/*.deb             until they are unpacked: what was fetched is not fetched again
//!   packages-1/debian-12/PACKAGES/       a tree, from `usr/` on; named when it is complete
//!   rustup/                              rustup's home, as far as this command calls rustup
//! ```
//!
//! Nothing outside is changed, so that no package of the system is removed or replaced, and no root is
//! needed. Removing the directory, or any of the trees in it, removes everything.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{steps::Step, workspace};

/// Raised when trees of before are of no use any more.
const LAYOUT: &str = "packages-1";

/// In a tree: the packages it was made of, one a line.
const CONTENTS: &str = "hafnon-packages";

/// The beginning of the name of a tree that is not complete.
const UNFINISHED: &str = ".unfinished-";

/// Directories of a tree in which shared libraries lie.
const LIBRARIES: [&str; 4] =
    ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu/pulseaudio", "usr/lib"];

/// Packages that were unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// What stands for `/`.
    pub directory: PathBuf,
}

impl Tree {
    /// The file that is installed as `/PATH`, if there is one.
    pub fn file(&self, path: &str) -> Option<PathBuf> {
        Some(self.directory.join(path)).filter(|file| file.exists())
    }

    /// A value for `LD_LIBRARY_PATH` with which the tree's programs find their libraries.
    pub fn libraries(&self) -> OsString {
        let directories = LIBRARIES.iter().filter_map(|path| self.file(path));
        // A place with a colon in its name can not be said; then nothing is found there, and `found` says so.
        env::join_paths(directories).unwrap_or_default()
    }

    /// A command that runs the tree's program at `/PATH`.
    pub fn command(&self, path: &str) -> Command {
        let mut command = Command::new(self.directory.join(path));
        command.env("LD_LIBRARY_PATH", self.libraries());
        command
    }

    /// What `doctor` says of it: the first package, why it is used, and how to remove it.
    pub fn describe(&self) -> String {
        let contents = fs::read_to_string(self.directory.join(CONTENTS)).unwrap_or_default();
        let first = contents.lines().next().unwrap_or("packages").to_owned();
        let place = self.directory.display();
        format!("{first}, unpacked because nothing installed will do; `rm -r {place}` removes it")
    }
}

/// Where there may be trees, the best place first.
fn places() -> Vec<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let own = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    own.map(|own| own.join("hafnon")).into_iter().chain([workspace::target("cache")]).collect()
}

/// Where what is fetched is put: the first place that can be written to. It may not be there yet.
///
/// # Errors
/// Nothing can be written anywhere.
pub fn place() -> Result<PathBuf> {
    let first = places().into_iter().find(|place| is_writable(place));
    first.context("neither the home directory nor the target directory can be written to")
}

/// Whether `place` can be written to, or made.
fn is_writable(place: &Path) -> bool {
    let there = place.ancestors().find(|directory| directory.symlink_metadata().is_ok());
    there.is_some_and(|directory| tempfile::tempfile_in(directory).is_ok())
}

/// The directory in `place` that rustup takes for its home when this command calls it.
pub fn rustup_home(place: &Path) -> PathBuf {
    place.join("rustup")
}

/// Where toolchains of our own may be.
pub fn rustup_homes() -> Vec<PathBuf> {
    places().iter().map(|place| rustup_home(place)).collect()
}

/// The name of the tree of `packages`: those of another system need other libraries.
fn name(packages: &[&str]) -> PathBuf {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = |key: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        value.unwrap_or("unknown").trim_matches('"').replace('/', "-")
    };
    Path::new(&format!("{}-{}", value("ID"), value("VERSION_ID"))).join(packages.join("+"))
}

/// The tree of `packages`, if it was unpacked.
pub fn unpacked(packages: &[&str]) -> Option<Tree> {
    let name = name(packages);
    let trees = places().into_iter().map(|place| place.join(LAYOUT).join(&name));
    trees.map(|directory| Tree { directory }).find(|tree| tree.directory.is_dir())
}

/// Waits until nobody else fetches for this command; nobody does until the file is closed. Where there can be
/// no such file, who fetches goes without.
pub fn turn() -> Option<File> {
    let place = place().ok()?;
    fs::create_dir_all(&place).ok()?;
    let lock = File::create(place.join("lock")).ok()?;
    if lock.try_lock().is_err() {
        let _waiting = Step::new("waiting for another process, which fetches what is missing");
        lock.lock().ok()?;
    }
    Some(lock)
}

/// Fetches `packages` with what they need into `place`, and unpacks all of it instead of the tree that was there.
///
/// # Errors
/// They can not be fetched (the text has what apt said), or the place can not be written to.
pub fn unpack(packages: &[&str], place: &Path, step: &Step) -> Result<()> {
    let tree = place.join(LAYOUT).join(name(packages));
    let parent = tree.parent().context("a tree has a directory")?;
    fs::create_dir_all(parent)?;
    remove_unfinished(parent);
    let downloads = place.join("downloads").join(packages.join("+"));
    let files = apt::fetch(packages, &downloads, &place.join("apt"), step)?;
    let unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(parent)?;
    for file in &files {
        extract(&file.path, unfinished.path(), step)?;
    }
    let mut contents: Vec<&apt::Fetched> = files.iter().collect();
    // What was asked for comes first.
    contents
        .sort_by_key(|file| packages.iter().position(|name| *name == file.name).unwrap_or(packages.len()));
    let contents: String = contents.iter().map(|file| format!("{} {}\n", file.name, file.version)).collect();
    fs::write(unfinished.path().join(CONTENTS), contents)?;
    make_readable(unfinished.path())?;
    if tree.exists() {
        fs::remove_dir_all(&tree).with_context(|| format!("cannot replace {}", tree.display()))?;
    }
    fs::rename(unfinished.keep(), &tree).with_context(|| format!("cannot make {}", tree.display()))?;
    // Only the place is lost if they stay.
    let _ = fs::remove_dir_all(downloads);
    Ok(())
}

/// Temporary directories are their owner's; a tree is like any other directory.
fn make_readable(directory: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(directory, fs::Permissions::from_mode(0o755))?)
}

fn extract(file: &Path, into: &Path, step: &Step) -> Result<()> {
    let mut command = Command::new("dpkg-deb");
    let (status, said) = step.listen(command.arg("-x").args([file, into]))?;
    if !status.success() {
        // Fetched again, it may be whole.
        let _ = fs::remove_file(file);
        bail!("{said}{} can not be unpacked", file.display());
    }
    Ok(())
}

/// Removes what a process left that was killed while it unpacked.
fn remove_unfinished(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // Whoever comes next tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_writable_that_can_be_made() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("not/there/yet");
        assert!(is_writable(directory.path()) && is_writable(&place));
        assert!(!directory.path().join("not").exists(), "who asks makes nothing");
        assert!(!is_writable(Path::new("/proc/nothing")) && !is_writable(Path::new("/dev/null/nothing")));
        std::os::unix::fs::symlink("/nowhere", directory.path().join("link")).unwrap();
        assert!(!is_writable(&directory.path().join("link/cache")));
    }
}
