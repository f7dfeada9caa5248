//! Programs that crash or hang, and where they were.

use std::{
    io::{BufReader, Read},
    process::{Command, Output},
};

use hafnon::guest::symbols;

use super::{compiled, guest, hafnon, said};

#[test]
fn a_crash_is_told_with_function_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let source = "static int at(volatile int* place) {\n    return *place;\n}\n\
        int main(int argc, char** argv) {\n    (void)argv;\n    return at((int*)(8l * argc));\n}\n";
    let output = hafnon(&["run", &compiled(directory.path(), source, &["-g"])]);
    let complaint = said(&output.stderr);
    assert!(!output.status.success(), "{complaint}");
    assert!(complaint.contains("it was in at at ") && complaint.contains("program.c:2\n"), "{complaint}");
    assert!(complaint.contains("it was in main at ") && complaint.contains("program.c:6\n"), "{complaint}");
}

/// Standard error does not overtake the console where both go to one reader, however slow that is.
#[test]
fn a_crash_is_told_after_all_that_was_printed() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(int argc, char** argv) {\n    (void)argv;\n\
        for (int line = 0; line < 30000; line++) printf(\"%d\\n\", line);\n    fflush(stdout);\n\
        return *(volatile int*)(8l * argc);\n}\n";
    let program = compiled(directory.path(), source, &["-g"]);
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    command.args(["run", &program]).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    // It keeps the writing ends.
    drop(command);
    let read: Vec<u8> = BufReader::with_capacity(64, reader).bytes().map(Result::unwrap).collect();
    let read = said(&read);
    assert_eq!(child.wait().unwrap().code(), Some(0xfc), "{read}");
    let at = |text: &str| read.find(text).unwrap_or_else(|| panic!("{text}: {read}"));
    let order = ["\n29999\n", ": killed\n", "hafnon: it was in main at ", "hafnon: the first process exited"];
    assert!(order.map(at).is_sorted(), "{read}");
}

#[test]
fn lines_are_told_of_code_without_functions() {
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    let bytes = std::fs::read(&endless).unwrap();
    let entry = object::Object::entry(&object::File::parse(bytes.as_slice()).unwrap());
    let frames = symbols(&endless).frames(entry);
    assert!(
        frames.len() == 1 && frames[0].starts_with("start at ") && frames[0].contains("loop.s:"),
        "{frames:?}"
    );
}

#[test]
fn a_program_that_hangs_is_ended_with_the_place_of_every_cpu() {
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    // At any moment the CPU may be taking an interrupt.
    let hang = || hafnon(&["--timeout", "3", "run", endless.to_str().unwrap()]);
    let in_user_mode = |output: &Output| said(&output.stderr).contains("in user mode");
    let output = std::iter::repeat_with(hang).take(5).find(in_user_mode).expect("never in user mode");
    let complaint = said(&output.stderr);
    assert_eq!(output.status.code(), Some(124), "{complaint}");
    assert!(complaint.contains("the guest hangs: it said nothing for 3 s"), "{complaint}");
    assert!(complaint.ends_with("hafnon: `--timeout 0` lets it be silent\n"), "{complaint}");
    // The program has lines, and a symbol, but describes no function.
    assert!(complaint.contains("in user mode at") && complaint.contains(" start at "), "{complaint}");
    assert!(complaint.contains("loop.s:"), "{complaint}");
    assert!(complaint.contains("halted") && complaint.contains("cpu_loop"), "{complaint}");
}
