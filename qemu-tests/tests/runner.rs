//! The runner itself, from a test target's command line to its exit status.
//!
//! This program has two roles. With [`GUEST`] set it is a test target as others write them, whose guest
//! (`guest/suite.s`) passes, fails, hangs, crashes or says nothing, as the test's name says. Without, it
//! starts itself in that role and looks at what a person, an editor or nextest would get.

#[path = "../../tests/guest/mod.rs"]
mod guest;

use std::{
    env,
    path::Path,
    process::{Command, ExitCode, Output, Stdio},
};

use anyhow::Result;
use hafnon::compile::Program;
use libtest_mimic::{Arguments, Trial};
use qemu_tests::Suite;
use tempfile::TempDir;

/// The directory with the guest, for the role of a test target.
const GUEST: &str = "HAFNON_RUNNER_GUEST";

/// Every test of the suites, as `--list` shows them; `SUITE` stands for each suite's name.
const NAMES: [&str; 12] = [
    "SUITE::bad_exit_code",
    "SUITE::crashes",
    "SUITE::crashes_as_it_should",
    "SUITE::ends_without_a_result",
    "SUITE::fails",
    "SUITE::hangs",
    "SUITE::passes",
    "SUITE::passes_on_each::cpus_1",
    "SUITE::passes_on_each::cpus_2",
    "SUITE::resets_as_it_should",
    "SUITE::silent",
    "SUITE::unannounced",
];

fn main() -> ExitCode {
    if let Some(directory) = env::var_os(GUEST) {
        return qemu_tests::main(|| suites(Path::new(&directory)));
    }
    let test = |name: &str, body: fn()| {
        Trial::test(name, move || {
            body();
            Ok(())
        })
    };
    let trials = vec![
        test("names_are_listed_without_a_boot", names_are_listed_without_a_boot),
        test("one_test_is_chosen_by_its_exact_name", one_test_is_chosen_by_its_exact_name),
        test("good_tests_of_a_kernel_pass", || good_tests_pass("kernel")),
        test("good_tests_of_a_program_pass", || good_tests_pass("program")),
        test("bad_tests_of_a_kernel_fail_and_say_why", || bad_tests_fail_and_say_why("kernel")),
        test("bad_tests_of_a_program_fail_and_say_why", || bad_tests_fail_and_say_why("program")),
        test("a_hanging_test_is_named_while_it_hangs", a_hanging_test_is_named_while_it_hangs),
        test("a_machine_that_does_not_start_fails", a_machine_that_does_not_start_fails),
        test("nextest_lists_and_runs_them", nextest_lists_and_runs_them),
        test("a_suite_without_tests_fails", a_suite_without_tests_fails),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// `kernel`: tests in a kernel; `program`: tests in a program; `dead`: those of a machine that does not start.
fn suites(directory: &Path) -> Result<Vec<Suite>> {
    let guest = directory.join("suite.elf");
    let programs = || vec![Program { name: "bin/suite".into(), file: guest.clone() }];
    Ok(vec![
        Suite::new("kernel", &guest),
        Suite::of_program("program", &guest, programs(), "bin/suite")?,
        Suite::of_program("dead", &directory.join("no-kernel.elf"), programs(), "bin/suite")?,
    ])
}

/// A directory with the guest in it.
fn assembled() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    guest::suite(directory.path());
    directory
}

/// What the test target answers to these arguments.
fn target(arguments: &[&str]) -> Output {
    let directory = assembled();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(arguments).env(GUEST, directory.path()).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn names_are_listed_without_a_boot() {
    // One of the kernels does not exist, which nobody notices.
    let output = target(&["--list", "--format", "terse"]);
    assert!(output.status.success(), "{output:?}");
    let suites = ["kernel", "program", "dead"];
    let names = suites.iter().flat_map(|suite| NAMES.map(|name| name.replace("SUITE", suite)));
    let lines: String = names.map(|name| format!("{name}: test\n")).collect();
    assert_eq!(text(&output.stdout), lines);
}

fn one_test_is_chosen_by_its_exact_name() {
    let output = target(&["--exact", "kernel::crashes_as_it_should"]);
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("1 passed; 0 failed"), "{output:?}");
    // Without `--exact` this would be the one above, and one that fails.
    let none = target(&["--exact", "kernel::crash"]);
    assert!(text(&none.stdout).contains("0 passed; 0 failed"), "{none:?}");
}

fn good_tests_pass(suite: &str) {
    for (filter, number) in [("passes", 3), ("as_it_should", 2)] {
        let output = target(&["--skip", "dead", "--skip", other(suite), filter]);
        assert!(output.status.success(), "{output:?}");
        assert!(text(&output.stdout).contains(&format!("{number} passed; 0 failed")), "{output:?}");
    }
}

/// The suite beside this one.
fn other(suite: &str) -> &'static str {
    if suite == "kernel" { "program::" } else { "kernel::" }
}

fn bad_tests_fail_and_say_why(suite: &str) {
    let reasons = [
        ("bad_exit_code", "the machine did not end well: the first process exited with code 1"),
        ("crashes", "the machine did not end well: the kernel panicked: on purpose"),
        ("ends_without_a_result", "the machine ended before the test reported a result"),
        ("fails", "the test reported failure"),
        ("hangs", "the machine did not end well: the guest hangs: it still ran after 8 s"),
        ("silent", "the test did not start"),
        ("unannounced", "the test did not start"),
    ];
    let output = target(&["--skip", "passes", "--skip", "as_it_should", &format!("{suite}::")]);
    assert!(!output.status.success(), "{output:?}");
    let said = text(&output.stdout);
    assert!(said.contains("0 passed; 7 failed"), "{said}");
    for (name, reason) in reasons {
        let expected = format!("---- {suite}::{name} ----\n{reason}");
        assert!(said.contains(&expected), "{name}: {said}");
    }
}

fn a_hanging_test_is_named_while_it_hangs() {
    let output = target(&["--exact", "program::hangs"]);
    assert!(!output.status.success(), "{output:?}");
    let told = text(&output.stderr);
    assert!(told.starts_with("test program::hangs has been running for 2 s\n"), "{told}");
}

fn a_machine_that_does_not_start_fails() {
    let output = target(&["--exact", "dead::passes"]);
    assert!(!output.status.success(), "{output:?}");
    let said = text(&output.stdout);
    assert!(said.contains("the test did not start: QEMU ended by itself"), "{said}");
    assert!(said.contains("no-kernel.elf"), "QEMU's own words: {said}");
}

fn a_suite_without_tests_fails() {
    let refused = Suite::new("empty", env::current_exe().unwrap()).plans().unwrap_err().to_string();
    assert!(refused.starts_with("suite empty: ") && refused.contains("lists no tests"), "{refused}");
}

fn nextest_lists_and_runs_them() {
    let cargo = || {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
        command
    };
    let installed = cargo().args(["nextest", "--version"]).output().unwrap().status.success();
    if !installed {
        eprintln!("cargo-nextest is not installed: nothing was proven of it");
        return;
    }
    let directory = assembled();
    let nextest = |arguments: &[&str]| {
        let mut command = cargo();
        command.args(["nextest", arguments[0], "--locked", "--test", "runner"]).args(&arguments[1..]);
        command.env(GUEST, directory.path()).output().unwrap()
    };
    let list = nextest(&["list", "--message-format", "oneline", "-E", "test(/^program::/)"]);
    let names = NAMES.map(|name| format!("qemu-tests::runner {}\n", name.replace("SUITE", "program")));
    assert_eq!(text(&list.stdout), names.concat(), "{list:?}");
    let good = nextest(&["run", "-E", "test(/^kernel::passes/)"]);
    assert!(good.status.success(), "{good:?}");
    assert!(text(&good.stderr).contains("3 tests run: 3 passed"), "{good:?}");
    let bad = nextest(&["run", "-E", "test(=kernel::silent)"]);
    assert!(text(&bad.stderr).contains("1 test run: 0 passed, 1 failed"), "{bad:?}");
}
