//! The loom models of every package that has some, so that `cargo test` runs
//! them too.
//!
//! Under `--cfg loom` the packages' locks and atomics are loom's, and a model runs
//! through every interleaving of its threads. That takes another build of them, in
//! a target directory of its own.
//!
//! Each model has a process to itself. One that fails drops what its threads had outside of
//! loom, which may abort: that ends none of the others, and all that fail are named.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Instant,
};

use hafnon::{steps::Step, workspace};
use serde_json::Value;

#[test]
fn every_model_holds() {
    let models: Vec<Model> = binaries().into_iter().flat_map(models).collect();
    assert!(!models.is_empty(), "no package has models");
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let run = || {
        while let Some(model) = models.get(next.fetch_add(1, Relaxed)) {
            if !model.holds() {
                failed.lock().unwrap().push(model.name.as_str());
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(run);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "these models do not hold, see above: {}", failed.join(", "));
}

/// A test of one of the binaries.
struct Model {
    binary: PathBuf,
    name: String,
}

impl Model {
    /// Runs it, and tells how that went.
    fn holds(&self) -> bool {
        let begun = Instant::now();
        let output = run(Command::new(&self.binary).args(["--exact", &self.name]));
        let holds = output.status.success();
        eprintln!("{} {} ({:.1?})", if holds { "holds:" } else { "FAILS:" }, self.name, begun.elapsed());
        if !holds {
            let [said, complaint] =
                [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
            eprintln!("{said}{complaint}{}", output.status);
        }
        holds
    }
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// The models in a binary.
fn models(binary: PathBuf) -> Vec<Model> {
    let list = run(Command::new(&binary).args(["--list", "--format", "terse"]));
    let list = String::from_utf8(list.stdout).unwrap();
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    names.map(|name| Model { binary: binary.clone(), name: name.into() }).collect()
}

/// Builds the packages with models for loom; the binaries that have them.
fn binaries() -> Vec<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--locked", "--release", "--test", "loom", "--no-run"]);
    cargo.args(packages_with_models().iter().flat_map(|package| ["-p", package]));
    cargo
        .current_dir(workspace::root())
        .env("RUSTFLAGS", "--cfg loom")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_TARGET_DIR", workspace::target("loom"));
    Step::new("building the models for loom (some minutes, the first time)").run(&mut cargo).unwrap();
    // All is built: this only names the binaries.
    let output = run(cargo.arg("--message-format=json").stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    messages
        .filter(|message| message["target"]["name"] == "loom")
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .collect()
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
