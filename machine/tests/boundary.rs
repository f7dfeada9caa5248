//! The rule of this library: it knows no particular kernel. What it has to know of one comes from who uses it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What may not be named below `src`: the kernel of this workspace, and whose calls it answers.
const NAMES: [&str; 3] = ["hafnon", "zircon", "magenta"];

/// All files below `directory`.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_file_names_a_kernel() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap().to_lowercase();
        for (number, line) in (1..).zip(text.lines()) {
            let named = NAMES.iter().find(|name| line.contains(**name));
            assert_eq!(named, None, "{}:{number}: {line}", file.display());
        }
    }
}

#[test]
fn nothing_of_this_workspace_is_used() {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["metadata", "--no-deps", "--format-version=1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let this = packages.iter().find(|package| package["name"] == env!("CARGO_PKG_NAME")).unwrap();
    let dependencies = this["dependencies"].as_array().unwrap();
    assert!(dependencies.len() > 3, "{dependencies:?}");
    for dependency in dependencies {
        // A package of this workspace is one with a path.
        assert!(dependency["path"].is_null(), "{dependency}");
    }
}
