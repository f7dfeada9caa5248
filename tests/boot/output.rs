//! What a program prints, and who reads it.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::{compiled, hafnon, said, without_reports};

#[test]
fn output_that_can_not_be_shown_ends_the_guest() {
    let directory = tempfile::tempdir().unwrap();
    let endless =
        compiled(directory.path(), "#include <stdio.h>\nint main(void) { for (;;) puts(\"more\"); }\n", &[]);
    let run = |out: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
        command.args(["run", &endless]).stdout(out).stderr(Stdio::piped()).spawn().unwrap()
    };
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = run(full.into()).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output.stderr));
    assert!(said(&output.stderr).contains("cannot write to standard output: "), "{}", said(&output.stderr));
    // A reader of one line.
    let mut piped = run(Stdio::piped());
    let mut line = String::new();
    BufReader::new(piped.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "more\n");
    assert_eq!(piped.wait().unwrap().code(), Some(141));
}

/// A reader that is there and does not read does not keep the machine from its limit.
#[test]
fn output_that_nobody_reads_ends_the_guest_in_time() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(void) { for (;;) puts(\"more\"); }\n";
    let endless = compiled(directory.path(), source, &[]);
    let arguments = ["--timeout", "5", "run", &endless];
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    let mut stuck = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _reader = stuck.stdout.take();
    let output = stuck.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(124), "{}", said(&output.stderr));
    let complaint = said(&output.stderr);
    assert!(complaint.ends_with("hafnon: nobody has read for 5 s what the guest prints\n"), "{complaint}");
    assert_eq!(complaint.matches("nobody has read").count(), 1, "{complaint}");
}

/// One that takes a few bytes at a time, and once none for a while, misses nothing.
#[test]
fn output_is_whole_for_a_reader_that_is_slow() {
    let directory = tempfile::tempdir().unwrap();
    let lines = 60_000;
    let source = format!(
        "#include <stdio.h>\nint main(void) {{ for (int line = 0; line < {lines}; line++) printf(\"%d\\n\", line); }}\n"
    );
    let much = compiled(directory.path(), &source, &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    let mut slow = command.args(["run", &much]).stdout(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::with_capacity(64, slow.stdout.take().unwrap());
    let mut read = String::new();
    while !read.ends_with("\n10000\n") {
        assert_ne!(reader.read_line(&mut read).unwrap(), 0, "{} bytes arrived", read.len());
    }
    // The guest prints on and finds no room any more. One that is slower makes this test easier, and no other.
    thread::sleep(Duration::from_secs(2));
    reader.read_to_string(&mut read).unwrap();
    let expected: String = (0..lines).map(|line| format!("{line}\n")).collect();
    assert!(without_reports(&read) == expected, "{} bytes arrived of {}", read.len(), expected.len());
    assert_eq!(slow.wait().unwrap().code(), Some(0));
}

#[test]
fn carriage_returns_of_a_program_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(void) { printf(\"1 %%\\r2 %%\\r\\n\\r\\rdone\\n\\r\"); }\n";
    let output = hafnon(&["run", &compiled(directory.path(), source, &[])]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let console = said(&output.stdout);
    assert!(console.ends_with("1 %\r2 %\r\n\r\rdone\n\r"), "{console:?}");
}
