//! What is typed, and who gets it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Duration,
};

use hafnon::{
    compile,
    guest::{machine, word},
    ramdisk,
};
use machine::{Boot, End, Transcript};

use super::{build, program};

#[test]
fn what_is_typed_reaches_the_program() {
    let tests = program("bin/tests");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["run", tests.to_str().unwrap(), "child", "console-echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
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
