//! What is typed, and who gets it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    time::Duration,
};

use hafnon::{
    compile,
    guest::{machine, word},
    ramdisk,
};
use machine::{Boot, End, Transcript};

use super::{build, program};

/// Runs a program that tells each line that is typed.
fn echo() -> Child {
    Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["run", program("bin/tests").to_str().unwrap(), "child", "console-echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn what_is_typed_reaches_the_program() {
    let mut command = echo();
    // What is typed before the kernel has set the console up is lost, as on any machine.
    let mut lines = BufReader::new(command.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "type something"));
    // More than the program reads at once, and than a UART keeps; a terminal's line ends and a file's.
    let long = "0123456789".repeat(30);
    write!(command.stdin.take().unwrap(), "hello\r{long}\nend\n").unwrap();
    let typed: Vec<String> = lines.collect();
    assert_eq!(typed, ["typed: hello\\n", &format!("typed: {long}\\n"), "typed: end\\n"]);
    assert_eq!(command.wait().unwrap().code(), Some(2));
}

/// Ctrl-T is for the kernel; what else is typed is for the program.
#[test]
fn a_key_of_the_console_tells_what_goes_on() {
    let mut command = echo();
    let mut lines = BufReader::new(command.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "type something"));
    let mut keys = command.stdin.take().unwrap();
    keys.write_all(b"be\x14fore").unwrap();
    let told: Vec<String> = lines.by_ref().take_while(|line| line != TOLD).collect();
    keys.write_all(b"\nend\n").unwrap();
    drop(keys);
    assert_eq!(lines.collect::<Vec<_>>(), ["typed: before\\n", "typed: end\\n"]);
    assert_eq!(command.wait().unwrap().code(), Some(1));
    tells_of_a_program(
        &told.join("\n"),
        "bin/tests",
        "1 Job, 1 Process, 1 Resource, 1 Thread",
        " in system call ",
    );
}

/// The last line of what the kernel tells of itself.
const TOLD: &str = "hafnon: that is all";

/// A thread of the program is told with what it is at, and the program with its handles.
fn tells_of_a_program(told: &str, name: &str, handles: &str, is_at: &str) {
    let find = |what: &dyn Fn(&str) -> bool| {
        told.lines().find(|line| what(line)).unwrap_or_else(|| panic!("{told}"))
    };
    let process =
        find(&|line| line.starts_with("process ") && line.contains(&format!(" \"{name}\" in job ")));
    assert!(process.contains("; handles: ") && process.contains(handles), "{process}");
    let thread = find(&|line| line.starts_with("thread ") && line.contains(" \"main\" of process "));
    let number = thread.split(' ').nth(1).unwrap();
    find(&|line| line.starts_with(&format!("thread {number} on CPU ")) && line.contains(is_at));
    assert!(told.lines().any(|line| line.starts_with("console input ")), "{told}");
}

/// What QEMU's monitor sends makes the kernel tell the same: here since the limit is over.
#[test]
fn a_machine_that_hangs_is_asked_what_goes_on() {
    build();
    let directory = tempfile::tempdir().unwrap();
    let endless = super::guest::endless_program(directory.path());
    let programs = ramdisk::with(build().clone(), "bin/endless", &endless);
    let ramdisk = Some(ramdisk::temporary(&programs).unwrap());
    let kernel = compile::kernel_file(compile::KERNEL);
    let mut machine =
        machine(Boot::Direct { kernel, ramdisk, words: vec![word("run", "bin/endless")] }).unwrap();
    machine.limit = Some(Duration::from_secs(8));
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    let console = transcript.text().replace('\r', "");
    assert!(outcome.told && matches!(outcome.end, End::TookTooLong(_)), "{console}");
    let (_, told) =
        console.split_once("hafnon: asked by a non-maskable interrupt; CPU ").expect("it was asked");
    assert!(told.trim_end().ends_with(TOLD), "{told}");
    tells_of_a_program(told, "bin/endless", "handles: 1, 1 Channel", ": runs");
}

#[test]
fn the_command_line_takes_the_console_from_programs() {
    for (value, calls) in [("true", 3), ("output-only", 1), ("false", 0), ("nonsense", 0)] {
        let option = word("kernel.enable-serial-syscalls", value);
        let child = [word("run", "bin/tests"), word("arg", "child"), word("arg", "console-calls")];
        let ramdisk = Some(ramdisk::temporary(build()).unwrap());
        let words = [option].into_iter().chain(child).collect();
        let kernel = compile::kernel_file(compile::KERNEL);
        let mut machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
        machine.limit = Some(Duration::from_secs(60));
        let outcome = machine.run(&mut Transcript::default()).unwrap();
        assert_eq!(outcome.end, End::Exited(calls), "{value}");
    }
}
