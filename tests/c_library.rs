//! The C library beside the host's: both are given the same formats, numbers and strings, and have to agree.
//!
//! `user/c` is compiled for the host, with its own headers; its functions then get names that begin with `our_`, and the
//! programs in `tests/c_library` call both.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use hafnon::{c, toolchain};

/// What of the library is compared: all that asks nothing of a kernel.
const SOURCES: [&str; 8] =
    ["errors.c", "fenv.c", "format.c", "math.c", "numbers.c", "real.c", "stdio.c", "string.c"];

/// As `cargo run -- cc` compiles the library.
const FREESTANDING: [&str; 5] = ["-O2", "-std=gnu11", "-ffreestanding", "-nostdinc", "-fPIE"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of this test's own.
fn made(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_library");
    fs::create_dir_all(&directory).expect("the test's own directory is writable");
    directory.join(name)
}

/// Runs a command that has to succeed; what it prints.
fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{text}{errors}", output.status);
    text.into_owned()
}

/// Compiles C code against the headers of `user/c` to one object.
fn compile_ours() -> PathBuf {
    let object = made("ours.o");
    let own_headers = run(Command::new("gcc").arg("-print-file-name=include"));
    let mut gcc = Command::new("gcc");
    gcc.args(FREESTANDING)
        .arg("-isystem")
        .arg(root().join("user/c/include"))
        .args(["-isystem", own_headers.trim()]);
    gcc.args(SOURCES.map(|name| root().join("user/c/src").join(name)));
    gcc.arg(root().join("tests/c_library/characters.c"));
    run(gcc.args(["-r", "-nostdlib", "-o"]).arg(&object));
    object
}

/// Gives everything that the objects define a name that the host has not.
fn rename(objects: &[&Path]) {
    let symbols = run(Command::new("nm").args(["-g", "--defined-only", "--format=posix"]).args(objects));
    // A line without spaces names a member of an archive.
    let names: BTreeSet<&str> = symbols.lines().filter_map(|line| Some(line.split_once(' ')?.0)).collect();
    let pairs: String = names
        .iter()
        .filter(|name| !name.starts_with("our_"))
        .map(|name| format!("{name} our_{name}\n"))
        .collect();
    let list = made("names");
    fs::write(&list, pairs).expect("the test's own directory is writable");
    for object in objects {
        run(Command::new("objcopy").arg(format!("--redefine-syms={}", list.display())).arg(object));
    }
}

/// The archive with the functions of numbers, as programs link it.
fn math() -> PathBuf {
    let toolchain = toolchain::for_kernel().expect("a toolchain that builds user programs");
    let copy = made("libmath.a");
    fs::copy(c::math(&toolchain).expect("the package compiles"), &copy)
        .expect("the test's own directory is writable");
    copy
}

#[test]
fn the_c_library_agrees_with_the_hosts() {
    let (object, math) = (compile_ours(), math());
    rename(&[&object, &math]);
    let digits = made("libdigits.a");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2024", "--crate-type=staticlib", "-O", "-Cpanic=abort", "-o"]).arg(&digits);
    run(rustc.arg(root().join("user/c/src/float.rs")));

    let program = made("compare");
    let mut gcc = Command::new("gcc");
    gcc.args(["-O1", "-std=gnu11", "-Wall", "-Werror", "-Wno-format", "-fno-builtin", "-D_GNU_SOURCE", "-o"])
        .arg(&program);
    let files = ["main.c", "formats.c", "math.c", "numbers.c", "strings.c"];
    gcc.args(files.map(|name| root().join("tests/c_library").join(name))).args([&object, &math, &digits]);
    run(gcc.args(["-lpthread", "-ldl", "-lm"]));
    run(&mut Command::new(&program));
}
