//! Programs of a few instructions from `tests/guest` of the package that uses this, assembled into a
//! directory of the test's own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Assembles a guest that stands in for the kernel (`guest.s`).
#[allow(dead_code, reason = "not every test target uses every program")]
pub fn kernel(directory: &Path) -> PathBuf {
    let link = ["-m", "elf_i386", "-Ttext=0x100000"];
    assemble(directory, "guest", "--32", &link)
}

/// Assembles a guest with tests in it (`suite.s` of qemu-tests).
#[allow(dead_code, reason = "not every test target uses every program")]
pub fn suite(directory: &Path) -> PathBuf {
    let link = ["-m", "elf_i386", "-Ttext=0x100000"];
    assemble(directory, "suite", "--32", &link)
}

/// Assembles a user program that hangs (`loop.s`).
#[allow(dead_code, reason = "not every test target uses every program")]
pub fn endless_program(directory: &Path) -> PathBuf {
    assemble(directory, "loop", "--64", &["-pie", "--no-dynamic-linker"])
}

fn assemble(directory: &Path, name: &str, size: &str, link: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guest/{name}.s"));
    let object = directory.join(format!("{name}.o"));
    let program = directory.join(format!("{name}.elf"));
    succeed(Command::new("as").args([size, "-g", "-o"]).args([&object, &source]));
    succeed(Command::new("ld").args(link).args(["-e", "start", "-o"]).args([&program, &object]));
    program
}

fn succeed(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}
