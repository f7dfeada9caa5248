//! What is committed is what the generator makes now.

use super::{root, spec};
use hafnon_generator::{committed, write_committed};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn generated_files_are_up_to_date() {
    let (root, spec) = (root(), spec());
    let stale: Vec<String> = committed(&spec)
        .into_iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert!(stale.is_empty(), "not up to date, run `cargo run -- generate`: {stale:?}");
}

/// What a generated file says about itself, whatever its comments look like.
const NOTICE: &str = "Generated from syscalls.toml";

/// The files below a directory that say that they are generated.
fn marked(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("it can be read").map(|entry| entry.expect("it has a name")) {
        let path = entry.path();
        if path.is_dir() {
            marked(&path, found);
        } else if fs::read_to_string(&path).is_ok_and(|text| text.contains(NOTICE)) {
            let name = path.strip_prefix(root()).expect("it lies below the root");
            found.insert(name.to_str().expect("names are UTF-8").to_owned());
        }
    }
}

#[test]
fn what_says_that_it_is_generated_is() {
    let mut found = BTreeSet::new();
    marked(&root().join("user/c"), &mut found);
    found.insert("docs/syscalls.md".into());
    let made: BTreeSet<String> = committed(&spec()).into_iter().map(|(path, _)| path).collect();
    assert_eq!(found, made);
}

#[test]
fn only_files_that_are_not_up_to_date_are_written() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("the test's own directory is writable");
    fs::copy(root().join("syscalls.toml"), place.join("syscalls.toml")).expect("it is copied");
    let files = committed(&spec());
    let written = write_committed(&place).expect("they are written");
    assert!(written.iter().eq(files.iter().map(|(path, _)| path)), "all of them, as none is there");
    for (path, text) in &files {
        assert_eq!(fs::read_to_string(place.join(path)).ok().as_ref(), Some(text), "{path}");
    }
    let (one, text) = &files[0];
    fs::write(place.join(one), "old").expect("it is written");
    assert_eq!(write_committed(&place).expect("it is written"), [one.as_str()]);
    assert_eq!(fs::read_to_string(place.join(one)).ok().as_ref(), Some(text));
    assert_eq!(write_committed(&place).expect("nothing is to be done"), [""; 0]);
}
