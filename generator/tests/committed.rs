//! What is committed is what the generator makes now.

use hafnon_generator::{committed, load};
use std::fs;
use std::path::Path;

#[test]
fn generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the generator lies in the repository");
    let spec = load(root).expect("syscalls.toml is right");
    let stale: Vec<String> = committed(&spec)
        .into_iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert!(stale.is_empty(), "not up to date, run `cargo run -- generate`: {stale:?}");
}
