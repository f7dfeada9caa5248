//! Every row of `docs/latency.md` has a test and says what it does, and every such test has a row.

use super::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn rows_and_tests_are_the_same() {
    let root = root();
    let text = fs::read_to_string(root.join("user/tests/latency.toml")).expect("it can be read");
    let rows: toml::Table = text.parse().expect("it is TOML");
    let says_what = |row: &toml::Value| row.get("what").and_then(toml::Value::as_str).is_some();
    assert!(rows.values().all(says_what), "a row says nothing");
    let rows: BTreeSet<String> = rows.keys().cloned().collect();
    let page = fs::read_to_string(root.join("docs/latency.md")).expect("it can be read");
    let told: BTreeSet<String> = page
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .collect();
    assert_eq!(told, rows, "`cargo run -- latency` writes the page");
    assert_eq!(rows, tests(&root.join("user/tests/src/latency")));
}

/// `MODULE::NAME` of each test in the files of this directory that is counted.
fn tests(directory: &Path) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for entry in fs::read_dir(directory).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        let module = path.file_stem().expect("files have names").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("it can be read");
        let after = text.split("#[needs(\"counted").skip(1);
        let names = after.filter_map(|text| text.split_once("fn ")?.1.split_once('('));
        tests.extend(names.map(|(name, _)| format!("{module}::{name}")));
    }
    tests
}
