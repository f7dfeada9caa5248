//! Where things are: this checkout and its target directories.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of this checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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
