//! The command as a person types it: what it refuses, what it lists, and what it
//! says of a machine that lacks something. Nothing here is booted.

mod guest;
mod scripts;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use abi::{Abi, CALLS};
use serde_json::Value;

use scripts::{copy_program, program};

/// A program that fails.
const FAILING: &str = "#!/bin/sh\nexit 1\n";

fn hafnon(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hafnon")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the command, which must refuse with one line and status 2; the line.
fn refused(arguments: &[&str]) -> String {
    let output = hafnon(arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[test]
fn bad_arguments_are_refused_in_one_sentence() {
    assert!(refused(&["--cpus", "0"]).contains("--cpus"));
    assert!(refused(&["--cpus", "many", "bench"]).contains("--cpus"));
    assert!(refused(&["--memory", "12Q"]).contains("K, M, G, T"));
    assert!(refused(&["--accel", "magic"]).contains("--accel"));
    assert!(refused(&["fly"]).contains("fly"));
    assert!(refused(&["run"]).contains("PROGRAM"));
    assert!(refused(&["image"]).contains("--out"));
    assert!(refused(&["syscalls", "--abi", "plan9"]).contains("plan9"));
    assert!(refused(&["bench", "--accel", "kvm"]).contains("tcg"));
    assert!(refused(&["fuzz", "--planted", "nosuchcall"]).contains("makes no call \"nosuchcall\""));
    assert!(refused(&["mutants", "--package", "kernel"]).contains("kernel"));
    assert!(refused(&["mutants", "--shard", "8/8"]).contains("no part such as 0/8"));
    assert!(refused(&["image", "--out", "/proc/images"]).contains("cannot write to /proc/images"));
}

#[test]
fn files_that_can_not_run_are_refused_in_one_sentence() {
    assert!(refused(&["run", "/nowhere/program.elf"]).contains("/nowhere/program.elf: No such file"));
    assert!(refused(&["run", "/"]).contains("cannot read /: Is a directory"));
    assert!(
        refused(&["run", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).contains("is not an ELF file")
    );
    assert!(refused(&["run", env!("CARGO_BIN_EXE_hafnon")]).contains("is a Linux program"));
}

/// Compiles a program for this machine.
fn compiled(directory: &Path, source: &str, options: &[&str]) -> String {
    let [file, program] = ["program.c", "program"].map(|name| directory.join(name).display().to_string());
    fs::write(&file, source).unwrap();
    let gcc = Command::new("gcc").args(options).args(["-o", &program, &file]).status().unwrap();
    assert!(gcc.success(), "{options:?}");
    program
}

#[test]
fn programs_for_linux_are_told_from_others() {
    let directory = tempfile::tempdir().unwrap();
    for options in [&[][..], &["-static"], &["-static-pie"]] {
        let program = compiled(directory.path(), "int main(void) { return 0; }", options);
        let said = refused(&["run", &program]);
        assert!(
            said.contains("is a Linux program") && said.contains("`cargo run -- cc`"),
            "{options:?}: {said}"
        );
    }
    // One of the few that have no library.
    let source = r#"void _start(void) {
        __asm__("mov $1, %eax; mov $1, %edi; syscall; mov $60, %eax; xor %edi, %edi; syscall"); }"#;
    let program = compiled(directory.path(), source, &["-nostdlib", "-static-pie"]);
    assert!(refused(&["run", &program]).contains("is a Linux program"));
    let object = compiled(directory.path(), source, &["-c"]);
    assert!(refused(&["run", &object]).contains("is an object file that is not linked yet"));
    let other = compiled(
        directory.path(),
        "void _start(void) {}",
        &["-nostdlib", "-pie", "-Wl,-dynamic-linker,ld.so.1"],
    );
    assert!(refused(&["run", &other]).contains("needs a dynamic loader"));
}

#[test]
fn bad_machines_and_figures_are_refused_before_anything_is_built() {
    hafnon::qemu::ensure().unwrap();
    for (arguments, about) in [
        (&["--cpu", "no-such-cpu"][..], "no-such-cpu"),
        (&["--cpu", "max,+no-such-feature", "bench"], "no-such-feature"),
        (&["--memory", "900T"], "between"),
        (&["bench", "nosuchthing"], "no figure has nosuchthing in its name"),
    ] {
        assert!(refused(&[&["--accel", "tcg"], arguments].concat()).contains(about), "{arguments:?}");
    }
}

#[test]
fn output_that_can_not_be_written_is_a_failure() {
    for arguments in [&["syscalls"][..], &["doctor"], &["--help"], &["syscalls", "--json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_hafnon")).args(arguments).stdout(full).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("hafnon: cannot write to standard output: "), "{said}");
    }
}

#[test]
fn a_listing_whose_reader_goes_ends_as_programs_in_a_pipe_do() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_hafnon")).arg("syscalls").stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn every_command_has_help() {
    let mut commands = vec![vec!["--help"]];
    for name in ["run", "image", "syscalls", "bench", "latency", "doctor", "generate", "check"] {
        commands.push(vec![name, "--help"]);
    }
    for arguments in commands {
        let output = hafnon(&arguments);
        assert!(output.status.success());
        let help = text(&output.stdout);
        for option in ["--cpus", "--memory", "--accel", "--gdb", "--help"] {
            assert!(help.contains(option), "{arguments:?} does not show {option}");
        }
    }
}

#[test]
fn the_readme_names_every_command() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let help = text(&hafnon(&["--help"]).stdout);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names =
        commands.take_while(|line| !line.is_empty()).map(|line| line.split_whitespace().next().unwrap());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(names.len() > 5, "{help}");
    for name in names {
        assert!(readme.contains(&format!("`cargo run -- {name}")), "README.md does not name {name}");
    }
}

#[test]
fn syscalls_are_listed_as_objects() {
    let output = text(&hafnon(&["syscalls", "--json"]).stdout);
    let objects: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), CALLS.len());
    for abi in Abi::ALL {
        let of_abi = objects.iter().filter(|object| object["abi"] == abi.name()).count();
        assert_eq!(of_abi, CALLS.iter().filter(|call| call.abi == abi).count());
        let alone = text(&hafnon(&["syscalls", "--json", "--abi", abi.name()]).stdout);
        assert_eq!(alone.lines().count(), of_abi);
    }
    for object in &objects {
        let (state, missing) = (object["state"].as_str().unwrap(), object["missing"].as_array().unwrap());
        assert!(["done", "partly", "missing"].contains(&state), "{object}");
        assert_eq!(state == "partly", !missing.is_empty(), "{object}");
    }
    let info = |object: &&Value| object["abi"] == "zircon" && object["name"] == "object_get_info";
    let missing = objects.iter().find(info).unwrap()["missing"].clone();
    assert!(missing.as_array().unwrap().contains(&Value::from("INFO_PROCESS_MAPS")), "{missing}");
}

#[test]
fn syscalls_are_counted() {
    let output = text(&hafnon(&["syscalls", "--abi", "linux"]).stdout);
    let calls = CALLS.iter().filter(|call| call.abi == Abi::Linux);
    let done = calls.clone().filter(|call| call.done).count();
    let expected =
        format!("linux: {} calls, {done} done, {} missing", calls.clone().count(), calls.count() - done);
    assert!(output.contains(&expected), "{output}");
}

/// What `doctor` says on a machine that has only the programs `present`; `HOME` stands for its home directory.
fn doctor(present: &[&str]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    for name in present {
        program(&directory.path().join(name), FAILING);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .arg("doctor")
        .env_clear()
        .env("PATH", directory.path())
        .env("HOME", directory.path())
        .output()
        .unwrap();
    assert!(!directory.path().join(".cache").exists(), "it only looks");
    let said = text(&output.stdout).replace(directory.path().to_str().unwrap(), "HOME");
    (output.status.code(), said)
}

#[test]
fn doctor_names_what_is_missing_and_how_to_get_it() {
    let (status, said) = doctor(&[]);
    assert_eq!(status, Some(1));
    for need in ["QEMU", "setpriv", "kernel toolchain", "C compiler", "C++ compiler (g++)", "image toolchain"]
    {
        assert!(said.contains(&format!("missing  {need}: ")), "{said}");
    }
    let (status, said) = doctor(&["apt-get", "apt-cache", "dpkg-deb"]);
    assert_eq!(status, Some(0), "all of it can be fetched");
    assert!(said.contains("`apt-get download qemu-system-x86` fetches it, to be unpacked into "), "{said}");
    // Whoever types what is quoted changes no toolchain of their own.
    let (_, said) = doctor(&["rustup"]);
    let command = "`RUSTUP_HOME=HOME/.cache/hafnon/rustup rustup toolchain install 1.95.0 ";
    assert!(said.contains(command) && !said.contains("`rustup toolchain "), "{said}");
    assert!(
        said.contains("--target x86_64-unknown-none` fetches it there ") && !said.contains(" add "),
        "{said}"
    );
    let (_, said) = doctor(&["qemu-system-x86_64"]);
    assert!(said.contains("found    QEMU: "), "{said}");
}

#[test]
fn a_cplusplus_program_needs_a_compiler_that_is_named() {
    let directory = tempfile::tempdir().unwrap();
    program(&directory.path().join("gcc"), FAILING);
    let output = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["cc", "program.cc", "-o", "program"])
        .env_clear()
        .env("PATH", directory.path())
        .env("HOME", directory.path())
        .output()
        .unwrap();
    let complaint = text(&output.stderr);
    assert!(!output.status.success(), "{complaint}");
    assert!(
        complaint.contains("a C++ compiler (g++) is missing: install what Debian calls `g++`"),
        "{complaint}"
    );
}

#[test]
fn a_compiler_that_does_not_answer_is_no_toolchain() {
    let (_, said) = doctor(&["rustc", "cargo"]);
    assert!(said.contains("missing  kernel toolchain: "), "{said}");
}

#[test]
fn what_is_to_be_the_kernel_has_to_be_one() {
    let directory = tempfile::tempdir().unwrap();
    let program = guest::endless_program(directory.path()).display().to_string();
    assert!(refused(&["run", "--kernel", &program, &program]).contains(" is not a kernel: "));
    assert!(
        refused(&["run", "--kernel", "/nowhere/kernel", &program]).contains("/nowhere/kernel: No such file")
    );
}

#[test]
fn what_is_missing_ends_a_run_with_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let program = guest::endless_program(directory.path());
    let output = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["run", program.to_str().unwrap()])
        .env_clear()
        .env("PATH", directory.path())
        .env("HOME", directory.path())
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("QEMU (qemu-system-x86_64) is missing"), "{said}");
}

/// A checkout that was copied, with its target directory, is the one that its command works on.
#[test]
fn a_copied_command_works_on_its_own_checkout() {
    let directory = tempfile::tempdir().unwrap();
    let (here, copy) = (Path::new(env!("CARGO_MANIFEST_DIR")), directory.path());
    for file in
        ["syscalls.toml", "kernel/link.ld", "user/README.md", "user/tests/errors.toml", "docs/syscalls.md"]
    {
        fs::create_dir_all(copy.join(file).parent().unwrap()).unwrap();
        fs::copy(here.join(file), copy.join(file)).unwrap();
    }
    fs::write(copy.join("docs/syscalls.md"), "out of date").unwrap();
    let command = copy.join("target/debug/hafnon");
    fs::create_dir_all(command.parent().unwrap()).unwrap();
    copy_program(Path::new(env!("CARGO_BIN_EXE_hafnon")), &command);
    let output = Command::new(&command)
        .arg("generate")
        .env_remove("CARGO_MANIFEST_DIR")
        .current_dir("/")
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains("docs/syscalls.md"), "{output:?}");
    assert_eq!(
        fs::read(copy.join("docs/syscalls.md")).unwrap(),
        fs::read(here.join("docs/syscalls.md")).unwrap()
    );
}
