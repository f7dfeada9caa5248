//! No handler looks a handle up twice: another thread may have closed it in between, and another handle may have its
//! value. The compiler holds this, as long as handlers get their handles as `HandleArgument`, which a lookup consumes;
//! this holds that they do.

use super::root;
use std::fs;
use std::path::Path;

/// The files of the handlers, with their text.
fn files(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = fs::read_to_string(&path).expect("a file");
            found.push((path.file_name().expect("a name").to_string_lossy().into_owned(), text));
        }
    }
    found
}

#[test]
fn handlers_get_handles_that_can_be_looked_up_once() {
    for (name, text) in files(&root().join("personalities")) {
        let bare = text.lines().find(|line| line.trim_end_matches(',').ends_with(": RawHandle"));
        assert_eq!(bare, None, "{name}: a parameter is to be a `HandleArgument`");
        let made: Vec<&str> =
            text.lines().filter(|line| line.contains("HandleArgument::new(")).map(str::trim).collect();
        let from_memory = |line: &&str| line.contains("item.handle") || line.contains("*value");
        let none = |line: &&str| line.contains("HANDLE_INVALID");
        assert!(made.iter().all(|line| from_memory(line) || none(line)), "{name}: {made:?}");
    }
}

#[test]
fn a_handle_argument_can_not_be_copied() {
    let text = fs::read_to_string(root().join("kernel/src/sched/caller.rs")).expect("a file");
    let (before, _) = text.split_once("pub struct HandleArgument(").expect("the type");
    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
    assert!(!attributes.contains("derive"), "{attributes}");
    assert!(!text.contains("for HandleArgument"), "it has no traits");
}
