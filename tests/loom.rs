//! The loom models of every package that has some, so that `cargo test` runs
//! them too.
//!
//! Under `--cfg loom` the packages' locks and atomics are loom's, and a model runs
//! through every interleaving of its threads. That takes another build of them, in
//! a target directory of its own.

use std::process::Command;

use hafnon::workspace;
use serde_json::Value;

#[test]
fn every_model_holds() {
    let packages = packages_with_models();
    assert!(!packages.is_empty(), "no package has models");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--locked", "--release", "--test", "loom"]);
    cargo.args(packages.iter().flat_map(|package| ["-p", package]));
    // Minutes, the first time: what cargo and the models say is not kept back.
    let status = cargo
        .current_dir(workspace::root())
        .env("RUSTFLAGS", "--cfg loom")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_TARGET_DIR", workspace::target("loom"))
        .status()
        .unwrap();
    assert!(status.success(), "a model does not hold; it is named above");
}

/// The packages with a test target named `loom`, this one excepted.
fn packages_with_models() -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--format-version=1"]).current_dir(workspace::root());
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
    let has_models = |package: &&Value| {
        let targets = package["targets"].as_array().unwrap();
        targets.iter().any(|target| target["kind"][0] == "test" && target["name"] == "loom")
    };
    let packages = metadata["packages"].as_array().unwrap().iter().filter(has_models);
    let names = packages.map(|package| package["name"].as_str().unwrap());
    names.filter(|name| *name != env!("CARGO_PKG_NAME")).map(str::to_owned).collect()
}
