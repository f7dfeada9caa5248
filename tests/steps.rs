//! What a person sees of a step that takes long: on a terminal a line that moves, and of what the programs say nothing
//! that stays, unless they fail or it is asked for.
//!
//! `script` (of util-linux) makes the terminal. This program has a second role: [`role`] takes the step.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Read,
    process::{Child, Command, Stdio},
};

use hafnon::steps::{self, Step};

/// What the step's program does, in the shell's language.
const ROLE: &str = "HAFNON_TEST_STEP";
/// Set if what it says shall be shown.
const VERBOSE: &str = "HAFNON_TEST_VERBOSE";

/// Not a test of its own: what the tests start.
#[test]
#[ignore = "started by the tests of this file"]
fn role() {
    let Some(program) = env::var_os(ROLE) else { return };
    if env::var_os(VERBOSE).is_some() {
        steps::set_verbose();
    }
    let step = Step::new("working");
    let done = step.run(Command::new("sh").arg("-c").arg(program));
    drop(step);
    if let Err(error) = done {
        eprintln!("{error}");
    }
}

/// A command that takes a step in which this program runs.
fn step(program: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "role", "--ignored", "--nocapture"]).env(ROLE, program).env_remove(VERBOSE);
    command
}

/// The same on a terminal.
fn on_terminal(program: &str) -> Command {
    let own = env::current_exe().unwrap();
    let words = format!("stty cols 200; exec '{}' --exact role --ignored --nocapture", own.display());
    let mut command = Command::new("script");
    command.args(["-qec", &words, "/dev/null"]).env(ROLE, program).env_remove(VERBOSE).env("TERM", "xterm");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// All that a terminal was sent.
fn shown(command: &mut Command) -> String {
    let mut child = command.spawn().expect("util-linux has `script`");
    let text = rest(&mut child);
    assert!(child.wait().unwrap().success(), "{text}");
    text
}

fn rest(child: &mut Child) -> String {
    let mut bytes = Vec::new();
    child.stdout.as_mut().unwrap().read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pictures of what turns before the step's name.
fn pictures(text: &str) -> BTreeSet<char> {
    let before = text.split(" hafnon: working (");
    let all = text.matches(" hafnon: working (").count();
    before.take(all).filter_map(|part| part.chars().last()).collect()
}

#[test]
fn a_line_moves_until_the_step_is_over_and_then_it_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let gate = directory.path().join("gate");
    assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
    let program = format!("echo words of a program; read line <'{}'; echo more words", gate.display());
    let mut child = on_terminal(&program).spawn().expect("util-linux has `script`");
    // It moves for as long as the program works, and shows the last that this said.
    let mut bytes = Vec::new();
    let mut seen = String::new();
    while pictures(&seen).len() < 3 || !seen.contains("words of a program") {
        let mut piece = [0; 256];
        let count = child.stdout.as_mut().unwrap().read(&mut piece).unwrap();
        assert!(count > 0, "the step is over: {seen:?}");
        bytes.extend_from_slice(&piece[..count]);
        seen = String::from_utf8_lossy(&bytes).into_owned();
    }
    fs::write(&gate, "go\n").unwrap();
    let seen = seen + &rest(&mut child);
    assert!(child.wait().unwrap().success(), "{seen:?}");
    let (_, after) = seen.rsplit_once(" hafnon: working (").unwrap();
    let (line, _) = after.split_once("\u{1b}[2K").unwrap_or_else(|| panic!("it stays: {after:?}"));
    assert!(!line.contains('\n'), "{line:?}");
}

#[test]
fn what_a_program_says_stays_if_it_fails_or_somebody_asked() {
    let (good, bad) = ("echo one; echo two >&2", "echo one; echo two >&2; exit 3");
    let whole = "one\r\ntwo\r\n";
    let failed = shown(&mut on_terminal(bad));
    assert!(failed.contains(whole) && failed.contains("`sh -c` failed (exit status: 3)"), "{failed:?}");
    assert!(!shown(&mut on_terminal(good)).contains("one\r\n"));
    let verbose = shown(on_terminal(good).env(VERBOSE, "1"));
    assert!(verbose.contains(&format!("hafnon: working\r\n{whole}")), "{verbose:?}");
    assert!(pictures(&verbose).is_empty(), "{verbose:?}");
}

#[test]
fn elsewhere_a_step_is_a_plain_line() {
    let output = step("echo one; echo two >&2").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "hafnon: working\n");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("one\n"));
}
