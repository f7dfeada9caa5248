//! Programs that stand in for others.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// Copies a program, by another one: a file that this process has written can not be run as long as a child that another
/// test has just started has its descriptor.
pub fn copy_program(from: &Path, to: &Path) {
    assert!(Command::new("cp").args([from, to]).status().unwrap().success());
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Makes a program of this text.
pub fn program(file: &Path, content: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text = file.with_extension("text");
    fs::write(&text, content).unwrap();
    copy_program(&text, file);
    fs::remove_file(text).unwrap();
}
