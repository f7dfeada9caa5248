//! Where things are: this checkout and its target directories.

use std::{
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Files by which a checkout is known.
const MARKS: [&str; 3] = ["syscalls.toml", "kernel/link.ld", "user/README.md"];

/// The root of this checkout.
///
/// It is looked for at run time: a program that was copied with its checkout would otherwise work on the one that
/// it came from. Cargo says which package it runs; a program that was started by itself lies below its checkout,
/// or is started in it. What it was compiled in comes last.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let of_cargo = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let places = [of_cargo, env::current_exe().ok(), env::current_dir().ok()];
        let checkouts = places.iter().flatten().filter_map(|place| checkout_around(place));
        checkouts.map(Path::to_owned).next().unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())
    })
}

/// The checkout in which `place` is, if it is in one.
fn checkout_around(place: &Path) -> Option<&Path> {
    place.ancestors().find(|directory| MARKS.iter().all(|mark| directory.join(mark).is_file()))
}

/// A target directory of its own below the host's, so that compilers of two
/// versions never throw away each other's work.
pub fn target(name: &str) -> PathBuf {
    let host = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(host).join(name)
}

/// The first `name` in the directories of `PATH` that can be executed.
pub fn find_in_path(name: &str) -> Option<PathBuf> {
    find_all_in_path(name).into_iter().next()
}

/// Every `name` in the directories of `PATH`, in their order.
pub fn find_all_in_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|directory| directory.join(name)).filter(|file| file.is_file()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_is_found_from_any_place_in_it() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("target/debug");
        for mark in MARKS.iter().map(|mark| directory.path().join(mark)).chain([target.join("hafnon")]) {
            std::fs::create_dir_all(mark.parent().unwrap()).unwrap();
            std::fs::write(mark, "").unwrap();
        }
        assert_eq!(checkout_around(&target.join("hafnon")), Some(directory.path()));
        assert_eq!(checkout_around(&directory.path().join("kernel")), Some(directory.path()));
        assert_eq!(checkout_around(Path::new("/nowhere/at/all")), None);
        assert_eq!(checkout_around(root()), Some(root()));
    }
}
