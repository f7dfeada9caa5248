//! Tests with teeth: each function is made wrong in small ways, one after the other, by cargo-mutants, and the tests
//! have to notice. What they do not notice is explained on a page, or named here.
//!
//! It works on a copy of the checkout that cargo-mutants makes, so nothing here changes. Options that hold for every
//! package stand in `.config/mutants.toml`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use hafnon::{
    steps::Step,
    toolchain::environment,
    workspace::{self, find_in_path},
};

use crate::{options::MutantsOptions, output};

/// The packages whose tests are tested, which of their own tests are asked first, and the packages built on them:
/// what the first tests do not notice, all tests of these packages are asked about.
const PACKAGES: [(&str, Tests, &[&str]); 5] = [
    ("waitq", Tests::All, &["executor", "objects"]),
    ("executor", Tests::Unit, &["objects"]),
    ("frames", Tests::All, &[]),
    ("objects", Tests::Unit, &[]),
    ("generator", Tests::Quick, &[]),
];

/// Which tests of a package are asked. Documentation's examples are run by nobody here; loom models need a build of
/// their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tests {
    /// Those that stand beside the code, where they notice most: one program to build. Without those of [`THREADED`].
    Unit,
    /// Without those that ask a compiler.
    Quick,
    All,
}

/// Parts of the names of unit tests that have many threads of their own, which may wait for each other for ever.
const THREADED: [&str; 3] = ["stress", "between_threads", "many_threads"];

impl Tests {
    /// What is asked for, as arguments of cargo-mutants. What a test program has to build is told to all that cargo
    /// does: the step that only builds would build the others, too.
    fn arguments(self) -> Vec<String> {
        let skip = |names: &[&str]| names.iter().map(|name| format!("--skip={name}")).collect::<Vec<_>>();
        let (programs, skipped): (&[&str], Vec<String>) = match self {
            Self::Unit => (&["--lib"], skip(&THREADED)),
            Self::Quick => (&["--lib", "--tests"], skip(&["compile"])),
            Self::All => (&["--lib", "--tests"], Vec::new()),
        };
        let programs = programs.iter().map(|program| format!("--cargo-arg={program}"));
        programs.chain(["--", "--"].map(String::from)).chain(skipped).collect()
    }
}

/// How many cases a property is tried with: fewer than in a test run, as each change runs all tests.
const CASES: &str = "16";

/// The version of cargo-mutants that the options and files here are those of.
const VERSION: &str = "27.1.0";

/// Its options that hold for every package, below the workspace's root.
const CONFIGURATION: &str = ".config/mutants.toml";

/// How the changes are divided into parts.
const ROUND_ROBIN: &str = "--sharding=round-robin";

/// What runs the tests: a loop without an end is a failure once it has used so many seconds of a processor, however
/// busy the host is.
const RUNNER: &str = "prlimit --cpu=60";

/// What is not noticed, and why that is so, below the workspace's root.
const PAGE: &str = "docs/mutants.md";

/// The names of the packages, as `--package` takes them.
pub fn packages() -> [&'static str; PACKAGES.len()] {
    PACKAGES.map(|(name, _, _)| name)
}

/// Tests the tests; fails when something is not noticed that `docs/mutants.md` does not explain.
pub fn run(options: &MutantsOptions) -> Result<u8> {
    let tool = tool()?;
    let page = workspace::root().join(PAGE);
    let page = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut unexplained = 0;
    for (package, first, users) in PACKAGES {
        if options.package.as_ref().is_none_or(|name| name == package) {
            unexplained += test(&tool, package, first, users, options)?.tell(package, &page)?;
        }
    }
    Ok(u8::from(unexplained > 0))
}

/// cargo-mutants, which is built below the target directory if it is not here.
fn tool() -> Result<PathBuf> {
    let own = workspace::target("mutants").join("tool");
    let places = [find_in_path("cargo-mutants"), Some(own.join("bin/cargo-mutants"))];
    if let Some(found) = places.iter().flatten().find(|file| is_right(file)) {
        return Ok(found.clone());
    }
    let step = Step::new(&format!("building cargo-mutants {VERSION} into {}", own.display()));
    let mut cargo = Command::new("cargo");
    environment::scrub(&mut cargo).args(["install", "--locked", "--version", VERSION, "--root"]);
    let advice = format!("type `cargo install cargo-mutants --locked --version {VERSION}`");
    step.run(cargo.arg(&own).arg("cargo-mutants"))
        .with_context(|| format!("cargo-mutants {VERSION} is missing: {advice}"))?;
    Ok(own.join("bin/cargo-mutants"))
}

fn is_right(tool: &Path) -> bool {
    let said = Command::new(tool).args(["mutants", "--version"]).output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).trim().ends_with(VERSION))
}

/// Changes a package in every way, or in those of one shard, and asks its `first` tests; then, of what these did not
/// notice, all of its tests, and those of its `users` too.
fn test(
    tool: &Path,
    package: &str,
    first: Tests,
    users: &[&str],
    options: &MutantsOptions,
) -> Result<Outcome> {
    let output = workspace::target("mutants").join(package);
    // Of the run before.
    let _ = fs::remove_dir_all(&output);
    let ask = |tests: Tests, packages: &[&str], output: &Path, which: &[String]| {
        fs::create_dir_all(output).with_context(|| format!("cannot make {}", output.display()))?;
        let mut command = command(tool, package, packages, output);
        run_tool(
            &Step::new(&format!("changing {package}, and asking the tests of {}", packages.join(", "))),
            command.args(which).args(tests.arguments()),
        )?;
        Outcome::read(&output.join("mutants.out"))
    };
    // Every Nth change, so that a part is a sample of all.
    let shard = options.shard.iter().flat_map(|shard| [format!("--shard={shard}"), ROUND_ROBIN.into()]);
    let shard: Vec<String> = shard.collect();
    let mut outcome = ask(first, &[package], &output, &shard)?;
    if (first != Tests::All || !users.is_empty()) && !outcome.missed.is_empty() {
        let all: Vec<&str> = [package].iter().chain(users).copied().collect();
        let missed: Vec<String> =
            outcome.missed.iter().map(|name| format!("--re=^{}$", literally(name))).collect();
        outcome.refine(ask(Tests::All, &all, &output.join("again"), &missed)?);
    }
    Ok(outcome)
}

/// A regular expression for this text alone.
fn literally(text: &str) -> String {
    let letter = |letter: char| match letter.is_alphanumeric() {
        true => letter.to_string(),
        false => format!("\\x{{{:x}}}", u32::from(letter)),
    };
    text.chars().map(letter).collect()
}

fn full_name(package: &str) -> String {
    format!("hafnon-{package}")
}

/// One run of cargo-mutants, which asks the tests of these packages, and leaves what it found below `output`.
fn command(tool: &Path, package: &str, packages: &[&str], output: &Path) -> Command {
    let mut command = Command::new(tool);
    environment::scrub(&mut command).current_dir(workspace::root());
    // Debug information is most of the time of a build, and nobody looks at it.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", RUNNER);
    command.env("PROPTEST_CASES", CASES);
    command.args(["mutants", "--config", CONFIGURATION, "--no-shuffle", "--colors", "never"]);
    command.args(["--package", &full_name(package)]).arg("--output").arg(output);
    command.args(packages.iter().map(|name| format!("--test-package={}", full_name(name))));
    command
}

/// Runs it. Changes that are not noticed are no failure of the step.
fn run_tool(step: &Step, command: &mut Command) -> Result<()> {
    /// What cargo-mutants ends with: all noticed, some not, some without an end.
    const ENDS: [Option<i32>; 3] = [Some(0), Some(2), Some(3)];
    let (status, said) = step.listen(command)?;
    if !ENDS.contains(&status.code()) {
        step.say(&said);
        bail!("cargo-mutants failed ({status}); its messages are above");
    }
    Ok(())
}

/// What became of the changes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    noticed: usize,
    /// Their tests went on and on.
    endless: Vec<String>,
    missed: Vec<String>,
}

impl Outcome {
    /// Reads what a run left.
    fn read(directory: &Path) -> Result<Self> {
        let lines = |name| {
            let file = directory.join(name);
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            Ok::<Vec<String>, anyhow::Error>(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            noticed: lines("caught.txt")?.len(),
            endless: lines("timeout.txt")?,
            missed: lines("missed.txt")?,
        })
    }

    /// More tests were asked about what had not been noticed.
    fn refine(&mut self, again: Self) {
        self.noticed += again.noticed;
        self.endless.extend(again.endless);
        self.missed = again.missed;
    }

    /// Says what became of them, and what was not noticed and is not on the page; how much that is.
    fn tell(&self, package: &str, page: &str) -> Result<usize> {
        let (endless, missed) = (self.endless.len(), self.missed.len());
        let all = self.noticed + endless + missed;
        let mut text = format!(
            "{package}: {all} changes, {} noticed, {endless} by a test without an end, {missed} not noticed\n",
            self.noticed + endless
        );
        let explained: BTreeSet<&str> = page.lines().map(str::trim).collect();
        let (known, new): (Vec<&String>, Vec<_>) =
            self.missed.iter().partition(|name| explained.contains(without_position(name).as_str()));
        let line = |kind: &'static str| move |name: &String| format!("  {kind}: {name}\n");
        text.extend(self.endless.iter().map(line("without an end")));
        text.extend(known.into_iter().map(line("explained")));
        text.extend(new.iter().copied().map(line("NOT NOTICED")));
        output::write(text.as_bytes())?;
        Ok(new.len())
    }
}

/// A change without line and column, which others move: `FILE: WHAT`.
fn without_position(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources below a directory: their paths from the workspace's root, with what they say.
    fn sources(directory: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| match path.is_dir() {
            true => sources(&path),
            false => {
                let name = path.strip_prefix(workspace::root()).unwrap().display().to_string();
                vec![(name, fs::read_to_string(&path).unwrap())]
            }
        };
        entries.flat_map(read).collect()
    }

    /// A test without threads would be left out without a reason.
    #[test]
    fn names_that_are_left_out_are_those_of_tests_with_threads() {
        let packages = PACKAGES.iter().filter(|(_, tests, _)| *tests == Tests::Unit);
        let sources: Vec<_> =
            packages.flat_map(|(name, _, _)| sources(&workspace::root().join(name).join("src"))).collect();
        for part in THREADED {
            let mut with_threads = 0;
            for (name, text) in &sources {
                let tests = text.lines().filter(|line| line.trim_start().starts_with("fn "));
                if name.contains(part) || tests.clone().any(|line| line.contains(part)) {
                    let spawns = ["thread::spawn", "thread::scope"].iter().any(|word| text.contains(word));
                    assert!(spawns, "{name} has no threads, and its tests are left out as {part}");
                    with_threads += 1;
                }
            }
            assert!(with_threads > 0, "no name has {part}");
        }
    }

    #[test]
    fn a_text_is_matched_literally() {
        assert_eq!(literally("a+b é"), "a\\x{2b}b\\x{20}é");
    }

    #[test]
    fn what_a_run_left_is_read_and_refined() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name, text| fs::write(directory.path().join(name), text).unwrap();
        write("caught.txt", "a/b.rs:1:2: replace f -> bool with true\n");
        write("missed.txt", "a/b.rs:7:9: replace + with - in g\na/b.rs:8:9: delete ! in h\n");
        write("timeout.txt", "a/b.rs:3:4: replace g with ()\n");
        let mut outcome = Outcome::read(directory.path()).unwrap();
        assert_eq!(outcome.missed.len(), 2);
        let missed = outcome.missed.split_off(1);
        outcome.refine(Outcome { noticed: 1, endless: vec![String::from("a/c.rs:1:1: delete !")], missed });
        assert_eq!((outcome.noticed, outcome.endless.len()), (2, 2));
        assert_eq!(outcome.tell("a", "text\n    a/b.rs: delete ! in h\n").unwrap(), 0);
        assert_eq!(outcome.tell("a", "a/b.rs: delete ! in").unwrap(), 1);
        assert!(Outcome::read(Path::new("/nowhere")).is_err());
    }
}
